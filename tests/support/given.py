# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts resources in place for a test, by plain requests: what the scenario starts from."""

from __future__ import annotations

import base64
import json
from typing import Any

from .arm import Witness

GROUP = "myResourceGroup"
REGISTRY = "myregistry"
VAULT = "mykeyvault"
IDENTITY = "myACRTasksId"
TASK = "dockerhubtask"
LOCATION = "eastus"
ALL_SECRET_PERMISSIONS = ["get", "list", "set", "delete", "recover", "backup", "restore", "purge"]

REGISTRY_PATH = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/{REGISTRY}"
TASK_PATH = f"{REGISTRY_PATH}/tasks/{TASK}"
VAULT_PATH = f"{GROUP}/providers/Microsoft.KeyVault/vaults/{VAULT}"
IDENTITY_PATH = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{IDENTITY}"

TASK_FILE = """\
version: v1.1.0
alias:
  values:
    REPO: hubuser/hubrepo
steps:
  - build: -t $REPO:$ID https://github.com/Azure-Samples/acr-tasks.git -f hello-world.dockerfile
  - push:
    - $REPO:$ID
"""


class Given:
    """Each method makes one resource, with the scenario's name unless told otherwise, and returns its ARM body."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness

    def group(self, name: str = GROUP, tags: dict[str, str] | None = None) -> dict[str, Any]:
        """A resource group."""
        return self.witness.put(
            f"/subscriptions/{self.witness.subscription_id}/resourceGroups/{name}",
            {"location": LOCATION, "tags": tags or {}},
        )

    def registry(self, name: str = REGISTRY, group: str = GROUP, **more: Any) -> dict[str, Any]:
        """A registry."""
        return self.witness.put(
            f"{group}/providers/Microsoft.ContainerRegistry/registries/{name}",
            {"location": LOCATION, "sku": {"name": "Standard"}, "properties": {}, **more},
        )

    def identity(self, name: str = IDENTITY, group: str = GROUP) -> dict[str, Any]:
        """A user-assigned identity: properties.principalId and properties.clientId."""
        return self.witness.put(
            f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}", {"location": LOCATION}
        )

    def vault(
        self,
        name: str = VAULT,
        group: str = GROUP,
        rbac: bool = False,
        policies: list[dict[str, Any]] | None = None,
        secrets: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """A key vault. Secrets given are written by the test's own principal, which then keeps its policy."""
        entries = list(policies or [])
        if secrets and not rbac:
            entries.append(self.policy(self.own_object_id(), secrets=ALL_SECRET_PERMISSIONS))
        body = self.witness.put(
            f"{group}/providers/Microsoft.KeyVault/vaults/{name}",
            {
                "location": LOCATION,
                "properties": {
                    "tenantId": self.witness.tenant_id,
                    "sku": {"family": "A", "name": "standard"},
                    "enableRbacAuthorization": rbac,
                    "accessPolicies": entries,
                },
            },
        )
        for secret, value in (secrets or {}).items():
            self.witness.set_secret(name, secret, value)
        return body

    def policy(self, object_id: str, **permissions: list[str]) -> dict[str, Any]:
        """An access policy entry for `vault(policies=[…])`: policy(id, secrets=["get"])."""
        return {"tenantId": self.witness.tenant_id, "objectId": object_id, "permissions": permissions}

    def own_object_id(self) -> str:
        """The object id of the principal that the tests sign in as, read from its token."""
        return object_id_of(self.witness.token("https://management.azure.com"))

    def task(
        self,
        name: str = TASK,
        registry: str = REGISTRY,
        group: str = GROUP,
        identity: dict[str, Any] | None = None,
        content: str = TASK_FILE,
        **properties: Any,
    ) -> dict[str, Any]:
        """A task with a task file and no source context."""
        body: dict[str, Any] = {
            "location": LOCATION,
            "properties": {
                "status": "Enabled",
                "platform": {"os": "linux", "architecture": "amd64"},
                "agentConfiguration": {"cpu": 2},
                "step": {
                    "type": "EncodedTask",
                    "encodedTaskContent": base64.b64encode(content.encode()).decode(),
                    "values": [],
                },
                **properties,
            },
        }
        if identity:
            body["identity"] = identity
        return self.witness.put(
            f"{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/tasks/{name}", body
        )


def object_id_of(token: str) -> str:
    """The `oid` claim of an access token."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["oid"]
