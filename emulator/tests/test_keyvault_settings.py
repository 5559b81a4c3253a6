# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Settings of vaults with rules of their own: RBAC mode, network rules, what is for good; names, rights, locks
(keyvault-wire, sections 1.2 and 1.5 to 1.8)."""

from __future__ import annotations

import pytest
from vaults import (
    CONTRIBUTOR,
    RBAC_VERSION,
    READER,
    VAULT_CONTRIBUTOR,
    VERSION,
    Vault,
    assign,
    message,
    only_roles,
    problem,
)

DENY = {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
SUBNET = "/subscriptions/S/resourceGroups/Net/providers/Microsoft.Network/virtualNetworks/N1/subnets/S1"


@pytest.fixture
def vault(azure):
    return Vault(azure)


# -- RBAC mode -----------------------------------------------------------------------------------------------------


def is_rbac(vault):
    """Asks a vault that refuses access policies in RBAC mode."""
    vault.azure.switch(ap_on_rbac="reject")
    answer = vault.send_policies("add")
    vault.azure.switch(ap_on_rbac="store")
    return answer.status_code == 400


@pytest.mark.parametrize(
    ("version", "sent", "shown", "rbac"),
    [
        (VERSION, None, None, False),
        (VERSION, True, True, True),
        (VERSION, False, False, False),
        (RBAC_VERSION, None, True, True),
        (RBAC_VERSION, True, True, True),
        (RBAC_VERSION, False, False, False),
        ("2026-04-01-preview", None, True, True),
    ],
)
def test_mode_of_a_new_vault(vault, version, sent, shown, rbac):
    body = vault.put(version, enableRbacAuthorization=sent).json()
    for properties in (body["properties"], vault.shown(), vault.shown(RBAC_VERSION)):
        assert properties.get("enableRbacAuthorization") is shown
    assert is_rbac(vault) is rbac


def test_the_default_mode_may_be_hidden(vault):
    vault.azure.switch(rbac_echo_default=False)
    assert "enableRbacAuthorization" not in vault.put(RBAC_VERSION).json()["properties"]
    for _ in ("as made", "after a PATCH", "after a PUT"):
        assert "enableRbacAuthorization" not in vault.shown()
        assert is_rbac(vault)
        vault.patch()
        vault.put()
    assert vault.patched(enableRbacAuthorization=False)["enableRbacAuthorization"] is False
    assert not is_rbac(vault)


@pytest.mark.parametrize("made", [None, True, False])
def test_updates_by_the_newest_version_keep_the_mode(vault, made):
    vault.put(enableRbacAuthorization=made)
    for write in (vault.put, vault.patch):
        assert write(RBAC_VERSION).json()["properties"].get("enableRbacAuthorization") is made


def test_in_rbac_mode_the_list_of_policies_may_be_left_out(vault):
    assert vault.put(RBAC_VERSION, accessPolicies=None).status_code == 200
    vault.policies("add", vault.entry(secrets=["get"]))
    assert vault.put(accessPolicies=None).status_code == 200
    assert vault.secrets_of() == ["get"]  # not sent, not lost
    assert vault.put(accessPolicies=[]).status_code == 200
    assert vault.stored() == []
    vault.patch(enableRbacAuthorization=False)
    assert problem(vault.put(accessPolicies=None)) == (400, "BadRequest")
    assert vault.put(accessPolicies=None, enableRbacAuthorization=True).status_code == 200


def test_the_list_may_be_needed_in_rbac_mode_too(vault):
    vault.azure.switch(require_policies_rbac=True)
    for _ in ("create", "update"):
        answer = vault.put(RBAC_VERSION, accessPolicies=None, enableRbacAuthorization=True)
        assert message(answer) == "The parameter accessPolicies is not specified."
        assert vault.put(RBAC_VERSION).status_code == 200


def test_policies_outlive_the_modes(vault):
    vault.put(accessPolicies=[vault.entry(secrets=["get"])])
    for flag in (True, False):
        assert vault.patched(enableRbacAuthorization=flag)["accessPolicies"] == [vault.entry(secrets=["get"])]


def test_changing_the_mode_takes_the_right_to_assign_roles(azure):
    only_roles(azure, {"role": CONTRIBUTOR})
    vault = Vault(azure)
    vault.put(enableRbacAuthorization=True, application=READER)  # a new vault has no mode to change
    for write in (vault.patch, vault.put):
        refused = write(enableRbacAuthorization=False, application=READER)
        assert problem(refused) == (403, "AuthorizationFailed")
        assert "'Microsoft.Authorization/roleAssignments/write'" in message(refused)
        assert write(enableRbacAuthorization=True, application=READER).status_code == 200
    assert vault.shown()["enableRbacAuthorization"] is True
    assert vault.patched(enableRbacAuthorization=False)["enableRbacAuthorization"] is False
    # Absent and false are the same mode.
    other = Vault(azure, "kv2")
    other.put(application=READER)
    assert other.patch(enableRbacAuthorization=False, application=READER).status_code == 200
    assert problem(other.patch(enableRbacAuthorization=True, application=READER)) == (403, "AuthorizationFailed")


# -- network rules -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({}, None),
        ({"bypass": "AzureServices", "defaultAction": "Allow"}, None),
        ({"bypass": "AzureServices", "defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []}, None),
        ({"defaultAction": "Deny"}, DENY),
        ({"defaultAction": "deny", "bypass": "azureservices"}, DENY),
        ({"bypass": "None"}, DENY | {"bypass": "None", "defaultAction": "Allow"}),
        ({"ipRules": [{"value": "1.2.3.4"}]}, DENY | {"defaultAction": "Allow", "ipRules": [{"value": "1.2.3.4/32"}]}),
        (
            {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.0/24"}]},
            DENY | {"ipRules": [{"value": "1.2.3.0/24"}]},
        ),
        (
            {"defaultAction": "Deny", "virtualNetworkRules": [{"id": SUBNET}]},
            DENY | {"virtualNetworkRules": [{"id": SUBNET.lower()}]},
        ),
    ],
)
def test_network_rules(vault, sent, stored):
    assert vault.made(networkAcls=sent).get("networkAcls") == stored
    # A PATCH replaces the whole object.
    vault.patch(networkAcls={"bypass": "None", "defaultAction": "Deny", "ipRules": [{"value": "9.9.9.9"}]})
    assert vault.patched(networkAcls=sent).get("networkAcls") == stored
    assert vault.patched(enabledForDeployment=True).get("networkAcls") == stored


@pytest.mark.parametrize(
    "wrong",
    [
        {"bypass": "Everybody"},
        {"defaultAction": "Maybe"},
        {"ipRules": [{"value": "1.2.3"}]},
        {"ipRules": [{}]},
        {"ipRules": [None]},
        {"virtualNetworkRules": [{}]},
        {"virtualNetworkRules": [None]},
    ],
)
def test_network_rules_refused(vault, wrong):
    before = vault.made()
    for write in (vault.put, vault.patch):
        assert problem(write(networkAcls=wrong)) == (400, "BadRequest")
    assert vault.shown() == before


def test_put_without_network_rules_opens_the_vault(vault):
    vault.put(networkAcls={"defaultAction": "Deny"})
    assert "networkAcls" not in vault.made()


def test_put_without_network_rules_may_keep_them(vault):
    vault.azure.switch(put_resets_acls=False)
    vault.put(networkAcls={"defaultAction": "Deny"}, publicNetworkAccess="Disabled")
    assert vault.made()["networkAcls"] == DENY
    assert vault.shown()["publicNetworkAccess"] == "Disabled"
    assert "networkAcls" not in vault.made(networkAcls={"defaultAction": "Allow"})
    assert "networkAcls" not in vault.made()


@pytest.mark.parametrize("resets", [True, False])
def test_new_vaults_may_be_closed(vault, resets):
    vault.azure.switch(kv_default_action="Deny", put_resets_acls=resets)
    assert vault.made()["networkAcls"] == DENY
    assert "networkAcls" not in vault.made(networkAcls={"defaultAction": "Allow"})
    assert "networkAcls" not in vault.made()  # that is about new ones only
    assert "networkAcls" not in Vault(vault.azure, "kv2").made(networkAcls={"defaultAction": "Allow"})


def test_management_does_not_heed_the_firewall(vault):
    vault.put(networkAcls={"defaultAction": "Deny", "bypass": "None"}, publicNetworkAccess="Disabled")
    assert vault.policies("add", vault.entry(secrets=["get"])) == [vault.entry(secrets=["get"])]


# -- for good ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        (
            {"softDeleteRetentionInDays": 7},
            {"softDeleteRetentionInDays": 8},
            'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
        ),
        (
            {"enablePurgeProtection": True},
            {"enablePurgeProtection": False},
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is '
            "an irreversible action.",
        ),
        ({}, {"enableSoftDelete": False}, "irreversible"),
    ],
)
def test_what_is_for_good(vault, first, then, expected):
    before = vault.made(**first)
    for answer in (vault.patch(**then), vault.put(**then)):
        assert problem(answer) == (400, "BadRequest")
        assert expected in message(answer)
    assert vault.patched(**first) == before
    assert vault.made(**first) == before


def test_purge_protection_cannot_be_refused_at_creation_either(vault):
    assert problem(vault.put(enablePurgeProtection=False)) == (400, "BadRequest")
    assert vault.put(enablePurgeProtection=None).status_code == 200


# -- names ---------------------------------------------------------------------------------------------------------


def check_name(vault, name):
    body = {"name": name, "type": "Microsoft.KeyVault/vaults"}
    return vault.azure.arm("POST", "providers/Microsoft.KeyVault/checkNameAvailability", body, version=VERSION)


def test_names_that_are_taken(vault):
    free = check_name(vault, "kv1")
    assert (free.status_code, free.json()) == (200, {"nameAvailable": True})
    assert "x-ms-ratelimit-remaining-subscription-reads" in free.headers
    vault.put()
    for _ in ("live", "deleted"):
        answer = check_name(vault, "KV1")
        assert answer.status_code == 200
        body = answer.json()
        text = body.pop("message")
        assert body == {"nameAvailable": False, "reason": "AlreadyExists"}
        assert text.startswith(
            "The vault name 'KV1' is already in use. Vault names are globaly unique so it is possible"
        )
        vault.request("DELETE")


@pytest.mark.parametrize("name", ["a", "a" * 25, "1kv", "k--v", "kv-", ""])
def test_names_that_cannot_be(vault, name):
    answer = check_name(vault, name)
    assert answer.status_code == 200
    assert (answer.json()["nameAvailable"], answer.json()["reason"]) == (False, "AccountNameInvalid")


# -- rights and locks ----------------------------------------------------------------------------------------------


def test_who_may_manage_vaults(azure):
    vault = Vault(azure)
    vault.put()
    entry = vault.entry(secrets=["get"])
    calls = {
        "vaults/write": lambda: vault.put(application=READER),
        "vaults/accessPolicies/write": lambda: vault.send_policies("add", entry, application=READER),
        "vaults/delete": lambda: vault.request("DELETE", application=READER),
    }
    for action, call in calls.items():
        refused = call()
        assert problem(refused) == (403, "AuthorizationFailed")
        assert f"perform action 'Microsoft.KeyVault/{action}' over scope '{vault.id}" in message(refused)
    assert vault.request("GET", application=READER).status_code == 200
    assert assign(azure, vault.id, VAULT_CONTRIBUTOR, vault.object_id(READER)).status_code == 201
    assert [call().status_code for call in calls.values()] == [200, 200, 200]


def test_locks(vault):
    vault.put()
    lock = f"{vault.id}/providers/Microsoft.Authorization/locks/mine"
    vault.azure.arm("PUT", lock, {"properties": {"level": "CanNotDelete"}}, version="2016-09-01")
    assert problem(vault.request("DELETE")) == (409, "ScopeLocked")
    assert vault.send_policies("add").status_code == 200
    vault.azure.arm("PUT", lock, {"properties": {"level": "ReadOnly"}}, version="2016-09-01")
    for answer in (vault.put(), vault.patch(), vault.send_policies("add")):
        assert problem(answer) == (409, "ScopeLocked")
    assert vault.request("GET").status_code == 200


def test_other_clouds_have_other_names(azure):
    vault = Vault(azure)
    for host, suffix in (
        ("management.chinacloudapi.cn", "vault.azure.cn"),
        ("management.usgovcloudapi.net", "vault.usgovcloudapi.net"),
    ):
        url = f"https://{host}{vault.id}-{suffix[6]}?api-version={VERSION}"
        body = {"location": "eastus", "properties": vault.properties()}
        answer = azure.send("PUT", url, audience=f"https://{host}", json=body)
        assert answer.json()["properties"]["vaultUri"] == f"https://Kv1-{suffix[6]}.{suffix}"


# -- secrets in Resource Manager -----------------------------------------------------------------------------------


def test_secrets_without_values(vault):
    vault.put(accessPolicies=[vault.entry(0, secrets=["all"])])
    url = "https://kv1.vault.azure.net/secrets/UserName?api-version=7.4"
    body = {
        "value": "canary-value",
        "contentType": "text/plain",
        "tags": {"a": "b"},
        "attributes": {"nbf": 1, "exp": 2},
    }
    made = vault.azure.send("PUT", url, audience="https://vault.azure.net", json=body).json()
    path = f"{vault.id}/secrets"
    answers = [
        vault.azure.arm("GET", asked, version=VERSION, application=READER) for asked in (path, f"{path}/username")
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    listed, shown = (answer.json() for answer in answers)
    assert listed == {"value": [shown]}
    properties = shown.pop("properties")
    assert shown == {
        "id": f"{path}/UserName",
        "name": "UserName",
        "type": "Microsoft.KeyVault/vaults/secrets",
        "location": "eastus",
        "tags": {"a": "b"},
    }
    assert properties["secretUri"] == "https://kv1.vault.azure.net/secrets/UserName"
    assert properties["secretUriWithVersion"] == made["id"]
    assert properties["contentType"] == "text/plain"
    times = {name: made["attributes"][name] for name in ("created", "updated")}
    assert properties["attributes"] == {"enabled": True, "nbf": 1, "exp": 2} | times
    missing = vault.azure.arm("GET", f"{path}/other", version=VERSION)
    assert problem(missing) == (404, "ResourceNotFound")
