# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Registries, tasks and runs as tests make them: raw requests, no SDK."""

from __future__ import annotations

import base64
import time
from typing import Any

import httpx

REGISTRY_VERSION = "2025-11-01"
TASK_VERSION = "2025-03-01-preview"
OLD_TASK_VERSION = "2019-06-01-preview"
# What az sends for a Docker task.
DOCKER: dict[str, Any] = {
    "status": "Enabled",
    "platform": {"os": "linux", "architecture": "amd64"},
    "agentConfiguration": {"cpu": 2},
    "timeout": 3600,
    "step": {
        "type": "Docker",
        "contextPath": "https://github.com/me/app.git",
        "imageNames": ["app:v1"],
        "isPushEnabled": True,
        "noCache": False,
        "dockerFilePath": "Dockerfile",
        "arguments": [],
    },
    "trigger": {
        "baseImageTrigger": {
            "baseImageTriggerType": "Runtime",
            "updateTriggerPayloadType": "Default",
            "status": "Enabled",
            "name": "defaultBaseimageTriggerName",
        }
    },
    "credentials": {},
    "isSystemTask": False,
}
SOURCE_TRIGGER: dict[str, Any] = {
    "name": "defaultSourceTriggerName",
    "sourceTriggerEvents": ["commit"],
    "sourceRepository": {
        "sourceControlType": "Github",
        "repositoryUrl": "https://github.com/me/app",
        "branch": "main",
        "sourceControlAuthProperties": {"tokenType": "PAT", "token": "canary-token"},
    },
}
ENDED = ("Succeeded", "Failed", "Canceled", "Error", "Timeout")


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def encoded_task(text: str, **step: Any) -> dict[str, Any]:
    """The properties of a task with this task file."""
    return {
        "platform": {"os": "Linux", "architecture": "amd64"},
        "step": {"type": "EncodedTask", "encodedTaskContent": encoded(text), **step},
    }


class Acr:
    """One resource group with one registry."""

    def __init__(self, azure: Any, name: str = "myregistry", sku: str = "Basic", **properties: Any) -> None:
        self.azure = azure
        self.group = azure.group("rg1")
        self.name = name
        self.id = f"{self.group}/providers/Microsoft.ContainerRegistry/registries/{name}"
        self.server = f"{name}.azurecr.io"
        answer = self.put_registry(sku, **properties)
        assert answer.status_code == 201, answer.text

    # -- registry --

    def put_registry(self, sku: str = "Basic", version: str = REGISTRY_VERSION, **properties: Any) -> httpx.Response:
        body = {"location": "eastus", "sku": {"name": sku}, "properties": properties}
        return self.azure.arm("PUT", self.id, body, version=version)

    def patch_registry(self, version: str = REGISTRY_VERSION, **body: Any) -> httpx.Response:
        return self.azure.arm("PATCH", self.id, body, version=version)

    def get_registry(self, version: str = REGISTRY_VERSION) -> dict[str, Any]:
        return self.azure.arm("GET", self.id, version=version).json()

    # -- tasks --

    def task(self, method: str, name: str = "mytask", body: Any = None, **options: Any) -> httpx.Response:
        """``name`` may have an action behind it: ``mytask/listDetails``."""
        return self.azure.arm(method, f"{self.id}/tasks/{name}", body, **{"version": TASK_VERSION} | options)

    def put_task(self, properties: dict[str, Any], name: str = "mytask", **body: Any) -> dict[str, Any]:
        answer = self.task("PUT", name, {"location": "eastus", "properties": properties} | body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def patch_task(self, properties: dict[str, Any], name: str = "mytask", **body: Any) -> dict[str, Any]:
        answer = self.task("PATCH", name, {"properties": properties} | body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get_task(self, name: str = "mytask") -> dict[str, Any]:
        answer = self.task("GET", name)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def details(self, name: str = "mytask") -> dict[str, Any]:
        answer = self.task("POST", f"{name}/listDetails")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def set_credential(self, host: str, entry: dict[str, Any] | None, name: str = "mytask") -> dict[str, Any]:
        return self.patch_task({"credentials": {"customRegistries": {host: entry}}}, name)

    # -- runs --

    def schedule(self, body: dict[str, Any], **options: Any) -> httpx.Response:
        return self.azure.arm("POST", f"{self.id}/scheduleRun", body, **{"version": TASK_VERSION} | options)

    def start(self, name: str = "mytask", **override: Any) -> str:
        """Starts the task and returns the run's id."""
        body: dict[str, Any] = {"type": "TaskRunRequest", "taskId": f"{self.id}/tasks/{name}"}
        if override:
            body["overrideTaskStepProperties"] = override
        answer = self.schedule(body)
        assert answer.status_code == 200, answer.text
        return answer.json()["properties"]["runId"]

    def run(self, method: str, run_id: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.azure.arm(method, f"{self.id}/runs/{run_id}", body, **{"version": TASK_VERSION} | options)

    def wait(self, run_id: str, seconds: float = 20) -> dict[str, Any]:
        """The properties of the run when it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            properties = self.run("GET", run_id).json()["properties"]
            if properties["status"] in ENDED:
                return properties
            time.sleep(0.02)
        raise AssertionError(f"run {run_id} has not ended")

    def result(self, name: str = "mytask", **override: Any) -> tuple[dict[str, Any], str]:
        """Runs the task; (the run's properties, its log)."""
        run_id = self.start(name, **override)
        return self.wait(run_id), self.log(run_id).text

    def log_link(self, run_id: str) -> str:
        answer = self.run("POST", f"{run_id}/listLogSasUrl")
        assert answer.status_code == 200, answer.text
        return answer.json()["logLink"]

    def log(self, run_id: str) -> httpx.Response:
        return self.azure.http.get(self.log_link(run_id))

    def result_of(self, text: str, **step: Any) -> tuple[dict[str, Any], str]:
        """Makes a task of this task file and runs it."""
        self.put_task(encoded_task(text, **step))
        return self.result()


def without_stamps(log: str) -> list[str]:
    """The lines of a log; time stamps become ``T``."""
    lines = []
    for line in log.removesuffix("\r\n").split("\r\n"):
        stamped = len(line) > 19 and line[4] == line[7] == "/" and line[13] == line[16] == ":"
        lines.append(f"T {line[20:]}" if stamped else line)
    return lines


def lines_of(acr: Acr, text: str, status: str = "Succeeded") -> list[str]:
    """The log of a run of this task file, which has to end so."""
    run, log = acr.result_of(text)
    assert run["status"] == status, log
    return without_stamps(log)


def verdict_reason(lines: list[str]) -> str:
    """The engine's last word, before the blank line and the verdict."""
    assert lines[-2] == ""
    return lines[-3]
