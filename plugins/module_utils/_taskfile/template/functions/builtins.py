# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The functions that text/template itself knows: logic, comparison, index, slice, print."""

from __future__ import annotations

import html
import urllib.parse
from typing import Any

from ..signatures import Function, FunctionError, signature
from ..values import NO_VALUE, is_true, kind_name, show, type_name
from .printf import printf

_BASIC = {"bool": "bool", "int": "int", "int64": "int", "float64": "float", "string": "string"}


def _basic_kind(value: Any) -> str | None:
    return _BASIC.get(type_name(value))


def equal(first: Any, *others: Any) -> bool:
    """Whether the first equals any other, as Go compares: no conversion between kinds."""
    if not others:
        raise FunctionError("missing argument for comparison")
    return any(_same(first, other) for other in others)


def _same(first: Any, other: Any) -> bool:
    nothing = [value is None or value is NO_VALUE for value in (first, other)]
    if any(nothing):
        return all(nothing)
    kinds = _basic_kind(first), _basic_kind(other)
    if kinds[0] != kinds[1]:
        raise FunctionError("incompatible types for comparison")
    if kinds[0]:
        return first == other
    if kind_name(first) != kind_name(other):
        text = printf("non-comparable types %s: ", first) + f"{type_name(first)}, {type_name(other)}: "
        raise FunctionError(text + show(other, nested=True))
    raise FunctionError(printf("non-comparable type %s: ", other) + type_name(other))


def not_equal(first: Any, other: Any) -> bool:
    return not equal(first, other)


def less(first: Any, other: Any) -> bool:
    kinds = _basic_kind(first), _basic_kind(other)
    if None in kinds:
        raise FunctionError("invalid type for comparison")
    if kinds[0] != kinds[1]:
        raise FunctionError("incompatible types for comparison")
    if kinds[0] == "bool":
        raise FunctionError("invalid type for comparison")
    if kinds[0] == "string":
        return first.encode() < other.encode()
    return first < other


def less_or_equal(first: Any, other: Any) -> bool:
    return less(first, other) or equal(first, other)


def greater(first: Any, other: Any) -> bool:
    return not less_or_equal(first, other)


def greater_or_equal(first: Any, other: Any) -> bool:
    return not less(first, other)


def length(value: Any) -> int:
    if value is None or value is NO_VALUE:
        zero = "reflect: call of reflect.Value.Type on zero Value"
        raise FunctionError("len of nil pointer" if value is None else zero)
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, (list, tuple, dict)):
        return len(value)
    raise FunctionError(f"len of type {type_name(value)}")


def _position(position: Any, limit: int) -> int:
    if position is None or position is NO_VALUE:
        raise FunctionError("cannot index slice/array with nil")
    if not isinstance(position, int) or isinstance(position, bool):
        raise FunctionError(f"cannot index slice/array with type {type_name(position)}")
    if not 0 <= position <= limit:
        raise FunctionError(f"index out of range: {position}")
    return position


def index(item: Any, *keys: Any) -> Any:
    """index x 1 2 is x[1][2]; a missing map key gives nothing."""
    if item is None or item is NO_VALUE:
        raise FunctionError("index of untyped nil")
    for key in keys:
        if isinstance(item, str):
            item = item.encode()[_position(key, len(item.encode()) - 1)]
        elif isinstance(item, (list, tuple)):
            item = item[_position(key, len(item) - 1)]
        elif isinstance(item, dict):
            if not isinstance(key, str):
                nil = key is None or key is NO_VALUE
                wrong = "value is nil; should be of type string"
                raise FunctionError(wrong if nil else f"value has type {type_name(key)}; should be string")
            item = item.get(key)
        elif item is None:
            raise FunctionError("index of nil pointer")
        else:
            raise FunctionError(f"can't index item of type {type_name(item)}")
    return item


def _call(value: Any, *_arguments: Any) -> Any:
    # No value of a task file is a function.
    raise FunctionError("call of nil" if value is NO_VALUE else f"non-function of type {type_name(value)}")


def print_(*values: Any) -> str:
    """The values one after the other; a space between two of which neither is a string."""
    parts: list[str] = []
    for position, value in enumerate(values):
        if position and not isinstance(value, str) and not isinstance(values[position - 1], str):
            parts.append(" ")
        parts.append(show(value, nested=True))
    return "".join(parts)


def println(*values: Any) -> str:
    return " ".join(show(value, nested=True) for value in values) + "\n"


def _text(values: tuple[Any, ...]) -> str:
    return print_(*("<no value>" if value is None else value for value in values))


def _html(*values: Any) -> str:
    escaped = html.escape(_text(values), quote=False)
    return escaped.replace('"', "&#34;").replace("'", "&#39;").replace("\0", "\ufffd")


def _javascript(*values: Any) -> str:
    special = {"\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D"}
    return "".join(
        special.get(character) or (f"\\u{ord(character):04X}" if ord(character) < 32 else character)
        for character in _text(values)
    )


def _url_query(*values: Any) -> str:
    return urllib.parse.quote_plus(_text(values), safe="~")


FUNCTIONS = {
    "and": Function(lambda *_: None, ("value", "value"), variadic=True, short_circuit=True),
    "or": Function(lambda *_: None, ("value", "value"), variadic=True, short_circuit=True),
    "not": signature("value", lambda value: not is_true(value)),
    "eq": signature("value ...value", equal),
    "ne": signature("value value", not_equal),
    "lt": signature("value value", less),
    "le": signature("value value", less_or_equal),
    "gt": signature("value value", greater),
    "ge": signature("value value", greater_or_equal),
    "len": signature("value", length),
    "index": signature("value ...value", index),
    "call": signature("value ...value", _call),
    "print": signature("...any", print_),
    "println": signature("...any", println),
    "printf": signature("string ...any", printf),
    "html": signature("...any", _html),
    "js": signature("...any", _javascript),
    "urlquery": signature("...any", _url_query),
}
