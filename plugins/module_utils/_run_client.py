# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs of one task, as _task_run_flow.py asks for them.

This is private to the acr.tasks collection; other collections must not use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, ParentMissing
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient

_LOOKED_THROUGH = 20  # newest runs; more than one play can start between a start and a look


class RunClient:
    """Raises AzureError only."""

    def __init__(self, registries: RegistryClient, task: ArmId) -> None:
        self._registries = registries
        self._task = task

    def check_task(self) -> None:
        """Raises ParentMissing if the task does not exist."""
        if self._registries.get_task(self._task) is None:
            raise ParentMissing("task", str(self._task))

    def schedule(self, body: Mapping[str, Any]) -> dict[str, Any]:
        run = self._registries.schedule_run(self._task.parent, dict(body)).body or {}
        if not (run.get("properties") or {}).get("runId"):
            # A 2xx: it was accepted, whatever a proxy made of the answer.
            raise AzureError(f"The answer to the start of the task {self._task} names no run.", "InvalidAnswer")
        return run

    def get(self, run_id: str) -> dict[str, Any]:
        return self._registries.get_run(self._task.parent, run_id).body or {}

    def recent(self) -> tuple[list[dict[str, Any]], datetime | None]:
        """The newest runs of the task, and the time by the service's clock (None if the answer has no date)."""
        wanted = f"TaskName eq '{self._task.name}'"
        runs, answer = self._registries.list_runs(self._task.parent, wanted, _LOOKED_THROUGH)
        return runs, _date(answer.headers)

    def log_link(self, run_id: str) -> tuple[str, bool]:
        """The link to the log, and whether it is a registry artifact and no blob."""
        links = self._registries.get_log_link(self._task.parent, run_id)
        if links.get("logArtifactLink"):
            return links["logArtifactLink"], True
        if not links.get("logLink"):
            raise AzureError(f"Azure names no log of the run {run_id}.", "NoLog")
        return links["logLink"], False


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("Date") or "")
    except (TypeError, ValueError):
        return None
