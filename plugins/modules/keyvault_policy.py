#!/usr/bin/python

# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: keyvault_policy
short_description: What one principal may do in one Azure key vault
version_added: 0.1.0
author:
  - acr.tasks contributors (!UNKNOWN)
description:
  - Gives a principal permissions on the keys, secrets, certificates and managed storage accounts of a key vault, or
    takes them away. The permissions of all other principals stay as they are, whoever writes at the same time.
  - The vault itself is never written. An entry of its access policy list is added, replaced or removed by the service,
    so two tasks that give rights to two principals cannot undo each other.
  - On a vault in RBAC mode access policies have no effect. There O(authorization) decides whether the task fails or
    assigns the built-in role that fits.
  - An option that is left out is not managed and stays as it is. An empty list clears its kind of permissions.
extends_documentation_fragment:
  - acr.tasks._azure
  - acr.tasks._attributes
  - acr.tasks._attributes.action_group
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  resource_group:
    description:
      - The resource group of the vault. The managed identity or the registry is looked for in it too, where only its
        name is given.
      - Required unless O(vault_name) is a full resource id.
      - C(--resource-group) of C(az keyvault set-policy).
    type: str
  vault_name:
    description:
      - The key vault, by name or by full resource id. An id may point to another resource group or subscription.
      - C(--name) of C(az keyvault set-policy).
    type: str
    required: true
    aliases:
      - keyvault
  state:
    description:
      - V(present) gives the permissions.
      - V(absent) takes away the listed permissions, or, if no kind of permissions is given, the whole entry.
        An empty list takes nothing away.
      - V(absent) is also fulfilled if the vault, or the identity, task or account that is named, does not exist.
        Then an entry of a principal that once had this name may be left; give its O(object_id) to remove it.
    type: str
    default: present
    choices:
      - present
      - absent
  mode:
    description:
      - V(merge) makes sure that the principal has at least the given permissions.
      - V(exact) makes sure that the principal has just these in every kind that is given.
        Kinds that are left out stay as they are.
      - Has no meaning with O(state=absent).
    type: str
    default: merge
    choices:
      - merge
      - exact
  authorization:
    description:
      - V(access_policy) writes an access policy. If the vault is in RBAC mode, the task fails and says how to go on.
      - V(rbac) assigns the built-in role, or roles, of Key Vault that cover the permissions and grant least besides.
        For example V(get) for O(secrets) is the role C(Key Vault Secrets User). If the vault uses access policies, the
        task fails and says how to go on.
      - V(auto) does what has effect on the vault as it is.
      - A role that the principal holds at a scope above the vault counts, and so does a bigger one. Only roles
        assigned at the vault itself are ever removed, and only the data roles of Key Vault that are built in.
      - With V(rbac) and O(state=absent), the roles go that would be assigned for the listed permissions, and those
        that grant nothing else; without a list all of them go.
    type: str
    default: access_policy
    choices:
      - access_policy
      - rbac
      - auto
  object_id:
    description:
      - The object id of the user, group or service principal in the directory. For a managed identity this is its
        C(principalId), and never its client id.
      - Exactly one of O(object_id), O(service_principal_name), O(user_principal_name), O(identity), O(task) and O(self)
        names the principal.
      - C(--object-id) of C(az keyvault set-policy).
    type: str
  principal_type:
    description:
      - What O(object_id) is. Only used for role assignments, where it saves the service a look into the directory, so
        that a principal made a moment ago can be used at once.
      - With every other way to name the principal the type is known.
      - C(--assignee-principal-type) of C(az role assignment create).
    type: str
    choices:
      - ServicePrincipal
      - User
      - Group
      - ForeignGroup
      - Device
  service_principal_name:
    description:
      - A service principal by its application (client) id or another of its service principal names.
        It is looked up in Microsoft Graph, which needs the right to read applications there.
      - C(--spn) of C(az keyvault set-policy).
    type: str
    aliases:
      - spn
  user_principal_name:
    description:
      - A user by its sign-in name. It is looked up in Microsoft Graph, which needs the right to read users there.
      - C(--upn) of C(az keyvault set-policy).
    type: str
    aliases:
      - upn
  identity:
    description:
      - A user-assigned managed identity, by full resource id, or by its name in O(resource_group).
    type: str
  registry_name:
    description:
      - The container registry of O(task), by its name in O(resource_group) or by full resource id.
    type: str
    aliases:
      - registry
  task:
    description:
      - The ACR task whose system-assigned identity is meant, by name together with O(registry_name), or by full
        resource id.
    type: str
  self:
    description:
      - If V(true), the principal that this task signs in as.
    type: bool
  application_id:
    description:
      - Makes the permissions hold only when the principal acts through this application, given by its application
        (client) id. The entry of the principal with an application and its entry without one are two entries.
      - Not possible with role assignments.
      - C(--application-id) of C(az keyvault set-policy).
    type: str
  tenant_id:
    description:
      - The directory of the principal. All entries of a vault belong to the vault's directory, so anything else than
        that is an error. Without this option the vault's is taken.
    type: str
  keys:
    description:
      - Permissions on keys, in any casing. V(all) stands for all of them except V(purge).
      - One or more of V(all), V(backup), V(create), V(decrypt), V(delete), V(encrypt), V(get), V(getrotationpolicy),
        V(import), V(list), V(purge), V(recover), V(release), V(restore), V(rotate), V(setrotationpolicy), V(sign),
        V(unwrapKey), V(update), V(verify), V(wrapKey).
      - C(--key-permissions) of C(az keyvault set-policy).
    type: list
    elements: str
  secrets:
    description:
      - Permissions on secrets, in any casing. V(all) stands for all of them except V(purge).
      - One or more of V(all), V(backup), V(delete), V(get), V(list), V(purge), V(recover), V(restore), V(set).
      - C(--secret-permissions) of C(az keyvault set-policy).
    type: list
    elements: str
  certificates:
    description:
      - Permissions on certificates, in any casing. V(all) stands for all of them except V(purge).
      - One or more of V(all), V(backup), V(create), V(delete), V(deleteissuers), V(get), V(getissuers), V(import),
        V(list), V(listissuers), V(managecontacts), V(manageissuers), V(purge), V(recover), V(restore), V(setissuers),
        V(update).
      - C(--certificate-permissions) of C(az keyvault set-policy).
    type: list
    elements: str
  storage:
    description:
      - Permissions on managed storage accounts, in any casing. V(all) stands for all of them except V(purge).
      - One or more of V(all), V(backup), V(delete), V(deletesas), V(get), V(getsas), V(list), V(listsas), V(purge),
        V(recover), V(regeneratekey), V(restore), V(set), V(setsas), V(update).
      - C(--storage-permissions) of C(az keyvault set-policy).
    type: list
    elements: str
  fresh_principal_wait:
    description:
      - How long to try again, in seconds, while the service does not know the principal yet. A principal made a moment
        ago takes a while to be known everywhere.
      - V(0) means not to wait.
    type: int
    default: 60
requirements:
  - azure-mgmt-keyvault >= 10.3.1
seealso:
  - module: acr.tasks.acr_task
  - module: acr.tasks.acr_task_credential
  - module: azure.azcollection.azure_rm_keyvault
notes:
  - The caller needs C(Microsoft.KeyVault/vaults/read) and C(Microsoft.KeyVault/vaults/accessPolicies/write), for
    example by the role Key Vault Contributor. For role assignments it needs
    C(Microsoft.Authorization/roleAssignments/read), C(.../write) and C(.../delete), for example by the role Role Based
    Access Control Administrator.
  - It takes seconds until a new access policy has effect in the vault, and up to ten minutes for a role assignment.
  - Do not manage one vault with this module and with the O(azure.azcollection.azure_rm_keyvault#module:access_policies)
    of M(azure.azcollection.azure_rm_keyvault), which replaces the whole list.
"""

EXAMPLES = r"""
- name: Let the identity of an ACR task read secrets
  acr.tasks.keyvault_policy:
    resource_group: myResourceGroup
    vault_name: mykeyvault
    identity: myACRTasksId
    secrets:
      - get

- name: Let the system-assigned identity of a task read secrets, whatever mode the vault is in
  acr.tasks.keyvault_policy:
    resource_group: myResourceGroup
    vault_name: mykeyvault
    registry_name: myregistry
    task: dockerhubtask
    authorization: auto
    secrets:
      - get

- name: Allow a service principal to get and list secrets and nothing else of the vault
  acr.tasks.keyvault_policy:
    resource_group: myResourceGroup
    vault_name: mykeyvault
    service_principal_name: 00000000-0000-0000-0000-000000000000
    mode: exact
    keys: []
    secrets:
      - get
      - list
    certificates: []
    storage: []

- name: Take the right to change secrets from a user, and leave the rest
  acr.tasks.keyvault_policy:
    resource_group: myResourceGroup
    vault_name: mykeyvault
    user_principal_name: somebody@example.org
    secrets:
      - set
      - delete
    state: absent

- name: Remove everything that was granted to a principal
  acr.tasks.keyvault_policy:
    vault_name: /subscriptions/xxxx/resourceGroups/myResourceGroup/providers/Microsoft.KeyVault/vaults/mykeyvault
    object_id: 00000000-0000-0000-0000-000000000000
    state: absent
"""

RETURN = r"""
policy:
  description:
    - What the principal may do in the vault now, or in check mode would be allowed to do.
    - The keys are those of the options, so the value can be used as options again. O(vault_name) may then also be
      RV(policy.id), which finds the vault from any subscription.
    - Beside what is listed here it has the permissions on keys. Write them as C(policy['keys']), because Jinja takes
      C(policy.keys) for a function.
    - For role assignments the permissions are what the built-in roles grant together, inherited ones included.
    - V(null) if the principal may do nothing in the vault.
  returned: success
  type: dict
  contains:
    id:
      description: The resource id of the vault. V(null) if it does not exist yet.
      type: str
      sample: /subscriptions/xxxx/resourceGroups/myResourceGroup/providers/Microsoft.KeyVault/vaults/mykeyvault
    resource_group:
      description: The resource group of the vault.
      type: str
      sample: myResourceGroup
    vault_name:
      description: The name of the vault.
      type: str
      sample: mykeyvault
    authorization:
      description:
        - V(access_policy) or V(rbac), whichever the task used. V(auto) if that cannot be known yet because the vault
          does not exist.
      type: str
      sample: access_policy
    tenant_id:
      description: The directory of the vault. V(null) if it is not known yet.
      type: str
      sample: 00000000-0000-0000-0000-000000000000
    object_id:
      description: The object id of the principal. V(null) if it is not known yet.
      type: str
      sample: 00000000-0000-0000-0000-000000000000
    application_id:
      description: The application that the entry is bound to, or V(null).
      type: str
      sample: null
    secrets:
      description: Permissions on secrets.
      type: list
      elements: str
      sample:
        - get
    certificates:
      description: Permissions on certificates.
      type: list
      elements: str
      sample: []
    storage:
      description: Permissions on managed storage accounts.
      type: list
      elements: str
      sample: []
principal:
  description:
    - Who the options mean. V(null) if that is not known, because the vault, the identity or the task does not exist.
  returned: success
  type: dict
  contains:
    object_id:
      description: The object id of the principal.
      type: str
      returned: always
      sample: 00000000-0000-0000-0000-000000000000
    tenant_id:
      description: The directory that the principal signs in to. Only with O(self), otherwise V(null).
      type: str
      returned: always
      sample: 00000000-0000-0000-0000-000000000000
role_assignments:
  description:
    - The built-in data roles of Key Vault that the principal holds at the vault or at a scope above it.
    - Always empty with access policies.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The resource id of the assignment.
      type: str
    role:
      description: The name of the role.
      type: str
      sample: Key Vault Secrets User
    scope:
      description: Where the role is assigned.
      type: str
"""

from typing import Any

from ansible_collections.acr.tasks.plugins.module_utils._keyvault_access import perform
from ansible_collections.acr.tasks.plugins.module_utils._module import run

PRINCIPAL = ("object_id", "service_principal_name", "user_principal_name", "identity", "task", "self")
KINDS = ("keys", "secrets", "certificates", "storage")

# What `keys` and `secrets` list are words such as "get" and no secrets: marked as secret, every "get" in the result
# would be starred.
ARGUMENT_SPEC: dict[str, dict[str, Any]] = {
    "resource_group": {"type": "str"},
    "vault_name": {"type": "str", "required": True, "aliases": ["keyvault"]},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "mode": {"type": "str", "default": "merge", "choices": ["merge", "exact"]},
    "authorization": {"type": "str", "default": "access_policy", "choices": ["access_policy", "rbac", "auto"]},
    "object_id": {"type": "str"},
    "principal_type": {"type": "str", "choices": ["ServicePrincipal", "User", "Group", "ForeignGroup", "Device"]},
    "service_principal_name": {"type": "str", "aliases": ["spn"]},
    "user_principal_name": {"type": "str", "aliases": ["upn"]},
    "identity": {"type": "str"},
    "registry_name": {"type": "str", "aliases": ["registry"]},
    "task": {"type": "str"},
    "self": {"type": "bool"},
    "application_id": {"type": "str"},
    "tenant_id": {"type": "str"},
    "keys": {"type": "list", "elements": "str", "no_log": False},
    "secrets": {"type": "list", "elements": "str", "no_log": False},
    "certificates": {"type": "list", "elements": "str"},
    "storage": {"type": "list", "elements": "str"},
    "fresh_principal_wait": {"type": "int", "default": 60},
}


def main() -> None:
    run(
        ARGUMENT_SPEC,
        perform,
        mutually_exclusive=[PRINCIPAL],
        required_one_of=[PRINCIPAL],
        required_if=[("state", "present", KINDS, True)],
        required_by={"registry_name": "task", "principal_type": "object_id"},
    )


if __name__ == "__main__":
    main()
