# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role external_auth as tests see it: its variables, its plays, what it should leave in Azure."""

from __future__ import annotations

from typing import Any

from .arm import Witness, hub_tags
from .emulator import Emulator
from .given import GROUP, IDENTITY, REGISTRY, TASK, TASK_PATH, VAULT, VAULT_PATH
from .playbook import PlayRun

REPOSITORY = "hubuser/hubrepo"
PASSWORD = "hubpassword"  # the account's in the emulator's default seeds

VARIABLES: dict[str, Any] = {
    "external_auth_resource_group": GROUP,
    "external_auth_registry_name": REGISTRY,
    "external_auth_vault_name": VAULT,
    "external_auth_task": TASK,
    "external_auth_repository": REPOSITORY,
    "external_auth_username": "hubuser",
    "external_auth_password": PASSWORD,
}
# An azure_rm_* task takes over two seconds: tests of something else do without them.
NOTHING_TO_MAKE: dict[str, Any] = {
    f"external_auth_manage_{kind}": False for kind in ("resource_group", "registry", "vault", "identity", "secrets")
}
USER_ASSIGNED = {"external_auth_identity": IDENTITY}
SYSTEM_ASSIGNED = {"external_auth_identity": ""}


def play(**more: Any) -> list[dict[str, Any]]:
    """A play with the role, and further keys such as module_defaults."""
    return [
        {
            "name": "Test",
            "hosts": "localhost",
            "gather_facts": False,
            **more,
            "roles": [{"role": "acr.tasks.external_auth"}],
        }
    ]


def role_changes(run: PlayRun) -> list[str]:
    """Names of the tasks that changed something, the role's name left out."""
    return [name.rpartition(" : ")[2] for name in run.changed]


def tags(emulator: Emulator, password: str = PASSWORD) -> list[str]:
    """The tags in Docker Hub."""
    return hub_tags(emulator, REPOSITORY, "hubuser", password)


def servers(witness: Witness, task_path: str = TASK_PATH) -> list[str]:
    """The login servers that a task has credentials for."""
    return sorted((witness.get(task_path)["properties"].get("credentials") or {}).get("customRegistries") or {})


def policies(witness: Witness) -> dict[str, list[str]]:
    """Object id -> secret permissions, of the vault."""
    return {
        entry["objectId"]: sorted(entry["permissions"].get("secrets") or [])
        for entry in witness.get(VAULT_PATH)["properties"]["accessPolicies"]
    }


def roles(witness: Witness) -> dict[str, str]:
    """Object id -> role id, of the assignments right at the vault."""
    found = witness.get(f"{VAULT_PATH}/providers/Microsoft.Authorization/roleAssignments", "2022-04-01")["value"]
    return {
        entry["properties"]["principalId"]: entry["properties"]["roleDefinitionId"].rpartition("/")[2]
        for entry in found
        if entry["properties"]["scope"].lower().endswith(f"/vaults/{VAULT}".lower())
    }
