# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Literals of Go: quoted strings, characters and numbers."""

from __future__ import annotations

import json
import math
import re
from typing import Any

_ESCAPE = re.compile(
    r"\\(?:(?P<simple>[abfnrtv\\'\"])|x(?P<hex>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})"
    r"|U(?P<long>[0-9a-fA-F]{8})|(?P<octal>[0-7]{3})|(?P<bad>.|$))",
    re.DOTALL,
)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
_UNDERSCORED = re.compile(r"0[xXoObB]_?[0-9a-fA-F]+(_[0-9a-fA-F]+)*|[0-9]+(_[0-9]+)*")


class LiteralError(ValueError):
    """The engine's text about a literal that is none."""


def quote(text: str) -> str:
    """The text as Go's %q shows it."""
    shown = []
    for character in text:
        if character in '"\\':
            shown.append("\\" + character)
        elif character.isprintable():
            shown.append(character)
        elif character in "\a\b\f\n\r\t\v":
            shown.append("\\" + "abfnrtv"["\a\b\f\n\r\t\v".index(character)])
        elif ord(character) < 0x80:
            shown.append(f"\\x{ord(character):02x}")
        elif ord(character) < 0x10000:
            shown.append(f"\\u{ord(character):04x}")
        else:
            shown.append(f"\\U{ord(character):08x}")
    return f'"{"".join(shown)}"'


def code_point(character: str) -> str:
    """A character as Go's %#U shows it: U+0021 '!'."""
    shown = f"U+{ord(character):04X}"
    return f"{shown} '{character}'" if character.isprintable() else shown


def unquote(literal: str) -> str:
    """The value of "…", `…` or '…' as written."""
    mark, inside = literal[0], literal[1:-1]
    if mark == "`":
        return inside.replace("\r", "")

    content = b""
    position = 0
    for match in _ESCAPE.finditer(inside):
        content += inside[position : match.start()].encode()
        position = match.end()
        if match["simple"] and (match["simple"] not in "'\"" or match["simple"] == mark):
            content += _SIMPLE[match["simple"]].encode()
        elif match["hex"] or match["octal"]:
            # One byte, which may be a part of a character.
            code = int(match["hex"], 16) if match["hex"] else int(match["octal"], 8)
            content += bytes([code]) if code < 256 else _no_literal()
        elif match["short"] or match["long"]:
            code = int(match["short"] or match["long"], 16)
            content += chr(code).encode() if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else _no_literal()
        else:
            _no_literal()
    return (content + inside[position:].encode()).decode(errors="replace")


def _no_literal() -> bytes:
    raise LiteralError("invalid syntax")


def number(literal: str) -> int | float:
    """The value of a number as written: an int (also for 1e3 and for '…'), or a float."""
    if literal.startswith("'"):
        character = unquote(literal) or str(_no_literal())
        if len(character) != 1:
            raise LiteralError(f"malformed character constant: {literal}")
        return ord(character)
    if literal.endswith("i"):
        raise LiteralError(f"complex numbers are not supported: {literal}")
    digits = literal.lstrip("+-")
    sign = -1 if literal.startswith("-") else 1
    if len(literal) - len(digits) > 1:
        raise LiteralError(f"illegal number syntax: {quote(literal)}")
    if _UNDERSCORED.fullmatch(digits):
        octal = len(digits) > 1 and digits[0] == "0" and digits[1] not in "xXoObB"
        try:
            value = sign * int(digits.replace("_", ""), 8 if octal else 0)
        except ValueError:
            raise LiteralError(f"integer overflow: {quote(literal)}") from None  # 099: Go says it so
        if not -(2**63) <= value < 2**64:
            raise LiteralError(f"integer overflow: {quote(literal)}")
        return value
    try:
        if digits[:2].lower() == "0x":
            return sign * float.fromhex(digits.replace("_", "")) if "p" in digits.lower() else _bad(literal)
        return sign * float(digits)
    except (ValueError, OverflowError):
        return _bad(literal)


def _bad(literal: str) -> int | float:
    raise LiteralError(f"illegal number syntax: {quote(literal)}")


def float_text(value: float, lowest: int = -4, highest: int = 6) -> str:
    """A float in Go's shortest form, as %v shows it; exponents outside lowest <= e < highest are written as such."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    mantissa, exponent_text = _scientific(value).split("e")
    exponent = int(exponent_text)
    if lowest <= exponent < highest:
        return f"{value:.{max(0, len(mantissa.lstrip('-').replace('.', '')) - 1 - exponent)}f}"
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _scientific(value: float) -> str:
    for precision in range(17):
        text = f"{value:.{precision}e}"
        if float(text) == value:
            return text
    return f"{value:.17e}"


def json_text(value: Any) -> str:
    """The value as Go's encoding/json prints it: sorted keys, no spaces, HTML characters escaped.

    Raises TypeError for maps whose keys need not be strings, as Go refuses them.
    """
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        for character in "<>&\u2028\u2029":
            text = text.replace(character, f"\\u{ord(character):04x}")
        return text
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return float_text(value, -6, 21).replace("e-0", "e-")
    if isinstance(value, (list, tuple)):
        return f"[{','.join(map(json_text, value))}]"
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        items = sorted(value.items(), key=lambda item: item[0].encode())
        return f"{{{','.join(f'{json_text(key)}:{json_text(item)}' for key, item in items)}}}"
    raise TypeError("json: unsupported type")
