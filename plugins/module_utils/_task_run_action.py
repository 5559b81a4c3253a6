# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What acr_task_run does with its options: the one action of this collection that is no resource.

This is private to the acr.tasks collection; other collections must not use it.

Besides _reconcile.py this is the only place that knows of check mode.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.acr.tasks.plugins.module_utils import _task_run as task_run
from ansible_collections.acr.tasks.plugins.module_utils import _task_run_flow as flow
from ansible_collections.acr.tasks.plugins.module_utils._blob_client import BlobClient
from ansible_collections.acr.tasks.plugins.module_utils._errors import (
    AzureError,
    InvalidOption,
    ParentMissing,
)
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId, locate_task
from ansible_collections.acr.tasks.plugins.module_utils._module import AzureModule
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome
from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient
from ansible_collections.acr.tasks.plugins.module_utils._run_client import RunClient
from ansible_collections.acr.tasks.plugins.module_utils._task_run_log import failing_step


def perform(azure: AzureModule) -> Outcome:
    """Starts the run, and follows it if asked to. In check mode it only looks whether there is something to start."""
    params = azure.params
    overrides = task_run.overrides(params)
    for option in ("wait_timeout", "fresh_identity_wait"):
        if params[option] < 0:
            raise InvalidOption(f"{option} is a number of seconds and cannot be negative.")
    task_id = locate_task(params, "task", azure.subscription)
    runs = RunClient(RegistryClient(azure.session, params["api_version"], azure.warn), task_id)
    if azure.check_mode:
        return _predicted(azure, runs, task_id)
    starter = flow.RunStarter(
        runs,
        BlobClient(azure.session),
        task_id.name,
        secrets=task_run.secret_texts(params),
        warn=azure.warn,
    )
    try:
        outcome = _follow(starter, task_run.request_body(str(task_id), overrides), params)
    except flow.StillRunningError as error:
        azure.fail(error, run=_result(flow.Outcome(error.run), task_id))
    except AzureError as error:
        if error.status in (400, 404) and not error.written:
            runs.check_task()  # ARM's answer does not say which of task, registry and group is missing
        raise
    if params["wait"] and not outcome.succeeded:
        _fail(azure, outcome, task_id)
    return Outcome("run", True, _result(outcome, task_id), warnings=azure.warnings)


def _follow(starter: flow.RunStarter, body: dict[str, Any], params: dict[str, Any]) -> flow.Outcome:
    if params["wait"]:
        return starter.follow(body, params["wait_timeout"], params["fresh_identity_wait"])
    run = starter.start(body)
    return flow.Outcome(run, attempts=[flow.attempt(run)])


def _predicted(azure: AzureModule, runs: RunClient, task_id: ArmId) -> Outcome:
    try:
        runs.check_task()
    except ParentMissing as missing:
        azure.warn(
            f"The {missing.kind} {missing.missing} does not exist yet."
            " Check mode assumes that an earlier task makes it."
        )
    return Outcome("run", True, _result(flow.Outcome({}), task_id), warnings=azure.warnings)


def _fail(azure: AzureModule, outcome: flow.Outcome, task_id: ArmId) -> None:
    words = task_run.failure_words(outcome.run, outcome.lines or [])
    message = words["message"]
    if words["log_tail"]:
        message += "\n".join(["\nThe log ends:", *(f"  {line}" for line in words["log_tail"]), ""])
    error = AzureError(message, words["code"], hint=words["hint"])
    error.written.append(f"run {task_run.run_id_of(outcome.run)} was started")
    azure.fail(error, run=_result(outcome, task_id))


def _result(outcome: flow.Outcome, task_id: ArmId) -> dict[str, Any]:
    lines = outcome.lines or []
    return {
        **task_run.to_result(outcome.run, task_id.name),
        "failing_step": None if outcome.succeeded else failing_step(lines),
        "log_lines": lines,
        "attempts": outcome.attempts,
    }
