# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""All runs, by registry. They belong to the registry: a task that goes leaves its runs behind."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from azure_emulator.agent.run import Run
from azure_emulator.agent.runner import Agent
from azure_emulator.lifecycle import when_removed
from azure_emulator.services.registry.models import REGISTRY_TYPE
from azure_emulator.switches import declare
from azure_emulator.world import World

declare(
    "cancel_finished_code",
    default=409,
    alternatives=(409, 400, 200),
    evidence="acr-wire 13 #11: cancel of a finished run; error or no-op",
)
declare(
    "disabled_runs",
    default=True,
    alternatives=(True, False),
    evidence="acr-wire 13 #21: does scheduleRun work on a task with status Disabled",
)
declare(
    "missing_task_code",
    default=404,
    alternatives=(404, 400),
    evidence="acr-wire 8.2: scheduleRun for a task that is not there",
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass
class _Shelf:
    count: int = 0
    runs: dict[str, Run] = field(default_factory=dict)


class RunBook:
    """Runs by registry id (any casing) and run id."""

    def __init__(self, world: World) -> None:
        self._shelves: dict[str, _Shelf] = {}

    def snapshot(self) -> dict:
        return {
            registry: [
                {"run_id": run.run_id, "task": run.work.task_name, "status": run.status, "error": run.error_message}
                for run in shelf.runs.values()
            ]
            for registry, shelf in self._shelves.items()
        }

    def next_id(self, registry_id: str) -> str:
        """``ca1``, ``ca2``, … ``ca9``, ``caa``: a counter per registry."""
        shelf = self._shelves.setdefault(registry_id.lower(), _Shelf())
        shelf.count += 1
        number, text = shelf.count, ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            text = _DIGITS[digit] + text
        return f"ca{text}"

    def add(self, run: Run) -> None:
        self._shelves[run.work.registry_id.lower()].runs[run.run_id] = run

    def find(self, registry_id: str, run_id: str) -> Run | None:
        shelf = self._shelves.get(registry_id.lower())
        return shelf.runs.get(run_id.lower()) if shelf else None

    def newest_first(self, registry_id: str) -> list[Run]:
        shelf = self._shelves.get(registry_id.lower())
        return list(reversed(shelf.runs.values())) if shelf else []

    def forget(self, registry_id: str) -> list[Run]:
        shelf = self._shelves.pop(registry_id.lower(), None)
        return list(shelf.runs.values()) if shelf else []


def log_place(registry: dict, run_id: str, blob_suffix: str) -> tuple[str, str]:
    """Host and path of a run's log: an account of the region, a container of the registry."""
    return upload_place(registry, f"logs/{run_id}/rawtext.log", blob_suffix)


def upload_place(registry: dict, relative: str, blob_suffix: str) -> tuple[str, str]:
    """Host and path of what is at the relative path ``relative`` in the registry's container."""
    container = hashlib.sha256(registry["id"].lower().encode()).hexdigest()[:32]
    return f"{registry['location']}managed1{blob_suffix}", f"/{container}/{relative}"


def _gone(world: World, body: dict) -> None:
    for run in world.part(RunBook).forget(body["id"]):
        world.part(Agent).cancel(run)


when_removed(REGISTRY_TYPE, _gone)
