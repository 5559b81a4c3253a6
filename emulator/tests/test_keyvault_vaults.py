# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Vaults in Resource Manager: create, replace, merge, read, list (keyvault-wire, sections 1.1 to 1.5)."""

from __future__ import annotations

import re

import httpx
import pytest
from vaults import ASSIGNMENT_VERSION, CONTRIBUTOR, RBAC_VERSION, READER, VERSION, Vault, message, only_roles, problem

from azure_emulator.services.keyvault.routes import router

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def vault(azure):
    return Vault(azure)


def test_create_answers_200_before_the_name_resolves(vault):
    answer = vault.put(location="East US")
    assert answer.status_code == 200
    body = answer.json()
    audit = body.pop("systemData")
    assert body == {
        "id": vault.id,
        "name": "Kv1",
        "type": "Microsoft.KeyVault/vaults",
        "location": "eastus",
        "tags": {},
        "properties": {
            "sku": {"family": "A", "name": "standard"},
            "tenantId": vault.tenant,
            "accessPolicies": [],
            "enabledForDeployment": False,
            "enableSoftDelete": True,
            "vaultUri": "https://Kv1.vault.azure.net",
            "provisioningState": "RegisteringDns",
            "publicNetworkAccess": "Enabled",
        },
    }
    assert next(iter(body["properties"])) == "sku"
    who = vault.azure.seeds["applications"][0]["client_id"]
    assert audit.pop("createdAt") == audit.pop("lastModifiedAt")
    assert audit == {
        "createdBy": who, "createdByType": "Application", "lastModifiedBy": who, "lastModifiedByType": "Application",
    }  # fmt: skip
    assert MOMENT.fullmatch(answer.json()["systemData"]["createdAt"])


def test_headers_are_those_of_the_provider(vault):
    answers = [vault.put(), vault.patch(), vault.request("GET"), vault.put(sku=None)]
    for answer in answers:
        assert answer.headers["x-ms-keyvault-service-version"]
        assert answer.headers["server"] == "Microsoft-IIS/10.0"
        assert answer.headers["cache-control"] == "no-cache"
        assert not {"etag", "azure-asyncoperation", "location", "retry-after"} & set(answer.headers)
    for answer, bucket in zip(answers, ("writes", "writes", "reads", "writes"), strict=True):
        assert f"x-ms-ratelimit-remaining-subscription-{bucket}" in answer.headers
    gone = vault.request("DELETE")
    assert "x-ms-ratelimit-remaining-subscription-deletes" in gone.headers
    missing = vault.request("GET")
    assert (problem(missing), missing.headers["x-ms-failure-cause"]) == ((404, "ResourceNotFound"), "gateway")
    assert "x-ms-keyvault-service-version" not in missing.headers
    assert message(missing).startswith("The Resource 'Microsoft.KeyVault/vaults/Kv1' under resource group 'rg1' was")


def test_later_reads_show_the_final_address(vault):
    first = vault.put().json()
    later = vault.get()
    assert later["properties"].pop("vaultUri") == "https://kv1.vault.azure.net/"
    assert later["properties"].pop("provisioningState") == "Succeeded"
    del first["properties"]["vaultUri"], first["properties"]["provisioningState"]
    assert later == first


def test_state_stays_registering_until_the_name_resolves(vault):
    url = "https://kv1.vault.azure.net/secrets?api-version=7.4"
    vault.azure.switch(vault_dns_delay_s=30)
    for shown in (vault.made(), vault.patched()):
        assert (shown["provisioningState"], shown["vaultUri"]) == ("RegisteringDns", "https://Kv1.vault.azure.net")
        with vault.azure.client() as client, pytest.raises(httpx.ProxyError):  # a client without open tunnels
            client.get(url)
    vault.azure.advance(30)
    shown = vault.shown()
    assert (shown["provisioningState"], shown["vaultUri"]) == ("Succeeded", "https://kv1.vault.azure.net/")
    assert vault.azure.send("GET", url).status_code == 401


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("softDeleteRetentionInDays", 7),
        ("softDeleteRetentionInDays", 90),
        ("enablePurgeProtection", True),
        ("enableRbacAuthorization", True),
        ("enableRbacAuthorization", False),
        ("enabledForDiskEncryption", True),
        ("enabledForTemplateDeployment", False),
        ("networkAcls", {"bypass": "None", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}),
    ],
)
def test_what_is_shown_only_if_set(vault, member, value):
    vault.put(location="eastus")
    assert member not in vault.shown()
    assert vault.patched(**{member: value})[member] == value
    other = Vault(vault.azure, "kv2")
    assert other.put(**{member: value}).json()["properties"][member] == value
    assert other.shown()[member] == value


def test_null_is_nothing(vault):
    before = vault.made(enabledForDeployment=True, networkAcls={"defaultAction": "Deny"})
    known = {*before, "enablePurgeProtection", "softDeleteRetentionInDays", "enableRbacAuthorization", "createMode"}
    nulls = dict.fromkeys(known - {"vaultUri", "provisioningState"})
    answer = vault.request("PATCH", {"tags": None, "properties": nulls})
    assert answer.status_code == 200
    assert answer.json()["properties"] == before
    other = Vault(vault.azure, "kv2")
    body = {"location": "eastus", "tags": None, "properties": nulls | other.properties()}
    assert other.request("PUT", body).status_code == 200
    assert set(other.shown()) == set(before) - {"networkAcls"}


def test_id_is_spelled_as_in_the_request_and_the_name_as_at_creation(vault):
    vault.put()
    other = vault.id.replace("resourceGroups/rg1", "resourcegroups/RG1").replace("Kv1", "KV1")
    for method, body in (
        ("GET", None),
        ("PATCH", {}),
        ("PUT", {"location": "eastus", "properties": vault.properties()}),
    ):
        shown = vault.azure.arm(method, other, body, version=VERSION).json()
        assert (shown["id"], shown["name"]) == (other, "Kv1"), method
    assert vault.get()["id"] == vault.id


def test_every_write_moves_the_modification_time(vault):
    vault.put()
    before = vault.get()["systemData"]
    writes = (vault.put, vault.patch, lambda: vault.send_policies("add"), lambda: vault.send_policies("remove"))
    for write in writes:
        vault.azure.advance(5)
        assert write().status_code == 200
        after = vault.get()["systemData"]
        assert after["lastModifiedAt"] > before["lastModifiedAt"]
        assert after["createdAt"] == before["createdAt"]
        before = after
    vault.azure.advance(5)
    vault.put(sku={"family": "A", "name": "none"})
    assert vault.get()["systemData"] == before


def test_the_caller_is_named(azure):
    only_roles(azure, {"role": CONTRIBUTOR})
    vault = Vault(azure)
    vault.put()
    vault.patch(application=READER)
    seeds = azure.seeds["applications"]
    audit = vault.get()["systemData"]
    assert (audit["createdBy"], audit["lastModifiedBy"]) == (seeds[0]["client_id"], seeds[READER]["client_id"])


# -- PUT -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", ["tenantId", "sku", "accessPolicies"])
def test_put_needs(vault, member):
    for _ in ("create", "update"):
        answer = vault.put(**{member: None})
        assert problem(answer) == (400, "BadRequest")
        assert message(answer) == f"The parameter {member} is not specified."
        vault.put()


def test_put_needs_location_and_properties(vault):
    assert problem(vault.request("PUT", {"properties": vault.properties()})) == (400, "LocationRequired")
    assert problem(vault.request("PUT", {"location": "eastus"})) == (400, "BadRequest")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sku": {"family": "A", "name": "basic"}},
        {"sku": {"family": "B", "name": "standard"}},
        {"sku": {"name": "standard"}},
        {"sku": {"family": "A"}},
        {"tenantId": "00000000-0000-0000-0000-000000000001"},
        {"softDeleteRetentionInDays": 6},
        {"softDeleteRetentionInDays": 91},
        {"publicNetworkAccess": "Sometimes"},
        {"createMode": "again"},
        {"accessPolicies": [None]},
    ],
)
def test_settings_refused(vault, wrong):
    assert problem(vault.put(**wrong)) == (400, "BadRequest")
    assert vault.request("GET").status_code == 404


@pytest.mark.parametrize("name", ["ab", "a" * 25, "1kv", "-kv", "kv-", "k--v", "k_v", "kv.1"])
def test_name_refused(azure, name):
    assert problem(Vault(azure, name).put()) == (400, "VaultNameNotValid")


@pytest.mark.parametrize("name", ["abc", "A" * 24, "k-v-1"])
def test_name_accepted(azure, name):
    assert Vault(azure, name).put().status_code == 200


def test_words_in_any_casing(vault):
    shown = vault.made(
        sku={"family": "a", "name": "Premium"}, publicNetworkAccess="disabled", tenantId=vault.tenant.upper()
    )
    assert shown["tenantId"] == vault.tenant.upper()
    assert shown["sku"] == {"family": "A", "name": "premium"}
    assert shown["publicNetworkAccess"] == "Disabled"


def test_put_replaces(vault):
    vault.put(
        tags={"a": "b"},
        accessPolicies=[vault.entry(secrets=["get"])],
        enabledForDeployment=True,
        enabledForDiskEncryption=True,
        publicNetworkAccess="Disabled",
    )
    vault.put()
    body = vault.get()
    assert body["tags"] == {}
    assert body["properties"]["accessPolicies"] == []
    assert body["properties"]["enabledForDeployment"] is False
    assert body["properties"]["publicNetworkAccess"] == "Enabled"
    assert "enabledForDiskEncryption" not in body["properties"]


def test_put_cannot_lose_what_is_for_good(vault):
    kept = {"softDeleteRetentionInDays": 30, "enablePurgeProtection": True, "enableRbacAuthorization": True}
    vault.put(**kept)
    shown = vault.made()
    assert {name: shown.get(name) for name in kept} == kept
    assert shown["enableSoftDelete"] is True


def test_what_a_get_showed_may_be_sent_back(vault):
    before = vault.made(accessPolicies=[vault.entry(secrets=["get"])], softDeleteRetentionInDays=7)
    answer = vault.request("PUT", {"location": "eastus", "tags": {}, "properties": before | {"vaultUri": "https://x/"}})
    assert answer.status_code == 200
    assert vault.shown() == before


def test_names_are_global(vault):
    vault.put()
    vault.azure.group("rg2")
    body = {"location": "eastus", "properties": vault.properties()}
    answer = vault.azure.arm("PUT", vault.id.replace("rg1", "rg2").lower(), body, version=VERSION)
    assert problem(answer) == (409, "VaultAlreadyExists")
    assert "Vault names are globaly unique" in message(answer)


def test_a_vault_cannot_move(vault):
    vault.put(location="eastus")
    assert problem(vault.put(location="westus")) == (409, "InvalidResourceLocation")
    assert vault.put(location="East US").status_code == 200


# -- PATCH ---------------------------------------------------------------------------------------------------------


def test_patch_of_nothing_changes_nothing(vault):
    before = vault.made(tags={"a": "b"}, accessPolicies=[vault.entry(secrets=["get"])], enabledForDeployment=True)
    for body in ({}, {"properties": {}}):
        answer = vault.request("PATCH", body)
        assert answer.status_code == 200
        assert (answer.json()["properties"], answer.json()["tags"]) == (before, {"a": "b"})


def test_patch_takes_single_settings(vault):
    before = vault.made(tags={"a": "b"}, accessPolicies=[vault.entry(secrets=["get"])])
    after = vault.patched(enabledForTemplateDeployment=True, sku={"family": "A", "name": "premium"})
    assert after == before | {"enabledForTemplateDeployment": True, "sku": {"family": "A", "name": "premium"}}
    assert vault.request("PATCH", {"tags": {"c": "d"}}).json()["tags"] == {"c": "d"}
    assert vault.request("PATCH", {"tags": {}}).json()["tags"] == {}
    assert vault.shown() == after


def test_patch_replaces_the_whole_list_of_policies(vault):
    vault.put(accessPolicies=[vault.entry(0, secrets=["get"]), vault.entry(READER, keys=["get"])])
    assert vault.patched(accessPolicies=[vault.entry(READER, secrets=["set"])])["accessPolicies"] == [
        vault.entry(READER, secrets=["set"])
    ]
    assert vault.patched(accessPolicies=[])["accessPolicies"] == []


def test_patch_of_a_missing_vault(vault):
    assert problem(vault.patch()) == (404, "ResourceNotFound")


# -- reads ---------------------------------------------------------------------------------------------------------


def test_lists_lead_on_to_an_empty_page(vault):
    azure = vault.azure
    made = [vault, *(Vault(azure, f"kv{number}") for number in (2, 3))]
    for each in made:
        each.put(tags={"n": each.name})
    azure.group("rg10")
    for path in (f"{vault.group}/providers/Microsoft.KeyVault/vaults", "providers/Microsoft.KeyVault/vaults"):
        page = azure.arm("GET", path, version=VERSION, query={"$top": "2"}).json()
        sizes, found = [], []
        while page:
            sizes.append(len(page["value"]))
            found += page["value"]
            link = page.get("nextLink")
            page = link and azure.send("GET", link, audience="https://management.azure.com").json()
        assert sizes == [2, 1, 0]
        assert found == [each.get() for each in made]
    assert azure.arm("GET", "resourceGroups/rg10/providers/Microsoft.KeyVault/vaults", version=VERSION).json() == {
        "value": []
    }


def test_the_list_of_resources_shows_only_the_outside(vault):
    vault.put(tags={"a": "b"})
    query = {"$filter": "resourceType eq 'Microsoft.KeyVault/vaults'"}
    [found] = vault.azure.arm("GET", "resources", version="2015-11-01", query=query).json()["value"]
    assert found == {
        "id": vault.id, "name": "Kv1", "type": "Microsoft.KeyVault/vaults", "location": "eastus", "tags": {"a": "b"},
    }  # fmt: skip


def test_reads_may_lag_behind(vault):
    vault.put()
    vault.azure.switch(read_lag=2)
    vault.send_policies("add", vault.entry(secrets=["get"]))
    assert [len(vault.stored()) for _ in range(3)] == [0, 0, 1]
    assert vault.patch(enabledForDeployment=True).json()["properties"]["enabledForDeployment"] is True
    assert [vault.shown()["enabledForDeployment"] for _ in range(3)] == [False, False, True]
    assert len(vault.stored()) == 1


def test_delete_has_no_body(vault):
    vault.put()
    gone = [vault.request("DELETE") for _ in range(2)]
    assert [answer.status_code for answer in gone] == [200, 204]
    assert (gone[0].content, gone[0].headers["content-length"]) == (b"", "0")


@pytest.mark.parametrize(("version", "there"), [("2019-09-01", False), ("2021-10-01", True), (RBAC_VERSION, True)])
def test_old_versions_know_less(vault, version, there):
    assert ("systemData" in vault.put(version).json()) is there
    assert ("systemData" in vault.get(version)) is there
    assert ("publicNetworkAccess" in vault.shown(version)) is there


def test_versions(vault):
    versions = next(route.versions for route in router if route.method == "PUT")
    known = (
        "2015-06-01 2016-10-01 2018-02-14 2019-09-01 2021-10-01 2022-07-01 2023-02-01 2023-07-01 2024-11-01 2025-05-01"
    )
    assert {*known.split(), "2026-02-01", "2026-04-01-preview"} <= set(versions)
    for version in versions:
        assert vault.put(version).status_code == 200
        assert vault.send_policies("add", vault.entry(secrets=["all"]), version=version).status_code == 200
    assert problem(vault.put("2026-02-02")) == (400, "NoRegisteredProviderFound")
    assert problem(vault.put(ASSIGNMENT_VERSION)) == (400, "NoRegisteredProviderFound")
