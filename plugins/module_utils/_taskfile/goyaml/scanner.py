# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""PyYAML's loader with the habits of yaml.v2 that task files can tell apart: tabs, colons in flow style, escapes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

_BREAKS = "\r\n\x85\u2028\u2029"
_BLANKS = " \t"
_ENDS = "\0" + _BLANKS + _BREAKS


def _yaml() -> Any:
    """PyYAML, imported when the first text is read: it may be missing."""
    import yaml

    return yaml


@functools.cache
def loader_class() -> type[Any]:
    """PyYAML's safe loader with yaml.v2's habits."""
    safe = _yaml().SafeLoader
    escapes = {character: meaning for character, meaning in safe.ESCAPE_REPLACEMENTS.items() if character != "/"}
    return type("Loader", (_Habits, safe), {"ESCAPE_REPLACEMENTS": {**escapes, "'": "'"}})


class _Habits:
    """Takes the place of two of the scanner's methods. Everything else here is the scanner's own."""

    index: int
    column: int
    indent: int
    flow_level: int
    allow_simple_key: bool
    peek: Callable[..., str]
    prefix: Callable[[int], str]
    forward: Callable[..., None]
    get_mark: Callable[[], Any]
    scan_line_break: Callable[[], str]

    def scan_to_next_token(self) -> None:
        """Pass over blanks, comments and line breaks. A tab may stand wherever no key can begin."""
        if self.index == 0 and self.peek() == "\ufeff":
            self.forward()
        while True:
            while self.peek() == " " or (self.peek() == "\t" and (self.flow_level or not self.allow_simple_key)):
                self.forward()
            if self.peek() == "#":
                while self.peek() not in "\0" + _BREAKS:
                    self.forward()
            if not self.scan_line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain(self) -> Any:
        """A scalar without quotes, over as many lines as it has."""
        start = end = self.get_mark()
        indent = self.indent + 1
        text: list[str] = []
        between: list[str] = []  # blanks or line breaks since the last visible character
        while not (self.column == 0 and self._at_document_mark()) and self.peek() != "#":
            word = self._plain_word()
            if not word:
                break
            text += [*between, word]
            self.allow_simple_key = False
            end = self.get_mark()
            between, broken = self._plain_gap(start, indent)
            if not between or (broken and not self.flow_level and self.column < indent):
                break
        return _yaml().ScalarToken("".join(text), True, start, end)

    def _at_document_mark(self) -> bool:
        return self.prefix(3) in ("---", "...") and self.peek(3) in _ENDS

    def _plain_word(self) -> str:
        length = 0
        while True:
            character = self.peek(length)
            if character in _ENDS or (character == ":" and self.peek(length + 1) in _ENDS):
                break
            if self.flow_level and character in ",?[]{}":
                break
            length += 1
        word = self.prefix(length)
        self.forward(length)
        return word

    def _plain_gap(self, start: Any, indent: int) -> tuple[list[str], bool]:
        """What joins the word before with the one behind, and whether a line ended in between."""
        blanks = ""
        breaks: list[str] = []
        while self.peek() in _BLANKS or self.peek() in _BREAKS:
            if self.peek() in _BREAKS:
                breaks.append(self.scan_line_break())
                self.allow_simple_key = True
                continue
            if breaks and self.column < indent and self.peek() == "\t":
                raise _yaml().scanner.ScannerError(
                    "while scanning a plain scalar",
                    start,
                    "found a tab character that violates indentation",
                    self.get_mark(),
                )
            blanks += self.peek()
            self.forward()
        if not breaks:
            return ([blanks] if blanks else []), False
        if breaks[0] != "\n":
            return breaks, True
        return (breaks[1:] or [" "]), True
