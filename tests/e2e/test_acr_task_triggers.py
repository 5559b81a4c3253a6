# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task: what starts a task, how it signs in to its own registry, and its tags."""

from __future__ import annotations

from typing import Any

import pytest
from support.acr_task import DETAILS, assert_thrice, details, only_our_arm, task, thrice
from support.arm import Witness
from support.canary import canary, found
from support.emulator import Emulator
from support.given import IDENTITY, TASK_FILE, TASK_PATH, Given
from support.playbook import Playbook

REPOSITORY = {"type": "Github", "repository_url": "https://github.com/example/app", "branch": "main"}


@pytest.fixture
def existing(given: Given) -> dict[str, Any]:
    """The scenario's task, with a system-assigned identity."""
    given.group()
    given.registry()
    return given.task(identity={"type": "SystemAssigned"})


def trigger(witness: Witness) -> dict[str, Any]:
    """The task's triggers with what is hidden in them."""
    return details(witness)["properties"].get("trigger", {})


def test_timers(playbook: Playbook, existing: dict[str, Any], witness: Witness, emulator: Emulator) -> None:
    """Added, changed and disabled by PATCHes that name only what differs; the order of the list means nothing."""
    night, noon = {"name": "night", "schedule": "0 3 * * *"}, {"name": "noon", "schedule": "0 12 * * mon-fri"}
    with emulator.recorded() as requests:
        run = playbook(
            [
                *thrice(task, timer_triggers=[night]),
                task("Second", timer_triggers=[noon, night]),
                task("Other order", timer_triggers=[night, noon]),
                task("Disabled", timer_triggers=[night, {"name": "noon", "status": "Disabled"}]),
            ]
        ).succeeded()
    assert_thrice(run, "task")
    assert run.changed == ["Check", "Apply", "Second", "Disabled"]
    assert [request.method for request in requests.writes] == ["PATCH"] * 3
    assert trigger(witness)["timerTriggers"] == [
        {"name": "night", "schedule": "0 3 * * *", "status": "Enabled"},
        {"name": "noon", "schedule": "0 12 * * mon-fri", "status": "Disabled"},
    ]
    renamed = [{"name": "evening", "schedule": "0 21 * * *"}]
    run = playbook(thrice(task, timer_triggers=renamed, allow_replace=True)).succeeded()
    assert_thrice(run, "task")
    assert [item["name"] for item in trigger(witness)["timerTriggers"]] == ["evening"]
    assert_thrice(playbook(thrice(task, timer_triggers=[], allow_replace=True)).succeeded(), "task")
    assert not trigger(witness).get("timerTriggers")


def test_a_base_image_trigger(playbook: Playbook, existing: dict[str, Any], witness: Witness) -> None:
    """None unasked; made with az's name, changed with an endpoint that stays hidden, removed with consent."""
    endpoint = f"https://hook.example/{canary()}"
    run = playbook(
        [
            *thrice(task, base_image_trigger={"type": "Runtime"}),
            task("All", base_image_trigger={"type": "All", "status": "Disabled"}),
        ]
    ).succeeded()
    assert_thrice(run, "task")
    assert trigger(witness)["baseImageTrigger"] == {
        "name": "defaultBaseimageTriggerName",
        "baseImageTriggerType": "All",
        "status": "Disabled",
        "updateTriggerPayloadType": "Default",
    }
    hooked = {"update_trigger_endpoint": endpoint, "update_trigger_payload_type": "Token"}
    run = playbook(thrice(task, base_image_trigger=hooked), verbosity=4).succeeded()
    assert_thrice(run, "task")
    assert trigger(witness)["baseImageTrigger"]["updateTriggerEndpoint"] == endpoint
    assert trigger(witness)["baseImageTrigger"]["baseImageTriggerType"] == "All"
    assert found([endpoint], [run]) == []
    run = playbook(
        [task("Refused", base_image_trigger={}, ignore=True), *thrice(task, base_image_trigger={}, allow_replace=True)]
    )
    assert "base_image_trigger" in run.succeeded()["Refused"].message
    assert_thrice(run, "task")
    assert "baseImageTrigger" not in trigger(witness)


def test_source_triggers(playbook: Playbook, existing: dict[str, Any], witness: Witness, emulator: Emulator) -> None:
    """The token is compared where Azure shows it, needed for any change of the trigger, and for nothing else."""
    token = canary("ghp")
    source = {"name": "source", **REPOSITORY, "events": ["commit"]}
    run = playbook(thrice(task, source_triggers=[{**source, "token": token}]), verbosity=4).succeeded()
    assert_thrice(run, "task")
    sent = trigger(witness)["sourceTriggers"][0]["sourceRepository"]["sourceControlAuthProperties"]
    assert sent == {"tokenType": "PAT", "token": token}

    with emulator.recorded() as requests:
        run = playbook(
            [task("Same", source_triggers=[source]), task("Unrelated", source_triggers=[source], timeout=400)]
        )
    assert run.succeeded().changed == ["Unrelated"]
    assert only_our_arm(requests) == ["GET", "GET", "PATCH"]

    changed = {**source, "events": ["pullrequest"], "branch": "release"}
    failure = playbook([task(source_triggers=[changed])]).failure()
    assert "token" in failure.message
    run = playbook(thrice(task, source_triggers=[{**changed, "token": token}]), verbosity=4).succeeded()
    assert_thrice(run, "task")
    assert trigger(witness)["sourceTriggers"][0]["sourceTriggerEvents"] == ["pullrequest"]
    assert found([token], playbook.runs, emulator) == []

    run = playbook(thrice(task, source_triggers=[], allow_replace=True)).succeeded()
    assert_thrice(run, "task")
    assert not trigger(witness).get("sourceTriggers")


@pytest.mark.parametrize("clears", [True, False])
def test_the_source_registry(
    playbook: Playbook, existing: dict[str, Any], witness: Witness, emulator: Emulator, given: Given, clears: bool
) -> None:
    """Login mode and identity are written as a pair, whatever Azure does with half of it."""
    emulator.switch("loginmode_clears_identity", clears)
    attached = given.identity()["properties"]["clientId"]

    def stored() -> Any:
        return witness.get(TASK_PATH)["properties"]["credentials"]["sourceRegistry"]

    run = playbook(thrice(task, source_registry={"login_mode": "Default", "identity": "system"})).succeeded()
    assert_thrice(run, "task")
    assert stored() == {"loginMode": "Default", "identity": "[system]"}
    run = playbook([task(source_registry={"login_mode": "None"})]).succeeded()
    assert stored() == {"loginMode": "None", "identity": "[system]"}
    both = {"type": "SystemAssigned, UserAssigned", "user_assigned_identities": {"id": [IDENTITY]}}
    with emulator.recorded() as requests:
        run = playbook(
            [task(identity=both, source_registry={"login_mode": "Default", "identity": IDENTITY})]
        ).succeeded()
    assert only_our_arm(requests) == ["GET", "GET", "PATCH"]  # the second for the client id of a new identity
    assert stored() == {"loginMode": "Default", "identity": attached}
    run = playbook(thrice(task, source_registry={})).succeeded()
    assert_thrice(run, "task")
    assert stored() == {"loginMode": "Default"}
    failure = playbook([task(source_registry={"identity": "otherIdentity"})]).failure()
    assert "source_registry.identity" in failure.message


def test_the_older_api_version(playbook: Playbook, existing: dict[str, Any], emulator: Emulator) -> None:
    """A cloud without today's version: a warning and one more request; the source registry is not touched by it."""
    unknown = {"status": 400, "code": "NoRegisteredProviderFound", "message": "No such version.", "when": "before"}
    emulator.fault(path="/tasks/dockerhubtask$", times=1, **unknown)
    with emulator.recorded() as requests:
        run = playbook([task(timeout=700)]).succeeded()
    assert [request.query["api-version"] for request in requests] == ["2025-03-01-preview"] + ["2019-06-01-preview"] * 2
    assert "2019-06-01-preview" in "".join(run.last["warnings"])
    failure = playbook([task(api_version="2019-06-01-preview", source_registry={"identity": "system"})]).failure()
    assert "source registry" in failure.message
    with emulator.recorded() as requests:
        playbook([task(api_version="2019-06-01-preview", timeout=700)]).succeeded()
    assert [request.query["api-version"] for request in requests] == ["2019-06-01-preview"]


def test_tags(playbook: Playbook, existing: dict[str, Any], witness: Witness) -> None:
    """Appended by default, exact on request, cleared by {} with append_tags false."""
    run = playbook(
        [
            *thrice(task, tags={"team": "a", "count": 1}),
            task("More", tags={"stage": "test"}),
            task("Kept", tags={}),
            task("Exact", tags={"team": "b"}, append_tags=False),
        ]
    ).succeeded()
    assert_thrice(run, "task")
    assert run["More"]["task"]["tags"] == {"team": "a", "count": "1", "stage": "test"}
    assert run["Kept"].changed is False
    assert witness.get(TASK_PATH)["tags"] == {"team": "b"}


def test_tags_that_azure_merges(
    playbook: Playbook, existing: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """Should a PATCH only add tags, the module says so, and replaces the task if it may."""
    emulator.switch("tags_patch", "merge")
    playbook([task(tags={"a": "1", "b": "2"})]).succeeded()
    failure = playbook([task(tags={"a": "1"}, append_tags=False)]).failure()
    assert "tags.b" in failure.message
    exact = {"tags": {"a": "1"}, "append_tags": False}
    run = playbook([task(**exact, allow_replace=True), task("Again", **exact)]).succeeded()
    assert [result.changed for result in run.results] == [True, False]
    assert witness.get(TASK_PATH)["tags"] == {"a": "1"}


@pytest.mark.parametrize(("name", "value"), [("create_code", 201), ("create_code", 200)])
def test_either_status_of_a_creation(
    playbook: Playbook, given: Given, emulator: Emulator, name: str, value: int
) -> None:
    given.group()
    given.registry()
    emulator.switch(name, value)
    assert_thrice(playbook(thrice(task, content=TASK_FILE)).succeeded(), "task")


@pytest.mark.parametrize("code", [204, 404])
def test_a_task_that_vanishes_before_it_is_removed(
    playbook: Playbook, existing: dict[str, Any], witness: Witness, emulator: Emulator, code: int
) -> None:
    """Two removals at the same time: the later DELETE finds nothing and is content."""
    emulator.switch("delete_absent_code", code)
    emulator.fault(method="DELETE", path="/tasks/dockerhubtask$", kind="reset", when="after", times=1)
    with emulator.recorded() as requests:
        assert playbook([task(state="absent")]).succeeded().last.changed
    assert only_our_arm(requests) == ["GET", "DELETE", "GET"]
    assert not witness.exists(TASK_PATH)
    assert DETAILS not in requests.methods
