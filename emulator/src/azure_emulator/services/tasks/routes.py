# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of tasks and runs."""

from __future__ import annotations

from azure_emulator.routing import Router
from azure_emulator.services.registry.versions import TASK_VERSIONS
from azure_emulator.services.tasks import handlers
from azure_emulator.services.tasks.models import TASK_TYPE

_REGISTRY = (
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}"
)
_TASK = _REGISTRY + "/tasks/{task}"

router = Router()


def _add(method: str, template: str, handler, action: str, **more) -> None:
    router.add(method, template, handler, action=action, versions=TASK_VERSIONS, **more)


_add("GET", _REGISTRY + "/tasks", handlers.list_tasks, f"{TASK_TYPE}/read")
_add("GET", _TASK, handlers.get_task, f"{TASK_TYPE}/read")
_add("PUT", _TASK, handlers.put_task, f"{TASK_TYPE}/write", schema="task")
_add("PATCH", _TASK, handlers.patch_task, f"{TASK_TYPE}/write", schema="task_update")
_add("DELETE", _TASK, handlers.delete_task, f"{TASK_TYPE}/delete")
_add("POST", _TASK + "/listDetails", handlers.list_details, f"{TASK_TYPE}/listDetails/action")
