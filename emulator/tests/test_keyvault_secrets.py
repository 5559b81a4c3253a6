# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a vault's own host answers, word for word (keyvault-wire, section 3)."""

from __future__ import annotations

import re

import httpx
import pytest
from vaults import OWNER, READER, SECRETS_USER, Vault, assign, message, problem

AUDIENCE = "https://vault.azure.net"
HOST = "https://kv1.vault.azure.net"
EVERY = ["get", "list", "set", "delete", "recover", "purge"]
VERSIONS = ["7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01"]


class Secrets(Vault):
    """The vault Kv1 with its own host. Secrets are asked for by the path below it."""

    def open(self, **properties):
        """Makes the vault so that the owner may do everything with secrets."""
        self.made(**{"accessPolicies": [self.entry(OWNER, secrets=EVERY)]} | properties)
        return self

    def ask(self, method, path, body=None, *, api="7.4", application=OWNER, audience=AUDIENCE, **query):
        return self.azure.send(
            method,
            f"{HOST}/{path}",
            audience=audience,
            application=application,
            json=body,
            params={"api-version": api} | query,
        )

    def set(self, name="UserName", value="hubuser", **more):
        answer = self.ask("PUT", f"secrets/{name}", {"value": value} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def caller(self):
        seed = self.azure.seeds["applications"][READER]
        return f"appid={seed['client_id']};oid={seed['object_id']};iss=https://sts.windows.net/{self.tenant}/"


@pytest.fixture
def vault(azure):
    return Secrets(azure)


def inner(answer):
    return answer.json()["error"]["innererror"]["code"]


# -- bundles -------------------------------------------------------------------------------------------------------


def test_what_was_never_set_is_not_shown(vault):
    made = vault.open().set()
    assert set(made) == {"value", "id", "attributes"}
    assert re.fullmatch(r"https://kv1\.vault\.azure\.net/secrets/UserName/[0-9a-f]{32}", made["id"])
    attributes = made["attributes"]
    assert attributes.pop("created") == attributes.pop("updated")
    assert attributes == {"enabled": True, "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90}


def test_what_was_set_is_shown(vault):
    vault.open()
    made = vault.set(contentType="text/plain", tags={}, attributes={"enabled": True, "nbf": 4102444800, "exp": 10})
    assert (made["contentType"], made["tags"]) == ("text/plain", {})
    assert (made["attributes"]["nbf"], made["attributes"]["exp"]) == (4102444800, 10)
    assert vault.ask("GET", "secrets/UserName").json() == made  # neither too early nor too late


@pytest.mark.parametrize("path", ["secrets/UserName", "secrets/UserName/", "secrets/username"])
def test_without_a_version_the_newest_is_read(vault, path):
    first, second = vault.open().set(value="a"), vault.set(value="a")
    assert first["id"] != second["id"]
    assert vault.ask("GET", path).json() == second
    version = first["id"].rpartition("/")[2]
    assert vault.ask("GET", f"secrets/UserName/{version}").json() == first


@pytest.mark.parametrize(
    ("settings", "level", "days"),
    [
        ({}, "Recoverable+Purgeable", 90),
        ({"softDeleteRetentionInDays": 7}, "CustomizedRecoverable+Purgeable", 7),
        ({"softDeleteRetentionInDays": 7, "enablePurgeProtection": True}, "CustomizedRecoverable", 7),
        ({"enablePurgeProtection": True}, "Recoverable", 90),
    ],
)
def test_recovery_level(vault, settings, level, days):
    attributes = vault.open(**settings).set()["attributes"]
    assert (attributes["recoveryLevel"], attributes["recoverableDays"]) == (level, days)


@pytest.mark.parametrize("method", ["PATCH", "GET"])
def test_a_patch_changes_and_shows_no_value(vault, method):
    made = vault.open().set(contentType="text/plain")
    vault.azure.advance(5)
    patched = vault.ask("PATCH", "secrets/UserName/", {"attributes": {"exp": 99}, "tags": {"a": "b"}}).json()
    assert "value" not in patched
    assert patched["attributes"]["updated"] >= made["attributes"]["updated"] + 5
    assert patched["attributes"]["exp"] == 99
    if method == "GET":
        patched = vault.ask("GET", "secrets/UserName").json()
        assert patched.pop("value") == "hubuser"
    assert (patched["id"], patched["contentType"], patched["tags"]) == (made["id"], "text/plain", {"a": "b"})


@pytest.mark.parametrize("api", VERSIONS)
def test_versions(vault, api):
    vault.open().set()
    read = vault.ask("GET", "secrets/UserName", api=api).json()
    assert read["value"] == "hubuser"
    [listed] = vault.ask("GET", "secrets", api=api).json()["value"]
    for shown in (read, listed):
        assert ("recoverableDays" in shown["attributes"]) is (api != "7.0")


def test_unknown_version(vault):
    answer = vault.open().ask("GET", "secrets", api="6.9")
    assert problem(answer) == (400, "BadParameter")
    assert "(6.9) is not recognized" in message(answer)


def test_a_refused_secret_leaves_nothing_behind(vault):
    vault.open()
    body = {"value": "x", "tags": {str(number): "" for number in range(16)}}
    assert vault.ask("PUT", "secrets/UserName", body).status_code == 400
    assert vault.ask("GET", "secrets/UserName").status_code == 404


# -- lists ---------------------------------------------------------------------------------------------------------


def test_lists_show_no_values_and_end_with_null(vault):
    made = vault.open().set(contentType="text/plain", tags={"a": "b"})
    item = {**made, "id": made["id"].rpartition("/")[0]}
    del item["value"]
    assert vault.ask("GET", "secrets", maxresults="25").json() == {"value": [item], "nextLink": None}


def test_versions_are_in_the_order_of_their_ids(vault):
    vault.open()
    ids = sorted(vault.set(value=str(number))["id"] for number in range(6))
    listed = vault.ask("GET", "secrets/UserName/versions").json()["value"]
    assert [item["id"] for item in listed] == ids
    assert not any("value" in item for item in listed)
    first = vault.ask("GET", "secrets/UserName/versions", maxresults="1").json()
    assert [item["id"] for item in first["value"]] == ids[:1]
    following = vault.azure.send("GET", first["nextLink"], audience=AUDIENCE).json()
    assert [item["id"] for item in following["value"]] == ids[1:2]


def test_a_deleted_secret_is_not_in_the_list(vault):
    vault.open().set()
    vault.ask("DELETE", "secrets/UserName")
    assert vault.ask("GET", "secrets").json()["value"] == []


# -- deleted secrets -----------------------------------------------------------------------------------------------


def test_deleted_bundles(vault):
    made = vault.open(softDeleteRetentionInDays=7).set(tags={"a": "b"})
    gone = vault.ask("DELETE", "secrets/UserName").json()
    assert gone["scheduledPurgeDate"] - gone["deletedDate"] == 7 * 24 * 3600
    assert gone["recoveryId"] == f"{HOST}/deletedsecrets/UserName"
    assert (gone["id"], gone["tags"], "value" in gone) == (made["id"], {"a": "b"}, False)
    assert vault.ask("GET", "deletedsecrets/username").json() == gone
    [item] = vault.ask("GET", "deletedsecrets").json()["value"]
    assert item == gone | {"id": f"{HOST}/secrets/UserName"}


def test_recover_brings_all_versions_back(vault):
    ids = {vault.open().set(value="a")["id"], vault.set(value="b")["id"]}
    vault.ask("DELETE", "secrets/UserName")
    recovered = vault.ask("POST", "deletedsecrets/UserName/recover")
    assert recovered.status_code == 200
    assert "value" not in recovered.json()
    assert {item["id"] for item in vault.ask("GET", "secrets/UserName/versions").json()["value"]} == ids


def test_purge(vault):
    vault.open().set()
    vault.ask("DELETE", "secrets/UserName")
    answer = vault.ask("DELETE", "deletedsecrets/UserName")
    assert (answer.status_code, answer.content) == (204, b"")
    for method, path in (("GET", ""), ("POST", "/recover"), ("DELETE", "")):
        answer = vault.ask(method, f"deletedsecrets/UserName{path}")
        assert problem(answer) == (404, "SecretNotFound")
        assert message(answer) == "Deleted Secret not found: UserName"
    vault.set()


def test_purge_of_a_protected_secret(vault):
    vault.open(enablePurgeProtection=True).set()
    vault.ask("DELETE", "secrets/UserName")
    answer = vault.ask("DELETE", "deletedsecrets/UserName")
    assert problem(answer) == (403, "Forbidden")
    assert message(answer).startswith('Operation "purge" is not allowed because purge protection is enabled')
    vault.azure.advance(90 * 24 * 3600 + 1)
    vault.azure._tokens.clear()
    assert vault.ask("GET", "deletedsecrets/UserName").status_code == 404


def test_while_it_is_being_deleted_nothing_can_be_done(vault):
    vault.open().set()
    vault.azure.switch(secret_deletion_s=10)
    vault.ask("DELETE", "secrets/UserName")
    assert vault.ask("GET", "deletedsecrets/UserName").status_code == 404
    assert vault.ask("GET", "deletedsecrets").json()["value"] == []
    for method, path in (
        ("PUT", "secrets/UserName"),
        ("POST", "deletedsecrets/UserName/recover"),
        ("DELETE", "deletedsecrets/UserName"),
    ):
        answer = vault.ask(method, path, {"value": "x"} if method == "PUT" else None)
        assert (*problem(answer), inner(answer)) == (409, "Conflict", "ObjectIsBeingDeleted")
        assert message(answer) == "Secret UserName is currently being deleted."
    vault.azure.advance(11)
    assert vault.ask("GET", "deletedsecrets/UserName").status_code == 200


# -- errors --------------------------------------------------------------------------------------------------------


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
