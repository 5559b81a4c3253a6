# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The functions that text/template itself knows: logic, comparison, index, slice, print."""

from __future__ import annotations

import html
import urllib.parse
from typing import Any

from ..signatures import Function, FunctionError, signature
from ..values import NO_VALUE, is_true, show, type_name
from .printf import printf

_BASIC = {"bool": "bool", "int": "int", "int64": "int", "float64": "float", "string": "string"}


def _basic_kind(value: Any) -> str:
    kind = _BASIC.get(type_name(value))
    if kind is None:
        raise FunctionError("invalid type for comparison")
    return kind


def equal(first: Any, *others: Any) -> bool:
    """Whether the first equals any other, as Go compares: no conversion between kinds."""
    if not others:
        raise FunctionError("missing argument for comparison")
    if isinstance(first, (dict, list, tuple)):
        raise FunctionError(f"non-comparable type {show(first)}: {type_name(first)}")
    for other in others:
        if isinstance(other, (dict, list, tuple)):
            raise FunctionError(f"non-comparable type {show(other)}: {type_name(other)}")
        if first is None or first is NO_VALUE or other is None or other is NO_VALUE:
            if (first is None or first is NO_VALUE) and (other is None or other is NO_VALUE):
                return True
            continue
        if _basic_kind(first) != _basic_kind(other):
            raise FunctionError("incompatible types for comparison")
        if first == other:
            return True
    return False


def not_equal(first: Any, other: Any) -> bool:
    return not equal(first, other)


def less(first: Any, other: Any) -> bool:
    kinds = _basic_kind(first), _basic_kind(other)
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
        raise FunctionError("len of nil pointer" if value is None else "len of untyped nil")
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
        raise FunctionError("index of untyped nil" if keys or item is NO_VALUE else "index of nil pointer")
    for key in keys:
        if isinstance(item, str):
            item = item.encode()[_position(key, len(item.encode()) - 1)]
        elif isinstance(item, (list, tuple)):
            item = item[_position(key, len(item) - 1)]
        elif isinstance(item, dict):
            if not isinstance(key, str):
                raise FunctionError(f"value has type {type_name(key)}; should be string")
            item = item.get(key)
        elif item is None:
            raise FunctionError("index of nil pointer")
        else:
            raise FunctionError(f"can't index item of type {type_name(item)}")
    return item


def slice_(item: Any, *positions: Any) -> Any:
    """slice x 1 2 is x[1:2]. A string is cut by bytes."""
    if item is None or item is NO_VALUE:
        raise FunctionError("slice of untyped nil")
    if len(positions) > 3:
        raise FunctionError(f"too many slice indexes: {len(positions)}")
    if isinstance(item, str):
        if len(positions) == 3:
            raise FunctionError("cannot 3-index slice a string")
        content: Any = item.encode()
    elif isinstance(item, (list, tuple)):
        content = item
    else:
        raise FunctionError(f"can't slice item of type {type_name(item)}")
    limits = [_position(position, len(content)) for position in positions]
    start = limits[0] if limits else 0
    end = limits[1] if len(limits) > 1 else len(content)
    if start > end:
        raise FunctionError(f"invalid slice index: {start} > {end}")
    part = content[start:end]
    return part.decode(errors="replace") if isinstance(part, bytes) else part


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
    return values[0] if len(values) == 1 and isinstance(values[0], str) else print_(*values)


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
    "slice": signature("value ...value", slice_),
    "print": signature("...any", print_),
    "println": signature("...any", println),
    "printf": signature("string ...any", printf),
    "html": signature("...any", _html),
    "js": signature("...any", _javascript),
    "urlquery": signature("...any", _url_query),
}
