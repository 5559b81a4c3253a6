# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of tasks and runs."""

from __future__ import annotations

from azure_emulator.routing import Router
from azure_emulator.services.registry.models import REGISTRY_TYPE
from azure_emulator.services.registry.versions import TASK_VERSIONS
from azure_emulator.services.tasks import handlers, run_handlers
from azure_emulator.services.tasks.models import TASK_TYPE
from azure_emulator.services.tasks.run_rendering import RUN_TYPE

_REGISTRY = (
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}"
)
_TASK = _REGISTRY + "/tasks/{task}"
_RUN = _REGISTRY + "/runs/{run}"

router = Router()


def _add(method: str, template: str, handler, action: str, schema: str | None = None, *attributes: str) -> None:
    router.add(method, template, handler, action=action, schema=schema, versions=TASK_VERSIONS, attributes=attributes)


_add("GET", _REGISTRY + "/tasks", handlers.list_tasks, f"{TASK_TYPE}/read")
_add("GET", _TASK, handlers.get_task, f"{TASK_TYPE}/read")
_add("PUT", _TASK, handlers.put_task, f"{TASK_TYPE}/write", "task")
_add("PATCH", _TASK, handlers.patch_task, f"{TASK_TYPE}/write", "task_update")
_add("DELETE", _TASK, handlers.delete_task, f"{TASK_TYPE}/delete")
_add(
    "POST",
    _TASK + "/listDetails",
    handlers.list_details,
    f"{TASK_TYPE}/listDetails/action",
    None,
    "booked-as-write-if:count_writes",
)

_add(
    "POST",
    _REGISTRY + "/scheduleRun",
    run_handlers.schedule_run,
    f"{REGISTRY_TYPE}/scheduleRun/action",
    "schedule_run",
)
_add("GET", _REGISTRY + "/runs", run_handlers.list_runs, f"{RUN_TYPE}/read")
_add("GET", _RUN, run_handlers.get_run, f"{RUN_TYPE}/read")
_add("PATCH", _RUN, run_handlers.patch_run, f"{RUN_TYPE}/write", "run_update")
_add("POST", _RUN + "/cancel", run_handlers.cancel_run, f"{RUN_TYPE}/cancel/action")
_add("POST", _RUN + "/listLogSasUrl", run_handlers.list_log_sas_url, f"{RUN_TYPE}/listLogSasUrl/action")
_add(
    "POST",
    _REGISTRY + "/listBuildSourceUploadUrl",
    run_handlers.list_upload_url,
    f"{REGISTRY_TYPE}/listBuildSourceUploadUrl/action",
)
