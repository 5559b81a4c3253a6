# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Text with ``{{ actions }}`` -> tokens, by the rules of Go's text/template."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from .literals import code_point, quote

KEYWORDS = frozenset(("block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"))
SPACES = " \t\r\n"
# A field, variable or name ends at one of these; anything else behind it is an error.
TERMINATORS = frozenset(SPACES + ".,|:)(")
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_LITERALS = {
    '"': ("string", "unterminated quoted string"),
    "'": ("character", "unterminated character constant"),
    "`": ("raw", "unterminated raw quoted string"),
}


@dataclass(frozen=True)
class Token:
    """kind: text, left, right, end-of-file, error, word kinds (name, keyword, field, variable, bool, number, character,
    string, raw) or the operator itself ("|", ",", "(", ")", ":=", "=", ".", " ").
    position: offset in characters; line: 1-based line on which the token begins."""

    kind: str
    value: str
    position: int
    line: int

    def __str__(self) -> str:
        if self.kind == "end-of-file":
            return "EOF"
        if self.kind == "error":
            return self.value
        if self.kind in ("keyword", "."):
            return f"<{self.value}>"
        if len(self.value) > 10:
            return quote(self.value[:10]) + "..."
        return quote(self.value)


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a template. The last one is end-of-file or error."""
    yield from _Lexer(text).run()


class _LexicalError(Exception):
    """Becomes the last token, on the line where the token at fault begins."""


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.start = 0  # of the token that is being read
        self.parentheses = 0
        self.counted_to = 0
        self.counted_lines = 1

    def line(self, position: int) -> int:
        """The position's line. Positions only grow, so only what lies between is counted."""
        self.counted_lines += self.text.count("\n", self.counted_to, position)
        self.counted_to = position
        return self.counted_lines

    def token(self, kind: str, start: int, end: int) -> Token:
        return Token(kind, self.text[start:end], start, self.line(start))

    def run(self) -> Iterator[Token]:
        try:
            yield from self.document()
        except _LexicalError as error:
            yield Token("error", str(error), self.start, self.line(self.start))

    def document(self) -> Iterator[Token]:
        """Text and actions in turn."""
        trim = False  # the action before ended in " -}}"
        text = self.text
        while True:
            start = self.position
            while trim and start < len(text) and text[start] in SPACES:
                start += 1
            left = text.find("{{", start)
            end = len(text) if left < 0 else left
            marker = left >= 0 and text[left + 2 : left + 3] == "-" and text[left + 3 : left + 4] in set(SPACES)
            while marker and end > start and text[end - 1] in SPACES:
                end -= 1
            if end > start:
                yield self.token("text", start, end)
            if left < 0:
                yield self.token("end-of-file", len(text), len(text))
                return
            self.position = self.start = left + (4 if marker else 2)
            if text.startswith("/*", self.position):
                trim = self.comment()
            else:
                yield self.token("left", left, left + 2)
                trim = yield from self.action()

    def comment(self) -> bool:
        """Pass over ``/* … */}}``. Returns whether the text behind it is trimmed."""
        close = self.text.find("*/", self.position + 2)
        if close < 0:
            raise _LexicalError("unclosed comment")
        right = self.right_delimiter(close + 2)
        if right is None:
            raise _LexicalError("comment ends before closing delimiter")
        self.position = close + 2 + right
        return right > 2

    def right_delimiter(self, position: int) -> int | None:
        """Length of the closing delimiter at the position (with its trim marker), or None."""
        if self.text.startswith("}}", position):
            return 2
        if self.text[position : position + 1] in set(SPACES) and self.text.startswith("-}}", position + 1):
            return 4
        return None

    def action(self) -> Generator[Token, None, bool]:
        """Tokens up to and with the closing delimiter. Returns whether the text behind it is trimmed."""
        self.parentheses = 0
        while True:
            start = self.start = self.position
            right = self.right_delimiter(start)
            if right is not None:
                if self.parentheses:
                    raise _LexicalError("unclosed left paren")
                self.position = start + right
                yield self.token("right", start + right - 2, start + right)
                return right > 2
            yield self.inside()

    def inside(self) -> Token:
        """One token inside an action."""
        text, start = self.text, self.position
        if start >= len(text):
            raise _LexicalError("unclosed action")
        character = text[start]
        self.position = start + 1
        if character in SPACES:
            while text[self.position : self.position + 1] in set(SPACES) and not self.right_delimiter(self.position):
                self.position += 1
            return self.token(" ", start, self.position)
        if character in _LITERALS:
            return self.quoted(start, *_LITERALS[character])
        if character == "$":
            return self.word(start, "variable")
        followed_by_digit = "0" <= text[self.position : self.position + 1] <= "9"
        if character == "." and not followed_by_digit:
            return self.word(start, "field")
        if character in "+-." or "0" <= character <= "9":
            return self.number(start)
        if character.isalnum() or character == "_":
            return self.name(start)
        return self.operator(start, character)

    def operator(self, start: int, character: str) -> Token:
        if character == ":":
            if not self.text.startswith("=", self.position):
                raise _LexicalError("expected :=")
            self.position += 1
            return self.token(":=", start, self.position)
        if character == "(":
            self.parentheses += 1
        elif character == ")":
            self.parentheses -= 1
            if self.parentheses < 0:
                raise _LexicalError("unexpected right paren")
        elif character not in "=,|" and not (character.isascii() and character.isprintable()):
            raise _LexicalError(f"unrecognized character in action: {code_point(character)}")
        return self.token(character, start, self.position)

    def quoted(self, start: int, kind: str, fault: str) -> Token:
        """A literal up to its closing quote. Raw ones may span lines and know no escapes."""
        text, quote = self.text, self.text[start]
        while self.position < len(text):
            character = text[self.position]
            self.position += 1
            if character == quote:
                return self.token(kind, start, self.position)
            if kind == "raw":
                continue
            if character == "\\" and text[self.position : self.position + 1] not in ("", "\n"):
                self.position += 1
            elif character == "\n":
                break
        raise _LexicalError(fault)

    def alphanumeric(self) -> None:
        while self.position < len(self.text) and (
            self.text[self.position].isalnum() or self.text[self.position] == "_"
        ):
            self.position += 1

    def terminated(self) -> bool:
        following = self.text[self.position : self.position + 1]
        return not following or following in TERMINATORS or self.text.startswith("}}", self.position)

    def word(self, start: int, kind: str) -> Token:
        """A field ``.x`` or variable ``$x``; a bare ``.`` is the dot, a bare ``$`` the root's variable."""
        self.alphanumeric()
        if self.position == start + 1 and kind == "field":
            if not self.terminated():
                raise _LexicalError(f"bad character {code_point(self.text[self.position])}")
            return self.token(".", start, self.position)
        if not self.terminated():
            raise _LexicalError(f"bad character {code_point(self.text[self.position])}")
        return self.token(kind, start, self.position)

    def name(self, start: int) -> Token:
        self.alphanumeric()
        if not self.terminated():
            raise _LexicalError(f"bad character {code_point(self.text[self.position])}")
        word = self.text[start : self.position]
        if word in KEYWORDS:
            return self.token("keyword", start, self.position)
        return self.token("bool" if word in ("true", "false") else "name", start, self.position)

    def number(self, start: int) -> Token:
        self.position = start
        self.scan_number()
        if self.text[self.position : self.position + 1] in ("+", "-"):
            # The second part of a complex number, which no task file needs.
            self.scan_number()
            raise _LexicalError(f"bad number syntax: {quote(self.text[start : self.position])}")
        return self.token("number", start, self.position)

    def scan_number(self) -> None:
        match = _NUMBER.match(self.text, self.position)
        self.position = match.end() if match else self.position
        following = self.text[self.position : self.position + 1]
        if following.isalnum() or following == "_":
            self.position += 1
            raise _LexicalError(f"bad number syntax: {quote(self.text[self.start : self.position])}")
