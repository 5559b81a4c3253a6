# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cron expressions as ACR tasks take them: five fields, in UTC. Pure. Private to this collection."""

from __future__ import annotations

import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# name, lowest, highest, words for the numbers from the lowest on
_FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


def problem(text: str) -> str | None:
    """What is wrong with a cron expression; None if nothing is."""
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields instead of 5 (minute, hour, day of the month, month, day of the week)"
    for field, (name, lowest, highest, words) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if not _is_valid(part, lowest, highest, words):
                return f"{part!r} is no {name}"
    return None


def _is_valid(part: str, lowest: int, highest: int, words: tuple[str, ...]) -> bool:
    match = _PART.fullmatch(part)
    if not match:
        return False
    first, last, step = match.group("first", "last", "step")
    if step is not None and int(step) == 0:
        return False
    if first == "*":
        return last is None
    start = _number(first, lowest, words)
    end = start if last is None else _number(last, lowest, words)
    if start is None or end is None:
        return False
    return lowest <= start <= end <= highest


def _number(text: str, lowest: int, words: tuple[str, ...]) -> int | None:
    if text.lower() in words:
        return words.index(text.lower()) + lowest
    return int(text) if text.isdigit() else None
