# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The engine's first two looks at a task file, both purely textual: comment lines and the version."""

from __future__ import annotations

import re

from .source import Source

# Aliases are switched on by comparing the sniffed text with this one, byte by byte: "V1.1.0" and "1.1.0" do not count.
ALIAS_VERSION = "v1.1.0"
DEFAULT_VERSION = "v1.0.0"
VERSIONS = ("1.0-preview-1", "v1.0.0", "v1.1.0")

_VERSION_LINE = re.compile(r"""["']?version["']?\s*:(?P<value>.*)""", re.DOTALL)


def without_comment_lines(source: Source) -> Source:
    """Drop every line whose first visible character is "#", also inside block scalars and quoted scripts."""
    return source.pick(lambda line: not line.lstrip().startswith("#"))


def sniff_version(text: str) -> str:
    """The version as the first unindented "version:" line writes it, without quotes; "" if there is none."""
    for line in text.split("\n"):
        match = _VERSION_LINE.match(line)
        if match:
            return match["value"].strip().strip("\"'").strip()
    return ""


def aliases_enabled(version: str) -> bool:
    """Whether the sniffed version switches aliases on."""
    return version.encode() >= ALIAS_VERSION.encode()
