# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls everything in RegistryClient against a transport that answers from a script, and prints what was sent.

Run as a program, so that each version of the SDK gets a process of its own: sdk_calls.py COLLECTIONS_PATH [SDK_FOLDER].
Prints JSON: {"sdk": the client class, "calls": [{"call", "requests": [...], "answer" | "error"}], "stderr": ""}.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TASK_BODY = {
    "location": "eastus",
    "properties": {
        "step": {"type": "EncodedTask", "encodedTaskContent": "c3RlcHM6IFtd"},
        "aPropertyThatNoModelKnows": {"nested": [1, None, "ü"]},
    },
}
ANSWER = {
    "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/myregistry/tasks/mytask",
    "properties": {
        "provisioningState": "Succeeded",
        "creationDate": "no date at all",
        "step": {"type": "AStepThatNoModelKnows", "values": []},
        "credentials": {"customRegistries": {"docker.io": None}},
    },
}


class Credential:
    """Always the same token."""

    def get_token(self, *_scopes: str, **_more: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("token", 2**40)


class Script:
    """A transport: records requests, answers with what is left in `answers`, the last one for ever."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answers: list[tuple[int, Any]] = [(200, ANSWER)]

    def send(self, request: Any, **_options: Any) -> Any:
        from ansible_collections.acr.tasks.plugins.module_utils._transport import Response
        from azure.core.utils import case_insensitive_dict

        body = request.data if request.data is not None else getattr(request, "content", None)
        if hasattr(body, "read"):
            body = body.read()
        parts = urlsplit(request.url)
        self.requests.append(
            {
                "method": request.method,
                "url": f"{parts.scheme}://{parts.netloc}{parts.path}",
                "query": dict(parse_qsl(parts.query)),
                "body": json.loads(body) if body else None,
                "type": request.headers.get("Content-Type") if body else None,
                "token": request.headers.get("Authorization"),
            }
        )
        status, answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        headers = case_insensitive_dict({"Content-Type": "application/json", "x-ms-request-id": "r1"})
        return Response(request, status, "", headers, json.dumps(answer).encode() if answer is not None else b"")

    def sleep(self, _seconds: float) -> None: ...
    def close(self) -> None: ...
    def open(self) -> None: ...

    def __enter__(self) -> Script:
        return self

    def __exit__(self, *_details: Any) -> None: ...


def make_script(registry: Any, task: Any) -> list[tuple[str, list[tuple[int, Any]], Any]]:
    """Name, answers, and the call, for each thing to look at."""
    unknown_version = (400, {"error": {"code": "NoRegisteredProviderFound", "message": "no such version"}})
    missing = (404, {"error": {"code": "ResourceNotFound", "message": "not found"}})
    busy = (503, {"error": {"code": "ServiceUnavailable", "message": "busy"}})
    source = {"properties": {"credentials": {"sourceRegistry": {"loginMode": "Default", "identity": "[system]"}}}}
    run_body = {"type": "TaskRunRequest", "taskId": str(task)}
    return [
        ("get_task", [(200, ANSWER)], lambda c: c.get_task(task)),
        ("get_task missing", [missing], lambda c: c.get_task(task)),
        ("get_task in trouble", [busy, (200, ANSWER)], lambda c: c.get_task(task)),
        ("get_task_details", [(200, ANSWER)], lambda c: c.get_task_details(task)),
        ("create_task", [(201, ANSWER)], lambda c: c.create_task(task, TASK_BODY)),
        ("create_task in trouble", [busy], lambda c: c.create_task(task, TASK_BODY)),
        ("update_task", [(200, ANSWER)], lambda c: c.update_task(task, {"tags": {"a": "b"}})),
        ("delete_task", [(200, None)], lambda c: c.delete_task(task)),
        ("delete_task slow", [(202, None), (200, ANSWER), missing], lambda c: c.delete_task(task)),
        ("delete_task gone", [(204, None)], lambda c: c.delete_task(task)),
        ("get_task old version", [unknown_version, (200, ANSWER)], lambda c: c.get_task(task)),
        ("source registry, old version", [unknown_version, (200, ANSWER)], lambda c: c.update_task(task, source)),
        ("schedule_run", [(200, {"properties": {"runId": "ca1"}})], lambda c: c.schedule_run(registry, run_body).body),
        ("schedule_run in trouble", [busy], lambda c: c.schedule_run(registry, run_body).body),
        ("get_run", [(200, {"properties": {"runId": "ca1"}})], lambda c: c.get_run(registry, "ca1").body),
        ("cancel_run", [(200, None)], lambda c: c.cancel_run(registry, "ca1").body),
        ("get_log_link", [(200, {"logLink": "https://l"})], lambda c: c.get_log_link(registry, "ca1")),
        ("get_upload_link", [(200, {"relativePath": "p"})], lambda c: c.get_upload_link(registry)),
    ]


def main(collections: str, sdk_folder: str | None) -> dict[str, Any]:
    sys.path.insert(0, collections)
    if sdk_folder:
        sys.path.insert(0, sdk_folder)
        import azure.mgmt  # a namespace package: the folder's part must come before that of the environment

        azure.mgmt.__path__ = [f"{sdk_folder}/azure/mgmt", *azure.mgmt.__path__]

    from ansible_collections.acr.tasks.plugins.module_utils import _registry_client
    from ansible_collections.acr.tasks.plugins.module_utils._auth import Login
    from ansible_collections.acr.tasks.plugins.module_utils._clouds import PUBLIC
    from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
    from ansible_collections.acr.tasks.plugins.module_utils._ids import REGISTRY, TASK, ArmId
    from ansible_collections.acr.tasks.plugins.module_utils._session import Session

    calls = []
    registry = ArmId("sub1", "g1", REGISTRY, ("myregistry",))
    for name, answers, call in make_script(registry, registry.child(TASK, "mytask")):
        transport = Script()
        transport.answers = answers
        session = Session(Login(Credential(), "sub1", PUBLIC, True, transport, "test"), 5)
        warnings: list[str] = []
        client = _registry_client.RegistryClient(session, None, warnings.append)
        row: dict[str, Any] = {"call": name, "requests": transport.requests, "warnings": warnings}
        try:
            row["answer"] = call(client)
        except AzureError as error:
            row["error"] = error.failure
        calls.append(row)
    return {"sdk": _registry_client._client_class().__module__, "calls": calls}


if __name__ == "__main__":
    noise = io.StringIO()
    with contextlib.redirect_stderr(noise):
        found = main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
    print(json.dumps({**found, "stderr": noise.getvalue()}))
