# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a vault's own host refuses, word for word, and in which order (keyvault-wire, sections 3.1 and 3.3)"""

from __future__ import annotations

import httpx
import pytest
from vaults import AUDIENCE, READER, SECRETS_USER, Secrets, assign, inner, message, problem


@pytest.fixture
def vault(azure):
    return Secrets(azure)


def test_no_such_secret(vault):
    vault.open().set()
    for path in ("NotThere", "UserName/0123456789abcdef0123456789abcdef"):
        answer = vault.ask("GET", f"secrets/{path}")
        assert problem(answer) == (404, "SecretNotFound")
        assert message(answer) == (
            f"A secret with (name/id) {path} was not found in this key vault. If you recently deleted this secret you "
            "may be able to recover it using the correct recovery command. For help resolving this issue, please see "
            "https://go.microsoft.com/fwlink/?linkid=2125182"
        )


def test_disabled(vault):
    vault.open().set(attributes={"enabled": False})
    answer = vault.ask("GET", "secrets/UserName")
    assert answer.json() == {
        "error": {
            "code": "Forbidden",
            "message": "Operation get is not allowed on a disabled secret.",
            "innererror": {"code": "SecretDisabled"},
        }
    }
    assert answer.status_code == 403
    assert vault.ask("PATCH", "secrets/UserName", {"attributes": {"enabled": True}}).status_code == 200
    assert vault.ask("GET", "secrets/UserName").status_code == 200


def test_the_name_of_a_deleted_secret(vault):
    vault.open().set()
    vault.ask("DELETE", "secrets/UserName")
    assert problem(vault.ask("GET", "secrets/UserName")) == (404, "SecretNotFound")
    answer = vault.ask("PUT", "secrets/UserName", {"value": "x"})
    assert (*problem(answer), inner(answer)) == (409, "Conflict", "ObjectIsDeletedButRecoverable")
    assert message(answer) == (
        "Secret UserName is currently in a deleted but recoverable state, and its name cannot be reused; in this "
        "state, the secret can only be recovered or purged."
    )


@pytest.mark.parametrize("named", [True, False])
def test_no_permission(vault, named):
    vault.open()
    if named:
        vault.policies("add", vault.entry(READER, secrets=["list"], keys=["get"]))
    answer = vault.ask("GET", "secrets/UserName", application=READER)
    assert problem(answer) == (403, "Forbidden")
    assert message(answer) == (
        f"The user, group or application '{vault.caller}' does not have secrets get permission on key vault "
        "'Kv1;location=eastus'. For help resolving this issue, please see "
        "https://go.microsoft.com/fwlink/?linkid=2125287"
    )
    assert inner(answer) == ("ForbiddenByPolicy" if named else "AccessDenied")


def test_permissions_of_a_group(vault):
    group = "77777777-1111-2222-3333-444444444444"
    member = vault.object_id(READER)
    vault.azure.control(
        "POST", "reset", {"seeds": {"groups": [{"name": "readers", "object_id": group, "members": [member]}]}}
    )
    vault.azure.group("rg1")
    vault.open()
    assert vault.ask("GET", "secrets", application=READER).status_code == 403
    vault.policies("add", vault.entry(group, secrets=["list"]))
    assert vault.ask("GET", "secrets", application=READER).status_code == 200


def test_no_role(vault):
    vault.open(enableRbacAuthorization=True)
    answer = vault.ask("GET", "secrets/UserName", application=READER)
    assert (*problem(answer), inner(answer)) == (403, "Forbidden", "ForbiddenByRbac")
    subscription = vault.azure.subscription.lower()
    assert message(answer) == (
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role "
        "definitions were changed recently, please observe propagation time.\r\n"
        f"Caller: {vault.caller}\r\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\n"
        f"Resource: '{subscription}/resourcegroups/rg1/providers/microsoft.keyvault/vaults/kv1/secrets/username'\r\n"
        "Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: 'DeniedWithNoValidRBAC' \r\n"
        "Vault: Kv1;location=eastus\r\n"
    )


def test_a_role_takes_its_time_in_both_directions(vault):
    vault.open(enableRbacAuthorization=True)
    vault.azure.switch(role_delay_s=600)
    given = assign(vault.azure, vault.group, SECRETS_USER, vault.object_id(READER))
    assert given.status_code == 201
    assert vault.ask("GET", "secrets", application=READER).status_code == 403
    vault.azure.advance(601)
    assert vault.ask("GET", "secrets", application=READER).status_code == 200
    vault.azure.arm("DELETE", given.json()["id"], version="2022-04-01")
    assert vault.ask("GET", "secrets", application=READER).status_code == 200
    vault.azure.advance(601)
    assert vault.ask("GET", "secrets", application=READER).status_code == 403


def test_a_role_under_a_condition_gives_nothing(vault):
    """Conditions are kept but not evaluated: better to refuse than to give what Azure might not."""
    vault.open(enableRbacAuthorization=True)
    condition = {"condition": "@Resource[a:b] StringEquals 'c'", "conditionVersion": "2.0"}
    given = assign(vault.azure, vault.id, SECRETS_USER, vault.object_id(READER), **condition)
    assert (given.status_code, given.json()["properties"]["conditionVersion"]) == (201, "2.0")
    assert vault.ask("GET", "secrets", application=READER).status_code == 403
    name = given.json()["name"]
    assert assign(vault.azure, vault.id, SECRETS_USER, vault.object_id(READER), name=name).status_code == 201
    assert vault.ask("GET", "secrets", application=READER).status_code == 200


@pytest.mark.parametrize("rbac", [False, True])
def test_management_rights_are_no_rights_on_secrets(vault, rbac):
    vault.made(enableRbacAuthorization=rbac)  # by the owner of the subscription
    assert vault.ask("GET", "secrets").status_code == 403


def test_firewall(vault):
    vault.open(networkAcls={"defaultAction": "Deny"})
    answer = vault.ask("GET", "secrets/UserName", application=READER)
    assert inner(answer) == "ForbiddenByFirewall"
    assert message(answer) == (
        "Client address is not authorized and caller is not a trusted service.\r\nClient address: 203.0.113.10\r\n"
        f"Caller: {vault.caller}\r\nVault: Kv1;location=eastus"
    )
    vault.patched(networkAcls={"defaultAction": "Deny", "ipRules": [{"value": "198.51.100.7"}]})
    assert vault.ask("GET", "secrets").status_code == 403
    vault.azure.switch(client_address="198.51.100.7")
    assert vault.ask("GET", "secrets").status_code == 200


@pytest.mark.parametrize(
    ("bypass", "start"),
    [
        ("AzureServices", "Public network access is disabled and request is not from a trusted service"),
        ("None", "Connection is not an approved private link and caller was ignored because bypass is not set"),
    ],
)
def test_no_public_access(vault, bypass, start):
    rules = {"bypass": bypass, "ipRules": [{"value": "203.0.113.10"}]}  # which do not count then
    vault.open(publicNetworkAccess="Disabled", networkAcls=rules)
    answer = vault.ask("GET", "secrets")
    assert (*problem(answer), inner(answer)) == (403, "Forbidden", "ForbiddenByConnection")
    assert message(answer).startswith(start)


# -- headers, tokens, other clouds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("audience", [AUDIENCE, None])
@pytest.mark.parametrize("path", ["secrets", "secrets/NotThere"])
def test_every_answer_has_the_headers_of_the_vault(vault, audience, path):
    headers = vault.open().ask("GET", path, audience=audience).headers
    assert headers["x-ms-keyvault-region"] == "eastus"
    assert "x-ms-keyvault-service-version" in headers
    assert headers["x-ms-keyvault-network-info"] == "conn_type=Ipv4;addr=203.0.113.10;act_addr_fam=InterNetwork;"


def test_an_expired_token(vault):
    vault.open()
    vault.ask("GET", "secrets")
    vault.azure.advance(2 * 24 * 3600)
    answer = vault.ask("GET", "secrets")
    assert problem(answer) == (401, "Unauthorized")
    assert "IDX10223" in message(answer)
    assert "authorization=" in answer.headers["www-authenticate"]


def test_the_token_comes_before_everything_else(vault):
    vault.open(networkAcls={"defaultAction": "Deny"})
    for path in ("secrets/a_b", "secrets/NotThere"):
        assert vault.ask("PUT", path, audience=None, api="6.9").status_code == 401


def test_a_vault_answers_in_its_own_cloud_only(vault):
    vault.open()
    for host in ("kv1.vault.azure.cn", "kv1.vault.usgovcloudapi.net"):
        with pytest.raises(httpx.ProxyError):
            vault.azure.send("GET", f"https://{host}/secrets")
