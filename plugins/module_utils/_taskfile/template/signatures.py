# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Functions that a template can call: their Go signatures, so that wrong arguments fail in the engine's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .nodes import Bool, Nil, Node, Number, String
from .values import NO_VALUE, Int64, InterfaceMap, StringMap, type_name

# Names of parameter types in signatures -> the Go type that an error names.
TYPES = {
    "any": "interface {}",
    "value": "reflect.Value",
    "string": "string",
    "int": "int",
    "int64": "int64",
    "float64": "float64",
    "bool": "bool",
    "list": "[]interface {}",
    "dict": "map[string]interface {}",
}
_ANYTHING = ("any", "value")


class FunctionError(Exception):
    """A function that refuses its arguments; the text stands behind "error calling NAME: "."""


class ArgumentError(Exception):
    """An argument of the wrong type; the text is the engine's whole complaint."""


@dataclass(frozen=True)
class Function:
    """call: takes the checked arguments. parameters: names out of TYPES; variadic: the last one may repeat.
    short_circuit: "and" or "or", whose arguments are evaluated one by one. scope: gets the evaluator's environment
    as the keyword ``environment``."""

    call: Callable[..., Any]
    parameters: tuple[str, ...] = ()
    variadic: bool = False
    short_circuit: bool = False

    def parameter(self, index: int) -> str:
        return self.parameters[min(index, len(self.parameters) - 1)]

    def check_count(self, name: str, count: int) -> None:
        """Raise ArgumentError unless so many arguments fit."""
        fixed = len(self.parameters) - self.variadic
        if self.variadic and count < fixed:
            raise ArgumentError(f"wrong number of args for {name}: want at least {fixed} got {count}")
        if not self.variadic and count != fixed:
            raise ArgumentError(f"wrong number of args for {name}: want {fixed} got {count}")


def signature(text: str, call: Callable[..., Any]) -> Function:
    """Function("string ...any") and the like: types separated by spaces, "..." before a repeated last one."""
    words = text.split()
    variadic = bool(words) and words[-1].startswith("...")
    return Function(call, tuple(word.removeprefix("...") for word in words), variadic)


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, (bool, Int64))
    if kind == "int64":
        return isinstance(value, Int64)
    if kind == "float64":
        return isinstance(value, float)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "list":
        return type_name(value) == "[]interface {}"
    return isinstance(value, dict) and not isinstance(value, (InterfaceMap, StringMap))


def checked(value: Any, kind: str) -> Any:
    """A computed value as an argument of the kind, or ArgumentError."""
    if kind in _ANYTHING:
        return None if value is NO_VALUE and kind == "any" else value
    if value is NO_VALUE:
        if kind in ("list", "dict"):
            return [] if kind == "list" else {}
        raise ArgumentError(f"invalid value; expected {TYPES[kind]}")
    if value is None:
        raise ArgumentError(f"wrong type for value; expected {TYPES[kind]}; got interface {{}}")
    if not _fits(value, kind):
        raise ArgumentError(f"wrong type for value; expected {TYPES[kind]}; got {type_name(value)}")
    return value


def constant(node: Node, kind: str) -> Any:
    """A literal as an argument of the kind, or ArgumentError. Numbers take the parameter's type."""
    if isinstance(node, Nil):
        if kind in (*_ANYTHING, "list", "dict"):
            return checked(NO_VALUE, kind)
        raise ArgumentError(f"cannot assign nil to {TYPES[kind]}")
    if isinstance(node, Number):
        return _number(node, kind)
    if kind in _ANYTHING and isinstance(node, (Bool, String)):
        return node.value
    if kind == "string" and isinstance(node, String):
        return node.value
    if kind == "bool" and isinstance(node, Bool):
        return node.value
    expected = {"int": "integer", "int64": "integer", "float64": "float"}.get(kind, kind)
    if kind in ("list", "dict"):
        raise ArgumentError(f"can't handle {node} for arg of type {TYPES[kind]}")
    raise ArgumentError(f"expected {expected}; found {node}")


def ideal(node: Number) -> int | float:
    """A number where no type is asked for: int, or float if written as one."""
    if isinstance(node.value, int) and node.value >= 2**63:
        raise ArgumentError(f"{node} overflows int")
    return node.value


def _number(node: Number, kind: str) -> Any:
    if kind in _ANYTHING:
        return ideal(node)
    whole = isinstance(node.value, int) or node.value.is_integer()
    if kind == "float64":
        return float(node.value)
    if kind in ("int", "int64"):
        if not whole:
            raise ArgumentError(f"expected integer; found {node}")
        return Int64(node.value) if kind == "int64" else int(node.value)
    if kind in ("list", "dict"):
        raise ArgumentError(f"can't handle {node} for arg of type {TYPES[kind]}")
    raise ArgumentError(f"expected {kind}; found {node}")
