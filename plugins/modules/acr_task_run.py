#!/usr/bin/python

# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: acr_task_run
short_description: Start an Azure Container Registry task and wait for its result
version_added: 0.1.0
author:
  - acr.tasks contributors (!UNKNOWN)
description:
  - Starts a run of a task, waits until it is over and returns what it made and its log.
  - If the run fails, so does the module. It says the run's status, the step that failed, the build engine's own words,
    the last lines of the log and, where the words are known, the cause and the fix.
  - A start is sent once. If its answer gets lost, the module looks for the run that it made instead of starting
    another. If that cannot be told, the module fails and names the candidates.
extends_documentation_fragment:
  - acr.tasks._azure
  - acr.tasks._registry
  - acr.tasks._attributes
  - acr.tasks._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - Starts no run. The result says V(changed), and RV(run) has no id.
  diff_mode:
    support: none
    details:
      - A run is an event. It has no state before.
  idempotent:
    support: none
    details:
      - Each call starts a run.
options:
  task:
    description:
      - The task to run, by its name together with O(registry_name), or by its full resource id.
      - C(--name) of C(az acr task run).
    type: str
    required: true
  values:
    description:
      - Values for this run only. They replace the task's own of the same name. Numbers and booleans are passed as text.
      - For tasks that run a task file. C(--set) of C(az acr task run).
    type: dict
  secret_values:
    description:
      - Like O(values). The service does not show them, and they are kept out of the log that is returned.
      - C(--set-secret) of C(az acr task run).
    type: dict
  arguments:
    description:
      - Build arguments for this run only.
      - For tasks that build a Dockerfile. C(--arg) of C(az acr task run).
    type: dict
  secret_arguments:
    description:
      - Like O(arguments). The service does not show them, and they are kept out of the log that is returned.
      - Docker may still keep them in the image's history.
      - C(--secret-arg) of C(az acr task run).
    type: dict
  context:
    description:
      - Another source context for this run only, for example a git URL with branch and folder.
      - C(--context) of C(az acr task run).
    type: str
  file:
    description:
      - Another Dockerfile or task file of the context, for this run only.
      - The text of a task that holds its steps itself cannot be replaced for one run.
      - C(--file) of C(az acr task run).
    type: str
  target:
    description:
      - Another build stage of the Dockerfile, for this run only.
      - C(--target) of C(az acr task run).
    type: str
  wait:
    description:
      - Whether to wait until the run is over. Without waiting there is neither a log nor a verdict.
      - V(false) is C(--no-wait) of C(az acr task run).
    type: bool
    default: true
  wait_timeout:
    description:
      - How long to wait for the end of a run, in seconds, the time in the queue included.
      - After that the module fails, but the run goes on.
    type: int
    default: 7200
  fresh_identity_wait:
    description:
      - For how many seconds to start further runs, if the task's identity or its rights were made a moment ago and
        are not known everywhere yet.
      - Only a run that failed before its first step, in words that a missing right explains, is followed by another.
        Every attempt is listed in RV(run.attempts).
      - V(0) means one run and no other.
    type: int
    default: 0
notes:
  - The caller needs C(Microsoft.ContainerRegistry/registries/scheduleRun/action),
    C(Microsoft.ContainerRegistry/registries/runs/read) and
    C(Microsoft.ContainerRegistry/registries/runs/listLogSasUrl/action), for example by the role Contributor.
  - The log is read from the registry's log store, a host of Azure Storage. If that cannot be reached, the module warns
    and returns no log. The verdict does not depend on it.
  - A task that is disabled is started all the same. Disabling a task stops its triggers.
seealso:
  - module: acr.tasks.acr_task
  - module: acr.tasks.acr_task_credential
"""

EXAMPLES = r"""
- name: Run a task and wait for it
  acr.tasks.acr_task_run:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: dockerhubtask
  register: result

- name: Show the log
  ansible.builtin.debug:
    msg: "{{ result.run.log_lines }}"

- name: Run a task with other values
  acr.tasks.acr_task_run:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: dockerhubtask
    values:
      REPO: hubuser/hubrepo
    secret_values:
      TOKEN: "{{ token }}"

- name: Start a task of another subscription, and do not wait
  acr.tasks.acr_task_run:
    task: /subscriptions/xxxx/resourceGroups/other/providers/Microsoft.ContainerRegistry/registries/other/tasks/nightly
    wait: false

- name: Run a task whose identity was given its rights a moment ago
  acr.tasks.acr_task_run:
    resource_group: myResourceGroup
    registry_name: myregistry
    task: dockerhubtask
    fresh_identity_wait: 300
"""

RETURN = r"""
run:
  description:
    - The run, the last one if there were several attempts. Also returned if the run failed.
    - In check mode all but RV(run.task) is empty.
  returned: when a run was started, and in check mode
  type: dict
  contains:
    id:
      description: The full resource id of the run.
      type: str
      sample: /subscriptions/xxxx/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/myregistry/runs/ca1
    run_id:
      description: The short id. In a task file C($ID) stands for it.
      type: str
      sample: ca1
    task:
      description: The name of the task.
      type: str
      sample: dockerhubtask
    status:
      description: V(Queued), V(Started), V(Running), V(Succeeded), V(Failed), V(Canceled), V(Error) or V(Timeout).
      type: str
      sample: Succeeded
    run_type:
      description: V(QuickRun) for a run that was started by hand, V(AutoRun) for one that a trigger started.
      type: str
      sample: QuickRun
    error:
      description: The service's own words for a failure.
      type: str
      sample: "failed during run, err: exit status 1"
    failing_step:
      description: The id of the step that failed. V(null) if the run failed outside of its steps.
      type: str
      sample: build
    create_time:
      description: When the run was accepted.
      type: str
      sample: "2026-01-02T03:04:26.7992234+00:00"
    start_time:
      description: When an agent began with it.
      type: str
      sample: "2026-01-02T03:04:27.0992234+00:00"
    finish_time:
      description: When it was over.
      type: str
      sample: "2026-01-02T03:04:38.0992234+00:00"
    duration:
      description: Seconds from start to end.
      type: int
      sample: 11
    platform:
      description: What the run was made for, as C(os), C(architecture) and C(variant).
      type: dict
      sample:
        os: linux
        architecture: amd64
        variant: null
    custom_registries:
      description: The login servers that the run signed in to, the task's own registry apart.
      type: list
      elements: str
      sample:
        - docker.io
    images:
      description: The images that the run pushed.
      type: list
      elements: dict
      contains:
        registry:
          description: The login server.
          type: str
          sample: docker.io
        repository:
          description: The repository.
          type: str
          sample: hubuser/hubrepo
        tag:
          description: The tag.
          type: str
          sample: ca1
        digest:
          description: The digest of the manifest.
          type: str
          sample: sha256:92c7f9c92844bbbb5d0a101b22f7c2a7949e40f8ea90c8b3bc396879d95e899a
    log_lines:
      description:
        - The log, line by line, without secrets. Of a log above one mebibyte only the end.
        - Empty if there was no waiting or the log could not be read.
      type: list
      elements: str
      sample:
        - "2026/01/02 03:04:27 Logging in to registry: docker.io"
        - "2026/01/02 03:04:28 Successfully logged into docker.io"
    attempts:
      description: Every run that this call started, in order, with C(run_id), C(status) and C(error).
      type: list
      elements: dict
      sample:
        - run_id: ca1
          status: Succeeded
          error: null
"""

from ansible_collections.acr.tasks.plugins.module_utils._module import REGISTRY_SPEC, run
from ansible_collections.acr.tasks.plugins.module_utils._task_run_action import perform

ARGUMENT_SPEC = {
    **REGISTRY_SPEC,
    "task": {"type": "str", "required": True},
    "values": {"type": "dict"},
    "secret_values": {"type": "dict", "no_log": True},
    "arguments": {"type": "dict"},
    "secret_arguments": {"type": "dict", "no_log": True},
    "context": {"type": "str"},
    "file": {"type": "str"},
    "target": {"type": "str"},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 7200},
    "fresh_identity_wait": {"type": "int", "default": 0},
}


def main() -> None:
    run(ARGUMENT_SPEC, perform)


if __name__ == "__main__":
    main()
