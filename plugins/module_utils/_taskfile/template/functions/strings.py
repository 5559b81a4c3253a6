# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Functions on strings, as sprig 2.22 defines them."""

from __future__ import annotations

import re
from typing import Any

from ...errors import UnsupportedError
from ..literals import quote as go_quote
from ..signatures import FunctionError, signature
from ..values import StringList, StringMap, show

_SPACES = frozenset("\t\n\v\f\r \x85\xa0")


def as_string(value: Any) -> str:
    """sprig's toString: a string as it is, anything else as Go prints it."""
    return value if isinstance(value, str) else show(value, nested=True)


def string_list(value: Any) -> list[str]:
    """A list's items as strings; anything but a list is a list of one."""
    items = list(value) if isinstance(value, (list, tuple)) else [value]
    if None in items:
        # Releases of the engine's function library differ: some drop it, some print it.
        raise UnsupportedError("join, toStrings and sortAlpha of a missing value are not supported here")
    return [as_string(item) for item in items]


def _present(values: tuple[Any, ...]) -> list[Any]:
    return [value for value in values if value is not None]


def _quote(*values: Any) -> str:
    return " ".join(go_quote(as_string(value)) for value in _present(values))


def _single_quote(*values: Any) -> str:
    return " ".join(f"'{show(value, nested=True)}'" for value in _present(values))


def _concatenate(*values: Any) -> str:
    return " ".join(show(value, nested=True) for value in _present(values))


def _indent(spaces: int, text: str) -> str:
    pad = _repeat(spaces, " ")
    return pad + text.replace("\n", "\n" + pad)


def _substring(start: int, end: int, text: str) -> str:
    content = text.encode()
    if start < 0:
        if end < 0:
            raise FunctionError(f"runtime error: slice bounds out of range [:{end}]")
        if end > len(content):
            raise FunctionError(f"runtime error: slice bounds out of range [:{end}] with length {len(content)}")
        start = 0
    elif end < 0 or end > len(content):
        end = len(content)
    if start > end:
        raise FunctionError(f"runtime error: slice bounds out of range [{start}:{end}]")
    return content[start:end].decode(errors="replace")


def _truncate(size: int, text: str) -> str:
    content = text.encode()
    if size < 0 and len(content) + size > 0:
        return content[len(content) + size :].decode(errors="replace")
    if 0 <= size < len(content):
        return content[:size].decode(errors="replace")
    return text


def _abbreviate(width: int, text: str) -> str:
    content = text.encode()
    if width < 4 or len(content) <= width:
        return text
    return content[: width - 3].decode(errors="replace") + "..."


def _upper(text: str) -> str:
    return "".join(map(_upper_character, text))


def _upper_character(character: str) -> str:
    """Go maps one character to one; the German ß stays."""
    upper = character.upper()
    return upper if len(upper) == 1 else character


def _lower(text: str) -> str:
    return "".join(character.lower() if len(character.lower()) == 1 else character for character in text)


def _title(text: str) -> str:
    return re.sub(r"(?<![^\W])(\w)", lambda match: _upper_character(match[1]), text)


def _untitle(text: str) -> str:
    return re.sub(r"(^|\s)(\S)", lambda match: match[1] + match[2].lower(), text)


def _swap_case(text: str) -> str:
    """Upper becomes lower; lower becomes title at a word's begin, else upper."""
    result, begin = [], True
    for character in text:
        if character.isupper() or character.istitle():
            result.append(character.lower())
            begin = False
        elif character.islower():
            result.append(character.title() if begin else character.upper())
            begin = False
        else:
            begin = character.isspace()
            result.append(character)
    return "".join(result)


def _bytes(text: str) -> list[str]:
    """The library behind the next two goes by bytes and takes each for a character."""
    return [chr(byte) for byte in text.encode()]


def _no_space(text: str) -> str:
    return "".join(character for character in _bytes(text) if character not in _SPACES)


def _initials(text: str) -> str:
    characters = _bytes(text)
    before = [" ", *characters]
    return "".join(
        character
        for character, previous in zip(characters, before, strict=False)
        if character not in _SPACES and previous in _SPACES
    )


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _wrapped(text: str, width: int, separator: str, break_words: bool) -> str:
    """Lines of at most so many bytes; a longer word stands alone, or is cut if words may be broken."""
    content, width, lines, begin = text.encode(), max(1, width), [], 0
    while len(content) - begin > width:
        if content[begin : begin + 1] == b" ":
            begin += 1
            continue
        space = content.rfind(b" ", begin, begin + width + 1)
        if space < 0 and break_words:
            lines.append(content[begin : begin + width])
            begin += width
            continue
        if space < 0:
            space = content.find(b" ", begin + width)
        if space < 0:
            break
        lines.append(content[begin:space])
        begin = space + 1
    return separator.encode().join([*lines, content[begin:]]).decode(errors="replace")


def _replace(old: str, new: str, text: str) -> str:
    return text.replace(old, new)


def _repeat(count: int, text: str) -> str:
    if count < 0:
        raise FunctionError("strings: negative Repeat count")
    return text * count


def _split_map(separator: str, text: str) -> StringMap:
    return StringMap({f"_{position}": part for position, part in enumerate(_split(separator, text))})


def _split(separator: str, text: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if not separator:
        parts = list(text)
        return parts if limit < 0 or len(parts) <= limit else [*parts[: limit - 1], "".join(parts[limit - 1 :])]
    return text.split(separator) if limit < 0 else text.split(separator, limit - 1)


def _split_some(separator: str, count: int, text: str) -> StringMap:
    return StringMap({f"_{position}": part for position, part in enumerate(_split(separator, text, count))})


def _join(separator: str, values: Any) -> str:
    return separator.join(string_list(values))


def _trim_all(characters: str, text: str) -> str:
    return text.strip(characters) if characters else text


FUNCTIONS = {
    "upper": signature("string", _upper),
    "lower": signature("string", _lower),
    "title": signature("string", _title),
    "untitle": signature("string", _untitle),
    "swapcase": signature("string", _swap_case),
    "trim": signature("string", str.strip),
    "trimAll": signature("string string", _trim_all),
    "trimall": signature("string string", _trim_all),
    "trimPrefix": signature("string string", lambda prefix, text: text.removeprefix(prefix)),
    "trimSuffix": signature("string string", lambda suffix, text: text.removesuffix(suffix) if suffix else text),
    "nospace": signature("string", _no_space),
    "initials": signature("string", _initials),
    "contains": signature("string string", lambda part, text: part in text),
    "hasPrefix": signature("string string", lambda prefix, text: text.startswith(prefix)),
    "hasSuffix": signature("string string", lambda suffix, text: text.endswith(suffix)),
    "quote": signature("...any", _quote),
    "squote": signature("...any", _single_quote),
    "cat": signature("...any", _concatenate),
    "indent": signature("int string", _indent),
    "nindent": signature("int string", lambda spaces, text: "\n" + _indent(spaces, text)),
    "replace": signature("string string string", _replace),
    "repeat": signature("int string", _repeat),
    "substr": signature("int int string", _substring),
    "trunc": signature("int string", _truncate),
    "abbrev": signature("int string", _abbreviate),
    "plural": signature("string string int", _plural),
    "wrap": signature("int string", lambda width, text: _wrapped(text, width, "\n", False)),
    "wrapWith": signature(
        "int string string", lambda width, separator, text: _wrapped(text, width, separator or "\n", True)
    ),
    "toString": signature("any", as_string),
    "toStrings": signature("any", lambda value: StringList(string_list(value))),
    "join": signature("string any", _join),
    "split": signature("string string", _split_map),
    "splitn": signature("string int string", _split_some),
    "splitList": signature("string string", lambda separator, text: StringList(_split(separator, text))),
    "sortAlpha": signature("any", lambda value: StringList(sorted(string_list(value), key=str.encode))),
}
