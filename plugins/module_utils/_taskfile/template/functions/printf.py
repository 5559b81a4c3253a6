# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Go's fmt.Sprintf for the kinds of values that a template holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..literals import float_text, quote
from ..values import NO_VALUE, show, sorted_items, type_name

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>\*|\d*)(?:\.(?P<precision>\*|\d*))?(?:\[(?P<index>\d+)\])?(?P<verb>.|$)", re.DOTALL
)


def printf(pattern: str, *values: Any) -> str:
    """The pattern with its verbs filled in; Go's %!verb(…) texts where verb and value do not fit."""
    waiting = list(values)
    reordered = False

    def filled(match: re.Match[str]) -> str:
        nonlocal reordered
        verb = match["verb"]
        if verb == "%":
            return "%"
        if not verb:
            return "%!(NOVERB)"
        width = _number(match["width"], waiting)
        precision = _number(match["precision"], waiting) if match["precision"] is not None else None
        if match["precision"] == "":
            precision = 0
        if match["index"]:
            reordered = True
            if not 1 <= int(match["index"]) <= len(values):
                return f"%!{verb}(BADINDEX)"
            waiting[:] = values[int(match["index"]) - 1 :]
        if not waiting:
            return f"%!{verb}(MISSING)"
        flags = match["flags"]
        if isinstance(width, int) and width < 0:
            flags, width = flags + "-", -width
        return _one(verb, waiting.pop(0), _Form(flags, width, precision))

    text = _VERB.sub(filled, pattern)
    if waiting and not reordered:
        shown = ", ".join("<nil>" if value is None else f"{type_name(value)}={show(value, True)}" for value in waiting)
        text += f"%!(EXTRA {shown})"
    return text


def _number(text: str | None, waiting: list[Any]) -> int | None:
    if text == "*":
        value = waiting.pop(0) if waiting else None
        return value if isinstance(value, int) else None
    return int(text) if text else None


@dataclass(frozen=True)
class _Form:
    flags: str
    width: int | None
    precision: int | None

    def pad(self, text: str) -> str:
        if self.width is None or len(text) >= self.width:
            return text
        if "-" in self.flags:
            return text.ljust(self.width)
        if "0" in self.flags:
            sign = text[:1] if text[:1] in ("+", "-") else ""
            return sign + text[len(sign) :].rjust(self.width - len(sign), "0")
        return text.rjust(self.width)


def _bad(verb: str, value: Any, form: _Form) -> str:
    return f"%!{verb}({type_name(value)}={_one('v', value, form)})"


def _one(verb: str, value: Any, form: _Form) -> str:
    """One value; the parts of a list or map each take the whole form."""
    if verb == "T":
        return form.pad(type_name(value))
    if verb == "v" and "#" in form.flags:
        return _source(value)
    if value is None or value is NO_VALUE:
        return form.pad("<nil>") if verb == "v" else f"%!{verb}(<nil>)"
    if isinstance(value, (list, tuple)):
        return f"[{' '.join(_part(verb, item, form) for item in value)}]"
    if isinstance(value, dict):
        parts = (f"{_part(verb, key, form)}:{_part(verb, item, form)}" for key, item in sorted_items(value))
        return f"map[{' '.join(parts)}]"
    text = _scalar(verb, value, form)
    return _bad(verb, value, form) if text is None else form.pad(text)


def _part(verb: str, value: Any, form: _Form) -> str:
    return form.pad("<nil>") if value is None else _one(verb, value, form)


def _scalar(verb: str, value: Any, form: _Form) -> str | None:
    """None if the verb is not for such a value."""
    if isinstance(value, bool):
        return show(value) if verb in "tv" else None
    if isinstance(value, str):
        return _string(verb, value, form)
    if isinstance(value, int):
        return _integer(verb, int(value), form)
    if isinstance(value, float):
        return _float(verb, value, form)
    return show(value)


def _source(value: Any) -> str:
    """%#v: the value as Go source."""
    if value is None or value is NO_VALUE:
        return "<nil>"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (list, tuple)):
        return f"{type_name(value)}{{{', '.join(map(_element, value))}}}"
    if isinstance(value, dict):
        items = ", ".join(f"{_source(key)}:{_element(item)}" for key, item in sorted_items(value))
        return f"{type_name(value)}{{{items}}}"
    return show(value)


def _element(value: Any) -> str:
    return "interface {}(nil)" if value is None else _source(value)


def _string(verb: str, value: str, form: _Form) -> str | None:
    if form.precision is not None:
        value = value[: form.precision]
    if verb in "sv":
        return value
    if verb == "q":
        return f"`{value}`" if "#" in form.flags and "`" not in value else quote(value)
    if verb in "xX":
        digits = value.encode().hex(" ") if " " in form.flags else value.encode().hex()
        return digits.upper() if verb == "X" else digits
    return None


def _integer(verb: str, value: int, form: _Form) -> str | None:
    flags = form.flags
    sign = "-" if value < 0 else "+" if "+" in flags else " " if " " in flags else ""
    formats = {"d": "d", "v": "d", "b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}
    if verb in formats:
        digits = format(abs(value), formats[verb])
        if form.precision is not None:
            digits = digits.rjust(form.precision, "0")
        prefix = {"x": "0x", "X": "0X", "b": "0b", "o": "0"}.get(verb, "") if "#" in flags else ""
        return sign + ("0o" if verb == "O" else prefix) + digits
    if verb not in "cqU":
        return None
    character = chr(value) if 0 <= value <= 0x10FFFF else "\ufffd"
    if verb == "U":
        return f"U+{value:04X}"
    return character if verb == "c" else "'" + character.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _float(verb: str, value: float, form: _Form) -> str | None:
    if verb in "vg" and form.precision is None:
        text = float_text(value)
    elif verb in "feEFgGv":
        count = 6 if form.precision is None else form.precision
        text = format(value, f".{count}{verb.replace('F', 'f').replace('v', 'g')}")
    else:
        return None
    if not text.startswith("-"):
        text = ("+" if "+" in form.flags else " " if " " in form.flags else "") + text
    return text
