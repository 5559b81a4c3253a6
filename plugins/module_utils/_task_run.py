# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of a task: options -> request body, run -> result, outcome -> words. Pure functions over ARM JSON.

This is private to the acr.tasks collection; other collections must not use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption
from ansible_collections.acr.tasks.plugins.module_utils._task_run_causes import STATUS_CAUSES, KnownCause, find_cause
from ansible_collections.acr.tasks.plugins.module_utils._task_run_log import engine_text, failing_step, tail

TERMINAL = frozenset({"Succeeded", "Failed", "Canceled", "Error", "Timeout"})

# option -> field of overrideTaskStepProperties, for those that are plain strings
_SCALAR_OVERRIDES = {"context": "contextPath", "file": "file", "target": "target"}
# (option, option for secret entries) -> field, for those that are mappings
_NAMED_OVERRIDES = {("arguments", "secret_arguments"): "arguments", ("values", "secret_values"): "values"}


def named_entries(
    option: str, plain: Mapping[str, Any] | None, secret: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """The API's list ``[{name, value, isSecret}]`` of two mappings.

    Numbers and booleans are written as text, booleans in lower case. Raises InvalidOption, with the option's name, for
    values that are neither and for a name that stands in both mappings. A secret value is never part of the text.
    """
    entries: list[dict[str, Any]] = []
    for name_of_option, mapping, is_secret in ((option, plain, False), (f"secret_{option}", secret, True)):
        for name, value in (mapping or {}).items():
            if isinstance(value, bool):
                value = str(value).lower()
            if not isinstance(value, (str, int, float)):
                raise InvalidOption(f"{name_of_option}.{name} must be a string, a number or a boolean.")
            entries.append({"name": str(name), "value": str(value), "isSecret": is_secret})
    names: list[str] = [entry["name"] for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InvalidOption(f"{', '.join(twice)} stands in both {option} and secret_{option}; keep one of them.")
    return entries


def overrides(params: Mapping[str, Any]) -> dict[str, Any]:
    """What this run does differently from its task, as the API has it. Raises InvalidOption.

    The two lists are there even if they are empty, as the service's own client sends them.
    """
    found: dict[str, Any] = {
        field: named_entries(plain, params.get(plain), params.get(secret))
        for (plain, secret), field in _NAMED_OVERRIDES.items()
    }
    return found | {field: params[option] for option, field in _SCALAR_OVERRIDES.items() if params.get(option)}


def request_body(task_id: str, overridden: Mapping[str, Any]) -> dict[str, Any]:
    """The body of scheduleRun."""
    return {
        "type": "TaskRunRequest",
        "isArchiveEnabled": False,
        "taskId": task_id,
        "overrideTaskStepProperties": dict(overridden),
    }


def secret_texts(params: Mapping[str, Any]) -> list[str]:
    """Every secret that the options hold; none of them may be seen in the log."""
    return [
        str(value) for _plain, secret in _NAMED_OVERRIDES for value in (params.get(secret) or {}).values() if str(value)
    ]


def run_id_of(run: Mapping[str, Any]) -> str:
    """The short id (``ca1``); empty if an answer holds none."""
    return (run.get("properties") or {}).get("runId") or run.get("name") or ""


def status_of(run: Mapping[str, Any]) -> str:
    """Never take provisioningState for it: that stays Succeeded for a failed run."""
    return (run.get("properties") or {}).get("status") or "Queued"


def is_over(run: Mapping[str, Any]) -> bool:
    return status_of(run) in TERMINAL


def parse_time(text: str | None) -> datetime | None:
    """A time of the service (up to seven decimals, ``+00:00`` or ``Z``), or None if it is none."""
    match = re.match(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$", text or "")
    if not match:
        return None
    seconds, decimals, zone = match.groups()
    return datetime.fromisoformat(f"{seconds}{(decimals or '.0')[:7]}{'+00:00' if zone == 'Z' else zone}")


def _duration(properties: Mapping[str, Any]) -> int | None:
    start, finish = parse_time(properties.get("startTime")), parse_time(properties.get("finishTime"))
    return round((finish - start).total_seconds()) if start and finish else None


def to_result(run: Mapping[str, Any] | None, task_name: str | None = None) -> dict[str, Any]:
    """A run in the shape of the results: the same keys always, null where the service says nothing (yet)."""
    run = run or {}
    properties = run.get("properties") or {}
    platform = properties.get("platform") or {}
    return {
        "id": run.get("id"),
        "run_id": run_id_of(run) or None,
        "task": properties.get("task") or task_name,
        "status": properties.get("status"),
        "run_type": properties.get("runType"),
        "error": properties.get("runErrorMessage"),
        "create_time": properties.get("createTime"),
        "start_time": properties.get("startTime"),
        "finish_time": properties.get("finishTime"),
        "duration": _duration(properties),
        "platform": {key: platform.get(key) for key in ("os", "architecture", "variant")},
        "custom_registries": list(properties.get("customRegistries") or []),
        "images": [
            {key: image.get(key) for key in ("registry", "repository", "tag", "digest")}
            for image in properties.get("outputImages") or []
        ],
    }


def started_since(runs: Iterable[Mapping[str, Any]], task_name: str, since: datetime) -> list[Mapping[str, Any]]:
    """Those of ``runs`` that a start by hand of this task may have made since then.

    ``since`` is by the service's clock. A run that a timer, a commit or a base image started cannot be ours.
    """
    found = []
    for run in runs:
        properties = run.get("properties") or {}
        created = parse_time(properties.get("createTime"))
        by_trigger = any(properties.get(key) for key in ("timerTrigger", "sourceTrigger", "imageUpdateTrigger"))
        if by_trigger or str(properties.get("runType", "")).lower().startswith("auto"):
            continue
        if str(properties.get("task", "")).lower() == task_name.lower() and created and created >= since:
            found.append(run)
    return found


def server_start(server_now: datetime, elapsed: float) -> datetime:
    """The service's time ``elapsed`` seconds before the answer that was dated ``server_now`` (whole seconds)."""
    return server_now - timedelta(seconds=elapsed)


def cause_of(run: Mapping[str, Any], lines: list[str]) -> KnownCause | None:
    """Why the run failed, where its words are known."""
    properties = run.get("properties") or {}
    return find_cause(
        engine_text(lines), properties.get("runErrorMessage") or "", "\n".join(tail(lines, 30))
    ) or STATUS_CAUSES.get(status_of(run))


def failure_words(run: Mapping[str, Any], lines: list[str]) -> dict[str, Any]:
    """What a failed run has to tell: ``{code, message, hint, step, log_tail}``.

    ``message`` holds the status and the engine's own text; ``lines`` are taken as scrubbed.
    """
    status, properties = status_of(run), run.get("properties") or {}
    reason = engine_text(lines) or properties.get("runErrorMessage") or "the service gives no reason"
    step, known = failing_step(lines), cause_of(run, lines)
    message = f"Run {run_id_of(run)} of task {properties.get('task') or '?'} ended with status {status}"
    message += f" in step {step}: {reason}" if step else f": {reason}"
    if known:
        message += f" (cause: {known.cause})"
    return {
        "code": f"Run{status}",
        "message": message,
        "hint": known.hint if known else None,
        "step": step,
        "log_tail": tail(lines),
    }
