# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Subscriptions, resource groups, generic lists, locks."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import EnvironmentCredential
from azure.mgmt.resource import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient

IDENTITY = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"
IDENTITY_VERSION = "2023-01-31"
LOCK_VERSION = "2016-09-01"


@pytest.fixture
def sdk(azure, azure_environment):
    return ResourceManagementClient(EnvironmentCredential(), azure_environment["AZURE_SUBSCRIPTION_ID"])


def identity(azure, name="id1", group="rg1", tags=None):
    answer = azure.arm(
        "PUT",
        f"resourceGroups/{group}/{IDENTITY}/{name}",
        {"location": "eastus", "tags": tags or {}},
        version=IDENTITY_VERSION,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_subscription_has_what_clients_need(azure):
    [body] = azure.arm("GET", "/subscriptions", version="2022-12-01").json()["value"]
    assert body["id"] == azure.subscription
    assert body["tenantId"] == azure.seeds["tenant"]
    assert body["state"] == "Enabled"
    [tenant] = azure.arm("GET", "/tenants", version="2022-12-01").json()["value"]
    assert tenant["tenantId"] == azure.seeds["tenant"]


def test_subscription_through_the_sdk(azure, azure_environment):
    [found] = SubscriptionClient(EnvironmentCredential()).subscriptions.list()
    assert found.subscription_id == azure.seeds["subscription"]["id"]


def test_who_has_no_role_sees_no_subscription(azure):
    azure.control("POST", "reset", {"seeds": {"applications": [azure.seeds["applications"][0] | {"roles": []}]}})
    assert azure.arm("GET", "/subscriptions", version="2022-12-01").json()["value"] == []


def test_who_has_a_role_on_one_group_sees_that_group_only(azure):
    scoped = azure.seeds["applications"][1] | {
        "roles": [{"role": "Reader", "scope": f"{azure.subscription}/resourceGroups/rg1"}]
    }
    azure.control("POST", "reset", {"seeds": {"applications": [azure.seeds["applications"][0], scoped]}})
    for name in ("rg1", "rg2"):
        azure.group(name)
        identity(azure, f"id-of-{name}", group=name)
    seen = {
        path: [entry["name"] for entry in azure.arm("GET", path, application=1).json()["value"]]
        for path in ("resourceGroups", "resources", "resourceGroups/rg2/resources")
    }
    assert seen == {
        "resourceGroups": ["rg1"],
        "resources": ["id-of-rg1"],
        "resourceGroups/rg2/resources": [],
    }
    assert len(azure.arm("GET", "/subscriptions", application=1).json()["value"]) == 1
    assert azure.arm("GET", "", application=1).status_code == 200
    assert azure.arm("GET", "resourceGroups/rg2", application=1).status_code == 403


def test_group_created_then_there(azure):
    first = azure.arm("PUT", "resourcegroups/rg1", {"location": "East US", "tags": {"a": "b"}})
    again = azure.arm("PUT", "resourcegroups/rg1", {"location": "eastus"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {
        "id": f"{azure.subscription}/resourceGroups/rg1",
        "name": "rg1",
        "type": "Microsoft.Resources/resourceGroups",
        "location": "eastus",
        "tags": {"a": "b"},
        "properties": {"provisioningState": "Succeeded"},
    }
    assert "tags" not in again.json()


def test_tags_are_replaced_by_put_and_by_patch(azure):
    azure.arm("PUT", "resourcegroups/rg1", {"location": "eastus", "tags": {"a": "b"}})
    assert azure.arm("PATCH", "resourcegroups/rg1", {"tags": {"c": "d"}}).json()["tags"] == {"c": "d"}
    assert azure.arm("PATCH", "resourcegroups/rg1", {}).json()["tags"] == {"c": "d"}
    assert azure.arm("PUT", "resourcegroups/rg1", {"location": "eastus", "tags": {}}).json()["tags"] == {}


def test_group_cannot_move(azure):
    azure.group()
    answer = azure.arm("PUT", "resourcegroups/rg1", {"location": "westus"})
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "InvalidResourceGroupLocation"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("rg1", {}, "LocationRequired"),
        ("rg1", {"location": "mars"}, "LocationNotAvailableForResourceGroup"),
        ("rg.", {"location": "eastus"}, "InvalidResourceGroup"),
    ],
)
def test_group_refused(azure, name, body, code):
    answer = azure.arm("PUT", f"resourcegroups/{name}", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_head_has_no_body(azure):
    azure.group()
    assert azure.arm("HEAD", "resourcegroups/rg1").status_code == 204
    missing = azure.arm("HEAD", "resourcegroups/nope")
    assert (missing.status_code, missing.content) == (404, b"")


def test_deletion_is_accepted_and_then_reported(azure):
    azure.group()
    azure.switch(resource_group_delete_seconds=60)
    answer = azure.arm("DELETE", "resourcegroups/rg1")
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["retry-after"] == "1"
    poll = answer.headers["location"]
    assert azure.send("GET", poll, audience="https://management.azure.com").status_code == 202
    azure.advance(61)
    assert azure.send("GET", poll, audience="https://management.azure.com").status_code == 200
    assert azure.arm("DELETE", "resourcegroups/rg1").status_code == 404


def test_deleting_a_group_deletes_what_is_below_and_nothing_else(azure):
    azure.group("rg1")
    azure.group("rg10")
    mine, other = identity(azure), identity(azure, group="rg10")
    azure.arm("DELETE", "resourcegroups/rg1")
    azure.group("rg1")
    assert azure.arm("GET", mine["id"], version=IDENTITY_VERSION).status_code == 404
    assert azure.arm("GET", other["id"], version=IDENTITY_VERSION).status_code == 200


def test_groups_through_the_sdk(sdk):
    sdk.resource_groups.create_or_update("rg1", {"location": "eastus", "tags": {"a": "b"}})
    assert sdk.resource_groups.check_existence("rg1")
    assert not sdk.resource_groups.check_existence("rg2")
    assert [group.name for group in sdk.resource_groups.list(filter="tagName eq 'a' and tagValue eq 'b'")] == ["rg1"]
    assert [group.name for group in sdk.resource_groups.list(filter="tagName eq 'a' and tagValue eq 'c'")] == []
    sdk.resource_groups.begin_delete("rg1").result()
    with pytest.raises(ResourceNotFoundError, match="Resource group 'rg1' could not be found"):
        sdk.resource_groups.get("rg1")


def test_providers_through_the_sdk(sdk):
    types = {kind.resource_type: kind for kind in sdk.providers.get("Microsoft.ManagedIdentity").resource_types}
    versions = types["userAssignedIdentities"].api_versions
    assert versions[0] == "2024-11-30"
    assert "preview" in versions[-1]
    assert "Microsoft.Authorization" in {provider.namespace for provider in sdk.providers.list()}
    with pytest.raises(HttpResponseError, match="InvalidResourceNamespace"):
        sdk.providers.get("Microsoft.Nonsense")


# -- generic lists ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["id1", "id2"]),
        ("resourceType eq 'microsoft.managedidentity/userassignedidentities'", ["id1", "id2"]),
        ("resourceType eq 'Microsoft.ManagedIdentity/userAssignedIdentities' and name eq 'ID2'", ["id2"]),
        ("name ne 'id1'", ["id2"]),
        ("substringof('d1', name)", ["id1"]),
        ("tagName eq 'a'", ["id2"]),
        ("resourceGroup eq 'RG1'", ["id1", "id2"]),
        ("resourceType eq 'Microsoft.KeyVault/vaults'", []),
    ],
)
def test_resources_are_filtered(azure, text, names):
    azure.group()
    identity(azure, "id1")
    identity(azure, "id2", tags={"a": "b"})
    for path in ("resources", "resourceGroups/rg1/resources"):
        found = azure.arm("GET", path, version="2024-11-01", query={"$filter": text} if text else {}).json()["value"]
        assert [entry["name"] for entry in found] == names
        assert all("properties" not in entry for entry in found)


def test_filter_that_is_none(azure):
    answer = azure.arm("GET", "resources", query={"$filter": "colour eq 'red'"})
    azure.group()
    identity(azure)
    answer = azure.arm("GET", "resources", query={"$filter": "colour eq 'red'"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidFilterInQueryString")


def test_lists_are_paged(azure):
    azure.group()
    for number in range(3):
        identity(azure, f"id{number}")
    first = azure.arm("GET", "resources", query={"$top": "2"}).json()
    assert [entry["name"] for entry in first["value"]] == ["id0", "id1"]
    second = azure.send("GET", first["nextLink"], audience="https://management.azure.com").json()
    assert [entry["name"] for entry in second["value"]] == ["id2"]
    assert "nextLink" not in second


# -- locks -----------------------------------------------------------------------------------------------------------


def lock(azure, scope, level, name="l1"):
    answer = azure.arm(
        "PUT",
        f"{scope}/providers/Microsoft.Authorization/locks/{name}",
        {"properties": {"level": level, "notes": "because"}},
        version=LOCK_VERSION,
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_can_not_delete(azure):
    group = azure.group()
    made = identity(azure)
    created = lock(azure, group, "CanNotDelete")
    answer = azure.arm("DELETE", made["id"], version=IDENTITY_VERSION)
    assert answer.status_code == 409
    assert answer.json()["error"] == {
        "code": "ScopeLocked",
        "message": f"The scope '{made['id']}' cannot perform delete operation because following scope(s) are locked: "
        f"'{group}'. Please remove the lock and try again.",
    }
    changed = azure.arm("PUT", made["id"], {"location": "eastus"}, version=IDENTITY_VERSION)
    assert changed.status_code == 200
    assert azure.arm("DELETE", created["id"], version=LOCK_VERSION).status_code == 200
    assert azure.arm("DELETE", created["id"], version=LOCK_VERSION).status_code == 204
    assert azure.arm("DELETE", made["id"], version=IDENTITY_VERSION).status_code == 200


def test_lock_below_keeps_the_group(azure):
    group = azure.group()
    lock(azure, identity(azure)["id"], "CanNotDelete")
    assert azure.arm("DELETE", group).json()["error"]["code"] == "ScopeLocked"


def test_read_only_stops_writes_and_posts(azure):
    group = azure.group()
    made = identity(azure)
    lock(azure, group, "ReadOnly")
    write = azure.arm("PATCH", made["id"], {"tags": {}}, version=IDENTITY_VERSION)
    assert "cannot perform write operation" in write.json()["error"]["message"]
    post = azure.arm("POST", f"{made['id']}/listAssociatedResources", version="2022-01-31-preview")
    assert post.json()["error"]["code"] == "ScopeLocked"
    assert azure.arm("GET", made["id"], version=IDENTITY_VERSION).status_code == 200


def test_locks_are_listed_and_read(azure):
    group = azure.group()
    created = lock(azure, group, "ReadOnly")
    listed = azure.arm("GET", f"{group}/providers/Microsoft.Authorization/locks", version=LOCK_VERSION).json()
    assert listed["value"] == [created]
    assert azure.arm("GET", created["id"], version=LOCK_VERSION).json() == created


def test_lock_level_that_is_none(azure):
    azure.group()
    answer = azure.arm(
        "PUT",
        "resourceGroups/rg1/providers/Microsoft.Authorization/locks/l1",
        {"properties": {"level": "Sometimes"}},
        version=LOCK_VERSION,
    )
    assert answer.status_code == 400
