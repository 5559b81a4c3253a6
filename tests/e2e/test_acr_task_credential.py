# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task_credential: one login server's credential, whole and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from support.arm import Witness
from support.emulator import Emulator
from support.given import GROUP, IDENTITY, REGISTRY, TASK, TASK_PATH, Given
from support.playbook import Playbook, TaskResult

WHERE = {"resource_group": GROUP, "registry_name": REGISTRY, "task": TASK, "login_server": "docker.io"}
USER_SECRET = "https://mykeyvault.vault.azure.net/secrets/UserName"
PASSWORD_SECRET = "https://mykeyvault.vault.azure.net/secrets/Password"
SECRETS = {"username_secret": USER_SECRET, "password_secret": PASSWORD_SECRET}
CANARY = "canary-4f1c-password"


def credential(**options: Any) -> list[dict[str, Any]]:
    """A play's tasks: one call for Docker Hub."""
    return [{"name": "Credential", "acr.tasks.acr_task_credential": {**WHERE, **options}}]


def apply(playbook: Playbook, check: bool = False, **options: Any) -> TaskResult:
    """One call that must succeed."""
    return playbook(credential(**options), check=check, diff=True).succeeded().last


def stored(witness: Witness) -> dict[str, Any]:
    """What the task holds for its login servers, secrets included."""
    body = witness.post(f"{TASK_PATH}/listDetails")
    return body["properties"].get("credentials", {}).get("customRegistries", {})


@pytest.fixture
def task(given: Given) -> dict[str, Any]:
    """The scenario's task with a system-assigned and a user-assigned identity."""
    given.group(), given.registry()
    mine = given.identity()["id"]
    return given.task(identity={"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {mine: {}}})


def client_id(task: dict[str, Any]) -> str:
    """The client id of the task's user-assigned identity."""
    return next(iter(task["identity"]["userAssignedIdentities"].values()))["clientId"]


def test_vault_credential_is_added_once(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """Check mode predicts without a write; added in two requests; unchanged needs one."""
    options = {**SECRETS, "identity": "system"}
    with emulator.recorded() as requests:
        checked = apply(playbook, check=True, **options)
    assert checked.changed
    assert requests.writes == []

    with emulator.recorded() as requests:
        made = apply(playbook, **options)
    assert made.changed
    assert requests.methods == ["POST listDetails", "PATCH"]
    assert made["credential"] == checked["credential"]
    assert made["diff"] == checked["diff"]

    with emulator.recorded() as requests:
        again = apply(playbook, **options)
    assert not again.changed
    assert requests.methods == ["POST listDetails"]
    assert again["credential"] == made["credential"]
    assert stored(witness) == {
        "docker.io": {
            "userName": {"type": "Vaultsecret", "value": USER_SECRET},
            "password": {"type": "Vaultsecret", "value": PASSWORD_SECRET},
            "identity": "[system]",
        }
    }


def test_removed_and_verified(playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator) -> None:
    """Three requests, the last of which proves it; once more finds nothing to do."""
    apply(playbook, **SECRETS, identity="system")
    with emulator.recorded() as requests:
        removed = apply(playbook, state="absent")
    assert removed.changed
    assert removed["credential"] is None
    assert requests.methods == ["POST listDetails", "PATCH", "POST listDetails"]
    assert stored(witness) == {}
    with emulator.recorded() as requests:
        assert not apply(playbook, state="absent").changed
    assert requests.methods == ["POST listDetails"]
