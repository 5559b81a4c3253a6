# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Soft-deleted vaults: list, read, recover, purge, expiry (keyvault-wire, section 1.8)."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from vaults import (
    ASSIGNMENT_VERSION,
    OWNER,
    READER,
    SECRETS_USER,
    VAULT_CONTRIBUTOR,
    VERSION,
    Vault,
    assign,
    message,
    only_roles,
    problem,
)

ARM = "https://management.azure.com"
DAY = 24 * 3600
DELETED = "providers/Microsoft.KeyVault/deletedVaults"
BLANK_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")

NOTHING_TO_RECOVER = (400, "SoftDeletedVaultDoesNotExist")


@pytest.fixture
def vault(azure):
    return Vault(azure)


def buried(vault, **properties):
    vault.put(**properties)
    assert vault.request("DELETE").status_code == 200


def deleted(vault, suffix="", *, method="GET", location="eastus", application=OWNER):
    path = f"providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{vault.name}{suffix}"
    return vault.azure.arm(method, path, version=VERSION, application=application)


def recover(vault, **more):
    return vault.request(
        "PUT", {"location": "eastus", "properties": vault.properties(createMode="recover", accessPolicies=None) | more}
    )


def all_deleted(vault):
    return [gone["name"] for gone in vault.azure.arm("GET", DELETED, version=VERSION).json()["value"]]


def test_what_is_shown_of_a_deleted_vault(vault):
    buried(vault, tags={"a": "b"})
    shown = deleted(vault).json()
    assert vault.azure.arm("GET", DELETED, version=VERSION).json() == {"value": [shown]}
    moments = [datetime.strptime(shown["properties"].pop(name), "%Y-%m-%dT%H:%M:%SZ") for name in (
        "deletionDate", "scheduledPurgeDate",
    )]  # fmt: skip
    assert (moments[1] - moments[0]).days == 90
    assert shown == {
        "id": f"{vault.azure.subscription}/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/Kv1",
        "name": "Kv1",
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {"vaultId": vault.id, "location": "eastus", "tags": {"a": "b"}},
    }
    assert problem(vault.request("GET")) == (404, "ResourceNotFound")


def test_protection_and_retention_are_shown(vault):
    buried(vault, enablePurgeProtection=True, softDeleteRetentionInDays=7)
    properties = deleted(vault).json()["properties"]
    assert properties["purgeProtectionEnabled"] is True
    first, last = (datetime.fromisoformat(properties[name]) for name in ("deletionDate", "scheduledPurgeDate"))
    assert (last - first).days == 7


def test_a_deleted_vault_is_found_by_place_and_name(vault):
    buried(vault)
    vault.name = "kV1"
    assert deleted(vault, location="East US").status_code == 200
    assert deleted(vault, location="westus").status_code == 404
    vault.name = "kv2"
    assert deleted(vault).status_code == 404


def test_the_subscription_is_what_rights_are_needed_at(azure):
    only_roles(azure, {"role": VAULT_CONTRIBUTOR, "scope": f"{azure.subscription}/resourceGroups/rg1"})
    vault = Vault(azure)
    vault.put(application=READER)
    assert vault.request("DELETE", application=READER).status_code == 200
    for answer in (deleted(vault, application=READER), deleted(vault, "/purge", method="POST", application=READER)):
        assert problem(answer) == (403, "AuthorizationFailed")
    assert assign(azure, azure.subscription, VAULT_CONTRIBUTOR, vault.object_id(READER)).status_code == 201
    assert deleted(vault, application=READER).status_code == 200
    # Purging is more than managing.
    assert problem(deleted(vault, "/purge", method="POST", application=READER)) == (403, "AuthorizationFailed")


# -- in the way ----------------------------------------------------------------------------------------------------


def test_the_name_stays_taken(vault):
    buried(vault)
    assert vault.request("DELETE").status_code == 204
    vault.azure.group("rg2")
    for path in (vault.id.lower(), vault.id.replace("rg1", "rg2")):
        body = {"location": "eastus", "properties": vault.properties()}
        answer = vault.azure.arm("PUT", path, body, version=VERSION)
        assert problem(answer) == (409, "ConflictError")
        assert message(answer) == (
            "A vault with the same name already exists in deleted state. You need to either recover or purge existing "
            "key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft "
            "delete."
        )


@pytest.mark.parametrize(("settings", "days"), [({}, 90), ({"softDeleteRetentionInDays": 7}, 7)])
def test_retention_ends(vault, settings, days):
    buried(vault, enablePurgeProtection=True, **settings)
    vault.azure.advance(days * DAY - 60)
    vault.azure._tokens.clear()  # the old ones have expired
    assert all_deleted(vault) == ["Kv1"]
    vault.azure.advance(61)
    assert all_deleted(vault) == []
    assert deleted(vault).status_code == 404
    assert problem(recover(vault)) == NOTHING_TO_RECOVER
    assert "enablePurgeProtection" not in vault.made()


def test_deleting_the_group_deletes_its_vaults_softly(vault):
    vault.put()
    other = Vault(vault.azure, "kv2")
    other.put()
    assert vault.azure.arm("DELETE", vault.group).status_code == 202
    vault.azure.advance(300)
    assert all_deleted(vault) == ["Kv1", "kv2"]
    assert problem(recover(vault)) == (404, "ResourceGroupNotFound")
    vault.azure.group("rg1")
    assert recover(vault).status_code == 200
    assert all_deleted(vault) == ["kv2"]


# -- recover -------------------------------------------------------------------------------------------------------


def test_recover_brings_back_the_old_vault(vault):
    settings = {
        "sku": {"family": "A", "name": "premium"},
        "accessPolicies": [vault.entry(READER, secrets=["get"])],
        "enableRbacAuthorization": True,
        "networkAcls": {"defaultAction": "Deny"},
        "softDeleteRetentionInDays": 7,
    }
    buried(vault, tags={"a": "b"}, **settings)
    vault.azure.advance(5)
    answer = recover(vault, enabledForDeployment=True, enableRbacAuthorization=False, accessPolicies=[])
    assert answer.status_code == 200
    body = answer.json()
    assert body["tags"] == {"a": "b"}
    assert body["properties"]["sku"] == settings["sku"]
    assert body["properties"]["accessPolicies"] == settings["accessPolicies"]
    assert body["properties"]["enableRbacAuthorization"] is True
    assert body["properties"]["enabledForDeployment"] is False
    assert body["properties"]["networkAcls"]["defaultAction"] == "Deny"
    assert body["properties"]["provisioningState"] == "RegisteringDns"
    assert body["systemData"]["lastModifiedAt"] > body["systemData"]["createdAt"]
    assert vault.shown()["provisioningState"] == "Succeeded"
    assert deleted(vault).status_code == 404


def test_recover_brings_back_the_secrets(vault):
    url = "https://kv1.vault.azure.net/secrets/UserName?api-version=7.4"
    vault.put(accessPolicies=[vault.entry(OWNER, secrets=["all"])])
    made = vault.azure.send("PUT", url, audience="https://vault.azure.net", json={"value": "hubuser"}).json()
    vault.request("DELETE")
    recover(vault)
    assert vault.azure.send("GET", url, audience="https://vault.azure.net").json() == made


def test_recover_of_what_is_not_there(vault):
    assert problem(recover(vault)) == NOTHING_TO_RECOVER
    buried(vault)
    body = {"location": "westus", "properties": vault.properties(createMode="recover")}
    assert problem(vault.request("PUT", body)) == NOTHING_TO_RECOVER
    vault.azure.group("rg2")
    elsewhere = vault.azure.arm("PUT", vault.id.replace("rg1", "rg2"), body | {"location": "eastus"}, version=VERSION)
    assert problem(elsewhere) == NOTHING_TO_RECOVER
    assert recover(vault, createMode="Recover").status_code == 200


def test_recover_of_a_live_vault_keeps_its_policies(vault):
    policies = [vault.entry(READER, secrets=["get"])]
    vault.put(accessPolicies=policies)
    answer = recover(vault, enabledForDeployment=True)
    assert answer.status_code == 200
    assert answer.json()["properties"]["accessPolicies"] == policies
    assert answer.json()["properties"]["enabledForDeployment"] is True


def test_role_assignments_do_not_come_back(vault):
    vault.put(enableRbacAuthorization=True)
    path = f"{vault.id}/providers/Microsoft.Authorization/roleAssignments"
    assert assign(vault.azure, vault.id, SECRETS_USER, vault.object_id(READER)).status_code == 201

    def roles():
        listed = vault.azure.arm("GET", path, version=ASSIGNMENT_VERSION).json()["value"]
        return [found["properties"]["roleDefinitionId"].rpartition("/")[2] for found in listed]

    assert SECRETS_USER in roles()
    vault.request("DELETE")
    recover(vault)
    assert SECRETS_USER not in roles()


# -- purge ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("polls", [0, 1, 3])
def test_purge(vault, polls):
    vault.azure.switch(vault_purge_polls=polls)
    buried(vault)
    answer = deleted(vault, "/purge", method="POST")
    assert (answer.status_code, answer.content) == (202, b"")
    started = f"{ARM}{vault.azure.subscription}/providers/Microsoft.KeyVault/locations/eastus/operationResults/"
    assert answer.headers["location"].startswith(started)
    assert answer.headers["location"].endswith(f"?api-version={VERSION}")
    seen = []
    while answer.status_code == 202:
        answer = vault.azure.send("GET", answer.headers["location"], audience=ARM)
        seen.append(answer.json())
    assert answer.status_code == 200
    assert [body["status"] for body in seen] == ["NotStarted"] * polls + ["Succeeded"]
    assert all(set(body) == {"createdDateTime", "status"} for body in seen[:-1])
    assert set(seen[-1]) == {"createdDateTime", "lastActionDateTime", "status"}
    assert all(BLANK_MOMENT.fullmatch(body["createdDateTime"]) for body in seen)
    assert BLANK_MOMENT.fullmatch(seen[-1]["lastActionDateTime"])


def test_a_purged_vault_is_gone(vault):
    buried(vault, accessPolicies=[vault.entry(OWNER, secrets=["get"])])
    assert deleted(vault, "/purge", method="POST").status_code == 202
    assert deleted(vault).status_code == 404
    assert deleted(vault, "/purge", method="POST").status_code == 404
    assert problem(recover(vault)) == NOTHING_TO_RECOVER
    assert vault.made()["accessPolicies"] == []


def test_an_operation_that_never_was(vault):
    path = "providers/Microsoft.KeyVault/locations/eastus/operationResults/other"
    assert vault.azure.arm("GET", path, version=VERSION).status_code == 404


@pytest.mark.parametrize(("code", "status"), [("BadRequest", 400), ("Conflict", 409)])
def test_purge_of_a_protected_vault(vault, code, status):
    vault.azure.switch(purge_protected_code=code)
    buried(vault, enablePurgeProtection=True)
    answer = deleted(vault, "/purge", method="POST")
    assert problem(answer) == (status, code)
    assert "DeletedVaultPurge" in message(answer)
    assert "not allowed" in message(answer)
    assert recover(vault).status_code == 200


def test_only_deleted_vaults_are_purged(vault):
    vault.put()
    assert problem(deleted(vault, "/purge", method="POST")) == (404, "DeletedVaultNotFound")
    assert vault.request("GET").status_code == 200
