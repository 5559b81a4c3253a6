# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The az commands of Azure's article "External authentication in an ACR task using an Azure-managed identity".

Word for word but for two differences: the sign-in by service principal before the first command, and, for a vault with
access policies, `--enable-rbac-authorization false`, which was the default when the article was written.
"""

from __future__ import annotations

from pathlib import Path

from .azure_cli import Az
from .given import GROUP, IDENTITY, LOCATION, REGISTRY, TASK, TASK_FILE, VAULT

SECRETS = {"UserName": "hubuser", "Password": "hubpassword"}
SECRET_URL = f"https://{VAULT}.vault.azure.net/secrets"


def prerequisites(az: Az, rbac: bool, own_object_id: str) -> None:
    """Group, registry, vault with the two secrets."""
    az("group", "create", "--name", GROUP, "--location", LOCATION)
    az("acr", "create", "--name", REGISTRY, "--resource-group", GROUP, "--sku", "Standard")
    create = ["keyvault", "create", "--name", VAULT, "--resource-group", GROUP, "--location", LOCATION]
    if rbac:
        vault = az(*create)
        grant(az, vault["id"], "Key Vault Secrets Officer", own_object_id)
    else:
        az(*create, "--enable-rbac-authorization", "false")
    for name, value in SECRETS.items():
        az("keyvault", "secret", "set", "--name", name, "--value", value, "--vault-name", VAULT)


def grant(az: Az, scope: str, role: str, object_id: str) -> None:
    """What the portal's step for a vault with Azure RBAC does."""
    az(
        *("role", "assignment", "create", "--role", role, "--scope", scope),
        *("--assignee-object-id", object_id, "--assignee-principal-type", "ServicePrincipal"),
    )


def task(az: Az, folder: Path, user_assigned: bool) -> tuple[str, str]:
    """Identity (option 1: user-assigned, option 2: the task's own) and task: principal id, --use-identity."""
    (folder / "dockerhubtask.yaml").write_text(TASK_FILE, encoding="utf-8")
    create = ["acr", "task", "create", "--name", TASK, "--registry", REGISTRY, "--context", "/dev/null"]
    create += ["--file", "dockerhubtask.yaml", "--assign-identity"]
    if not user_assigned:
        az(*create)
        return az("acr", "task", "show", "--name", TASK, "--registry", REGISTRY)["identity"]["principalId"], "[system]"
    az("identity", "create", "--resource-group", GROUP, "--name", IDENTITY)
    identity = az("identity", "show", "--resource-group", GROUP, "--name", IDENTITY)
    az(*create, identity["id"])
    return identity["principalId"], identity["clientId"]


def access(az: Az, rbac: bool, principal_id: str) -> None:
    """The identity may read the vault's secrets."""
    policy = ["keyvault", "set-policy", "--name", VAULT, "--resource-group", GROUP, "--object-id", principal_id]
    policy += ["--secret-permissions", "get"]
    if not rbac:
        az(*policy)
        return
    refused = az.run(*policy)
    assert refused.rc == 1
    assert "Cannot set policies to a vault with '--enable-rbac-authorization'" in refused.stderr
    grant(az, az("keyvault", "show", "--name", VAULT)["id"], "Key Vault Secrets User", principal_id)


def credential(az: Az, use_identity: str) -> None:
    """The task's credential for Docker Hub."""
    az(
        *("acr", "task", "credential", "add", "--name", TASK, "--registry", REGISTRY, "--login-server", "docker.io"),
        *("--username", f"{SECRET_URL}/UserName", "--password", f"{SECRET_URL}/Password"),
        *("--use-identity", use_identity),
    )
