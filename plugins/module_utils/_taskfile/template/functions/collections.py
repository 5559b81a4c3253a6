# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Lists and maps, as sprig 2.22 defines them."""

from __future__ import annotations

import copy
from typing import Any

from ...errors import UnsupportedError
from ..signatures import FunctionError, signature
from ..values import IntList, StringList, is_true, kind_name, sorted_items, type_name
from .strings import as_string


def _items(value: Any, doing: str) -> list[Any]:
    """The items of a list; for anything else the complaint that it cannot be done."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if value is None:
        raise FunctionError("runtime error: invalid memory address or nil pointer dereference")
    raise FunctionError(f"{doing} {kind_name(value)}")


def _append(value: Any, item: Any) -> list[Any]:
    return [*_items(value, "Cannot push on type"), item]


def _prepend(value: Any, item: Any) -> list[Any]:
    return [item, *_items(value, "Cannot prepend on type")]


def _first(value: Any) -> Any:
    items = _items(value, "Cannot find first on type")
    return items[0] if items else None


def _last(value: Any) -> Any:
    items = _items(value, "Cannot find last on type")
    return items[-1] if items else None


def _same(first: Any, second: Any) -> bool:
    """Deep equality: the same types and the same content."""
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return type_name(first) == type_name(second) and len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_same(first[key], second[key]) for key in first)
    return type_name(first) == type_name(second) and first == second


def _inside(item: Any, items: list[Any]) -> bool:
    return any(_same(item, other) for other in items)


def _unique(value: Any) -> list[Any]:
    kept: list[Any] = []
    for item in _items(value, "Cannot find uniq on type"):
        if not _inside(item, kept):
            kept.append(item)
    return kept


def _without(value: Any, *dropped: Any) -> list[Any]:
    return [item for item in _items(value, "Cannot find without on type") if not _inside(item, list(dropped))]


def _has(item: Any, value: Any) -> bool:
    return value is not None and _inside(item, _items(value, "Cannot find has on type"))


def _slice(value: Any, *positions: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        _items(value, "list should be type of slice or array but")
    if not value:
        return None
    limits = [position if isinstance(position, int) else 0 for position in positions]
    start = limits[0] if limits else 0
    end = limits[1] if len(limits) > 1 else len(value)
    if not 0 <= start <= end <= len(value):
        raise FunctionError("reflect.Value.Slice: slice index out of bounds")
    return list(value)[start:end]


def _concatenate(*values: Any) -> list[Any]:
    joined: list[Any] = []
    for value in values:
        if value is not None and not isinstance(value, (list, tuple)):
            raise FunctionError(f"Cannot concat type {kind_name(value)} as list")
        joined += _items(value, "")
    return joined


def _compact(value: Any) -> list[Any]:
    return [item for item in _items(value, "Cannot compact on type") if is_true(item)]


def _reverse(value: Any) -> list[Any]:
    return _items(value, "Cannot find reverse on type")[::-1]


def _dictionary(*entries: Any) -> dict[str, Any]:
    made = {}
    for position in range(0, len(entries), 2):
        made[as_string(entries[position])] = entries[position + 1] if position + 1 < len(entries) else ""
    return made


def _set(target: dict, key: str, value: Any) -> dict:
    target[key] = value
    return target


def _unset(target: dict, key: str) -> dict:
    target.pop(key, None)
    return target


def _pluck(key: str, *maps: dict) -> list[Any]:
    return [one[key] for one in maps if key in one]


def _merge(target: dict, *sources: dict) -> dict:
    for source in sources:
        _merge_into(target, source, overwrite=False)
    return target


def _merge_overwrite(target: dict, *sources: dict) -> dict:
    for source in sources:
        _merge_into(target, source, overwrite=True)
    return target


def _merge_into(target: dict, source: dict, overwrite: bool) -> None:
    for key, value in source.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge_into(target[key], value, overwrite)
        elif not is_true(target.get(key)) or (overwrite and is_true(value)):
            target[key] = value
        elif overwrite:
            # Releases of the library that the engine's functions merge with differ here.
            raise UnsupportedError(f"mergeOverwrite of {key} with an empty value is not supported here")


def _keys(*maps: dict) -> StringList:
    # Go gives them in random order; ours is sorted.
    return StringList(key for one in maps for key, _value in sorted_items(one))


def _values(one: dict) -> list[Any]:
    return [value for _key, value in sorted_items(one)]


def _until(count: int) -> IntList:
    return _until_step(0, count, 1 if count >= 0 else -1)


def _until_step(start: int, stop: int, step: int) -> IntList:
    if step == 0 or (stop - start) * step <= 0:
        return IntList()
    return IntList(range(start, stop, step))


FUNCTIONS = {
    "list": signature("...any", lambda *items: list(items)),
    "tuple": signature("...any", lambda *items: list(items)),
    "append": signature("any any", _append),
    "push": signature("any any", _append),
    "prepend": signature("any any", _prepend),
    "first": signature("any", _first),
    "last": signature("any", _last),
    "rest": signature("any", lambda value: _items(value, "Cannot find rest on type")[1:]),
    "initial": signature("any", lambda value: _items(value, "Cannot find initial on type")[:-1]),
    "reverse": signature("any", _reverse),
    "uniq": signature("any", _unique),
    "without": signature("any ...any", _without),
    "has": signature("any any", _has),
    "slice": signature("any ...any", _slice),
    "concat": signature("...any", _concatenate),
    "compact": signature("any", _compact),
    "until": signature("int", _until),
    "untilStep": signature("int int int", _until_step),
    "dict": signature("...any", _dictionary),
    "set": signature("dict string any", _set),
    "unset": signature("dict string", _unset),
    "hasKey": signature("dict string", lambda one, key: key in one),
    "pluck": signature("string ...dict", _pluck),
    "keys": signature("...dict", _keys),
    "values": signature("dict", _values),
    "pick": signature("dict ...string", lambda one, *keys: {key: one[key] for key in keys if key in one}),
    "omit": signature(
        "dict ...string", lambda one, *keys: {key: value for key, value in one.items() if key not in keys}
    ),
    "merge": signature("dict ...dict", _merge),
    "mergeOverwrite": signature("dict ...dict", _merge_overwrite),
    "deepCopy": signature("any", copy.deepcopy),
    "deepEqual": signature("any any", _same),
}
