# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Azure's own clients, unmodified: the management SDK, and the storage SDK in the loop that az follows a log with."""

from __future__ import annotations

import base64
import time

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import EnvironmentCredential
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.storage.blob import BlobClient

TASK_FILE = "steps: [cmd: bash echo one, cmd: bash echo two]"
ENDED = ("Succeeded", "Failed", "Canceled", "Error", "Timeout")
HOST = "a.example.io"


@pytest.fixture
def client(azure, azure_environment):
    azure.group("rg1")
    subscription = azure.seeds["subscription"]["id"]
    with EnvironmentCredential() as credential:
        for version in ("2023-11-01-preview", "2019-06-01-preview"):
            client = ContainerRegistryManagementClient(credential, subscription, api_version=version)
            if version == "2023-11-01-preview":
                made = client.registries.begin_create(
                    "rg1", "myregistry", {"location": "eastus", "sku": {"name": "Basic"}}
                ).result()
                assert (made.login_server, made.sku.tier) == ("myregistry.azurecr.io", "Basic")
        yield client


@pytest.fixture
def task(client):
    models = client.models("2019-06-01-preview")
    client.tasks.begin_create(
        "rg1",
        "myregistry",
        "mytask",
        models.Task(
            location="eastus",
            identity=models.IdentityProperties(type="SystemAssigned"),
            platform=models.PlatformProperties(os="Linux"),
            step=models.EncodedTaskStep(encoded_task_content=base64.b64encode(TASK_FILE.encode()).decode()),
            timeout=600,
        ),
    ).result()
    return client.tasks.get("rg1", "myregistry", "mytask")


def patch(client, credentials):
    return client.tasks.begin_update(
        "rg1", "myregistry", "mytask", {"properties": {"credentials": {"customRegistries": credentials}}}
    ).result()


def test_task(client, task):
    assert type(task.step).__name__ == "EncodedTaskStep"
    assert task.provisioning_state == "Succeeded"
    assert task.identity.principal_id
    assert [entry.name for entry in client.tasks.list("rg1", "myregistry")] == ["mytask"]
    client.tasks.begin_delete("rg1", "myregistry", "mytask").result()
    with pytest.raises(ResourceNotFoundError):
        client.tasks.get("rg1", "myregistry", "mytask")
    client.tasks.begin_delete("rg1", "myregistry", "mytask").result()


def test_credentials(client, task):
    entry = {"userName": {"type": "Opaque", "value": "u"}, "password": {"type": "Opaque", "value": "p"}}
    assert patch(client, {HOST: entry}).credentials.custom_registries == {HOST: None}
    shown = client.tasks.get_details("rg1", "myregistry", "mytask").credentials.custom_registries[HOST]
    assert (shown.user_name.value, shown.password.value) == ("u", "p")
    assert patch(client, {HOST: None}).credentials is None


def test_refused_task(client, task):
    with pytest.raises(HttpResponseError) as caught:
        client.tasks.begin_update("rg1", "myregistry", "mytask", {"properties": {"timeout": 5}}).result()
    assert caught.value.error.code == "InvalidInputValue"


def test_run_and_its_log(client, task):
    models = client.models("2019-06-01-preview")
    run = client.registries.begin_schedule_run("rg1", "myregistry", models.TaskRunRequest(task_id=task.id)).result()
    assert (run.run_id, run.status) == ("ca1", "Queued")
    link = client.runs.get_log_sas_url("rg1", "myregistry", run.run_id).log_link
    text = follow(link)
    assert "\r\none\r\n" in text
    assert text.endswith("s\r\n")
    finished = client.runs.get("rg1", "myregistry", run.run_id)
    assert (finished.status, finished.task) == ("Succeeded", "mytask")
    assert [entry.run_id for entry in client.runs.list("rg1", "myregistry", filter="TaskName eq 'mytask'", top=1)] == [
        "ca1"
    ]


def test_cancel(azure, client, task):
    azure.switch(run_queue_seconds=20)
    models = client.models("2019-06-01-preview")
    run = client.registries.begin_schedule_run("rg1", "myregistry", models.TaskRunRequest(task_id=task.id)).result()
    client.runs.begin_cancel("rg1", "myregistry", run.run_id).result()
    deadline = time.monotonic() + 10
    while client.runs.get("rg1", "myregistry", run.run_id).status not in ENDED and time.monotonic() < deadline:
        time.sleep(0.02)
    assert client.runs.get("rg1", "myregistry", run.run_id).status == "Canceled"


def follow(link: str) -> str:
    """As az does: wait for the blob, then read 4 KiB pieces until the end mark is there and all is read."""
    blob, position, data = BlobClient.from_blob_url(link), 0, b""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not blob.exists():
            time.sleep(0.02)
            continue
        properties = blob.get_blob_properties()
        mark = {name.lower(): value for name, value in properties.metadata.items()}.get("complete")
        if position < properties.size:
            piece = blob.download_blob(offset=position, length=4096).readall()
            data, position = data + piece, position + len(piece)
        elif mark:
            assert mark == "successful"
            return data.decode()
        else:
            time.sleep(0.02)
    raise AssertionError("the log did not end")
