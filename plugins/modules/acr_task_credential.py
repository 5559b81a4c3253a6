#!/usr/bin/python

# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acr_task_credential
short_description: How an Azure Container Registry task signs in to a registry
version_added: 0.1.0
author:
  - acr.tasks contributors (!UNKNOWN)
description:
  - Gives a task the credential for one login server, or takes it away. Other login servers and everything else of the
    task stay untouched.
  - A credential is a user name and a password, each as plain text or as the URL of a Key Vault secret that an identity
    of the task reads when it runs. For another Azure registry it can be an identity alone.
  - A credential is always written whole.
extends_documentation_fragment:
  - acr.tasks._azure
  - acr.tasks._registry
  - acr.tasks._attributes
  - acr.tasks._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - A task or an attached identity that does not exist yet is taken for one that an earlier task of the play makes.
        A warning says so.
  diff_mode:
    support: full
    details:
      - Passwords are not shown. Whether they change is.
  idempotent:
    support: full
    details:
      - What Azure shows of a stored credential is compared, the URLs of secrets and the identity included.
      - What it does not show is taken for right, unless O(update_secret=always).
options:
  task:
    description:
      - The task, by its name together with O(registry_name), or by its full resource id. It must exist.
      - C(--name) of C(az acr task credential add).
    type: str
    required: true
  login_server:
    description:
      - The host name of the registry to sign in to, such as V(docker.io) or V(other.azurecr.io).
        Upper and lower case are the same.
      - V(docker.io) and V(index.docker.io) are one login server, Docker Hub. If the task has a credential under either
        name, that one is changed or removed. Other hosts of Docker Hub are login servers of their own for docker, and a
        credential there is not used for images such as C(user/image). The module warns about them.
      - C(--login-server) of C(az acr task credential add).
    type: str
    required: true
  state:
    description:
      - V(present) gives the task this credential. V(absent) takes it away, which is checked by reading the task again.
      - V(absent) is also fulfilled if the task does not exist.
    type: str
    default: present
    choices:
      - present
      - absent
  username:
    description:
      - The user name as plain text.
      - C(--username) of C(az acr task credential add).
    type: str
  username_secret:
    description:
      - The URL of the Key Vault secret that holds the user name, such as
        V(https://myvault.vault.azure.net/secrets/UserName). With a version at its end, that version is used for ever.
        Without, each run reads the newest one.
      - C(--username) of C(az acr task credential add), which takes any text with a vault's host in it for a secret.
    type: str
  password:
    description:
      - The password as plain text. Azure keeps it with the task. Better use O(password_secret).
      - In this module O(password) is never the password of O(ad_user).
      - C(--password) of C(az acr task credential add).
    type: str
  password_secret:
    description:
      - The URL of the Key Vault secret that holds the password. See O(username_secret).
      - C(--password) of C(az acr task credential add).
    type: str
  identity:
    description:
      - The identity of the task that reads the secrets, or that signs in by itself if there is neither a user name
        nor a password.
      - V(system) for the system-assigned identity. For a user-assigned identity its client id, its full resource id or
        its name. It must be attached to the task.
      - Required with O(username_secret) and O(password_secret).
      - C(--use-identity) of C(az acr task credential add).
    type: str
  update_secret:
    description:
      - What to do about values that Azure does not show, so that they cannot be compared.
      - V(on_create) writes them when the credential is new or something else of it differs. V(always) writes them each
        time and reports a change.
    type: str
    default: on_create
    choices:
      - on_create
      - always
  allow_replace:
    description:
      - If Azure should not take a credential away when it is asked to, V(true) lets the module write the whole task
        anew without it, provided that Azure shows everything else in the task.
      - So far no such behaviour is known.
    type: bool
    default: false
notes:
  - To compare credentials, the caller needs the action
    C(Microsoft.ContainerRegistry/registries/tasks/listDetails/action). Without it
    only the login servers are compared, and a warning says so.
  - The identity needs the right to C(get) the secrets. See M(acr.tasks.keyvault_policy).
seealso:
  - module: acr.tasks.acr_task
  - module: acr.tasks.keyvault_policy
  - name: External authentication in an ACR task
    link: https://learn.microsoft.com/azure/container-registry/container-registry-tasks-authentication-key-vault
    description: Microsoft's article about credentials in a key vault.
"""

EXAMPLES = r"""
- name: Sign in to Docker Hub with secrets that the task's own identity reads
  acr.tasks.acr_task_credential:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: dockerhubtask
    login_server: docker.io
    username_secret: https://mykeyvault.vault.azure.net/secrets/UserName
    password_secret: https://mykeyvault.vault.azure.net/secrets/Password
    identity: system

- name: The same with a user-assigned identity of the task
  acr.tasks.acr_task_credential:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: dockerhubtask
    login_server: docker.io
    username_secret: https://mykeyvault.vault.azure.net/secrets/UserName
    password_secret: https://mykeyvault.vault.azure.net/secrets/Password
    identity: myACRTasksId

- name: Sign in to another Azure registry with an identity alone
  acr.tasks.acr_task_credential:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: mirror
    login_server: other.azurecr.io
    identity: system

- name: A plain password, written again each time
  acr.tasks.acr_task_credential:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: mirror
    login_server: registry.example.com
    username: robot
    password: "{{ robot_password }}"
    update_secret: always

- name: No longer sign in to Docker Hub
  acr.tasks.acr_task_credential:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: dockerhubtask
    login_server: docker.io
    state: absent
"""

RETURN = r"""
credential:
  description:
    - The credential as it is now. In check mode, as it would be. V(null) if there is none.
    - A plain password is left out. Other parts that Azure does not show are V(null).
  returned: success
  type: dict
  sample:
    id: /subscriptions/.../providers/Microsoft.ContainerRegistry/registries/myregistry/tasks/dockerhubtask
    identity: system
    login_server: docker.io
    password_secret: https://mykeyvault.vault.azure.net/secrets/Password
    registry_name: myregistry
    resource_group: myResourceGroup
    task: dockerhubtask
    username: null
    username_secret: https://mykeyvault.vault.azure.net/secrets/UserName
  contains:
    id:
      description: The full resource id of the task.
      type: str
    task:
      description: The name of the task.
      type: str
    resource_group:
      description: The resource group of the registry.
      type: str
    registry_name:
      description: The name of the registry.
      type: str
    login_server:
      description: The login server, as it is spelled in the task.
      type: str
    username:
      description: The plain user name.
      type: str
    username_secret:
      description: The URL of the secret with the user name.
      type: str
    password_secret:
      description: The URL of the secret with the password.
      type: str
    identity:
      description: V(system), or the client id of a user-assigned identity.
      type: str
failure:
  description: Why the module failed.
  returned: failure
  type: dict
  sample:
    code: InvalidOption
    hint: null
    message: >-
      password is the URL of a key vault. If its secret is meant, give it as password_secret.
    request_id: null
    status: null
  contains:
    code:
      description: Azure's code, or a code of the collection's own such as V(InvalidOption).
      type: str
    message:
      description: What went wrong.
      type: str
    status:
      description: The HTTP status. V(null) if there was no answer.
      type: int
    request_id:
      description: Azure's id of the request, for its support.
      type: str
    hint:
      description: What to do about it, if that is known.
      type: str
"""

from ansible_collections.acr.tasks.plugins.module_utils._module import REGISTRY_SPEC, run
from ansible_collections.acr.tasks.plugins.module_utils._task_credential_resource import work

ARGUMENT_SPEC = {
    **REGISTRY_SPEC,
    "task": {"type": "str", "required": True},
    "login_server": {"type": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "username": {"type": "str"},
    "username_secret": {"type": "str", "no_log": False},
    "password": {"type": "str", "no_log": True},
    "password_secret": {"type": "str", "no_log": False},
    "identity": {"type": "str"},
    "update_secret": {"type": "str", "default": "on_create", "choices": ["on_create", "always"], "no_log": False},
    "allow_replace": {"type": "bool", "default": False},
}


def main() -> None:
    run(
        ARGUMENT_SPEC,
        work,
        mutually_exclusive=[("username", "username_secret"), ("password", "password_secret")],
    )


if __name__ == "__main__":
    main()
