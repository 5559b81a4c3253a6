# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Vaults, their access policies and role assignments as tests make them: raw requests, no SDK."""

from __future__ import annotations

from typing import Any

import httpx

VERSION = "2025-05-01"
RBAC_VERSION = "2026-02-01"
ASSIGNMENT_VERSION = "2022-04-01"
AUDIENCE = "https://vault.azure.net"
HOST = "https://kv1.vault.azure.net"
EVERY = ["get", "list", "set", "delete", "recover", "purge"]
OWNER, READER = 0, 1  # applications of the seeds

CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
VAULT_CONTRIBUTOR = "f25e0fa2-a7c8-4377-a976-54943a77a395"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"

# What access policies may hold, by kind.
_KEYS = (
    "encrypt decrypt wrapKey unwrapKey sign verify get list create update import delete backup restore recover purge"
)
POLICY_WORDS = {
    "keys": f"{_KEYS} release rotate getrotationpolicy setrotationpolicy all",
    "secrets": "get list set delete backup restore recover purge all",
    "certificates": (
        "get list delete create import update managecontacts getissuers listissuers setissuers deleteissuers "
        "manageissuers recover purge backup restore all"
    ),
    "storage": (
        "get list delete set update regeneratekey recover purge backup restore setsas listsas getsas deletesas all"
    ),
}


class Vault:
    """One resource group, and a vault that is not there until ``made()`` or ``put()``."""

    def __init__(self, azure: Any, name: str = "Kv1") -> None:
        self.azure = azure
        self.name = name
        self.group = azure.group("rg1")
        self.id = f"{self.group}/providers/Microsoft.KeyVault/vaults/{name}"
        self.tenant: str = azure.seeds["tenant"]

    def properties(self, **more: Any) -> dict[str, Any]:
        """The least that a PUT needs; a member that is given as None is left out."""
        least = {"tenantId": self.tenant, "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
        return {name: value for name, value in (least | more).items() if value is not None}

    def put(
        self, version: str = VERSION, application: int = OWNER, tags: Any = None, location: str = "eastus", **more: Any
    ) -> httpx.Response:
        body = {"location": location, "properties": self.properties(**more)}
        if tags is not None:
            body["tags"] = tags
        return self.request("PUT", body, version=version, application=application)

    def made(self, **more: Any) -> dict[str, Any]:
        """The properties of the new vault, as a GET shows them."""
        answer = self.put(**more)
        assert answer.status_code == 200, answer.text
        return self.shown()

    def patch(self, version: str = VERSION, application: int = OWNER, **properties: Any) -> httpx.Response:
        return self.request("PATCH", {"properties": properties}, version=version, application=application)

    def patched(self, **properties: Any) -> dict[str, Any]:
        answer = self.patch(**properties)
        assert answer.status_code == 200, answer.text
        return self.shown()

    def request(self, method: str, body: Any = None, *, version: str = VERSION, application: int = OWNER) -> Any:
        return self.azure.arm(method, self.id, body, version=version, application=application)

    def get(self, version: str = VERSION) -> dict[str, Any]:
        answer = self.request("GET", version=version)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def shown(self, version: str = VERSION) -> dict[str, Any]:
        return self.get(version)["properties"]

    # -- access policies --

    def entry(self, principal: int | str = READER, **permissions: Any) -> dict[str, Any]:
        """An access policy of an application of the seeds, or of an object id."""
        return {"tenantId": self.tenant, "objectId": self.object_id(principal), "permissions": permissions}

    def object_id(self, principal: int | str) -> str:
        return self.azure.seeds["applications"][principal]["object_id"] if isinstance(principal, int) else principal

    def send_policies(
        self, operation: str, *entries: Any, version: str = VERSION, application: int = OWNER
    ) -> httpx.Response:
        path, body = f"{self.id}/accessPolicies/{operation}", {"properties": {"accessPolicies": list(entries)}}
        return self.azure.arm("PUT", path, body, version=version, application=application)

    def policies(self, operation: str, *entries: Any) -> list[dict[str, Any]]:
        """What the vault holds after the operation."""
        answer = self.send_policies(operation, *entries)
        assert answer.status_code == 200, answer.text
        return self.stored()

    def stored(self) -> list[dict[str, Any]]:
        return self.shown()["accessPolicies"]

    def secrets_of(self, principal: int | str = READER) -> list[str] | None:
        """The words for secrets in the entry of a principal; None if it has no entry."""
        wanted = self.object_id(principal)
        found = [entry for entry in self.stored() if entry["objectId"] == wanted]
        return found[0]["permissions"].get("secrets") if found else None


class Secrets(Vault):
    """The vault Kv1 with its own host. Secrets are asked for by the path below it."""

    def open(self, **properties: Any) -> Secrets:
        """Makes the vault so that the owner may do everything with secrets."""
        self.made(**{"accessPolicies": [self.entry(OWNER, secrets=EVERY)]} | properties)
        return self

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        api: str = "7.4",
        application: int = OWNER,
        audience: str | None = AUDIENCE,
        **query: str,
    ) -> httpx.Response:
        return self.azure.send(
            method,
            f"{HOST}/{path}",
            audience=audience,
            application=application,
            json=body,
            params={"api-version": api} | query,
        )

    def set(self, name: str = "UserName", value: str = "hubuser", **more: Any) -> dict[str, Any]:
        answer = self.ask("PUT", f"secrets/{name}", {"value": value} | more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def caller(self) -> str:
        """The reader, as refusals name it."""
        seed = self.azure.seeds["applications"][READER]
        return f"appid={seed['client_id']};oid={seed['object_id']};iss=https://sts.windows.net/{self.tenant}/"


def assign(
    azure: Any, scope: str, role: str, principal: str, *, name: str = "", application: int = OWNER, **more: Any
) -> httpx.Response:
    """PUT of a role assignment; without ``name`` under a new one. ``more``: further properties."""
    name = name or azure.emulator.world.new_id()
    body = {"properties": {"roleDefinitionId": role_id(azure, role), "principalId": principal} | more}
    return named(azure, scope, name, "PUT", body=body, application=application)


def role_id(azure: Any, role: str) -> str:
    return f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"


def named(azure: Any, scope: str, name: str, method: str = "GET", **options: Any) -> httpx.Response:
    """A request about one role assignment."""
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    return azure.arm(method, path, version=ASSIGNMENT_VERSION, **options)


def only_roles(azure: Any, *roles: dict[str, str]) -> None:
    """A new start in which the reader of the seeds has these roles: {role, scope}, and no others."""
    first, second, *others = azure.seeds["applications"]
    azure.control("POST", "reset", {"seeds": {"applications": [first, second | {"roles": list(roles)}, *others]}})


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, answer.json()["error"]["code"]


def message(answer: httpx.Response) -> str:
    return answer.json()["error"]["message"]


def inner(answer: httpx.Response) -> str:
    """The inner code of a refusal by a vault's own host."""
    return answer.json()["error"]["innererror"]["code"]
