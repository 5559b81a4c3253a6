# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Teardown by the role external_auth: what is not the role's own stays."""

from __future__ import annotations

from typing import Any

import pytest
from support.arm import Witness
from support.external_auth import (
    NOTHING_TO_MAKE,
    PASSWORD,
    SYSTEM_ASSIGNED,
    USER_ASSIGNED,
    VARIABLES,
    play,
    policies,
    role_changes,
    servers,
)
from support.given import GROUP, IDENTITY_PATH, REGISTRY, REGISTRY_PATH, TASK, TASK_PATH, VAULT, VAULT_PATH, Given
from support.playbook import Playbook

MARK = {"acr_tasks_external_auth": f"{REGISTRY}/{TASK}"}
FOREIGNER = "94d2b6f0-7e1c-4a35-8c9d-5b3f0a6e2d71"  # the user of the emulator's seeds
SECRETS = {"UserName": "hubuser", "Password": PASSWORD, "Foreign": "stays"}


@pytest.fixture
def place(given: Given) -> Given:
    """Everything that the role needs, made by others, with something of others in the vault."""
    given.group()
    given.registry()
    given.identity()
    given.vault(policies=[given.policy(FOREIGNER, secrets=["get", "list"])], secrets=SECRETS)
    return given


def play_with(playbook: Playbook, **more: Any) -> Any:
    return playbook(play(), variables=VARIABLES | NOTHING_TO_MAKE | {"external_auth_run": False} | more)


def test_what_others_made_stays(place: Given, playbook: Playbook, witness: Witness) -> None:
    play_with(playbook, **SYSTEM_ASSIGNED).succeeded()
    principal = witness.get(TASK_PATH)["identity"]["principalId"]
    before = policies(witness)
    assert before.pop(principal) == ["get"]

    absent = {"external_auth_state": "absent", "external_auth_remove_prerequisites": True}
    removed = play_with(playbook, **absent, **SYSTEM_ASSIGNED).succeeded()
    assert role_changes(removed) == [
        "Remove the credential",
        "Take the right to read secrets from the task's own identity",
        "Remove the task",
    ]
    assert not witness.exists(TASK_PATH)
    assert policies(witness) == before
    for path in (REGISTRY_PATH, VAULT_PATH, IDENTITY_PATH):
        assert witness.exists(path)
    for name, value in SECRETS.items():
        assert witness.secret("GET", VAULT, name).json()["value"] == value

    assert role_changes(play_with(playbook, **absent, **SYSTEM_ASSIGNED).succeeded()) == []


def test_a_task_with_a_foreign_credential_stays(place: Given, playbook: Playbook, witness: Witness) -> None:
    play_with(playbook, **SYSTEM_ASSIGNED).succeeded()
    foreign = {"userName": {"type": "Opaque", "value": "u"}, "password": {"type": "Opaque", "value": "p"}}
    witness.patch(TASK_PATH, {"properties": {"credentials": {"customRegistries": {"other.example": foreign}}}})
    before = policies(witness)

    removed = play_with(playbook, external_auth_state="absent", **SYSTEM_ASSIGNED).succeeded()
    assert role_changes(removed) == ["Remove the credential"]
    assert "other.example" in removed["Say why the task stays"].message
    assert servers(witness) == ["other.example"]
    assert policies(witness) == before


def test_the_right_of_a_shared_identity_goes_only_on_request(
    place: Given, playbook: Playbook, witness: Witness
) -> None:
    play_with(playbook, **USER_ASSIGNED).succeeded()
    principal = witness.get(IDENTITY_PATH)["properties"]["principalId"]
    play_with(playbook, external_auth_state="absent", **USER_ASSIGNED).succeeded()
    assert policies(witness)[principal] == ["get"]
    play_with(playbook, external_auth_state="absent", external_auth_revoke_grant=True, **USER_ASSIGNED).succeeded()
    assert principal not in policies(witness)


def test_of_what_is_marked_only_what_is_ours_alone_goes(place: Given, playbook: Playbook, witness: Witness) -> None:
    """Registry and vault carry our mark, but hold others' things: they stay, and our secrets go."""
    for path in (
        REGISTRY_PATH,
        VAULT_PATH,
        IDENTITY_PATH,
        f"/subscriptions/{witness.subscription_id}/resourceGroups/{GROUP}",
    ):
        witness.patch(path, {"tags": MARK})
    place.task(name="another-task")
    for name in ("UserName", "Password"):
        witness.secret("PATCH", VAULT, f"{name}/", {"tags": MARK})
    variables = (
        VARIABLES
        | USER_ASSIGNED
        | {
            "external_auth_state": "absent",
            "external_auth_remove_prerequisites": True,
        }
    )
    done = playbook(play(), variables=variables).succeeded()
    stays = [item["msg"] for item in done["Say what stays because it holds something else"]["results"]]
    assert len(stays) == 2
    assert witness.exists(REGISTRY_PATH)
    assert witness.exists(VAULT_PATH)
    assert not witness.exists(IDENTITY_PATH)
    assert witness.secret("GET", VAULT, "Foreign").status_code == 200
    assert witness.secret("GET", VAULT, "Password").status_code == 404
    assert witness.secret("GET", VAULT, "UserName").status_code == 404
