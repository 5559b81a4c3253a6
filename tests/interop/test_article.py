# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""az and the playbook on the same state: what one makes, the other finds as it wants it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support import article
from support.arm import hub_tags
from support.azure_cli import Az
from support.emulator import Emulator
from support.external_auth import VARIABLES
from support.given import GROUP, IDENTITY, REGISTRY, TASK, VAULT, Given
from support.playbook import Playbook

PLAYBOOK = "acr.tasks.external_auth"
SAME_TASK = ("--name", TASK, "--registry", REGISTRY)


def variables(user_assigned: bool, rbac: bool) -> dict[str, Any]:
    """The scenario's names as the role's variables."""
    return VARIABLES | {
        "external_auth_vault_mode": "rbac" if rbac else "access_policy",
        "external_auth_identity": IDENTITY if user_assigned else "",
    }


@pytest.mark.parametrize("rbac", [False, True], ids=["access-policy", "rbac"])
@pytest.mark.parametrize("user_assigned", [True, False], ids=["user-assigned", "system-assigned"])
def test_az_does_the_article_and_the_playbook_finds_nothing_to_change(
    az: Az, playbook: Playbook, emulator: Emulator, given: Given, tmp_path: Path, user_assigned: bool, rbac: bool
) -> None:
    article.prerequisites(az, rbac, given.own_object_id())
    principal_id, use_identity = article.task(az, tmp_path, user_assigned)
    article.access(az, rbac, principal_id)
    article.credential(az, use_identity)

    run = az.run("acr", "task", "run", *SAME_TASK)

    assert run.rc == 0, run.stdout + run.stderr
    log = run.stdout + run.stderr
    run_id = re.search(r"Run ID: (\w+) was successful after", log)
    assert run_id, log
    assert run_id[1] in hub_tags(emulator, "hubuser/hubrepo", "hubuser", "hubpassword")
    listed = az("acr", "task", "list-runs", *SAME_TASK)
    assert [(row["runId"], row["status"]) for row in listed] == [(run_id[1], "Succeeded")]

    with emulator.recorded() as requests:
        check = playbook.by_name(PLAYBOOK, variables=variables(user_assigned, rbac), check=True, diff=True).succeeded()
    assert {result.action for result in check.results if result.changed} == {"acr.tasks.acr_task_run"}, str(check)
    assert requests.writes == []


def test_without_the_permission_the_run_fails_with_the_engines_words(az: Az, given: Given, tmp_path: Path) -> None:
    article.prerequisites(az, False, given.own_object_id())
    _principal_id, use_identity = article.task(az, tmp_path, user_assigned=True)
    article.credential(az, use_identity)

    run = az.run("acr", "task", "run", *SAME_TASK)

    assert run.rc != 0
    assert "please check permissions are valid" in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("user_assigned", "rbac"),
    [(True, False), (False, True)],
    ids=["user-assigned with access policy", "system-assigned with rbac"],
)
def test_az_shows_and_uses_what_the_playbook_made(
    az: Az, playbook: Playbook, emulator: Emulator, user_assigned: bool, rbac: bool
) -> None:
    run = playbook.by_name(PLAYBOOK, variables=variables(user_assigned, rbac)).succeeded()
    run_id = run["acr.tasks.acr_task_run"]["run"]["run_id"]

    task = az("acr", "task", "show", *SAME_TASK)
    assert task["status"] == "Enabled"
    assert task["step"]["type"] == "EncodedTask"
    if user_assigned:
        identity = az("identity", "show", "--resource-group", GROUP, "--name", IDENTITY)
        assert task["identity"]["type"] == "UserAssigned"
        assert [name.lower() for name in task["identity"]["userAssignedIdentities"]] == [identity["id"].lower()]
        principal_id, use_identity = identity["principalId"], identity["clientId"]
    else:
        assert task["identity"]["type"] == "SystemAssigned"
        principal_id, use_identity = task["identity"]["principalId"], "[system]"

    credentials = az("acr", "task", "credential", "list", *SAME_TASK)
    assert list(credentials) == ["docker.io"]
    assert credentials["docker.io"]["identity"] == use_identity

    vault = az("keyvault", "show", "--name", VAULT)
    assert bool(vault["properties"]["enableRbacAuthorization"]) is rbac
    if rbac:
        held = az("role", "assignment", "list", "--scope", vault["id"], "--assignee-object-id", principal_id)
        assert [row["roleDefinitionName"] for row in held] == ["Key Vault Secrets User"]
    else:
        policies = {row["objectId"]: row["permissions"] for row in vault["properties"]["accessPolicies"]}
        assert [word.lower() for word in policies[principal_id]["secrets"]] == ["get"]

    runs = az("acr", "task", "list-runs", *SAME_TASK)
    assert [(row["runId"], row["status"]) for row in runs] == [(run_id, "Succeeded")]
    logs = az.run("acr", "task", "logs", "--registry", REGISTRY, "--run-id", run_id)
    assert f"Run ID: {run_id} was successful" in logs.stdout + logs.stderr

    again = az.run("acr", "task", "run", *SAME_TASK)
    assert again.rc == 0, again.stdout + again.stderr
    assert len(hub_tags(emulator, "hubuser/hubrepo", "hubuser", "hubpassword")) == 2


def test_the_playbook_heals_a_task_that_az_made_again(az: Az, playbook: Playbook, tmp_path: Path) -> None:
    """A second `az acr task create` is a blind PUT that drops every credential of the task."""
    settings = variables(user_assigned=True, rbac=False) | {"external_auth_run": False}
    playbook.by_name(PLAYBOOK, variables=settings).succeeded()
    article.task(az, tmp_path, user_assigned=True)
    assert az("acr", "task", "credential", "list", *SAME_TASK) in (None, {})

    healed = playbook.by_name(PLAYBOOK, variables=settings).succeeded()

    assert {result.action for result in healed.results if result.changed} == {"acr.tasks.acr_task_credential"}
    assert list(az("acr", "task", "credential", "list", *SAME_TASK)) == ["docker.io"]
    assert playbook.by_name(PLAYBOOK, variables=settings).succeeded().changed == []
