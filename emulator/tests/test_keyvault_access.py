# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Who may read and write secrets, and what the vault says to whoever may not (keyvault-wire, section 3)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

VAULT = "resourceGroups/rg1/providers/Microsoft.KeyVault/vaults/kv1"
VERSION = "2023-07-01"
HOST = "https://kv1.vault.azure.net"
AUDIENCE = "https://vault.azure.net"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
VAULT_READER = "21090545-7ca7-4776-b22c-e363652d74d2"
OWNER, READER = 0, 1  # applications of the seeds


class Vault:
    def __init__(self, azure: Any) -> None:
        self.azure = azure
        azure.group()

    def make(self, permissions: dict[int, list[str]] | None = None, **properties: Any) -> None:
        """``permissions``: application -> words for secrets."""
        tenant = self.azure.seeds["tenant"]
        entries = [
            {"tenantId": tenant, "objectId": self.object_id(application), "permissions": {"secrets": words}}
            for application, words in (permissions or {}).items()
        ]
        body = {"tenantId": tenant, "sku": {"family": "A", "name": "standard"}, "accessPolicies": entries}
        answer = self.azure.arm("PUT", VAULT, {"location": "eastus", "properties": body | properties}, version=VERSION)
        assert answer.status_code == 200, answer.text

    def object_id(self, application: int) -> str:
        return self.azure.seeds["applications"][application]["object_id"]

    def call(self, method: str, path: str, body: Any = None, application: int = OWNER, **options: Any) -> Any:
        options.setdefault("audience", AUDIENCE)
        url = f"{HOST}/{path}?api-version=7.4"
        return self.azure.send(method, url, application=application, json=body, **options)

    def set(self, name: str = "UserName", value: str = "hubuser") -> None:
        answer = self.call("PUT", f"secrets/{name}", {"value": value})
        assert answer.status_code == 200, answer.text

    def assign(self, role: str, application: int, below: str = "") -> Any:
        name = self.azure.emulator.world.new_id()
        definition = f"{self.azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        body = {
            "properties": {
                "roleDefinitionId": definition,
                "principalId": self.object_id(application),
                "principalType": "ServicePrincipal",
            }
        }
        path = f"{VAULT}{below}/providers/Microsoft.Authorization/roleAssignments/{name}"
        answer = self.azure.arm("PUT", path, body, version="2022-04-01")
        assert answer.status_code == 201, answer.text
        return path


@pytest.fixture
def vault(azure: Any) -> Vault:
    return Vault(azure)


def error(answer: Any) -> tuple[int, str, str | None]:
    """Status, code, inner code."""
    body = answer.json()["error"]
    return answer.status_code, body["code"], (body.get("innererror") or {}).get("code")


def test_the_first_request_is_told_where_to_sign_in(vault: Vault) -> None:
    vault.make({OWNER: ["get", "set"]})
    answer = vault.call("PUT", "secrets/UserName", audience=None)
    tenant = vault.azure.seeds["tenant"]
    assert error(answer) == (401, "Unauthorized", None)
    assert answer.json()["error"]["message"] == "AKV10000: Request is missing a Bearer or PoP token."
    assert (
        answer.headers["WWW-Authenticate"]
        == f'Bearer authorization="https://login.microsoftonline.com/{tenant}", resource="https://vault.azure.net"'
    )
    vault.azure.switch(challenge_host="login.windows.net")
    assert "login.windows.net" in vault.call("GET", "secrets", audience=None).headers["WWW-Authenticate"]


def test_a_token_for_something_else_is_refused(vault: Vault) -> None:
    vault.make({OWNER: ["get"]})
    answer = vault.call("GET", "secrets/UserName", audience="https://management.azure.com")
    assert answer.status_code == 401
    assert answer.json()["error"]["message"].startswith("AKV10022: Invalid audience.")


def test_an_unknown_vault_has_no_address(vault: Vault) -> None:
    with pytest.raises(httpx.ProxyError):
        vault.azure.send("GET", "https://nobody-made-this.vault.azure.net/secrets")


@pytest.mark.parametrize(
    ("method", "path", "word"),
    [
        ("GET", "secrets/UserName", "get"),
        ("PUT", "secrets/UserName", "set"),
        ("PATCH", "secrets/UserName/", "set"),
        ("GET", "secrets", "list"),
        ("GET", "secrets/UserName/versions", "list"),
        ("DELETE", "secrets/UserName", "delete"),
        ("GET", "deletedsecrets", "list"),
        ("POST", "deletedsecrets/UserName/recover", "recover"),
        ("DELETE", "deletedsecrets/UserName", "purge"),
    ],
)
def test_each_operation_needs_its_permission(vault: Vault, method: str, path: str, word: str) -> None:
    every = {"get", "set", "list", "delete", "recover", "purge"}
    vault.make({OWNER: sorted(every), READER: sorted(every - {word})})
    vault.set()
    answer = vault.call(method, path, {"value": "x"} if method == "PUT" else None, application=READER)
    assert error(answer) == (403, "Forbidden", "ForbiddenByPolicy")
    assert f"does not have secrets {word} permission on key vault 'kv1;location=eastus'" in answer.text
    vault.make({OWNER: sorted(every), READER: [word.capitalize()]})
    assert vault.call(method, path, {"value": "x"} if method == "PUT" else None, application=READER).status_code != 403


def test_all_is_everything_but_purge(vault: Vault) -> None:
    vault.make({OWNER: ["all"]})
    vault.set()
    assert vault.call("DELETE", "secrets/UserName").status_code == 200
    assert error(vault.call("DELETE", "deletedsecrets/UserName"))[0] == 403


def test_a_caller_in_no_policy_is_refused_and_learns_nothing(vault: Vault) -> None:
    vault.make({OWNER: ["get", "set"]})
    vault.set()
    for name in ("UserName", "NotThere"):
        assert error(vault.call("GET", f"secrets/{name}", application=READER)) == (403, "Forbidden", "AccessDenied")
    for inner in ("AccessDenied", "ForbiddenByPolicy"):
        vault.azure.switch(kv_inner_code=inner)
        assert error(vault.call("GET", "secrets/UserName", application=READER))[2] == inner


def test_an_entry_for_an_application_on_behalf_of_somebody_does_not_help_alone(vault: Vault) -> None:
    vault.make({OWNER: ["get", "set"]})
    vault.set()
    tenant = vault.azure.seeds["tenant"]
    entry = {
        "tenantId": tenant,
        "objectId": vault.object_id(READER),
        "applicationId": vault.azure.seeds["applications"][READER]["client_id"],
        "permissions": {"secrets": ["get"]},
    }
    path = f"{VAULT}/accessPolicies/add"
    added = vault.azure.arm("PUT", path, {"properties": {"accessPolicies": [entry]}}, version=VERSION)
    assert added.status_code == 200
    assert vault.call("GET", "secrets/UserName", application=READER).status_code == 403


def test_a_policy_takes_its_time(vault: Vault) -> None:
    vault.azure.switch(policy_delay_s=60)
    vault.make({OWNER: ["get", "list"]})
    assert vault.call("GET", "secrets").status_code == 403
    vault.azure.advance(61)
    vault.azure._tokens.clear()
    assert vault.call("GET", "secrets").status_code == 200


def test_with_roles_policies_do_not_count(vault: Vault) -> None:
    vault.make({OWNER: ["get", "set"]}, enableRbacAuthorization=True)
    answer = vault.call("GET", "secrets/UserName")
    assert error(answer) == (403, "Forbidden", "ForbiddenByRbac")
    message = answer.json()["error"]["message"]
    assert "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'" in message
    assert "/resourcegroups/rg1/providers/microsoft.keyvault/vaults/kv1/secrets/username'" in message
    vault.assign(SECRETS_USER, OWNER)
    assert error(vault.call("GET", "secrets/UserName"))[:2] == (404, "SecretNotFound")
    assert vault.call("PUT", "secrets/UserName", {"value": "x"}).status_code == 403


def test_a_role_may_be_given_for_one_secret(vault: Vault) -> None:
    vault.make(enableRbacAuthorization=True)
    vault.assign(SECRETS_USER, OWNER, "/secrets/UserName")
    assert vault.call("GET", "secrets/UserName").status_code == 404
    assert vault.call("GET", "secrets/Password").status_code == 403


def test_a_role_for_metadata_shows_no_value(vault: Vault) -> None:
    vault.make(enableRbacAuthorization=True)
    vault.assign(VAULT_READER, OWNER)
    assert vault.call("GET", "secrets").status_code == 200
    assert vault.call("GET", "secrets/UserName").status_code == 403


def test_the_firewall_comes_before_the_rights(vault: Vault) -> None:
    rules = {"bypass": "AzureServices", "defaultAction": "Deny"}
    vault.make({OWNER: ["get", "list"]}, networkAcls=rules)
    answer = vault.call("GET", "secrets", application=READER)
    assert error(answer) == (403, "Forbidden", "ForbiddenByFirewall")
    assert "Client address: 203.0.113.10" in answer.json()["error"]["message"]
    vault.make({OWNER: ["get", "list"]}, networkAcls=rules | {"ipRules": [{"value": "203.0.113.0/24"}]})
    assert vault.call("GET", "secrets").status_code == 200


def test_without_public_access_only_private_links_remain(vault: Vault) -> None:
    vault.make({OWNER: ["get", "list"]}, publicNetworkAccess="Disabled")
    assert error(vault.call("GET", "secrets")) == (403, "Forbidden", "ForbiddenByConnection")


def test_values_are_in_no_log_and_no_snapshot(vault: Vault) -> None:
    vault.make({OWNER: ["get", "set"]})
    vault.set(value="a-value-nobody-may-see")
    assert vault.call("GET", "secrets/UserName").json()["value"] == "a-value-nobody-may-see"
    assert "a-value-nobody-may-see" not in str(vault.azure.requests())
    assert "a-value-nobody-may-see" not in str(vault.azure.control("GET", "state"))


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("secrets/a_b", {"value": "x"}, "The request URI contains an invalid name: a_b"),
        ("secrets/UserName", {"value": "x" * 25601}, "longer than"),
        ("secrets/UserName", {"value": "x", "tags": {str(number): "" for number in range(16)}}, "at most 15 tags"),
    ],
)
def test_what_a_secret_cannot_be(vault: Vault, path: str, body: Any, message: str) -> None:
    vault.make({OWNER: ["get", "set"]})
    answer = vault.call("PUT", path, body)
    assert error(answer)[:2] == (400, "BadParameter")
    assert message in answer.json()["error"]["message"]


def test_a_secret_that_is_being_deleted(vault: Vault) -> None:
    vault.make({OWNER: ["set", "delete", "recover"]})
    vault.set()
    vault.azure.switch(secret_deletion_s=30)
    vault.call("DELETE", "secrets/UserName")
    assert error(vault.call("PUT", "secrets/UserName", {"value": "x"})) == (409, "Conflict", "ObjectIsBeingDeleted")
    vault.azure.advance(31)
    assert error(vault.call("PUT", "secrets/UserName", {"value": "x"}))[2] == "ObjectIsDeletedButRecoverable"
    assert vault.call("POST", "deletedsecrets/UserName/recover").status_code == 200
    again = vault.call("POST", "deletedsecrets/UserName/recover")
    assert error(again) == (400, "MethodNotAllowed", "RequestNotAllowedOnNonDeletedObject")


def test_versions_of_a_missing_secret(vault: Vault) -> None:
    vault.make({OWNER: ["list"]})
    answer = vault.call("GET", "secrets/NotThere/versions")
    assert (answer.status_code, answer.json()["value"]) == (200, [])
    vault.azure.switch(missing_secret_versions="not_found")
    assert error(vault.call("GET", "secrets/NotThere/versions"))[:2] == (404, "SecretNotFound")
