# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task: check, apply, apply again, read back; and what each of that costs in requests."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from support.acr_task import DETAILS, assert_thrice, only_our_arm, task, thrice
from support.arm import Witness
from support.emulator import Emulator
from support.given import GROUP, IDENTITY, REGISTRY, REGISTRY_PATH, TASK, TASK_FILE, TASK_PATH, Given
from support.playbook import Playbook

CONTEXT = "https://github.com/example/app.git#main"


@pytest.fixture
def registry(given: Given) -> dict[str, Any]:
    """The scenario's registry, without a task."""
    given.group()
    return given.registry()


def test_the_articles_task(
    playbook: Playbook, registry: dict[str, Any], witness: Witness, emulator: Emulator, tmp_path: Path
) -> None:
    """From a file, with a system-assigned identity: two requests and one for the location; unchanged: one."""
    source = tmp_path / "task.yaml"
    source.write_text(TASK_FILE)
    options = {"src": str(source), "identity": {"type": "SystemAssigned"}}
    with emulator.recorded() as requests:
        run = playbook(thrice(task, **options)).succeeded()
    assert_thrice(run, "task")
    assert only_our_arm(requests) == [*["GET", "GET"], *["GET", "GET", "PUT"], "GET"]

    stored = witness.get(TASK_PATH)
    step = stored["properties"]["step"]
    assert base64.b64decode(step["encodedTaskContent"]).decode() == TASK_FILE
    assert stored["location"] == "eastus"
    assert "trigger" not in stored["properties"]
    made = run["Apply"]["task"]
    assert made["principal_id"] == stored["identity"]["principalId"]
    assert made["content"] == TASK_FILE
    assert run["Check"]["task"]["principal_id"] is None
    assert run["Check"]["task"]["id"] == made["id"] == stored["id"]
    assert run["Again"]["task"] == made


def test_a_given_location_saves_the_look_up(playbook: Playbook, registry: dict[str, Any], emulator: Emulator) -> None:
    with emulator.recorded() as requests:
        playbook([task(content=TASK_FILE, location="East US")]).succeeded()
    assert only_our_arm(requests) == ["GET", "PUT"]


def test_a_user_assigned_identity_by_name(
    playbook: Playbook, registry: dict[str, Any], given: Given, witness: Witness
) -> None:
    """Attached by name, added to and taken away without touching the system-assigned one."""
    mine, other = given.identity()["id"], given.identity("second")["id"]
    run = playbook(
        [
            *thrice(task, content=TASK_FILE, identity={"user_assigned_identities": {"id": [IDENTITY]}}),
            task("System too", identity={"type": "SystemAssigned, UserAssigned"}),
            task("Second", identity={"user_assigned_identities": {"id": [other]}}),
            task(
                "Second again",
                identity={"user_assigned_identities": {"id": [other.upper().replace("/SECOND", "/second")]}},
            ),
            task("Only second", identity={"user_assigned_identities": {"id": [other], "append": False}}),
            task("No user", identity={"type": "SystemAssigned"}),
            task("None", identity={"type": "None"}),
            task("None again", identity={"type": "None"}),
        ]
    ).succeeded()
    assert_thrice(run, "task")
    made = run["Apply"]["task"]
    assert made["identity"]["type"] == "UserAssigned"
    assert [each["id"].lower() for each in made["identities"]] == [mine.lower()]
    assert made["identities"][0]["client_id"]
    assert made["principal_id"] is None

    principals = {run[name]["task"]["principal_id"] for name in ("System too", "Second", "Only second", "No user")}
    assert len(principals) == 1
    assert None not in principals
    assert len(run["Second"]["task"]["identities"]) == 2
    assert run["Second again"].changed is False
    assert [each["id"].lower() for each in run["Only second"]["task"]["identities"]] == [other.lower()]
    assert run["No user"]["task"]["identities"] == []
    assert run["None"]["task"]["identity"]["type"] == "None"
    assert run["None again"].changed is False
    assert "identity" not in witness.get(TASK_PATH)


@pytest.mark.parametrize("alternative", ["absent", "none"])
def test_a_task_without_identity_either_way(
    playbook: Playbook, registry: dict[str, Any], emulator: Emulator, given: Given, alternative: str
) -> None:
    """Nobody knows how Azure shows "no identity": both ways count as none."""
    given.task()
    emulator.switch("identity_none_style", alternative)
    run = playbook(
        [task("Set", identity={"type": "SystemAssigned"}), *thrice(task, identity={"type": "None"})]
    ).succeeded()
    assert_thrice(run, "task")


def test_a_docker_task_forwards_and_back(
    playbook: Playbook, registry: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """Every property of a Docker step changes by one PATCH, and back to Azure's default by another."""
    basic = {"context": CONTEXT, "dockerfile": "Dockerfile", "images": ["app:v1"]}
    changed = {
        "context": f"{CONTEXT}:folder",
        "dockerfile": "Dockerfile.app",
        "images": ["app:v2", "app:latest"],
        "push": False,
        "cache": False,
        "arguments": {"LEVEL": 3, "FAST": True},
        "timeout": 300,
        "status": "Disabled",
        "platform": "linux/arm64",
        "tags": {"team": "a"},
    }
    back = {
        **basic,
        "push": True,
        "cache": True,
        "arguments": {},
        "timeout": 3600,
        "status": "Enabled",
        "platform": "Linux",
        "tags": {},
        "append_tags": False,
    }
    run = playbook(thrice(task, **basic)).succeeded()
    assert_thrice(run, "task")
    first = witness.get(TASK_PATH)
    with emulator.recorded() as requests:
        run = playbook(thrice(task, **changed)).succeeded()
    assert_thrice(run, "task")
    # The lists may hold secrets that ordinary reads hide, so they are read before they are written.
    assert only_our_arm(requests) == ["GET", *["GET", DETAILS, "PATCH"], "GET"]
    step = witness.get(TASK_PATH)["properties"]["step"]
    assert step["arguments"] == [
        {"name": "LEVEL", "value": "3", "isSecret": False},
        {"name": "FAST", "value": "true", "isSecret": False},
    ]
    assert (step["isPushEnabled"], step["noCache"]) == (False, True)
    run = playbook(thrice(task, **back)).succeeded()
    assert_thrice(run, "task")
    now = witness.get(TASK_PATH)
    assert now["properties"]["step"] == {**first["properties"]["step"], "arguments": []}
    assert {**now["properties"], "step": None} == {**first["properties"], "step": None}


def test_a_task_file_in_the_context(playbook: Playbook, registry: dict[str, Any], witness: Witness) -> None:
    """A file step with values; changed; and clearing the values file needs consent."""
    run = playbook(
        [
            *thrice(task, context=CONTEXT, task_file="acb.yaml", values_file="values.yaml", values={"a": 1}),
            task("Change", task_file="other.yaml", values={"b": "2"}),
            task("Clear", values_file="", ignore=True),
            task("Clear but the token", values_file="", allow_replace=True, ignore=True),
            task("Clear with consent", values_file="", allow_replace=True, context_access_token=""),
            task("Again cleared", values_file="", values={"b": "2"}),
        ]
    ).succeeded()
    assert_thrice(run, "task")
    assert run["Clear"]["failure"]["code"] == "InvalidOption"
    assert "values_file" in run["Clear"].message
    assert "allow_replace" in run["Clear"].message
    assert "context_access_token" in run["Clear but the token"].message
    assert run["Clear with consent"].changed
    assert run["Again cleared"].changed is False
    step = witness.get(TASK_PATH)["properties"]["step"]
    assert step["taskFilePath"] == "other.yaml"
    assert step["values"] == [{"name": "b", "value": "2", "isSecret": False}]
    assert "valuesFilePath" not in step


def test_what_is_left_out_stays(playbook: Playbook, registry: dict[str, Any], given: Given, witness: Witness) -> None:
    """A change of one property sends nothing else, whoever made the task."""
    given.task(timeout=1200, platform={"os": "Linux", "architecture": "arm", "variant": "v7"})
    before = witness.get(TASK_PATH)
    run = playbook([task("Same", platform="linux/arm/v7", timeout=1200), task("Change", status="Disabled")]).succeeded()
    assert run.changed == ["Change"]
    after = witness.get(TASK_PATH)
    assert after["properties"] == {**before["properties"], "status": "Disabled"}


def test_everything_by_full_id(playbook: Playbook, registry: dict[str, Any], witness: Witness) -> None:
    """A registry by id needs no group; a task by id needs no registry; casing does not matter."""
    registry_id = registry["id"]
    run = playbook(
        [
            task("Registry", resource_group=..., registry_name=registry_id.upper(), content=TASK_FILE),
            task("Task", resource_group=..., registry_name=..., name=f"{registry_id}/tasks/{TASK}", content=TASK_FILE),
        ]
    ).succeeded()
    assert run.changed == ["Registry"]
    assert witness.exists(TASK_PATH)


def test_removal(
    playbook: Playbook, registry: dict[str, Any], given: Given, witness: Witness, emulator: Emulator
) -> None:
    """Two requests, then one; and an absent task in an absent registry is absent."""
    given.task()
    with emulator.recorded() as requests:
        run = playbook(thrice(task, state="absent")).succeeded()
    assert [run[name].changed for name in ("Check", "Apply", "Again")] == [True, True, False]
    assert only_our_arm(requests) == ["GET", *["GET", "DELETE"], "GET"]
    assert run["Apply"]["task"] is None
    assert run["Apply"]["diff"]["after"] == {}
    assert not witness.exists(TASK_PATH)
    assert not playbook([task(state="absent", registry_name="otherregistry")]).succeeded().last.changed


def test_a_missing_registry(playbook: Playbook, given: Given, emulator: Emulator) -> None:
    """Check mode assumes that it will be made, with a warning; else one sentence with its full id."""
    with emulator.recorded() as requests:
        run = playbook([task(content=TASK_FILE, identity={"type": "SystemAssigned"})], check=True).succeeded()
    assert run.last.changed
    assert run.last["task"]["principal_id"] is None
    assert REGISTRY_PATH in "".join(run.last["warnings"])
    assert requests.writes == []

    given.group()
    failure = playbook([task(content=TASK_FILE)]).failure()
    assert f"/resourceGroups/{REGISTRY_PATH} does not exist." in failure.message
    assert failure["failure"]["status"] == 404
    failure = playbook([task(content=TASK_FILE, location="eastus")]).failure()
    assert f"/resourceGroups/{REGISTRY_PATH} does not exist." in failure.message


def test_a_task_cannot_be_moved(playbook: Playbook, registry: dict[str, Any], given: Given) -> None:
    given.task()
    failure = playbook([task(location="westeurope")]).failure()
    assert "location" in failure.message
    assert "eastus" in failure.message


def test_names_reach_only_our_group(playbook: Playbook, registry: dict[str, Any]) -> None:
    """The group of module defaults signs in; resource_group and registry alias come from it too."""
    defaults = {"group/acr.tasks.azure": {"resource_group": GROUP, "registry_name": REGISTRY}}
    call = {"name": "Task", "acr.tasks.acr_task": {"name": TASK, "content": TASK_FILE}}
    assert playbook([call], play={"module_defaults": defaults}).succeeded().last.changed
