# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role external_auth on what exists: the other two combinations, failing runs, deleted names, wrong sign-in."""

from __future__ import annotations

from typing import Any

import pytest
from support.arm import Witness
from support.canary import canary, found
from support.emulator import Emulator
from support.external_auth import (
    NOTHING_TO_MAKE,
    PASSWORD,
    SYSTEM_ASSIGNED,
    USER_ASSIGNED,
    VARIABLES,
    play,
    policies,
    role_changes,
    roles,
    tags,
)
from support.given import IDENTITY_PATH, TASK_PATH, VAULT, VAULT_PATH, Given
from support.playbook import Playbook

SECRETS = {"UserName": "hubuser", "Password": PASSWORD}


@pytest.fixture
def place(given: Given) -> Given:
    """Group, registry and identity."""
    given.group()
    given.registry()
    given.identity()
    return given


def apply(playbook: Playbook, **more: Any) -> Any:
    return playbook(play(), variables=VARIABLES | NOTHING_TO_MAKE | more)


@pytest.mark.parametrize("option", [USER_ASSIGNED, SYSTEM_ASSIGNED], ids=["user-assigned", "system-assigned"])
@pytest.mark.parametrize("mode", ["access_policy", "rbac"])
def test_every_combination_works_on_what_exists(
    place: Given, playbook: Playbook, emulator: Emulator, witness: Witness, option: dict[str, Any], mode: str
) -> None:
    place.vault(secrets=SECRETS)  # written through a policy, then switched to the mode of the test
    witness.patch(VAULT_PATH, {"properties": {"enableRbacAuthorization": mode == "rbac"}})
    made = apply(playbook, external_auth_vault_mode=mode, **option).succeeded()
    assert tags(emulator) == [made["Run the task"]["run"]["run_id"]]
    if option is USER_ASSIGNED:
        principal = witness.get(IDENTITY_PATH)["properties"]["principalId"]
    else:
        principal = witness.get(TASK_PATH)["identity"]["principalId"]
    if mode == "rbac":
        assert list(roles(witness)) == [principal]
    else:
        assert policies(witness)[principal] == ["get"]
    again = apply(playbook, external_auth_vault_mode=mode, **option).succeeded()
    assert role_changes(again) == ["Run the task"]


def test_the_wrong_vault_mode_is_told_before_anything_is_written(
    place: Given, playbook: Playbook, emulator: Emulator
) -> None:
    place.vault(rbac=True)
    with emulator.recorded() as requests:
        failure = apply(playbook, external_auth_manage_vault=True, **USER_ASSIGNED).failure()
    assert "external_auth_vault_mode must be rbac" in failure.message
    assert requests.writes == []


# --- a run that fails tells why


def test_a_wrong_password_is_told_with_cause_and_log(place: Given, playbook: Playbook, emulator: Emulator) -> None:
    secret = canary("wrong")
    place.vault(secrets=SECRETS | {"Password": secret})
    failure = apply(playbook, **USER_ASSIGNED).failure()
    assert failure["failure"]["code"] == "RunFailed"
    assert "status Failed" in failure.message
    assert "failed to login, ran out of retries" in failure.message
    assert "refused the user name or the password" in failure.message
    assert "Logging in to registry: docker.io" in failure.message
    # The wrong password does not become right by waiting, so it is not tried again, whatever was made a moment ago.
    assert len(failure["run"]["attempts"]) == 1
    assert found([secret], playbook.runs, emulator) == []


def test_a_missing_secret_is_told(place: Given, playbook: Playbook) -> None:
    place.vault(secrets={"UserName": "hubuser"})
    failure = apply(playbook, **USER_ASSIGNED).failure()
    assert "SecretNotFound" in failure.message
    assert "no secret of that name" in failure.message
    assert len(failure["run"]["attempts"]) == 1


def test_a_missing_permission_is_told(place: Given, playbook: Playbook, witness: Witness) -> None:
    place.vault(secrets=SECRETS)
    apply(playbook, external_auth_run=False, **USER_ASSIGNED).succeeded()
    witness.patch(VAULT_PATH, {"properties": {"accessPolicies": []}})
    failure = playbook(
        [
            {
                "name": "Run",
                "acr.tasks.acr_task_run": {
                    "resource_group": VARIABLES["external_auth_resource_group"],
                    "registry_name": VARIABLES["external_auth_registry_name"],
                    "task": VARIABLES["external_auth_task"],
                },
            }
        ]
    ).failure()
    assert "timeout in fetching secrets" in failure.message
    assert "keyvault_policy" in failure["failure"]["hint"]
    assert failure["run"]["failing_step"] is None


def test_a_grant_that_is_late_is_waited_for(place: Given, playbook: Playbook, emulator: Emulator) -> None:
    place.vault(secrets=SECRETS)
    # The emulated runs move the clock by the two minutes that the service gives each secret.
    emulator.switch("policy_delay_s", 60)
    made = apply(playbook, **USER_ASSIGNED).succeeded()
    attempts = [attempt["status"] for attempt in made["Run the task"]["run"]["attempts"]]
    assert attempts[0] == "Failed"
    assert attempts[-1] == "Succeeded"
    assert tags(emulator) == [made["Run the task"]["run"]["run_id"]]


def test_a_lost_answer_to_the_start_leaves_one_run(place: Given, playbook: Playbook, emulator: Emulator) -> None:
    place.vault(secrets=SECRETS)
    emulator.fault(method="POST", path="/scheduleRun$", when="after", kind="reset")
    made = apply(playbook, **SYSTEM_ASSIGNED).succeeded()
    assert tags(emulator) == [made["Run the task"]["run"]["run_id"]]


# --- names that deleted things still hold


def test_a_deleted_vault_is_told_with_the_choice(place: Given, playbook: Playbook, witness: Witness) -> None:
    place.vault()
    witness.delete(VAULT_PATH)
    done = playbook(play(), variables=VARIABLES | NOTHING_TO_MAKE | {"external_auth_manage_vault": True})
    assert done.rc != 0
    assert f"az keyvault recover --name {VAULT}" in done.last.message
    assert f"az keyvault purge --name {VAULT}" in done.last.message


def test_a_deleted_secret_is_told_with_the_choice(
    place: Given, playbook: Playbook, emulator: Emulator, witness: Witness
) -> None:
    secret = canary()
    place.vault(secrets=SECRETS)
    assert witness.secret("DELETE", VAULT, "Password").status_code == 200
    done = playbook(
        play(),
        variables=VARIABLES
        | NOTHING_TO_MAKE
        | {"external_auth_manage_secrets": True, "external_auth_password": secret},
        verbosity=4,
    )
    assert done.rc != 0
    assert "az keyvault secret recover" in done.task("Stop without the secrets").message
    assert "az keyvault secret purge" in done.task("Stop without the secrets").message
    assert found([secret], playbook.runs, emulator) == []


def test_secrets_are_compared_where_the_caller_may_read_them(
    place: Given, playbook: Playbook, emulator: Emulator, witness: Witness
) -> None:
    old, new = canary("old"), canary("new")
    place.vault(secrets=SECRETS | {"Password": old})
    variables = (
        VARIABLES
        | NOTHING_TO_MAKE
        | {"external_auth_manage_secrets": True, "external_auth_run": False, "external_auth_password": new}
    )
    changed = playbook(play(), variables=variables, verbosity=4, diff=True).succeeded()
    assert "Write the secrets" in role_changes(changed)
    assert witness.secret("GET", VAULT, "Password").json()["value"] == new
    assert playbook(play(), variables=variables).succeeded().changed == []
    assert found([old, new], playbook.runs, emulator) == []


def test_a_wrong_client_secret_is_one_clear_failure(playbook: Playbook) -> None:
    failure = playbook(
        play(),
        variables=VARIABLES | USER_ASSIGNED,
        environment={"AZURE_SECRET": "wrong", "AZURE_CLIENT_SECRET": "wrong"},
    ).failure()
    assert failure["failure"]["status"] == 401
    assert "client secret is wrong" in failure.message
