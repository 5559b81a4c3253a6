# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Azure as keyvault_policy sees it, as small as possible, for tests that need no emulator: `Azure` and `Run`."""

from __future__ import annotations

import base64
import copy
import json
from types import SimpleNamespace
from typing import Any

from ansible_collections.acr.tasks.plugins.module_utils._clouds import PUBLIC
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_access import KeyVaultAccess
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_policy import KINDS
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome, reconcile

TENANT = "99999999-8888-7777-6666-555555555555"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000001"
OTHER = "aaaaaaaa-0000-0000-0000-000000000002"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg1"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv1"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
TASK = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/myregistry/tasks/hello"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"

SELF = {"self": True}
DEFAULTS: dict[str, Any] = {
    "resource_group": "rg1",
    "vault_name": "kv1",
    "state": "present",
    "mode": "merge",
    "authorization": "access_policy",
    "object_id": None,
    "principal_type": None,
    "service_principal_name": None,
    "user_principal_name": None,
    "identity": None,
    "registry_name": None,
    "task": None,
    "self": None,
    "application_id": None,
    "tenant_id": None,
    **dict.fromkeys(KINDS),
    "fresh_principal_wait": 60,
}


def not_found(code: str = "ResourceNotFound") -> AzureError:
    return AzureError("Could not read: not found.", code, status=404)


class Azure:
    """A vault, its directory and its role assignments. Attributes are the open questions, set as a test wants them."""

    def __init__(self, *entries: dict[str, Any], rbac: bool = False) -> None:
        self.requests: list[str] = []
        self.errors: list[AzureError | None] = []  # for the next writes, in order; None: let it pass
        self.late_errors: list[AzureError] = []  # the same, but the write takes effect
        self.entries = [copy.deepcopy(entry) for entry in entries]
        self.rbac = rbac
        self.exists = True
        self.deleted = False
        self.people: dict[str, str] = {}
        self.identities = {IDENTITY.lower(): PRINCIPAL}
        self.tasks: dict[str, dict[str, Any]] = {TASK.lower(): {"identity": {"principalId": PRINCIPAL}}}
        self.assignments: list[dict[str, Any]] = []
        self.answer = "list"
        self.case_sensitive = True
        self.remove_whole = False
        self.drop_empty = True
        self.stale_reads = 0
        self.before: list[dict[str, Any]] = []
        self.token = token(oid=PRINCIPAL, idtyp="app")
        self.keyvault = self.arm = self.graph = self.registry = self
        credential = SimpleNamespace(get_token=lambda *_scopes: SimpleNamespace(token=self.token))
        self.session = SimpleNamespace(login=SimpleNamespace(credential=credential), cloud=PUBLIC)

    def _sent(self, what: str, error_before: bool = False) -> None:
        self.requests.append(what)
        if error_before and self.errors and (error := self.errors.pop(0)):
            raise error

    # vaults

    def get_vault(self, vault: ArmId) -> dict[str, Any]:
        self._sent("GET vault")
        if not self.exists:
            raise not_found()
        shown = self.before if self.stale_reads > 0 else self.entries
        self.stale_reads -= 1
        properties: dict[str, Any] = {"tenantId": TENANT, "accessPolicies": copy.deepcopy(shown)}
        if self.rbac:
            properties["enableRbacAuthorization"] = True
        return {"id": str(vault), "name": vault.name, "properties": properties}

    def is_deleted(self, _vault: ArmId) -> bool:
        self._sent("GET deletedVaults")
        return self.deleted

    def update_access_policy(self, _vault: ArmId, kind: str, body: dict[str, Any]) -> Any:
        self._sent(f"PUT {kind}", error_before=True)
        self.before = copy.deepcopy(self.entries)
        (sent,) = body["properties"]["accessPolicies"]
        mine = [entry for entry in self.entries if key(entry) == key(sent)]
        entry = mine[0] if mine else {**sent, "permissions": {}}
        if kind == "replace":
            entry["permissions"] = dict(sent["permissions"])
        for name in KINDS if kind != "replace" else ():
            have, words = entry["permissions"].get(name) or [], sent["permissions"].get(name) or []
            entry["permissions"][name] = self._fold(kind, have, words)
        if kind == "remove" and self.remove_whole:
            entry["permissions"] = {}
        if not mine and kind != "remove":
            self.entries.append(entry)
        if self.drop_empty:
            self.entries = [item for item in self.entries if any((item["permissions"] or {}).values())]
        if self.late_errors:
            raise self.late_errors.pop(0)
        shown = self.entries if self.answer == "list" else [item for item in self.entries if key(item) == key(sent)]
        return {"id": f"{VAULT}/accessPolicies/", "properties": {"accessPolicies": copy.deepcopy(shown)}}

    def _fold(self, kind: str, have: list[str], words: list[str]) -> list[str]:
        lower = {word.lower() for word in (have if kind == "add" else words)}
        if kind == "add":
            return have + [word for word in words if word.lower() not in lower]
        return [word for word in have if (word not in words if self.case_sensitive else word.lower() not in lower)]

    # roles, identities, directory

    def list_role_assignments(self, _scope: str, _principal_id: str) -> list[dict[str, Any]]:
        self._sent("GET roleAssignments")
        return copy.deepcopy(self.assignments)

    def put_role_assignment(self, assignment_id: str, body: dict[str, Any]) -> dict[str, Any]:
        self._sent("PUT roleAssignment", error_before=True)
        scope = assignment_id.partition("/providers/Microsoft.Authorization/")[0]
        assignment = {"id": assignment_id, "properties": {**body["properties"], "scope": scope}}
        self.assignments.append(assignment)
        if self.late_errors:
            raise self.late_errors.pop(0)
        return assignment

    def delete_role_assignment(self, assignment_id: str) -> None:
        self._sent("DELETE roleAssignment", error_before=True)
        self.assignments = [one for one in self.assignments if one["id"] != assignment_id]

    def get_identity(self, identity: ArmId) -> dict[str, Any]:
        self._sent("GET identity")
        if str(identity).lower() not in self.identities:
            raise not_found()
        return {"properties": {"principalId": self.identities[str(identity).lower()]}}

    def get_task(self, task: ArmId) -> dict[str, Any] | None:
        self._sent("GET task")
        return self.tasks.get(str(task).lower())

    def find_user(self, name: str) -> dict[str, Any] | None:
        self._sent("GET users")
        return {"id": self.people[name]} if name in self.people else None

    def find_service_principal(self, name: str) -> dict[str, Any] | None:
        self._sent("GET servicePrincipals")
        return {"id": self.people[name]} if name in self.people else None


def key(item: dict[str, Any]) -> tuple[str, str]:
    return item["objectId"].lower(), (item.get("applicationId") or "").lower()


def token(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.x"


def entry(object_id: str = PRINCIPAL, **permissions: list[str]) -> dict[str, Any]:
    return {"tenantId": TENANT, "objectId": object_id, "permissions": permissions}


def assignment(role: str = SECRETS_USER, scope: str = VAULT, name: str = "made-by-hand") -> dict[str, Any]:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "properties": {"roleDefinitionId": f"/x/{role}", "principalId": PRINCIPAL, "scope": scope},
    }


class Run:
    """One module call."""

    def __init__(self, azure: Azure, /, *, check_mode: bool = False, **params: Any) -> None:
        if not {"service_principal_name", "user_principal_name", "identity", "task", "self"} & params.keys():
            params.setdefault("object_id", PRINCIPAL)
        self.azure = azure
        self.slept: list[float] = []
        azure.requests.clear()
        self.resource = KeyVaultAccess(
            DEFAULTS | params,
            azure,  # type: ignore[arg-type]
            lambda: SUBSCRIPTION,
            sleep=self.slept.append,
        )
        self.outcome: Outcome = reconcile(self.resource, check_mode, 5.0)

    @property
    def changed(self) -> bool:
        return self.outcome.changed

    @property
    def policy(self) -> dict[str, Any]:
        return self.outcome.result
