# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Go's fmt.Sprintf for the kinds of values that a template holds."""

from __future__ import annotations

import re
from typing import Any

from ..literals import quote
from ..values import StringList, float_text, show, sorted_items, type_name

_VERB = re.compile(r"%(?P<flags>[-+# 0]*)(?P<width>\*|\d*)(?:\.(?P<precision>\*|\d*))?(?P<verb>.|$)", re.DOTALL)


def printf(pattern: str, *values: Any) -> str:
    """The pattern with its verbs filled in; Go's %!verb(…) texts where verb and value do not fit."""
    waiting = list(values)

    def filled(match: re.Match[str]) -> str:
        verb = match["verb"]
        if verb == "%":
            return "%"
        if not verb:
            return "%!(NOVERB)"
        width = _number(match["width"], waiting)
        precision = _number(match["precision"], waiting) if match["precision"] is not None else None
        if match["precision"] == "":
            precision = 0
        if not waiting:
            return f"%!{verb}(MISSING)"
        flags = match["flags"]
        if isinstance(width, int) and width < 0:
            flags, width = flags + "-", -width
        text = _one(verb, waiting.pop(0), flags, precision)
        return _padded(text, flags, width)

    text = _VERB.sub(filled, pattern)
    if waiting:
        shown = ", ".join("<nil>" if value is None else f"{type_name(value)}={show(value, True)}" for value in waiting)
        text += f"%!(EXTRA {shown})"
    return text


def _number(text: str | None, waiting: list[Any]) -> int | None:
    if text == "*":
        value = waiting.pop(0) if waiting else None
        return value if isinstance(value, int) else None
    return int(text) if text else None


def _padded(text: str, flags: str, width: int | None) -> str:
    if width is None or len(text) >= width:
        return text
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags:
        sign = text[:1] if text[:1] in ("+", "-") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _bad(verb: str, value: Any) -> str:
    return f"%!{verb}(<nil>)" if value is None else f"%!{verb}({type_name(value)}={show(value, True)})"


def _one(verb: str, value: Any, flags: str, precision: int | None) -> str:
    if verb == "T":
        return type_name(value)
    if verb == "v" and "#" in flags:
        return _source(value)
    if value is None:
        return "<nil>" if verb == "v" else f"%!{verb}(<nil>)"
    if isinstance(value, (list, tuple)):
        return f"[{' '.join(_one(verb, item, flags, precision) for item in value)}]"
    if isinstance(value, dict):
        parts = (
            f"{_one(verb, key, flags, precision)}:{_one(verb, item, flags, precision)}"
            for key, item in sorted_items(value)
        )
        return f"map[{' '.join(parts)}]"
    if isinstance(value, bool):
        return show(value) if verb in "tv" else _bad(verb, value)
    if isinstance(value, str):
        return _string(verb, value, flags, precision)
    if isinstance(value, int):
        return _integer(verb, int(value), flags, precision)
    if isinstance(value, float):
        return _float(verb, value, flags, precision)
    return show(value)


def _source(value: Any) -> str:
    """%#v: the value as Go source."""
    if value is None:
        return "<nil>" if value is None else ""
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (list, tuple)):
        items = ", ".join("interface {}(nil)" if item is None else _source(item) for item in value)
        name = "[]string" if isinstance(value, StringList) else "[]interface {}"
        return f"{name}{{{items}}}"
    if isinstance(value, dict):
        items = ", ".join(
            f"{_source(key)}:{'interface {}(nil)' if item is None else _source(item)}"
            for key, item in sorted_items(value)
        )
        return f"{type_name(value)}{{{items}}}"
    return show(value)


def _string(verb: str, value: str, flags: str, precision: int | None) -> str:
    if precision is not None and verb in "svq":
        value = value[:precision]
    if verb in "sv":
        return value
    if verb == "q":
        return f"`{value}`" if "#" in flags and "`" not in value else quote(value)
    if verb in "xX":
        digits = value.encode().hex(" " if " " in flags else "") if " " in flags else value.encode().hex()
        return digits.upper() if verb == "X" else digits
    return _bad(verb, value)


def _integer(verb: str, value: int, flags: str, precision: int | None) -> str:
    sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
    formats = {"d": "d", "v": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}
    if verb in formats:
        digits = format(abs(value), formats[verb])
        if precision is not None:
            digits = digits.rjust(precision, "0")
        prefix = {"x": "0x", "X": "0X", "b": "0b", "o": "0"}.get(verb, "") if "#" in flags else ""
        return sign + ("0o" if verb == "O" else prefix) + digits
    if verb == "c":
        return chr(value) if 0 <= value <= 0x10FFFF else "\ufffd"
    if verb == "q":
        return "'" + (chr(value) if 0 <= value <= 0x10FFFF else "\ufffd").replace("'", "\\'") + "'"
    if verb == "U":
        return f"U+{value:04X}"
    return _bad(verb, value)


def _float(verb: str, value: float, flags: str, precision: int | None) -> str:
    if verb in "vg" and precision is None:
        text = float_text(value)
    elif verb in "feEFgG":
        count = 6 if precision is None else precision
        text = format(value, f".{count}{verb.replace('F', 'f')}")
    elif verb == "v":
        text = format(value, f".{precision}g")
    else:
        return _bad(verb, value)
    if "+" in flags and not text.startswith("-"):
        return "+" + text
    return " " + text if " " in flags and not text.startswith("-") else text
