# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Signing in to registries in a run: the three shapes of a credential, and the engine's words when one fails."""

from __future__ import annotations

import pytest
from acr import Acr, encoded_task, without_stamps

OWN, OTHER = "myregistry.azurecr.io", "otherregistry.azurecr.io"
SYSTEM = {"type": "SystemAssigned"}
PUSH_ROLE = "8311e382-0749-4cb8-b61a-304f252e45ec"
WRITER_ROLE = "2a1e307c-b015-4ebd-883e-5b7698a07328"
GUID = "0c5b9f0e-0000-4000-8000-000000000001"
UNRESOLVED = "failed to unmarshal task before running: failed to resolve secrets: "


@pytest.fixture
def acr(azure):
    return Acr(azure)


def opaque(username, password):
    return {
        "userName": {"type": "Opaque", "value": username},
        "password": {"type": "Opaque", "value": password},
    }


def run(acr, credentials, text="steps: []", identity=SYSTEM, source=None):
    properties = encoded_task(text) | {"credentials": {"customRegistries": credentials}}
    if source is not None:
        properties["credentials"]["sourceRegistry"] = source
    task = acr.put_task(properties, **({"identity": identity} if identity else {}))
    result, log = acr.result()
    return task, result, without_stamps(log)


def failure(acr, credentials, **options):
    """The engine's last word."""
    _, result, lines = run(acr, credentials, **options)
    assert (result["status"], result["runErrorMessage"]) == ("Failed", "failed during run, err: exit status 1")
    assert lines[-2] == ""
    return lines[-3]


def grant(azure, scope, role, principal):
    answer = azure.arm(
        "PUT",
        f"{scope}/providers/Microsoft.Authorization/roleAssignments/{azure.emulator.world.new_id()}",
        {
            "properties": {
                "roleDefinitionId": f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                "principalId": principal,
                "principalType": "ServicePrincipal",
            }
        },
        version="2022-04-01",
    )
    assert answer.status_code == 201, answer.text


# -- plain ---------------------------------------------------------------------------------------------------------


def test_plain_credential(acr):
    _, result, lines = run(acr, {"docker.io": opaque("hubuser", "hubpassword")})
    assert result["status"] == "Succeeded"
    assert result["customRegistries"] == ["docker.io"]
    assert "T Successfully logged into docker.io" in lines
    assert "hubpassword" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("host", "asked"),
    [("docker.io", "registry-1.docker.io"), ("index.docker.io", "registry-1.docker.io")],
)
def test_wrong_password(acr, host, asked):
    _, result, lines = run(acr, {host: opaque("hubuser", "canary-wrong")})
    assert result["status"] == "Failed"
    assert lines[-3] == (
        "failed to login, ran out of retries: failed to set docker credentials: Error response from daemon: Get "
        f'"https://{asked}/v2/": unauthorized: incorrect username or password: exit status 1'
    )
    assert lines[-4] == f"T Logging in to registry: {host}"
    assert "canary" not in "\n".join(lines)


def test_unknown_server(acr):
    assert "dial tcp: lookup nowhere.azurecr.io: no such host" in failure(acr, {"nowhere.azurecr.io": opaque("u", "p")})


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"userName": {"type": "Opaque", "value": "u"}}, "unable to classify credential into opaque, vault or msi"),
        (opaque("u", "p") | {"password": {"type": "Opaque"}}, "password can't be empty"),
        (opaque("u", "p") | {"userName": {"type": "Opaque"}}, "username can't be empty"),
        (
            opaque("u", "p") | {"password": {"type": "Vaultsecret", "value": "https://kv1.vault.azure.net/secrets/p"}},
            "identity can't be empty",
        ),
        ({}, "identity can't be empty"),
        ({"identity": "/subscriptions/x/y"}, "msi client ID is not a valid guid"),
    ],
)
def test_shapes_that_the_engine_refuses(acr, entry, reason):
    assert failure(acr, {OTHER: entry}) == UNRESOLVED + reason


def test_refused_before_any_step_and_before_docker(acr):
    _, _, lines = run(acr, {OTHER: {}}, text="steps: [cmd: bash echo never]")
    assert lines == [f"{UNRESOLVED}identity can't be empty", "", lines[-1]]


# -- an identity alone ---------------------------------------------------------------------------------------------


def test_identity_signs_in_to_another_registry(azure, acr):
    other = Acr(azure, "otherregistry")
    text = f"steps: [build: '-t {OTHER}/app:1 https://github.com/me/app.git', push: ['{OTHER}/app:1']]"
    credential = {OTHER: {"identity": "[system]"}}
    task, result, lines = run(acr, credential, text)
    assert lines[-3] == (f"{UNRESOLVED}failed to get ACR refresh token, exchange API response code: 403 Forbidden")
    grant(azure, other.id, PUSH_ROLE, task["identity"]["principalId"])
    result, log = acr.result()
    assert result["status"] == "Succeeded", log
    assert result["outputImages"][0]["registry"] == OTHER


def test_client_id_of_an_attached_identity(azure, acr):
    other = Acr(azure, "otherregistry")
    path = "resourceGroups/rg1/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
    identity = azure.arm("PUT", path, {"location": "eastus"}, version="2024-11-30").json()
    grant(azure, other.id, PUSH_ROLE, identity["properties"]["principalId"])
    credential = {OTHER: {"identity": identity["properties"]["clientId"]}}
    attached = {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}
    assert run(acr, credential, identity=attached)[1]["status"] == "Succeeded"
    assert "Identity not found" in failure(acr, credential, identity=SYSTEM)


@pytest.mark.parametrize("name", ["[system]", GUID])
def test_identity_that_the_task_does_not_have(azure, acr, name):
    Acr(azure, "otherregistry")
    assert "Identity not found" in failure(acr, {OTHER: {"identity": name}}, identity=None)


def test_identity_alone_is_no_good_for_docker_hub(acr):
    assert failure(acr, {"docker.io": {"identity": "[system]"}}) == (
        f"{UNRESOLVED}failed to get ACR refresh token, exchange API response code: 404 Not Found"
    )


def test_a_pull_role_does_not_push(azure, acr):
    other = Acr(azure, "otherregistry")
    text = f"steps: [build: '-t {OTHER}/app:1 https://github.com/me/app.git', push: ['{OTHER}/app:1']]"
    task, _, _ = run(acr, {OTHER: {"identity": "[system]"}}, text)
    grant(azure, other.id, "7f951dda-4ed3-4680-a7ca-43fe172d538d", task["identity"]["principalId"])
    result, log = acr.result()
    assert result["status"] == "Failed"
    assert log.count("\r\nunauthorized: authentication required\r\n") == 3


# -- the registry itself -------------------------------------------------------------------------------------------


def test_abac_registry_needs_an_identity(azure, acr):
    acr.patch_registry(properties={"roleAssignmentMode": "AbacRepositoryPermissions"})
    text = f"steps: [build: '-t {OWN}/app:1 https://github.com/me/app.git', push: ['{OWN}/app:1']]"
    _, result, lines = run(acr, {}, text, source={"loginMode": "Default"})
    assert result["status"] == "Failed"
    assert not any("Logging in" in line for line in lines)
    task, result, _ = run(acr, {}, text, source={"identity": "[system]"})
    assert result["status"] == "Failed"
    grant(azure, acr.id, WRITER_ROLE, task["identity"]["principalId"])
    result, log = acr.result()
    assert result["status"] == "Succeeded", log


def test_a_credential_for_the_own_registry_takes_the_place_of_the_services_sign_in(acr):
    _, _, lines = run(acr, {OWN: opaque("u", "wrong")})
    assert lines.count(f"T Logging in to registry: {OWN}") == 1
    assert "unauthorized: authentication required" in lines[-3]


def test_firewalled_registry(azure, acr):
    acr.patch_registry(properties={"publicNetworkAccess": "Disabled"})
    assert "is not allowed access" in failure(acr, {})
    credential, source = {OWN: {"identity": "[system]"}}, {"loginMode": "None"}
    task, _, lines = run(acr, credential, source=source)
    grant(azure, acr.id, PUSH_ROLE, task["identity"]["principalId"])
    assert "403 Forbidden" in lines[-3]
    assert acr.result()[0]["status"] == "Failed"
    acr.patch_registry(properties={"networkRuleBypassAllowedForTasks": True})
    result, log = acr.result()
    assert result["status"] == "Succeeded", log


def test_credentials_of_the_run_are_those_of_its_start(acr):
    acr.azure.switch(run_queue_seconds=0.3)
    acr.put_task(encoded_task("steps: []") | {"credentials": {"customRegistries": {"docker.io": opaque("u", "no")}}})
    run_id = acr.start()
    acr.set_credential("docker.io", None)
    assert acr.wait(run_id)["status"] == "Failed"
