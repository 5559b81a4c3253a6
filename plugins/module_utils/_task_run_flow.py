# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting a run exactly once, waiting for it, and trying again where a fresh identity was the reason.

This is private to the acr.tasks collection; other collections must not use it.

The only state is what Azure says; the clients, the clock and the warnings come from outside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ansible_collections.acr.tasks.plugins.module_utils import _task_run as task_run
from ansible_collections.acr.tasks.plugins.module_utils._blob_client import Log, LogUnreadableError
from ansible_collections.acr.tasks.plugins.module_utils._errors import NOT_SENT, SIGN_IN_FAILED, AzureError
from ansible_collections.acr.tasks.plugins.module_utils._task_run_log import a_step_began, scrub, split_lines

LOG_LIMIT = 1024 * 1024  # bytes of the log that a result may hold
LOOKS_FOR_OUR_RUN = (0.0, 1.0, 2.0, 4.0, 8.0)  # seconds before each look at the runs, after a lost answer
LOG_SETTLES = (0.5, 1.0, 2.0, 4.0)  # seconds before each further look at a log that is not marked complete
NEW_RUN_MAY_BE_HIDDEN = 60.0  # seconds after the start in which 404 for the run is no answer


class Runs(Protocol):
    """What this file needs of the service. Each raises AzureError."""

    def schedule(self, body: Mapping[str, Any]) -> dict[str, Any]: ...

    def get(self, run_id: str) -> dict[str, Any]: ...

    def recent(self) -> tuple[list[dict[str, Any]], datetime | None]:
        """The newest runs of the task, and the time by the service's clock."""

    def log_link(self, run_id: str) -> tuple[str, bool]:
        """The link to the log, and whether it is a registry artifact."""


class LogStore(Protocol):
    def read(self, link: str, limit: int, *, artifact: bool = False) -> Log | None: ...


@dataclass
class Outcome:
    """A run as far as it was followed. ``lines`` is None if the log could not be read."""

    run: dict[str, Any]
    lines: list[str] | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        return task_run.status_of(self.run) == "Succeeded"


def attempt(run: Mapping[str, Any]) -> dict[str, Any]:
    """What the list of attempts tells of a run."""
    result = task_run.to_result(run)
    return {key: result[key] for key in ("run_id", "status", "error")}


class OutcomeUnknownError(AzureError):
    """Whether a run was started cannot be told."""


class StillRunningError(AzureError):
    """The run was not over when the waiting was. ``run`` is what was seen last."""

    run: dict[str, Any]


class RunStarter:
    """Follows runs of one task. ``secrets`` are kept out of every text."""

    def __init__(
        self,
        runs: Runs,
        logs: LogStore,
        task_name: str,
        *,
        secrets: list[str],
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._runs = runs
        self._logs = logs
        self._task = task_name
        self._secrets = secrets
        self._warn = warn
        self._clock = clock
        self._sleep = sleep

    def start(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Start a run, once. If the answer is lost, the run that our request made is looked for, never sent again."""
        sent = self._clock()
        try:
            return self._runs.schedule(body)
        except AzureError as error:
            if not _may_have_taken_effect(error):
                raise
            return self._adopt(sent, error)

    def follow(self, body: Mapping[str, Any], timeout: float, fresh_identity_wait: float) -> Outcome:
        """Start and wait to the end, log included. Fresh identities get further attempts, all of them listed."""
        began = self._clock()
        attempts: list[dict[str, Any]] = []
        pause = 2.0
        while True:
            outcome = self.finish(task_run.run_id_of(self.start(body)), timeout)
            attempts.append(attempt(outcome.run))
            outcome.attempts = attempts
            again = self._clock() + pause <= began + fresh_identity_wait
            if outcome.succeeded or not again or not _is_fresh_identity(outcome):
                return outcome
            self._sleep(pause)
            pause = min(pause * 2, 30.0)

    def finish(self, run_id: str, timeout: float) -> Outcome:
        """Wait for a run that was started, then read its log."""
        try:
            run = self._wait(run_id, self._clock() + timeout)
        except AzureError as error:
            error.written.append(f"run {run_id} was started")
            raise
        reason = run["properties"].get("runErrorMessage")
        if reason:
            run["properties"]["runErrorMessage"] = scrub(reason, self._secrets)
        return Outcome(run, self._read_log(run_id))

    def _adopt(self, sent: float, lost: AzureError) -> dict[str, Any]:
        """The one run that our lost request made. Raises OutcomeUnknownError if there is not exactly one."""
        found: list[Mapping[str, Any]] = []
        for pause in LOOKS_FOR_OUR_RUN:
            self._sleep(pause)
            try:
                runs, server_now = self._runs.recent()
            except AzureError as error:
                if not error.is_transient:
                    lost.message += f" {error.message}"
                    break
                continue
            if server_now is None:
                continue
            since = task_run.server_start(server_now, self._clock() - sent)
            found = task_run.started_since(runs, self._task, since)
            if found:
                break
        if len(found) == 1:
            run = dict(found[0])
            self._warn(
                f"The answer to the start of task {self._task} was lost ({lost.message}). Run {task_run.run_id_of(run)}"
                " was created since and is taken for ours; nothing was sent twice."
            )
            return run
        candidates = ", ".join(task_run.run_id_of(run) for run in found) or "none"
        raise OutcomeUnknownError(
            f"Whether a run of task {self._task} was started is not known: {lost.message}"
            f" Runs since then: {candidates}.",
            "OutcomeUnknown",
            status=lost.status,
            request_id=lost.request_id,
            hint="Look at the task's runs before starting another one; a start is never sent twice.",
        )

    def _wait(self, run_id: str, deadline: float) -> dict[str, Any]:
        began, pause = self._clock(), 1.0
        seen: dict[str, Any] = {"name": run_id, "properties": {"runId": run_id, "task": self._task}}
        trouble: AzureError | None = None
        while (left := deadline - self._clock()) > 0:
            self._sleep(min(pause, left))
            pause = min(pause * 1.5, 15.0)
            try:
                seen, trouble = self._runs.get(run_id), None
            except AzureError as error:
                if not _will_pass(error, self._clock() - began):
                    raise
                trouble, pause = error, max(pause, error.retry_after or 0.0)
            if task_run.is_over(seen):
                return seen
        message = f"Run {run_id} of task {self._task} is {task_run.status_of(seen)} and goes on; the waiting is over."
        if trouble:
            message += f" The last look at it failed: {trouble.message}"
        overdue = StillRunningError(
            message, "RunNotOver", hint="Raise wait_timeout, or look at the run later: it was not canceled."
        )
        overdue.run = seen
        raise overdue

    def _read_log(self, run_id: str) -> list[str] | None:
        """The log's lines without secrets. None, with a warning, if it cannot be read: that is never the verdict."""
        try:
            link, artifact = self._runs.log_link(run_id)
            log = self._logs.read(link, LOG_LIMIT, artifact=artifact)
            for pause in LOG_SETTLES:
                if log is not None and log.complete is not False:
                    break
                self._sleep(pause)
                log = self._logs.read(link, LOG_LIMIT, artifact=artifact)
        except (AzureError, LogUnreadableError) as error:
            self._warn(f"The log of run {run_id} could not be read: {error}")
            return None
        if log is None:
            self._warn(f"There is no log of run {run_id}.")
            return None
        if log.skipped:
            self._warn(f"The log of run {run_id} is long: its first {log.skipped} bytes were left out.")
        if log.complete is False:
            self._warn(f"The log of run {run_id} is not marked complete; its end may be missing.")
        return split_lines(scrub(log.text, self._secrets))


def _may_have_taken_effect(error: AzureError) -> bool:
    """No answer, or one that does not say that nothing happened."""
    if error.status is None:
        return error.code not in (NOT_SENT, SIGN_IN_FAILED)
    return error.status >= 500 or error.status == 408


def _will_pass(error: AzureError, age: float) -> bool:
    """Whether a failed look at a running run says nothing about the run."""
    if error.is_transient:
        return True
    if error.status == 401:
        return "expired" in f"{error.code} {error.message}".lower()
    return error.status == 404 and age < NEW_RUN_MAY_BE_HIDDEN


def _is_fresh_identity(outcome: Outcome) -> bool:
    """Whether the run failed before any step, in words that a grant not yet in force explains."""
    if outcome.lines is None or a_step_began(outcome.lines) or task_run.status_of(outcome.run) != "Failed":
        return False
    known = task_run.cause_of(outcome.run, outcome.lines)
    return known is not None and known.fresh
