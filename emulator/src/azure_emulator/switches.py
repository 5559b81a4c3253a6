# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Behaviours of the real service that nobody has evidence for: each with a default and its alternatives.

A service declares its switches when its models.py is imported, and reads them with
``world.part(Switches)["name"]``. Tests set them over the control interface; a reset restores the defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from azure_emulator.world import World


@dataclass(frozen=True)
class Switch:
    name: str
    default: Any
    alternatives: tuple[Any, ...]  # every allowed value, the default included; empty: any value of the default's type
    evidence: str


_DECLARED: dict[str, Switch] = {}


def declare(name: str, default: Any, alternatives: tuple[Any, ...] = (), evidence: str = "") -> None:
    """Makes a switch known. ``evidence`` says what the default rests on and where the question is described."""
    _DECLARED[name] = Switch(name, default, alternatives, evidence)


class Switches:
    """The current values."""

    def __init__(self, world: World) -> None:
        self._values: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._values[name] if name in self._values else _DECLARED[name].default

    def set(self, name: str, value: Any) -> None:
        """Raises ValueError for an unknown switch or a value that is none of its alternatives."""
        switch = _DECLARED.get(name)
        if switch is None:
            raise ValueError(f"There is no switch '{name}'. Known: {', '.join(sorted(_DECLARED))}.")
        if switch.alternatives and not any(_same(value, allowed) for allowed in switch.alternatives):
            raise ValueError(f"Switch '{name}' takes one of {list(switch.alternatives)}, not {value!r}.")
        if not switch.alternatives and not _same_kind(value, switch.default):
            raise ValueError(f"Switch '{name}' takes a value like {switch.default!r}, not {value!r}.")
        self._values[name] = value

    def values(self) -> dict[str, Any]:
        return {name: self[name] for name in sorted(_DECLARED)}

    def snapshot(self) -> dict[str, Any]:
        return dict(self._values)


def describe() -> list[dict]:
    """All switches as JSON values, for the documentation and the control interface."""
    return [
        {"name": s.name, "default": s.default, "alternatives": list(s.alternatives), "evidence": s.evidence}
        for s in sorted(_DECLARED.values(), key=lambda switch: switch.name)
    ]


def _same(value: Any, allowed: Any) -> bool:
    # True == 1 in Python, but a JSON true is not a 1.
    return isinstance(value, bool) == isinstance(allowed, bool) and value == allowed


def _same_kind(value: Any, default: Any) -> bool:
    numbers = (int, float)
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    return isinstance(value, type(default)) or (isinstance(value, numbers) and isinstance(default, numbers))
