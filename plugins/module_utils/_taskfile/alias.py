# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Aliases (version v1.1.0): the ``alias:`` block, where its names come from, and putting them in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .errors import TaskFileError
from .goyaml import Struct, YamlError, decode, decode_strings, list_of, map_of_strings
from .goyaml.decode import STRING
from .source import Source

ReadSource = Callable[[str], str]  # a file or URL of alias.src -> its text; raises TaskFileError with the engine's text

# Expanded textually, so that the template fills them in afterwards.
BUILT_IN = {
    "ID": "{{.Run.ID}}",
    "SharedVolume": "{{.Run.SharedVolume}}",
    "Registry": "{{.Run.Registry}}",
    "RegistryName": "{{.Run.RegistryName}}",
    "Date": "{{.Run.Date}}",
    "OS": "{{.Run.OS}}",
    "Architecture": "{{.Run.Architecture}}",
    "Commit": "{{.Run.Commit}}",
    "Branch": "{{.Run.Branch}}",
    # Images that Microsoft maintains for task steps; the tags are those of the engine of July 2026.
    "acr": "mcr.microsoft.com/acr/acr-cli:0.19",
    "az": "mcr.microsoft.com/acr/azure-cli:2ff604c",
    "bash": "mcr.microsoft.com/acr/bash:2ff604c",
    "curl": "mcr.microsoft.com/acr/curl:2ff604c",
    "cssc": "mcr.microsoft.com/acr/cssc:2ff604c",
}

_URL = re.compile(r"https?://", re.IGNORECASE)
_BLOCK_BEGIN = re.compile(r"alias\s*:")
_TOP_LEVEL = re.compile(r"[^\s:]+[^:]*:")
_NAME = re.compile(r"[A-Za-z0-9]+")


@dataclass
class AliasBlock:
    """The block as written. directive: "" for the default."""

    sources: list[str | None] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    directive: str = ""
    line: int | None = None


_BLOCK = Struct(
    "graph.Alias",
    "struct",
    fields={
        "src": ("sources", list_of(STRING)),
        "values": ("values", map_of_strings()),
        "directive": ("directive", STRING),
    },
    make=AliasBlock,
)
_WRAPPER = Struct(
    "graph.wrapper", "struct", fields={"alias": ("alias", _BLOCK)}, make=lambda alias=None, line=None: alias
)


@dataclass(frozen=True)
class Aliases:
    """Every name that can be expanded. unknown: stands for names that nobody knows; None leaves them as written."""

    names: Mapping[str, str]
    directive: str = "$"
    unknown: str | None = None

    def expand(self, text: str) -> str:
        """One pass from left to right; what an alias gives is not looked at again."""
        output: list[str] = []
        position = 0
        while position < len(text):
            character = text[position]
            position += 1
            if character != self.directive:
                output.append(character)
                continue
            match = _NAME.match(text, position)
            name = match[0] if match else ""
            position += len(name)
            follower = text[position : position + 1]
            value = self.names.get(name, self.unknown if name else None)
            if value is not None:
                output.append(value)
            elif follower:
                # The character behind an unknown name is copied with it: a directive there begins nothing, and two
                # directives in a row are one.
                output.append(follower if not name and follower == self.directive else f"{character}{name}{follower}")
                position += 1
            else:
                output.append(character + name)
        return "".join(output)

    def image(self, command: str) -> str:
        """A cmd step's text with its first word replaced if that is an alias, without a directive."""
        first, space, rest = command.strip().partition(" ")
        return self.names[first] + space + rest if first in self.names else command


def is_url(source: str) -> bool:
    """Whether an entry of alias.src is fetched rather than opened."""
    return bool(_URL.match(source))


def separate(source: Source) -> tuple[Source, Source]:
    """(the alias block, the rest): the block ends at the next unindented key."""
    inside: list[bool] = []
    within = False
    for line in source.lines():
        if not within and _BLOCK_BEGIN.match(line):
            within = True
        elif within and _TOP_LEVEL.match(line):
            within = False
        inside.append(within)
    marks = iter(inside)
    block = source.pick(lambda _line: next(marks))
    marks = iter(inside)
    return block, source.pick(lambda _line: not next(marks))


def read_block(source: Source) -> AliasBlock:
    """The rendered block. Raises TaskFileError."""
    try:
        block = decode(source.text, _WRAPPER)
    except YamlError as error:
        raise TaskFileError(f"error during alias unmarshaling: {error}", source.origin(error.line)) from error
    block = block or AliasBlock()
    block.line = source.origin(block.line)
    return block


def resolve(block: AliasBlock, read_source: ReadSource | None, unknown: str | None = None) -> Aliases:
    """All names with their values: the block's own, then the last of its sources first, then the built-in ones.

    read_source: None if nothing can be read; then names of a block with sources become ``unknown``.
    Raises TaskFileError with the engine's text.
    """
    names = dict(block.values)
    left_open = None
    for source in reversed(block.sources):
        if read_source is None:
            left_open = unknown
            continue
        try:
            found = decode_strings(read_source(source or ""))
        except YamlError as error:
            raise TaskFileError(str(error)) from error
        names = {**found, **names}
    names = {**BUILT_IN, **names}
    directive = block.directive or "$"
    if len(directive) > 1:
        raise TaskFileError("$ directive can only be overwritten by a single character", block.line)
    if _NAME.fullmatch(directive):
        raise TaskFileError("overwritten directives may not be alphanumeric characters", block.line)
    if not all(_NAME.fullmatch(name) for name in names):
        raise TaskFileError("alias key names only support alphanumeric characters", block.line)
    return Aliases(names, directive, left_open)


__all__ = ["BUILT_IN", "AliasBlock", "Aliases", "ReadSource", "is_url", "read_block", "resolve", "separate"]
