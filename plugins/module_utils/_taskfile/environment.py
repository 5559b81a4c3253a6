# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Environment variables of a step: its own, then the task's, then the run's."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import TaskFileError


def merge(own: Iterable[str], defaults: Iterable[str]) -> list[str]:
    """The own ``NAME=VALUE`` entries with those defaults behind them whose names they do not have.

    A default may hold several entries, separated by commas (so a value there cannot hold a comma). Own entries are
    looked at only if there are defaults. Raises TaskFileError for an entry without "=".
    """
    merged = list(own)
    defaults = list(defaults)
    if not defaults:
        return merged
    names = set()
    for entry in merged:
        name, sign, _value = entry.partition("=")
        if not sign:
            raise TaskFileError(f"cannot parse step environment variable {entry} correctly")
        names.add(name)
    for entry in (part for default in defaults for part in default.split(",")):
        name, sign, _value = entry.partition("=")
        if not sign:
            raise TaskFileError(f"cannot parse task environment variable {entry} correctly")
        if name not in names:
            merged.append(entry)
    return merged
