# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""A run as answers show it (acr-wire 8.2, 8.3)."""

from __future__ import annotations

from azure_emulator.agent.run import Run
from azure_emulator.services.registry.stamps import fraction, whole_seconds

RUN_TYPE = "Microsoft.ContainerRegistry/registries/runs"


def scheduled(run: Run, runs_path: str) -> dict:
    """The small answer of scheduleRun."""
    return _body(run, runs_path, {})


def full(run: Run, runs_path: str) -> dict:
    """GET, list and PATCH. Keys without a value are left out."""
    work = run.work
    details = {
        "runType": "QuickRun",
        "createTime": fraction(run.created, "+00:00"),
        "startTime": fraction(run.started, "+00:00") if run.started else None,
        "finishTime": fraction(run.finished, "+00:00") if run.finished else None,
        "task": work.task_name,
        "platform": dict(work.platform),
        "agentConfiguration": {"cpu": run.agent_cpu},
        "sourceRegistryAuth": run.source_login_mode,
        "customRegistries": run.custom_registries,
        "outputImages": [dict(image) for image in run.output_images],
        "updateTriggerToken": run.update_token,
        "runErrorMessage": run.error_message,
    }
    return _body(run, runs_path, {key: value for key, value in details.items() if value})


def _body(run: Run, runs_path: str, details: dict) -> dict:
    return {
        "type": RUN_TYPE,
        "properties": {
            "runId": run.run_id,
            "status": run.status,
            "lastUpdatedTime": whole_seconds(run.updated),
            **details,
            "provisioningState": "Succeeded",
            "isArchiveEnabled": run.archive,
        },
        "id": f"{runs_path}/{run.run_id}",
        "name": run.run_id,
        "systemData": dict(run.system_data),
    }
