# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""How values look and count in a template: Go's type names, truth, order and default print form."""

from __future__ import annotations

import datetime
from typing import Any

from .literals import float_text


class NoValue:
    """What a pipeline gives that ended in nothing (Go's invalid value). A missing map key is None instead."""

    def __repr__(self) -> str:
        return "<no value>"


NO_VALUE = NoValue()


class Int64(int):
    """A whole number of Go's type int64, as sprig's arithmetic gives; a plain int is Go's int."""


class InterfaceMap(dict):
    """A map below the top level of a values file: Go's map[interface {}]interface {}."""


class StringMap(dict):
    """Go's map[string]string."""


class StringList(list):
    """Go's []string."""


class IntList(list):
    """Go's []int."""


def type_name(value: Any) -> str:
    """The Go type of a value."""
    names = (
        (bool, "bool"),
        (Int64, "int64"),
        (int, "int"),
        (float, "float64"),
        (str, "string"),
        (StringList, "[]string"),
        (IntList, "[]int"),
        ((list, tuple), "[]interface {}"),
        (InterfaceMap, "map[interface {}]interface {}"),
        (StringMap, "map[string]string"),
        (dict, "map[string]interface {}"),
        (datetime.datetime, "time.Time"),
    )
    for kind, name in names:
        if isinstance(value, kind):
            return name
    return "<nil>" if value is None or value is NO_VALUE else type(value).__name__


def kind_name(value: Any) -> str:
    """The Go kind of a value: the type without what it is made of."""
    if isinstance(value, (list, tuple)):
        return "slice"
    if isinstance(value, dict):
        return "map"
    return "invalid" if value is None or value is NO_VALUE else type_name(value)


def is_true(value: Any) -> bool:
    """What "if" and "with" go by: not empty, not zero, not nil."""
    return value is not NO_VALUE and bool(value)


def sorted_items(mapping: dict) -> list[tuple[Any, Any]]:
    """A map's entries in the order in which Go ranges over and prints them: numbers, then strings."""

    def order(item: tuple[Any, Any]) -> tuple[int, Any]:
        key = item[0]
        if key is None:
            return (0, 0)
        if isinstance(key, bool):
            return (1, key)
        if isinstance(key, (int, float)):
            return (2, key)
        return (3, str(key).encode())

    return sorted(mapping.items(), key=order)


def show(value: Any, nested: bool = False) -> str:
    """A value as the template prints it (Go's %v)."""
    if value is NO_VALUE or value is None:
        return "<nil>" if nested else "<no value>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, (list, tuple)):
        return f"[{' '.join(show(item, True) for item in value)}]"
    if isinstance(value, dict):
        return f"map[{' '.join(f'{show(key, True)}:{show(item, True)}' for key, item in sorted_items(value))}]"
    return str(value)
