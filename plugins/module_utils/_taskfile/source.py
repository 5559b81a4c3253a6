# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A text that remembers from which lines of the author's file it came, through all stages of processing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """text: as it stands now; every line ends in a line feed. origins: for each line its 1-based number in the author's
    file; None once a stage has changed the number of lines in a way that cannot be followed."""

    text: str
    origins: tuple[int, ...] | None

    @classmethod
    def of(cls, text: str) -> Source:
        """The author's file; carriage returns before line feeds go, as the engine reads line by line."""
        lines = text.split("\n")
        if lines[-1] == "":
            lines.pop()
        joined = "".join(line.removesuffix("\r") + "\n" for line in lines)
        return cls(joined, tuple(range(1, len(lines) + 1)))

    def lines(self) -> list[str]:
        """The lines without their line feeds."""
        return self.text.split("\n")[:-1]

    def pick(self, wanted: Callable[[str], bool]) -> Source:
        """Only the lines that are wanted; asked for in order."""
        lines = self.lines()
        kept = [number for number, line in enumerate(lines) if wanted(line)]
        origins = tuple(self.origins[number] for number in kept) if self.origins is not None else None
        return Source("".join(lines[number] + "\n" for number in kept), origins)

    def each(self, change: Callable[[str], str]) -> Source:
        """Every line changed on its own; a change may make several lines of one."""
        changed = [change(line) for line in self.lines()]
        origins = None
        if self.origins is not None:
            origins = tuple(
                origin
                for known, line in zip(self.origins, changed, strict=True)
                for origin in [known] * (line.count("\n") + 1)
            )
        return Source("".join(line + "\n" for line in changed), origins)

    def become(self, text: str) -> Source:
        """Another text in place of this one; lines are still known if there are as many as before."""
        same = text.count("\n") == self.text.count("\n")
        return Source(text, self.origins if same else None)

    def origin(self, line: int | None) -> int | None:
        """The author's line of a 1-based line of this text."""
        if line is None or self.origins is None or not self.origins:
            return None
        return self.origins[min(line, len(self.origins)) - 1]
