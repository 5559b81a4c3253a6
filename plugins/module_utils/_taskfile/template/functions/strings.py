# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Functions on strings, as sprig 2.22 defines them."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from ..literals import quote as go_quote
from ..signatures import FunctionError, signature
from ..values import NO_VALUE, StringList, StringMap, show


def as_string(value: Any) -> str:
    """sprig's toString: a string as it is, anything else as Go prints it."""
    return value if isinstance(value, str) else show(value, nested=True)


def string_list(value: Any) -> list[str]:
    """A list's items as strings, nils left out; anything but a list is a list of one."""
    if value is None or value is NO_VALUE:
        return []
    if isinstance(value, (list, tuple)):
        return [as_string(item) for item in value if item is not None]
    return [as_string(value)]


def _present(values: tuple[Any, ...]) -> list[Any]:
    return [value for value in values if value is not None]


def _quote(*values: Any) -> str:
    return " ".join(go_quote(as_string(value)) for value in _present(values))


def _single_quote(*values: Any) -> str:
    return " ".join(f"'{show(value, nested=True)}'" for value in _present(values))


def _concatenate(*values: Any) -> str:
    return " ".join(show(value, nested=True) for value in _present(values))


def _indent(spaces: int, text: str) -> str:
    pad = " " * max(0, spaces)
    return pad + text.replace("\n", "\n" + pad)


def _substring(start: int, end: int, text: str) -> str:
    content = text.encode()
    if start < 0:
        part = content[:end] if end >= 0 else content
    elif end < 0 or end > len(content):
        part = content[start:]
    else:
        part = content[start:end]
    return part.decode(errors="replace")


def _truncate(size: int, text: str) -> str:
    content = text.encode()
    if size < 0 and len(content) + size > 0:
        return content[len(content) + size :].decode(errors="replace")
    if 0 <= size < len(content):
        return content[:size].decode(errors="replace")
    return text


def _abbreviate(width: int, text: str) -> str:
    if width < 4:
        return text
    return text if len(text) <= width else text[: width - 3] + "..."


def _title(text: str) -> str:
    return re.sub(r"(?<![^\W])(\w)", lambda match: match[1].upper(), text)


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


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split())


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


def _wrap(width: int, text: str) -> str:
    return _wrap_with(width, "\n", text)


def _wrap_with(width: int, separator: str, text: str) -> str:
    lines = textwrap.wrap(text, max(1, width), break_long_words=False, break_on_hyphens=False)
    return separator.join(lines)


def _words(text: str) -> list[str]:
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    return [word for word in re.split(r"[\s_\-.]+", text) if word]


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
    "upper": signature("string", str.upper),
    "lower": signature("string", str.lower),
    "title": signature("string", _title),
    "untitle": signature("string", _untitle),
    "swapcase": signature("string", _swap_case),
    "trim": signature("string", str.strip),
    "trimAll": signature("string string", _trim_all),
    "trimall": signature("string string", _trim_all),
    "trimPrefix": signature("string string", lambda prefix, text: text.removeprefix(prefix)),
    "trimSuffix": signature("string string", lambda suffix, text: text.removesuffix(suffix) if suffix else text),
    "nospace": signature("string", lambda text: "".join(text.split())),
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
    "wrap": signature("int string", _wrap),
    "wrapWith": signature("int string string", _wrap_with),
    "toString": signature("any", as_string),
    "toStrings": signature("any", lambda value: StringList(string_list(value))),
    "join": signature("string any", _join),
    "split": signature("string string", _split_map),
    "splitn": signature("string int string", _split_some),
    "splitList": signature("string string", lambda separator, text: StringList(_split(separator, text))),
    "sortAlpha": signature("any", lambda value: StringList(sorted(string_list(value), key=str.encode))),
}
