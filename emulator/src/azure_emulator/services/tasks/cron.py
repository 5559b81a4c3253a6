# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Is this a timer trigger's schedule? Five fields, UTC, no seconds."""

from __future__ import annotations

import re

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
# (lowest, highest, names) per field: minute, hour, day of month, month, day of week
_FIELDS: tuple[tuple[int, int, list[str]], ...] = (
    (0, 59, []),
    (0, 23, []),
    (1, 31, []),
    (1, 12, _MONTHS),
    (0, 7, _DAYS),
)
_ITEM = re.compile(r"^(?:(?P<any>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?$")


def is_schedule(text: str) -> bool:
    fields = text.split()
    return len(fields) == len(_FIELDS) and all(
        _is_field(field, *limits) for field, limits in zip(fields, _FIELDS, strict=True)
    )


def _is_field(field: str, lowest: int, highest: int, names: list[str]) -> bool:
    for item in field.split(","):
        match = _ITEM.match(item)
        if not match or (match["step"] is not None and int(match["step"]) == 0):
            return False
        if match["any"]:
            continue
        first = _number(match["first"], lowest, names)
        last = _number(match["last"], lowest, names) if match["last"] else first
        if first is None or last is None or not lowest <= first <= last <= highest:
            return False
    return True


def _number(word: str, lowest: int, names: list[str]) -> int | None:
    if word.lower() in names:
        return names.index(word.lower()) + lowest
    return int(word) if word.isdigit() else None
