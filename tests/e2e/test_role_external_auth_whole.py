# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role external_auth from nothing to nothing: both options, both vault modes, check mode, secrets, sign-in."""

from __future__ import annotations

from support.arm import Witness
from support.canary import canary, found
from support.emulator import Emulator
from support.external_auth import (
    REPOSITORY,
    SYSTEM_ASSIGNED,
    USER_ASSIGNED,
    VARIABLES,
    play,
    policies,
    role_changes,
    roles,
    servers,
    tags,
)
from support.given import GROUP, IDENTITY_PATH, REGISTRY_PATH, TASK_PATH, VAULT, VAULT_PATH
from support.playbook import Playbook

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"  # the built-in role Key Vault Secrets User


def hub_seeds(password: str) -> dict[str, object]:
    return {
        "docker_hub": {
            "accounts": [{"username": "hubuser", "password": password}],
            "repositories": [{"name": REPOSITORY, "private": True, "owner": "hubuser"}],
        }
    }


def test_user_assigned_identity_and_access_policies(playbook: Playbook, emulator: Emulator, witness: Witness) -> None:
    password = canary()
    emulator.reset(hub_seeds(password))
    variables = VARIABLES | USER_ASSIGNED | {"external_auth_password": password}

    with emulator.recorded() as requests:
        predicted = playbook.by_name("acr.tasks.external_auth", variables=variables, check=True, diff=True).succeeded()
    assert [str(request) for request in requests.writes] == []

    made = playbook.by_name("acr.tasks.external_auth", variables=variables, diff=True, verbosity=4).succeeded()
    run = made["Run the task"]["run"]
    assert run["status"] == "Succeeded"
    assert run["custom_registries"] == ["docker.io"]
    assert tags(emulator, password) == [run["run_id"]]
    assert f"{REPOSITORY} has the tag {run['run_id']}" in made["See the new tag"].message
    assert servers(witness) == ["docker.io"]
    identity = witness.get(IDENTITY_PATH)["properties"]["principalId"]
    # The caller's own right was only borrowed.
    assert policies(witness) == {identity: ["get"]}
    # What was predicted came true: the same of our tasks changed, and what azure.azcollection made was announced.
    ours = {"Set up the task", "Let the identity read secrets", "Let the task sign in with the secrets", "Run the task"}
    assert ours <= set(role_changes(predicted))
    assert ours <= set(role_changes(made))
    announced = [item["msg"] for item in predicted["Say what would be made"]["results"]]
    assert len(announced) == 4
    assert "UserName and Password" in predicted["Say what would be written"].message

    with emulator.recorded() as requests:
        again = playbook.by_name("acr.tasks.external_auth", variables=variables, verbosity=4).succeeded()
    assert role_changes(again) == ["Run the task"]
    assert requests.writes.methods == ["POST scheduleRun"]
    assert len(tags(emulator, password)) == 2

    assert found([password], playbook.runs, emulator) == []


def test_own_identity_and_roles_and_one_sign_in(playbook: Playbook, emulator: Emulator, witness: Witness) -> None:
    """Also: the whole role signs in through the action group alone, and leaves nothing when it removes everything."""
    settings = emulator.settings
    sign_in = {
        "client_id": settings["AZURE_CLIENT_ID"],
        "secret": settings["AZURE_SECRET"],
        "tenant": settings["AZURE_TENANT"],
        "subscription_id": settings["AZURE_SUBSCRIPTION_ID"],
    }
    nothing = {name: None for name in settings if name.startswith("AZURE_")}
    role = play(module_defaults={"group/acr.tasks.azure": sign_in})
    variables = VARIABLES | SYSTEM_ASSIGNED | {"external_auth_vault_mode": "rbac"}

    made = playbook(role, variables=variables, environment=nothing).succeeded()
    assert made["Run the task"]["run"]["status"] == "Succeeded"
    assert tags(emulator) == [made["Run the task"]["run"]["run_id"]]
    task = witness.get(TASK_PATH)
    assert task["identity"]["type"] == "SystemAssigned"
    assert roles(witness) == {task["identity"]["principalId"]: SECRETS_USER}

    absent = variables | {"external_auth_state": "absent", "external_auth_remove_prerequisites": True}
    with emulator.recorded() as requests:
        predicted = playbook(role, variables=absent, environment=nothing, check=True).succeeded()
    assert [str(request) for request in requests.writes] == []
    announced = [item["msg"].rpartition("/")[2] for item in predicted["Say what would be removed"]["results"]]
    assert announced == [VARIABLES["external_auth_registry_name"] + ".", VAULT + ".", GROUP + "."]

    playbook(role, variables=absent, environment=nothing).succeeded()
    for path in (TASK_PATH, REGISTRY_PATH, VAULT_PATH):
        assert witness.arm("GET", path).status_code == 404
    assert not witness.exists(f"/subscriptions/{witness.subscription_id}/resourceGroups/{GROUP}")
