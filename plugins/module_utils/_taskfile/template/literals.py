# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Literals of Go: quoted strings, characters and numbers."""

from __future__ import annotations

import json
import re

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

    def value(match: re.Match[str]) -> str:
        if match["simple"]:
            if match["simple"] in "'\"" and match["simple"] != mark:
                raise LiteralError("invalid syntax")
            return _SIMPLE[match["simple"]]
        if match["bad"] is not None:
            raise LiteralError("invalid syntax")
        code = int(match["octal"], 8) if match["octal"] else int(match["hex"] or match["short"] or match["long"], 16)
        if code > 0x10FFFF or (match["octal"] and code > 255):
            raise LiteralError("invalid syntax")
        return chr(code)

    return _ESCAPE.sub(value, inside)


def number(literal: str) -> int | float:
    """The value of a number as written: an int (also for 1e3 and for '…'), or a float."""
    if literal.startswith("'"):
        character = unquote(literal)
        if len(character) != 1:
            raise LiteralError(f"malformed character constant: {literal}")
        return ord(character)
    if literal.endswith("i"):
        raise LiteralError(f"complex numbers are not supported: {literal}")
    digits = literal.lstrip("+-")
    sign = -1 if literal.startswith("-") else 1
    if len(literal) - len(digits) > 1:
        raise LiteralError(f"bad number syntax: {quote(literal)}")
    if _UNDERSCORED.fullmatch(digits):
        octal = len(digits) > 1 and digits[0] == "0" and digits[1] not in "xXoObB"
        try:
            value = sign * int(digits.replace("_", ""), 8 if octal else 0)
        except ValueError:
            value = None
        if value is not None:
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
    raise LiteralError(f"bad number syntax: {quote(literal)}")


def json_text(value: object) -> str:
    """The value as Go's encoding/json prints it: sorted keys, no spaces, HTML characters escaped."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
