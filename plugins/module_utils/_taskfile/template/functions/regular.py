# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Regular expressions, as sprig 2.22 offers them: Go's syntax, as far as Python's means the same."""

from __future__ import annotations

import re

from ...errors import UnsupportedError
from ..signatures import FunctionError, signature
from ..values import StringList

# Go has no lookaround and no backreferences; it refuses them with these words.
_PERL_ONLY = re.compile(r"\(\?(?:[=!#>(]|<[=!]|P[=>]|[a-z-]*[aLux])")
# Go has these and Python does not, or means something else by them.
_GO_ONLY = re.compile(r"\[\[:|\[[^\]]*\[:|\\[pPQECz]|\(\?[a-z]*U|\(\?<[a-zA-Z]")
_GROUP = re.compile(r"\$(?:(?P<dollar>\$)|(?P<word>\w+)|\{(?P<braced>\w+)\})", re.ASCII)


def _compiled(pattern: str) -> re.Pattern[str]:
    perl = _PERL_ONLY.search(pattern)
    if perl:
        raise FunctionError(
            f"regexp: Compile(`{pattern}`): error parsing regexp: invalid or unsupported Perl syntax: `{perl[0]}`"
        )
    if _GO_ONLY.search(pattern):
        raise UnsupportedError(f"regular expression {pattern} uses Go syntax that is not supported here")
    try:
        return re.compile(_end_anchored(pattern), re.ASCII)
    except re.error as error:
        raise FunctionError(f"regexp: Compile(`{pattern}`): error parsing regexp: {error.msg}") from error


def _end_anchored(pattern: str) -> str:
    """``$`` means the very end in Go, not the place before a last line feed."""
    if re.search(r"\(\?[a-z]*m", pattern):
        return pattern
    output, inside, position = [], False, 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            output.append(pattern[position : position + 2])
            position += 2
            continue
        inside = (inside or character == "[") and character != "]"
        output.append(r"\Z" if character == "$" and not inside else character)
        position += 1
    return "".join(output)


def _replace(pattern: str, text: str, replacement: str) -> str:
    def expanded(match: re.Match[str]) -> str:
        def group(found: re.Match[str]) -> str:
            if found["dollar"]:
                return "$"
            name = found["word"] or found["braced"]
            try:
                return match[int(name) if name.isdigit() else name] or ""
            except IndexError:
                return ""

        return _GROUP.sub(group, replacement)

    return _compiled(pattern).sub(expanded, text)


def _all(pattern: str, text: str, limit: int) -> StringList:
    found = [match[0] for match in _compiled(pattern).finditer(text)]
    return StringList(found if limit < 0 else found[:limit])


def _first(pattern: str, text: str) -> str:
    match = _compiled(pattern).search(text)
    return match[0] if match else ""


def _split(pattern: str, text: str, limit: int) -> StringList:
    if limit == 0:
        return StringList()
    parts: list[str] = []
    begin = 0
    for match in _compiled(pattern).finditer(text):
        if limit > 0 and len(parts) == limit - 1:
            break
        if match.end() == 0:
            continue
        if match.start() == match.end() == len(text):
            break
        parts.append(text[begin : match.start()])
        begin = match.end()
    return StringList([*parts, text[begin:]])


def _matches(pattern: str, text: str) -> bool:
    try:
        return bool(_compiled(pattern).search(text))
    except FunctionError:
        return False  # the only one of these functions that swallows a bad pattern


FUNCTIONS = {
    "regexMatch": signature("string string", _matches),
    "regexFind": signature("string string", _first),
    "regexFindAll": signature("string string int", _all),
    "regexReplaceAll": signature("string string string", _replace),
    "regexReplaceAllLiteral": signature(
        "string string string", lambda pattern, text, literal: _compiled(pattern).sub(lambda _match: literal, text)
    ),
    "regexSplit": signature("string string int", _split),
}
