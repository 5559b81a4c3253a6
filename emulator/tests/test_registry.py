# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Registries: the management plane."""

from __future__ import annotations

import pytest
from acr import Acr

OLD, NEW = "2021-09-01", "2026-09-01-preview"


def test_create_update_delete(azure):
    azure.group()
    path = "resourceGroups/rg1/providers/Microsoft.ContainerRegistry/registries/MyRegistry"
    body = {"location": "East US", "sku": {"name": "Basic"}, "properties": {"adminUserEnabled": False}}
    first = azure.arm("PUT", path, body, version=OLD)
    again = azure.arm("PUT", path, body | {"tags": {"a": "b"}}, version=OLD)
    assert (first.status_code, again.status_code) == (201, 200)
    answer = again.json()
    assert answer["location"] == "eastus"
    assert answer["sku"] == {"name": "Basic", "tier": "Basic"}
    assert answer["tags"] == {"a": "b"}
    assert answer["properties"]["loginServer"] == "myregistry.azurecr.io"
    assert answer["properties"]["provisioningState"] == "Succeeded"
    assert answer["properties"]["creationDate"] == first.json()["properties"]["creationDate"]
    assert "api-supported-versions" in first.headers
    gone = [azure.arm("DELETE", path, version=OLD) for _ in range(2)]
    assert [answer.status_code for answer in gone] == [200, 204]
    assert gone[0].content == b""
    missing = azure.arm("GET", path, version=OLD)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("version", "known", "unknown"),
    [
        (OLD, {"publicNetworkAccess"}, {"roleAssignmentMode", "networkRuleBypassAllowedForTasks", "metadataSearch"}),
        ("2025-03-01-preview", {"roleAssignmentMode"}, {"networkRuleBypassAllowedForTasks"}),
        ("2025-11-01", {"roleAssignmentMode", "networkRuleBypassAllowedForTasks"}, {"metadataSearch"}),
        (NEW, {"roleAssignmentMode", "networkRuleBypassAllowedForTasks", "metadataSearch"}, set()),
    ],
)
def test_versions_show_what_they_know(azure, version, known, unknown):
    shown = set(Acr(azure).get_registry(version)["properties"])
    assert known <= shown
    assert not unknown & shown


@pytest.mark.parametrize(
    ("version", "name", "accepted"),
    [
        ("2025-03-01-preview", "roleAssignmentMode", True),
        ("2023-11-01-preview", "roleAssignmentMode", False),
        ("2025-05-01-preview", "networkRuleBypassAllowedForTasks", True),
        ("2025-03-01-preview", "networkRuleBypassAllowedForTasks", False),
        (OLD, "networkRuleBypassAllowedForTasks", False),
    ],
)
def test_versions_accept_what_they_know(azure, version, name, accepted):
    value = {"roleAssignmentMode": "AbacRepositoryPermissions", "networkRuleBypassAllowedForTasks": True}[name]
    answer = Acr(azure).patch_registry(version, properties={name: value})
    assert answer.status_code == (200 if accepted else 400)
    azure.control("DELETE", "complaints")


def test_an_old_version_resets_only_what_it_knows(azure):
    acr = Acr(azure, networkRuleBypassAllowedForTasks=True, adminUserEnabled=True)
    acr.put_registry(version=OLD)
    properties = acr.get_registry()["properties"]
    assert properties["networkRuleBypassAllowedForTasks"] is True
    assert properties["adminUserEnabled"] is False


def test_identity(azure):
    acr = Acr(azure)
    shown = acr.patch_registry(identity={"type": "SystemAssigned"}).json()["identity"]
    assert shown["type"] == "SystemAssigned"
    assert acr.get_registry("2019-12-01-preview")["identity"] == shown | {"type": "systemAssigned"}
    assert "identity" not in acr.put_registry().json()


def test_network_rules_need_premium(azure):
    acr = Acr(azure)
    rules = {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "16.17.18.0/24"}]}
    refused = acr.patch_registry(properties={"networkRuleSet": rules})
    assert refused.status_code == 400
    assert "networkRuleSet" not in acr.get_registry()["properties"]
    acr.patch_registry(sku={"name": "Premium"})
    assert acr.get_registry()["properties"]["networkRuleSet"]["defaultAction"] == "Allow"
    assert acr.patch_registry(properties={"networkRuleSet": rules}).status_code == 200
    assert acr.get_registry()["properties"]["networkRuleSet"] == {"virtualNetworkRules": [], **rules}


def test_patch_leaves_the_rest(azure):
    acr = Acr(azure, adminUserEnabled=True)
    acr.patch_registry(properties={"publicNetworkAccess": "Disabled"})
    acr.patch_registry(properties={"policies": {"exportPolicy": {"status": "disabled"}}}, tags={"a": "b"})
    registry = acr.get_registry()
    assert registry["properties"]["adminUserEnabled"] is True
    assert registry["properties"]["publicNetworkAccess"] == "Disabled"
    assert registry["properties"]["policies"]["exportPolicy"] == {"status": "disabled"}
    assert registry["properties"]["policies"]["trustPolicy"] == {"type": "Notary", "status": "disabled"}
    assert registry["tags"] == {"a": "b"}


def test_names_are_global(azure):
    Acr(azure)
    azure.group("rg2")
    body = {"location": "eastus", "sku": {"name": "Basic"}}
    second = azure.arm(
        "PUT", "resourceGroups/rg2/providers/Microsoft.ContainerRegistry/registries/myregistry", body, version=NEW
    )
    assert (second.status_code, second.json()["error"]["code"]) == (409, "AlreadyInUse")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("freename1", (True, None)), ("myregistry", (False, "AlreadyExists")), ("a-b", (False, "Invalid"))],
)
def test_name_check(azure, name, expected):
    Acr(azure)
    answer = azure.arm(
        "POST",
        "providers/Microsoft.ContainerRegistry/checkNameAvailability",
        {"name": name, "type": "Microsoft.ContainerRegistry/registries"},
        version=OLD,
    ).json()
    assert (answer["nameAvailable"], answer.get("reason")) == expected


def test_asynchronous_create(azure):
    azure.switch(registry_async=True)
    acr = Acr(azure)
    assert acr.get_registry()["properties"]["provisioningState"] == "Creating"
    started = azure.arm(
        "PUT",
        acr.id.replace("myregistry", "otherregistry"),
        {"location": "eastus", "sku": {"name": "Basic"}},
        version=NEW,
    )
    url = started.headers["azure-asyncoperation"]
    states = [azure.send("GET", url, audience="https://management.azure.com").json()["status"] for _ in range(2)]
    assert states == ["Creating", "Succeeded"]
    registry = azure.arm("GET", acr.id.replace("myregistry", "otherregistry"), version=NEW).json()
    assert registry["properties"]["provisioningState"] == "Succeeded"


def test_create_may_answer_200(azure):
    azure.group()
    azure.switch(registry_create_code=200)
    path = "resourceGroups/rg1/providers/Microsoft.ContainerRegistry/registries/myregistry"
    body = {"location": "eastus", "sku": {"name": "Basic"}}
    assert azure.arm("PUT", path, body, version=NEW).status_code == 200


def test_admin_credentials(azure):
    acr = Acr(azure)

    def post(action, body=None):
        return azure.arm("POST", f"{acr.id}/{action}", body, version=NEW)

    assert post("listCredentials").json()["error"]["code"] == "UnAuthorizedForCredentialOperations"
    acr.patch_registry(properties={"adminUserEnabled": True})
    before = post("listCredentials").json()
    assert before["username"] == "myregistry"
    assert [entry["name"] for entry in before["passwords"]] == ["password", "password2"]
    after = post("regenerateCredential", {"name": "password2"}).json()
    assert after["passwords"][0] == before["passwords"][0]
    assert after["passwords"][1]["value"] != before["passwords"][1]["value"]


def test_lists(azure):
    acr = Acr(azure)
    for path in ("", "resourceGroups/rg1/"):
        answer = azure.arm("GET", f"{path}providers/Microsoft.ContainerRegistry/registries", version=NEW)
        assert [entry["name"] for entry in answer.json()["value"]] == [acr.name]
    azure.group("rg2")
    empty = azure.arm("GET", "resourceGroups/rg2/providers/Microsoft.ContainerRegistry/registries", version=NEW)
    assert empty.json() == {"value": []}


def test_deleting_a_registry_deletes_its_tasks_and_their_principals(azure):
    acr = Acr(azure)
    task = {"step": {"type": "EncodedTask", "encodedTaskContent": "eA=="}, "platform": {"os": "Linux"}}
    principal = acr.put_task(task, identity={"type": "SystemAssigned"})["identity"]["principalId"]
    graph = "https://graph.microsoft.com"
    found = azure.send("GET", f"{graph}/v1.0/servicePrincipals/{principal}", audience=graph)
    assert found.json()["alternativeNames"] == ["isExplicit=False", f"{acr.id}/tasks/mytask"]
    assert found.json()["displayName"] == "myregistry/tasks/mytask"
    azure.arm("DELETE", "resourceGroups/rg1")
    assert azure.send("GET", f"{graph}/v1.0/servicePrincipals/{principal}", audience=graph).status_code == 404
    azure.group("rg1")
    acr.put_registry()
    assert acr.task("GET", "mytask").status_code == 404
