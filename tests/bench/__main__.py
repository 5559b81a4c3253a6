# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seconds per task in one ansible-playbook run: our modules where nothing changes, azure_rm_* and az for the same job.

Every round runs every task once, so that a busy moment of the machine hits all alike. Printed: the median of each, and
the median of its difference to ansible.builtin.ping in the same round. Kept: .cache/bench.json.
"""

from __future__ import annotations

import base64
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from support.arm import Witness
from support.collections import ROOT, link_checkout
from support.emulator import Emulator
from support.given import GROUP, LOCATION, REGISTRY, TASK, TASK_FILE, VAULT, Given
from support.playbook import Playbook

ROUNDS = 10
# az has a task of its own: its blind PUT would drop the credential that ours is compared with.
AZ_TASK = "aztask"
SECRET_URL = f"https://{VAULT}.vault.azure.net/secrets"


def start_state(emulator: Emulator) -> dict[str, Any]:
    """Make what the tasks expect; the identity's body."""
    emulator.reset()
    given = Given(Witness(emulator))
    given.group()
    given.registry()
    identity = given.identity()
    policy = given.policy(identity["properties"]["principalId"], secrets=["get"])
    given.vault(policies=[policy], secrets={"UserName": "hubuser", "Password": "hubpassword"})
    block = {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}
    secrets = {
        name: {"type": "Vaultsecret", "value": f"{SECRET_URL}/{secret}"}
        for name, secret in (("userName", "UserName"), ("password", "Password"))
    }
    entry = {"docker.io": secrets | {"identity": identity["properties"]["clientId"]}}
    for name in (TASK, AZ_TASK):
        given.task(name, identity=block, credentials={"customRegistries": entry})
    return identity


def jobs(identity: dict[str, Any], az: str) -> dict[str, dict[str, Any]]:
    """Ansible tasks by the name that the table shows."""
    on_task = {"resource_group": GROUP, "registry_name": REGISTRY}
    az_task = f"{az} acr task {{}} --name {AZ_TASK} --registry {REGISTRY} --output none"
    return {
        "ansible.builtin.ping": {"ansible.builtin.ping": {}},
        "acr_task": {
            "acr.tasks.acr_task": on_task
            | {
                "name": TASK,
                "content": TASK_FILE,
                "identity": {"type": "UserAssigned", "user_assigned_identities": {"id": [identity["id"]]}},
            }
        },
        "azure_rm_resource, the same task": {
            "azure.azcollection.azure_rm_resource": {
                "resource_group": GROUP,
                "provider": "ContainerRegistry",
                "resource_type": "registries",
                "resource_name": REGISTRY,
                "subresource": [{"type": "tasks", "name": TASK}],
                "api_version": "2025-03-01-preview",
                "idempotency": True,
                "body": {
                    "location": LOCATION,
                    "properties": {
                        "step": {
                            "type": "EncodedTask",
                            "encodedTaskContent": base64.b64encode(TASK_FILE.encode()).decode(),
                        }
                    },
                },
            }
        },
        "az acr task create": {
            "ansible.builtin.command": az_task.format("create")
            + f" --context /dev/null --file dockerhubtask.yaml --assign-identity {identity['id']}"
        },
        "acr_task_credential": {
            "acr.tasks.acr_task_credential": on_task
            | {
                "task": TASK,
                "login_server": "docker.io",
                "username_secret": f"{SECRET_URL}/UserName",
                "password_secret": f"{SECRET_URL}/Password",
                "identity": identity["properties"]["clientId"],
            }
        },
        "az acr task credential add": {
            "ansible.builtin.command": az_task.format("credential add")
            + f" --login-server docker.io --username {SECRET_URL}/UserName --password {SECRET_URL}/Password"
            + f" --use-identity {identity['properties']['clientId']}"
        },
        "keyvault_policy": {
            "acr.tasks.keyvault_policy": {
                "resource_group": GROUP,
                "vault_name": VAULT,
                "object_id": identity["properties"]["principalId"],
                "secrets": ["get"],
            }
        },
        "az keyvault set-policy": {
            "ansible.builtin.command": f"{az} keyvault set-policy --name {VAULT} --resource-group {GROUP} --output none"
            f" --object-id {identity['properties']['principalId']} --secret-permissions get"
        },
        "acr_task_run (check mode)": {"acr.tasks.acr_task_run": on_task | {"task": TASK}, "check_mode": True},
        "az acr task show": {"ansible.builtin.command": az_task.format("show")},
        "azure_rm_resourcegroup": {
            "azure.azcollection.azure_rm_resourcegroup": {"name": GROUP, "location": LOCATION},
        },
        "az group show": {"ansible.builtin.command": f"{az} group show --name {GROUP} --output none"},
    }


def measure(emulator: Emulator, folder: Path, az: str) -> dict[str, list[float]]:
    """Seconds of each job, one figure a round."""
    identity = start_state(emulator)
    settings = emulator.settings
    (folder / "dockerhubtask.yaml").write_text(TASK_FILE, encoding="utf-8")
    login = ["login", "--service-principal", "--username", settings["AZURE_CLIENT_ID"]]
    login += ["--password", settings["AZURE_SECRET"], "--tenant", settings["AZURE_TENANT"], "--output", "none"]
    subprocess.run([az, *login], env=emulator.env(), check=True)
    tasks = []
    for number in range(ROUNDS + 1):
        for name, job in jobs(identity, az).items():
            task = {"name": f"{number} {name}", **job}
            if "ansible.builtin.command" in job:
                task |= {"args": {"chdir": str(folder)}, "changed_when": False}
            tasks.append(task)
    run = Playbook(folder / "runs", emulator)(tasks, timeout=1800).succeeded()
    unexpected = [name for name in run.changed if "check mode" not in name]
    assert unexpected == [], f"These should find nothing to change: {unexpected}"
    seconds: dict[str, list[float]] = {}
    for result in run.results:
        number, _space, name = result.task.partition(" ")
        if number != "0":  # the round that warms caches
            seconds.setdefault(name, []).append(result.seconds)
    return seconds


def main() -> None:
    """Measure, print the table, keep the figures."""
    link_checkout()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="acr-") as temporary:
        folder = Path(temporary)
        emulator = Emulator(folder / "state").start()
        try:
            seconds = measure(emulator, folder, os.environ["ACR_TASKS_AZ"])
        finally:
            emulator.stop()
    ping = seconds["ansible.builtin.ping"]
    print(f"{'median of ' + str(ROUNDS) + ', in seconds':34}  {'task':>6}  {'minus ping':>10}")
    for name, figures in seconds.items():
        above = statistics.median(figure - base for figure, base in zip(figures, ping, strict=True))
        print(f"{name:34}  {statistics.median(figures):6.2f}  {above:10.2f}")
    kept = ROOT / ".cache/bench.json"
    kept.write_text(json.dumps(seconds, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
