#!/usr/bin/python

# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acr_task
short_description: An Azure Container Registry task
version_added: 0.1.0
author:
  - acr.tasks contributors (!UNKNOWN)
description:
  - Makes an ACR task what it is described to be, or removes it.
  - An option that is left out is not managed and stays as it is. C([]), C({}) and C('') clear what they stand for.
    On a new task, what is left out takes Azure's default, and nothing is added unasked.
  - Only what differs is sent. What Azure cannot change in place needs O(allow_replace).
  - Credentials of the task for other login servers are never touched. They are the job of
    M(acr.tasks.acr_task_credential).
extends_documentation_fragment:
  - acr.tasks._azure
  - acr.tasks._registry
  - acr.tasks._attributes
  - acr.tasks._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - A registry that does not exist yet is taken for one that an earlier task of the play makes. A warning says so.
  diff_mode:
    support: full
    details:
      - Secret values are not shown. Whether they change is.
  idempotent:
    support: full
    details:
      - With O(update_secret=always), secrets that Azure does not show are written each time.
options:
  name:
    description:
      - The task, by its name together with O(registry_name), or by its full resource id.
      - C(--name) of C(az acr task create).
    type: str
    required: true
  state:
    description:
      - V(present) makes the task what the options say. V(absent) removes it, with its system-assigned identity.
    type: str
    default: present
    choices:
      - present
      - absent
  location:
    description:
      - The Azure region of a new task, which must be that of its registry. Looked up there if it is left out.
      - A task cannot be moved. If it is in another region, the module fails.
    type: str
  content:
    description:
      - The task file itself, as YAML text. It is checked by the rules of the task engine before anything is sent, and
        then stored as it is.
      - Only one of O(content), O(src), O(task_file) and O(dockerfile) can be given. A new task needs one of them.
      - C(--file) with C(--context /dev/null) of C(az acr task create).
    type: str
  src:
    description:
      - Like O(content), but read from a file on the machine that runs the module.
    type: path
  task_file:
    description:
      - The path of a task file in O(context).
      - C(--file) of C(az acr task create).
    type: str
  dockerfile:
    description:
      - The path of a Dockerfile in O(context), which is built.
      - C(--file) of C(az acr task create).
    type: str
  context:
    description:
      - The source that the step works on. An https URL of a git repository (C(https://host/repository.git#branch:folder)),
        of an archive, or C(oci://) for an artifact.
      - Needed with O(task_file) and O(dockerfile), unless there is exactly one source trigger.
      - C(--context) of C(az acr task create).
    type: str
  context_access_token:
    description:
      - A token to read O(context). Azure shows it only to those who may read the task's secrets.
      - C(--git-access-token) of C(az acr task create).
    type: str
  values:
    description:
      - Values for the task file, by name. Numbers and booleans are passed as text.
      - All entries are given here. One that is not in it is removed. Secret ones are in O(secret_values).
      - C(--set) of C(az acr task create).
    type: dict
  secret_values:
    description:
      - Secret values for the task file, by name. See O(update_secret).
      - C(--set-secret) of C(az acr task create).
    type: dict
  values_content:
    description:
      - A values file itself, as YAML text, for a task made by O(content) or O(src).
    type: str
  values_file:
    description:
      - The path of a values file in O(context), for a task made by O(task_file).
      - C(--values) of C(az acr task create).
    type: str
  arguments:
    description:
      - Build arguments for O(dockerfile), by name, all of them. Secret ones are in O(secret_arguments).
      - C(--arg) of C(az acr task create).
    type: dict
  secret_arguments:
    description:
      - Secret build arguments for O(dockerfile), by name. They can still be found in the history of the image.
      - C(--secret-arg) of C(az acr task create).
    type: dict
  images:
    description:
      - Names of the image that O(dockerfile) makes, such as V(app:{{.Run.ID}}). The braces are the task engine's.
        Write such a value as C(!unsafe) text, so that Ansible leaves it alone.
      - C(--image) of C(az acr task create).
    type: list
    elements: str
  push:
    description:
      - Whether the image is pushed to the registry. Azure's default is V(true).
      - The opposite of C(--no-push) of C(az acr task create).
    type: bool
  cache:
    description:
      - Whether the build may use cached layers. Azure's default is V(true).
      - The opposite of C(--no-cache) of C(az acr task create).
    type: bool
  target:
    description:
      - The stage of the Dockerfile to build.
      - C(--target) of C(az acr task create).
    type: str
  platform:
    description:
      - Where the task runs, as C(os), C(os/architecture) or C(os/architecture/variant). For example V(linux/arm64).
      - A new task takes V(linux/amd64).
      - C(--platform) of C(az acr task create).
    type: str
  cpu:
    description:
      - The number of processor cores of the agent. Azure takes V(2) only, unless the service changes that.
      - C(--cpu) of C(az acr task create).
    type: int
  agent_pool:
    description:
      - The agent pool that runs the task, instead of Azure's own agents.
      - C(--agent-pool) of C(az acr task create).
    type: str
  log_template:
    description:
      - The repository and tag in the registry that logs are kept under.
      - C(--log-template) of C(az acr task create).
    type: str
  timeout:
    description:
      - The seconds that a run may take, 300 to 28800. Azure's default is V(3600).
      - C(--timeout) of C(az acr task create).
    type: int
  status:
    description:
      - Whether triggers start the task. Azure's default is V(Enabled).
      - C(--status) of C(az acr task create).
    type: str
    choices:
      - Enabled
      - Disabled
  timer_triggers:
    description:
      - When the task starts by itself, all of them. V([]) removes them, which needs O(allow_replace).
      - C(--schedule) of C(az acr task create).
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the trigger.
        type: str
        required: true
      schedule:
        description: A cron expression of five fields, in UTC. Required for a new trigger.
        type: str
      status:
        description: Whether it starts the task. Azure's default is V(Enabled).
        type: str
        choices:
          - Enabled
          - Disabled
  source_triggers:
    description:
      - Source repositories whose changes start the task, all of them.
        V([]) removes them, which needs O(allow_replace).
      - Azure makes a webhook in the repository when a trigger is written, and then needs O(source_triggers[].token).
    type: list
    elements: dict
    suboptions:
      name:
        description: The name of the trigger.
        type: str
        required: true
      type:
        description: The kind of repository. Required for a new trigger.
        type: str
        choices:
          - Github
          - VisualStudioTeamService
      repository_url:
        description: The URL of the repository. Required for a new trigger.
        type: str
      branch:
        description: The branch to watch.
        type: str
      events:
        description: What starts the task. Required for a new trigger.
        type: list
        elements: str
        choices:
          - commit
          - pullrequest
      status:
        description: Whether it starts the task. Azure's default is V(Enabled).
        type: str
        choices:
          - Enabled
          - Disabled
      token:
        description:
          - What Azure signs in to the repository with.
          - C(--git-access-token) of C(az acr task create).
        type: str
      token_type:
        description: The kind of O(source_triggers[].token). Azure's default is V(PAT).
        type: str
        choices:
          - PAT
          - OAuth
      refresh_token:
        description: The refresh token, with O(source_triggers[].token_type=OAuth).
        type: str
      scope:
        description: The scope of the token, with O(source_triggers[].token_type=OAuth).
        type: str
      expires_in:
        description: The seconds that the token is valid for, with O(source_triggers[].token_type=OAuth).
        type: int
  base_image_trigger:
    description:
      - Starts the task when an image changes that its image is built from.
      - V({}) removes it, which needs O(allow_replace). Unlike with az, no such trigger is added unless it is given.
    type: dict
    suboptions:
      name:
        description: The name of the trigger. V(defaultBaseimageTriggerName) if it is left out, as az calls it.
        type: str
      type:
        description:
          - Whether images of all build stages count, or only those of the last one.
          - C(--base-image-trigger-type) of C(az acr task create).
        type: str
        choices:
          - All
          - Runtime
      status:
        description: Whether it starts the task. Azure's default is V(Enabled).
        type: str
        choices:
          - Enabled
          - Disabled
      update_trigger_endpoint:
        description:
          - A URL that is told about changed images. It counts as a secret, see O(update_secret).
          - C(--update-trigger-endpoint) of C(az acr task create).
        type: str
      update_trigger_payload_type:
        description:
          - What is sent to the endpoint.
          - C(--update-trigger-payload-type) of C(az acr task create).
        type: str
        choices:
          - Default
          - Token
  identity:
    description:
      - The managed identities of the task, which it uses to read secrets and to sign in to registries.
    type: dict
    suboptions:
      type:
        description:
          - Which kinds of identity the task has. Left out, the system-assigned identity stays as it is.
          - Removing the system-assigned identity and adding it again gives a new one, without the rights of the old.
        type: str
        choices:
          - None
          - SystemAssigned
          - UserAssigned
          - SystemAssigned, UserAssigned
      user_assigned_identities:
        description:
          - The user-assigned identities.
        type: dict
        suboptions:
          id:
            description:
              - Their full resource ids, or their names if they are in the registry's resource group.
              - C(--assign-identity) of C(az acr task create).
            type: list
            elements: str
          append:
            description:
              - V(true) adds them to those that the task has. V(false) makes them the only ones.
            type: bool
            default: true
  source_registry:
    description:
      - How the task signs in to its own registry. V({}) removes the identity.
    type: dict
    suboptions:
      login_mode:
        description:
          - V(Default) lets the task push and pull there, V(None) does not.
          - C(--auth-mode) of C(az acr task create).
        type: str
        choices:
          - None
          - Default
      identity:
        description:
          - The identity to sign in with, for registries with permissions by repository. V(system), a client id, a
            resource id or a name. It must be attached to the task, by O(identity) or before.
          - C(--source-acr-auth-id) of C(az acr task create).
        type: str
  tags:
    description:
      - Tags of the task.
    type: dict
  append_tags:
    description:
      - V(true) keeps tags that are not in O(tags). V(false) removes them.
    type: bool
    default: true
  update_secret:
    description:
      - What to do about secrets that the play gives and Azure does not show, so that they cannot be compared.
      - V(on_create) writes them when they are new. V(always) writes them each time and reports a change.
      - Secrets that Azure shows (to those who may read them) are compared in either case.
    type: str
    default: on_create
    choices:
      - on_create
      - always
  allow_replace:
    description:
      - Some changes can only be made by writing the whole task anew. These are removing a trigger, clearing a path,
        URL, pool or log template, and changing the kind of step. They are made only if this is V(true).
        Otherwise the module fails and names the options.
      - Everything else of the task, its credentials and identities included, is written as it is then.
        If Azure does not show all of it, the module fails before it writes.
    type: bool
    default: false
seealso:
  - module: acr.tasks.acr_task_credential
  - module: acr.tasks.acr_task_run
  - name: What ACR tasks are
    link: https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview
    description: Microsoft's introduction.
  - name: Task files
    link: https://learn.microsoft.com/azure/container-registry/container-registry-tasks-reference-yaml
    description: Microsoft's reference of the YAML in O(content).
"""

EXAMPLES = r"""
- name: A task without source context, with an identity of its own
  acr.tasks.acr_task:
    resource_group: myResourceGroup
    registry_name: myregistry
    name: dockerhubtask
    src: dockerhubtask.yaml
    identity:
      type: SystemAssigned
  register: made

- name: The same with a user-assigned identity
  acr.tasks.acr_task:
    resource_group: myResourceGroup
    registry_name: myregistry
    name: dockerhubtask
    src: dockerhubtask.yaml
    identity:
      user_assigned_identities:
        id:
          - myACRTasksId

- name: Build a Dockerfile every night
  acr.tasks.acr_task:
    resource_group: myResourceGroup
    registry_name: myregistry
    name: nightly
    context: https://github.com/example/app.git#main
    dockerfile: Dockerfile
    images:
      - app:nightly
    arguments:
      LEVEL: "3"
    timer_triggers:
      - name: night
        schedule: 0 3 * * *

- name: No longer every night
  acr.tasks.acr_task:
    resource_group: myResourceGroup
    registry_name: myregistry
    name: nightly
    timer_triggers: []
    allow_replace: true

- name: Remove a task
  acr.tasks.acr_task:
    resource_group: myResourceGroup
    registry_name: myregistry
    name: nightly
    state: absent
"""

RETURN = r"""
task:
  description:
    - The task as it is now. In check mode, as it would be. V(null) if it does not exist.
    - Options have their own names here, so they can be given back. Those that the task's kind of step does not have,
      and ids that only Azure knows, are V(null). Secret values are left out.
  returned: success
  type: dict
  sample:
    agent_pool: null
    arguments: null
    base_image_dependencies: []
    base_image_trigger: null
    cache: null
    content: |
      version: v1.1.0
      steps:
        - cmd: bash echo hello
    context: null
    cpu: 2
    creation_date: "2026-01-02T03:04:05.1234567+00:00"
    dockerfile: null
    id: /subscriptions/.../providers/Microsoft.ContainerRegistry/registries/myregistry/tasks/dockerhubtask
    identities: []
    identity:
      type: SystemAssigned
      user_assigned_identities:
        id: []
    images: null
    location: eastus
    log_template: null
    login_servers:
      - docker.io
    name: dockerhubtask
    platform: linux/amd64
    principal_id: 11111111-1111-1111-1111-111111111111
    provisioning_state: Succeeded
    push: null
    registry_name: myregistry
    resource_group: myResourceGroup
    secret_arguments_names: []
    secret_values_names: []
    source_registry:
      identity: null
      login_mode: null
    source_triggers: []
    status: Enabled
    step_type: EncodedTask
    tags: {}
    target: null
    task_file: null
    tenant_id: 22222222-2222-2222-2222-222222222222
    timeout: 3600
    timer_triggers: []
    values: {}
    values_content: null
    values_file: null
  contains:
    id:
      description: The full resource id.
      type: str
    name:
      description: The name.
      type: str
    resource_group:
      description: The resource group of the registry.
      type: str
    registry_name:
      description: The name of the registry.
      type: str
    principal_id:
      description: The object id of the system-assigned identity, for grants. V(null) without one.
      type: str
    tenant_id:
      description: The tenant of the system-assigned identity. V(null) without one.
      type: str
    identities:
      description: The user-assigned identities, each with C(id), C(client_id) and C(principal_id).
      type: list
      elements: dict
    login_servers:
      description: The login servers that the task has a credential for.
      type: list
      elements: str
    step_type:
      description: The kind of step, V(EncodedTask), V(FileTask) or V(Docker).
      type: str
    secret_values_names:
      description: The names of the secret values, as far as Azure shows them.
      type: list
      elements: str
    secret_arguments_names:
      description: The names of the secret build arguments, as far as Azure shows them.
      type: list
      elements: str
    base_image_dependencies:
      description: The images that the last successful run was built from.
      type: list
      elements: dict
failure:
  description: Why the module failed.
  returned: failure
  type: dict
  sample:
    code: ResourceNotFound
    hint: Create the registry first, or correct the name, the resource group or the subscription.
    message: The registry /subscriptions/.../registries/myregistry does not exist.
    request_id: 33333333-3333-3333-3333-333333333333
    status: 404
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
from ansible_collections.acr.tasks.plugins.module_utils._task_resource import work

_STATUS = {"type": "str", "choices": ["Enabled", "Disabled"]}

ARGUMENT_SPEC = {
    **REGISTRY_SPEC,
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "location": {"type": "str"},
    "content": {"type": "str"},
    "src": {"type": "path"},
    "task_file": {"type": "str"},
    "dockerfile": {"type": "str"},
    "context": {"type": "str"},
    "context_access_token": {"type": "str", "no_log": True},
    "values": {"type": "dict"},
    "secret_values": {"type": "dict", "no_log": True},
    "values_content": {"type": "str"},
    "values_file": {"type": "str"},
    "arguments": {"type": "dict"},
    "secret_arguments": {"type": "dict", "no_log": True},
    "images": {"type": "list", "elements": "str"},
    "push": {"type": "bool"},
    "cache": {"type": "bool"},
    "target": {"type": "str"},
    "platform": {"type": "str"},
    "cpu": {"type": "int"},
    "agent_pool": {"type": "str"},
    "log_template": {"type": "str"},
    "timeout": {"type": "int"},
    "status": _STATUS,
    "timer_triggers": {
        "type": "list",
        "elements": "dict",
        "options": {"name": {"type": "str", "required": True}, "schedule": {"type": "str"}, "status": _STATUS},
    },
    "source_triggers": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "type": {"type": "str", "choices": ["Github", "VisualStudioTeamService"]},
            "repository_url": {"type": "str"},
            "branch": {"type": "str"},
            "events": {"type": "list", "elements": "str", "choices": ["commit", "pullrequest"]},
            "status": _STATUS,
            "token": {"type": "str", "no_log": True},
            "token_type": {"type": "str", "choices": ["PAT", "OAuth"], "no_log": False},
            "refresh_token": {"type": "str", "no_log": True},
            "scope": {"type": "str"},
            "expires_in": {"type": "int"},
        },
    },
    "base_image_trigger": {
        "type": "dict",
        "options": {
            "name": {"type": "str"},
            "type": {"type": "str", "choices": ["All", "Runtime"]},
            "status": _STATUS,
            "update_trigger_endpoint": {"type": "str", "no_log": True},
            "update_trigger_payload_type": {"type": "str", "choices": ["Default", "Token"]},
        },
    },
    "identity": {
        "type": "dict",
        "options": {
            "type": {
                "type": "str",
                "choices": ["None", "SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned"],
            },
            "user_assigned_identities": {
                "type": "dict",
                "options": {
                    "id": {"type": "list", "elements": "str"},
                    "append": {"type": "bool", "default": True},
                },
            },
        },
    },
    "source_registry": {
        "type": "dict",
        "options": {
            "login_mode": {"type": "str", "choices": ["None", "Default"]},
            "identity": {"type": "str"},
        },
    },
    "tags": {"type": "dict"},
    "append_tags": {"type": "bool", "default": True},
    "update_secret": {"type": "str", "default": "on_create", "choices": ["on_create", "always"], "no_log": False},
    "allow_replace": {"type": "bool", "default": False},
}


def main() -> None:
    run(ARGUMENT_SPEC, work, mutually_exclusive=[("content", "src", "task_file", "dockerfile")])


if __name__ == "__main__":
    main()
