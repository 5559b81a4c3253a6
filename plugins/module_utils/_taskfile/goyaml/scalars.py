# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a scalar means: the resolution rules of Go's yaml.v2."""

from __future__ import annotations

import base64
import binascii
import datetime
import math
import re
from typing import Any

from .compose import Node, YamlError

_WORDS: dict[str, tuple[str, Any]] = {}
for _words, _meaning in (
    ("y Y yes Yes YES true True TRUE on On ON", ("!!bool", True)),
    ("n N no No NO false False FALSE off Off OFF", ("!!bool", False)),
    ("~ null Null NULL", ("!!null", None)),
    (".nan .NaN .NAN", ("!!float", float("nan"))),
    (".inf .Inf .INF +.inf +.Inf +.INF", ("!!float", float("inf"))),
    ("-.inf -.Inf -.INF", ("!!float", float("-inf"))),
):
    _WORDS.update(dict.fromkeys(_words.split(), _meaning))
_WORDS[""] = ("!!null", None)

_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_DATE = r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
_CLOCK = r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
_TIMESTAMP = tuple(map(re.compile, (_DATE, f"{_DATE} {_CLOCK}", f"{_DATE}[Tt]{_CLOCK}{_ZONE}")))
_RESOLVABLE = frozenset(("", "!!str", "!!bool", "!!int", "!!float", "!!null", "!!timestamp"))


def _integer(text: str) -> int | None:
    if not _INTEGER.fullmatch(text):
        return None
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").lower()
    if digits.startswith(("0x", "0b", "0o")):
        value = sign * int(digits, 0)
    elif len(digits) > 1 and digits[0] == "0":
        value = sign * int(digits, 8)
    else:
        value = sign * int(digits)
    return value if -(2**63) <= value < 2**64 else None


def _is_timestamp(text: str) -> bool:
    match = next((found for found in (pattern.fullmatch(text) for pattern in _TIMESTAMP) if found), None)
    if not match:
        return False
    try:
        year, month, day, *clock = map(int, match.groups())
        datetime.date(year, month, day)
        hour, minute, second = clock or (0, 0, 0)
        datetime.time(hour, minute, second)
    except ValueError:
        return False
    return True


def plain_meaning(text: str) -> tuple[str, Any]:
    """The tag and value of a scalar without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789":
        compact = text.replace("_", "")
        value = _integer(compact)
        if value is not None and text[0] != ".":
            return "!!int", value
        if _FLOAT.fullmatch(compact) and math.isfinite(float(compact)):
            return "!!float", float(compact)
        if _is_timestamp(text):
            return "!!timestamp", text
    return "!!str", text


def resolve(node: Node) -> tuple[str, Any]:
    """The tag and value of a scalar. Raises YamlError if its explicit tag does not fit."""
    if node.plain:
        return plain_meaning(node.value)
    if node.tag in ("", "!", "!!str"):
        return node.tag or "!!str", node.value
    if node.tag == "!!binary":
        try:
            return "!!binary", base64.b64decode(node.value.translate({10: None, 13: None}), validate=True)
        except binascii.Error as error:
            raise YamlError("yaml: !!binary value contains invalid base64 data", node.line) from error
    if node.tag not in _RESOLVABLE:
        return node.tag, node.value
    tag, value = plain_meaning(node.value)
    if node.tag == "!!float" and tag == "!!int":
        return "!!float", float(value)
    if tag != node.tag and node.tag != "!!timestamp":
        raise YamlError(f"yaml: cannot decode {tag} `{node.value}` as a {node.tag}", node.line)
    return tag, value
