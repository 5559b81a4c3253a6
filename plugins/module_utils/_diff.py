# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From two comparable forms to what --diff shows. Pure. Private to this collection.

A comparable form is a plain structure (dicts, lists, strings, numbers, booleans, None) made so that equal means
"nothing to do": Azure's defaults filled in, ids and other caseless values in lower case, order made irrelevant.
Secret values stand in it as `Hidden`, which compares but never shows.
"""

from __future__ import annotations

import typing as t


class Hidden:
    """A secret value in a comparable form: equal to the same value, shown as a word that says nothing."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value, for a request body and nothing else."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hidden) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Hidden", self._value))

    def __repr__(self) -> str:
        return "(hidden)"


UNKNOWN = "(not shown by Azure)"  # stands where a value exists that Azure does not show


def make_diff(before: t.Any, after: t.Any, title: str) -> dict[str, t.Any]:
    """The module's `diff` for comparable forms; None means "does not exist". `title`: what is compared.

    Hidden values are replaced: one word where both sides have the same value, two different ones where they differ,
    so that a changed secret is visible as a change.
    """
    return {
        "before_header": title,
        "after_header": title,
        "before": _shown(before, after, "(hidden, as it is)") if before is not None else {},
        "after": _shown(after, before, "(hidden, new value)") if after is not None else {},
    }


def changed_fields(before: t.Any, after: t.Any, path: str = "") -> list[str]:
    """Dotted names of what differs, sorted: for messages such as "these fields need allow_replace"."""
    if isinstance(before, dict) and isinstance(after, dict):
        names: list[str] = []
        for key in sorted({*before, *after}, key=str):
            names += changed_fields(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
        return names
    return [] if before == after else [path or "all"]


def _shown(value: t.Any, other: t.Any, word: str) -> t.Any:
    if isinstance(value, Hidden):
        return "(hidden)" if value == other else word
    if isinstance(value, dict):
        others = other if isinstance(other, dict) else {}
        return {str(key): _shown(item, others.get(key), word) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = list(other) if isinstance(other, (list, tuple)) else []
        return [_shown(item, items[index] if index < len(items) else None, word) for index, item in enumerate(value)]
    return value
