# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over the wire for vaults, role assignments, identities and Graph, with the installed SDK."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._arm_client import ArmClient
from ansible_collections.acr.tasks.plugins.module_utils._auth import Login
from ansible_collections.acr.tasks.plugins.module_utils._clouds import CHINA, PUBLIC, Cloud
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
from ansible_collections.acr.tasks.plugins.module_utils._graph_client import GraphClient
from ansible_collections.acr.tasks.plugins.module_utils._ids import IDENTITY, VAULT, ArmId
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_client import KeyVaultClient
from ansible_collections.acr.tasks.plugins.module_utils._session import Session
from ansible_collections.acr.tasks.plugins.module_utils._transport import Response
from azure.core.credentials import AccessToken

FIXTURES = Path(__file__).parents[2] / "fixtures/keyvault"
VAULT_BODY = json.loads((FIXTURES / "vault_with_policies.json").read_text(encoding="utf-8"))
ASSIGNMENTS = json.loads((FIXTURES / "role_assignments.json").read_text(encoding="utf-8"))
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
VAULT_ID = ArmId(SUBSCRIPTION, "rg1", VAULT, ("Kv1",))
PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000001"


class Wire:
    """Stands for Azure: takes requests in order and gives the prepared answers."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.requests: list[Any] = []
        self.bodies: list[Any] = []

    def send(self, request: Any, **_options: Any) -> Response:
        self.requests.append(request)
        content = getattr(request, "data", None) or getattr(request, "content", None)
        content = content.read() if hasattr(content, "read") else content
        self.bodies.append(json.loads(content) if content else None)
        status, body = self.answers.pop(0)
        text = json.dumps(body).encode() if body is not None else b""
        return Response(request, status, "", {"Content-Type": "application/json"}, text)

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    @property
    def sent(self) -> list[tuple[str, str, dict[str, list[str]]]]:
        """(method, URL without query, query) of each request."""
        found = []
        for request in self.requests:
            parts = urlsplit(request.url)
            found.append((request.method, f"{parts.scheme}://{parts.netloc}{parts.path}", parse_qs(parts.query)))
        return found


class Credential:
    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        self.scopes += scopes
        return AccessToken("a-token", 4102444800)


def session(wire: Wire, cloud: Cloud = PUBLIC, credential: Credential | None = None) -> Session:
    return Session(Login(credential or Credential(), SUBSCRIPTION, cloud, True, wire, "test"), retry_max_wait=0)


def problem(status: int, code: str, message: str = "No.") -> tuple[int, Any]:
    return status, {"error": {"code": code, "message": message}}


VAULT_URL = f"https://management.azure.com{VAULT_ID}"


# --- vaults


def test_a_vault_is_read_as_it_is_on_the_wire() -> None:
    wire = Wire((200, VAULT_BODY))
    assert KeyVaultClient(session(wire)).get_vault(VAULT_ID) == VAULT_BODY
    assert wire.sent == [("GET", VAULT_URL, {"api-version": ["2026-02-01"]})]
    assert wire.requests[0].headers["Authorization"] == "Bearer a-token"


def test_a_vault_of_another_subscription_and_cloud_is_looked_for_there() -> None:
    wire, credential = Wire((200, VAULT_BODY)), Credential()
    elsewhere = VAULT_ID._replace(subscription="22222222-2222-3333-4444-555555555555")
    KeyVaultClient(session(wire, CHINA, credential)).get_vault(elsewhere)
    assert wire.sent[0][1] == f"https://management.chinacloudapi.cn{elsewhere}"
    assert credential.scopes == ["https://management.chinacloudapi.cn/.default"]


@pytest.mark.parametrize("kind", ["add", "replace", "remove"])
@pytest.mark.parametrize("status", [200, 201])
def test_an_entry_is_written_by_a_put_of_its_own(kind: str, status: int) -> None:
    body = {"properties": {"accessPolicies": [{"tenantId": "t", "objectId": "o", "permissions": {"keys": ["Get"]}}]}}
    answer = {"id": f"{VAULT_ID}/accessPolicies/", "type": "Microsoft.KeyVault/vaults/accessPolicies", **body}
    wire = Wire((status, answer))
    assert KeyVaultClient(session(wire)).update_access_policy(VAULT_ID, kind, body) == answer
    assert wire.sent == [("PUT", f"{VAULT_URL}/accessPolicies/{kind}", {"api-version": ["2026-02-01"]})]
    assert wire.bodies == [body]
    assert wire.requests[0].headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_write_is_never_sent_again_down_here(status: int) -> None:
    wire = Wire(problem(status, "Busy"))
    with pytest.raises(AzureError) as caught:
        KeyVaultClient(session(wire)).update_access_policy(VAULT_ID, "add", {})
    assert (caught.value.status, len(wire.requests)) == (status, 1)


def test_a_resource_provider_is_not_registered_behind_the_users_back() -> None:
    wire = Wire(problem(409, "MissingSubscriptionRegistration", "… to use namespace 'Microsoft.KeyVault'. See …"))
    with pytest.raises(AzureError) as caught:
        KeyVaultClient(session(wire)).update_access_policy(VAULT_ID, "add", {})
    assert "az provider register --namespace Microsoft.KeyVault" in (caught.value.hint or "")
    assert len(wire.requests) == 1


def test_an_error_of_the_service_keeps_its_code_and_words() -> None:
    wire = Wire(problem(409, "ConflictError", "A conflict occurred."))
    with pytest.raises(AzureError) as caught:
        KeyVaultClient(session(wire)).update_access_policy(VAULT_ID, "remove", {})
    assert (caught.value.code, caught.value.status) == ("ConflictError", 409)
    assert "A conflict occurred" in caught.value.message
    assert str(VAULT_ID) in caught.value.message


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(200, {"value": [{"name": "kV1"}]})], True),
        ([(200, {"value": [{"name": "kv2"}], "nextLink": "https://management.azure.com/more"}), (200, {})], False),
        ([problem(403, "AuthorizationFailed")], False),
    ],
)
def test_deleted_vaults_are_looked_through_by_name(answers: list[tuple[int, Any]], expected: bool) -> None:
    wire = Wire(*answers)
    assert KeyVaultClient(session(wire)).is_deleted(VAULT_ID) is expected
    assert wire.sent[0][1].endswith(f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/deletedVaults")
    assert not wire.answers


# --- role assignments and identities


def test_role_assignments_are_listed_for_one_principal_over_all_pages() -> None:
    wire = Wire(
        (200, {"value": ASSIGNMENTS["value"][:2], "nextLink": "https://management.azure.com/more?$skipToken=x"}),
        (200, {"value": ASSIGNMENTS["value"][2:]}),
    )
    assert ArmClient(session(wire)).list_role_assignments(str(VAULT_ID), PRINCIPAL) == ASSIGNMENTS["value"]
    assert wire.sent == [
        (
            "GET",
            f"{VAULT_URL}/providers/Microsoft.Authorization/roleAssignments",
            {"api-version": ["2022-04-01"], "$filter": [f"principalId eq '{PRINCIPAL}'"]},
        ),
        ("GET", "https://management.azure.com/more", {"$skipToken": ["x"]}),
    ]


def test_an_assignment_is_made_and_removed_by_its_id() -> None:
    name = f"{VAULT_ID}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-0000-0000-00000000000f"
    wire = Wire((201, ASSIGNMENTS["value"][0]), (200, ASSIGNMENTS["value"][0]), (204, None), problem(404, "NotFound"))
    client = ArmClient(session(wire))
    assert client.put_role_assignment(name, {"properties": {}}) == ASSIGNMENTS["value"][0]
    for _time in range(3):  # there; not there; not there in other words
        client.delete_role_assignment(name)
    url = f"https://management.azure.com{name}"
    assert wire.sent == [
        ("PUT", url, {"api-version": ["2022-04-01"]}),
        *[("DELETE", url, {"api-version": ["2022-04-01"]})] * 3,
    ]
    assert wire.bodies[0] == {"properties": {}}


def test_an_identity_is_read_by_its_id() -> None:
    identity = ArmId(SUBSCRIPTION, "rg1", IDENTITY, ("id1",))
    wire = Wire((200, {"properties": {"principalId": PRINCIPAL}}))
    assert ArmClient(session(wire)).get_identity(identity)["properties"]["principalId"] == PRINCIPAL
    assert wire.sent == [("GET", f"https://management.azure.com{identity}", {"api-version": ["2024-11-30"]})]


# --- missing rights


@pytest.mark.parametrize(
    ("call", "right", "role"),
    [
        (lambda s: KeyVaultClient(s).get_vault(VAULT_ID), "Microsoft.KeyVault/vaults/read", "Key Vault Contributor"),
        (
            lambda s: KeyVaultClient(s).update_access_policy(VAULT_ID, "add", {}),
            "Microsoft.KeyVault/vaults/accessPolicies/write",
            "Key Vault Contributor",
        ),
        (
            lambda s: ArmClient(s).put_role_assignment(f"{VAULT_ID}/providers/Microsoft.Authorization/x/y", {}),
            "Microsoft.Authorization/roleAssignments/write",
            "Role Based Access Control Administrator",
        ),
        (
            lambda s: ArmClient(s).delete_role_assignment(f"{VAULT_ID}/providers/Microsoft.Authorization/x/y"),
            "Microsoft.Authorization/roleAssignments/delete",
            "Role Based Access Control Administrator",
        ),
        (lambda s: ArmClient(s).list_role_assignments(str(VAULT_ID), PRINCIPAL), "roleAssignments/read", "Reader"),
    ],
)
def test_a_refusal_names_the_right_and_a_role_that_has_it(
    call: Callable[[Session], Any], right: str, role: str
) -> None:
    with pytest.raises(AzureError) as caught:
        call(session(Wire(problem(403, "AuthorizationFailed", "The client 'x' …"))))
    hint = caught.value.hint or ""
    assert right in hint
    assert role in hint
    assert f"at {VAULT_ID}" in hint


def test_a_refusal_by_a_policy_of_the_subscription_is_no_missing_right() -> None:
    with pytest.raises(AzureError) as caught:
        KeyVaultClient(session(Wire(problem(403, "RequestDisallowedByPolicy")))).update_access_policy(
            VAULT_ID, "add", {}
        )
    assert "lacks" not in (caught.value.hint or "")


# --- Graph


def test_a_service_principal_is_looked_up_by_any_of_its_names() -> None:
    wire, credential = Wire((200, {"value": [{"id": PRINCIPAL}]}), (200, {"value": []})), Credential()
    client = GraphClient(session(wire, credential=credential))
    assert client.find_service_principal("https://example.org/it's") == {"id": PRINCIPAL}
    assert client.find_service_principal("nobody") is None
    assert wire.sent[0] == (
        "GET",
        "https://graph.microsoft.com/v1.0/servicePrincipals",
        {"$filter": ["servicePrincipalNames/any(c:c eq 'https://example.org/it''s')"]},
    )
    assert set(credential.scopes) == {"https://graph.microsoft.com/.default"}


def test_a_guest_is_looked_up_with_the_signs_in_its_name() -> None:
    wire = Wire((200, {"value": [{"id": PRINCIPAL}]}))
    GraphClient(session(wire)).find_user("guest_example.org#EXT#@contoso.com")
    assert wire.sent == [
        (
            "GET",
            "https://graph.microsoft.com/v1.0/users",
            {"$filter": ["userPrincipalName eq 'guest_example.org#EXT#@contoso.com'"]},
        )
    ]


def test_a_refusal_of_graph_names_its_permission_and_the_way_without_it() -> None:
    wire = Wire(problem(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."))
    with pytest.raises(AzureError) as caught:
        GraphClient(session(wire)).find_service_principal("x")
    assert "Application.Read.All" in (caught.value.hint or "")
    assert "object_id" in (caught.value.hint or "")
