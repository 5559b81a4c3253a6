# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task where secrets and whole-task writes are involved: nothing may get lost, and nothing may be shown."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from support.acr_task import DETAILS, assert_thrice, details, only_our_arm, task, thrice
from support.arm import Witness
from support.canary import canary, found
from support.emulator import Emulator
from support.given import TASK_FILE, TASK_PATH, Given
from support.playbook import Playbook

CONTEXT = "https://github.com/example/app.git#main"
TIMERS = [{"name": "night", "schedule": "0 3 * * *"}, {"name": "noon", "schedule": "0 12 * * mon-fri"}]
VAULT = "https://mykeyvault.vault.azure.net/secrets"


@pytest.fixture
def registry(given: Given) -> dict[str, Any]:
    """The scenario's registry, without a task."""
    given.group()
    return given.registry()


def credentials(password: str) -> dict[str, Any]:
    """Custom credentials of all three shapes, as another tool would have stored them."""
    return {
        "a.example.io": {
            "userName": {"type": "Opaque", "value": "u"},
            "password": {"type": "Opaque", "value": password},
        },
        "docker.io": {
            "userName": {"type": "Vaultsecret", "value": f"{VAULT}/UserName"},
            "password": {"type": "Vaultsecret", "value": f"{VAULT}/Password"},
            "identity": "[system]",
        },
        "other.azurecr.io": {"identity": "[system]"},
    }


@pytest.fixture
def rich(given: Given, witness: Witness, registry: dict[str, Any]) -> dict[str, Any]:
    """A task that has everything that a careless PUT would lose; its body with secrets."""
    given.task(
        identity={"type": "SystemAssigned"},
        credentials={"customRegistries": credentials("p1"), "sourceRegistry": {"loginMode": "Default"}},
        trigger={"timerTriggers": [{"status": "Enabled", **timer} for timer in TIMERS]},
        logTemplate="logs/{{.Run.ID}}",
        step={
            "type": "Docker",
            "contextPath": CONTEXT,
            "contextAccessToken": "git-token",
            "dockerFilePath": "Dockerfile",
            "imageNames": ["app:v1"],
            "arguments": [
                {"name": "OPEN", "value": "1", "isSecret": False},
                {"name": "HIDDEN", "value": "secret-argument", "isSecret": True},
            ],
        },
    )
    witness.patch(TASK_PATH, {"tags": {"keep": "me"}})
    return details(witness)


def comparable(body: dict[str, Any]) -> dict[str, Any]:
    """A task's body without what Azure stamps on each write."""
    properties = {key: value for key, value in body["properties"].items() if key != "provisioningState"}
    return {key: body.get(key) for key in ("location", "tags", "identity")} | {"properties": properties}


def test_removing_a_timer_replaces_the_task_and_keeps_the_rest(
    playbook: Playbook, rich: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """Refused without consent; with it four requests, and all that is not named is as it was."""
    with emulator.recorded() as requests:
        run = playbook([task(timer_triggers=TIMERS[:1], ignore=True)]).succeeded()
    assert "timer_triggers" in run.last.message
    assert "allow_replace" in run.last.message
    assert requests.writes == []
    with emulator.recorded() as requests:
        run = playbook([task(timer_triggers=TIMERS[:1], allow_replace=True)]).succeeded()
    assert run.last.changed
    assert only_our_arm(requests) == ["GET", DETAILS, "PUT", DETAILS]
    now = details(witness)
    expected = comparable(rich)
    expected["properties"]["trigger"]["timerTriggers"] = [{**TIMERS[0], "status": "Enabled"}]
    assert comparable(now) == expected
    assert found(["git-token", "secret-argument"], [run]) == []
    assert not playbook([task(timer_triggers=TIMERS[:1])]).succeeded().last.changed


@pytest.mark.parametrize("shown", ["no_opaque_password", "keys_only"])
def test_a_replacement_that_would_lose_a_password_is_refused(
    playbook: Playbook, rich: dict[str, Any], witness: Witness, emulator: Emulator, shown: str
) -> None:
    """Where listDetails hides a password, the module fails before it writes and names the login server."""
    emulator.switch("details_secrets", shown)
    with emulator.recorded() as requests:
        run = playbook([task(timer_triggers=[], allow_replace=True, ignore=True)]).succeeded()
    assert "a.example.io" in run.last.message
    assert "PUT" not in requests.methods
    emulator.switch("details_secrets", "all")
    assert comparable(details(witness)) == comparable(rich)


def test_another_kind_of_step_is_a_replacement(
    playbook: Playbook, rich: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """From a Docker step to a task file: new step, same credentials, triggers and identity."""
    options = {"content": TASK_FILE, "context": "", "context_access_token": "", "allow_replace": True}
    run = playbook(thrice(task, **options)).succeeded()
    assert_thrice(run, "task")
    now, before = comparable(details(witness)), comparable(rich)
    assert now["properties"]["step"]["type"] == "EncodedTask"
    for name in ("credentials", "trigger", "logTemplate"):
        assert now["properties"][name] == before["properties"][name]
    assert now["identity"] == before["identity"]


def test_somebody_elses_change_stops_a_replacement(
    playbook: Playbook, rich: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """A log template is cleared by PUT; a timer that comes in between the two reads must not be lost."""
    emulator.fault(method="POST", path="/listDetails$", kind="delay", seconds=4, when="before", times=1)
    seen = emulator.requests(sign_in=True)[-1].number

    def interfere() -> None:
        while not any(request.method == "GET" for request in emulator.requests(after=seen)):
            time.sleep(0.05)
        witness.patch(TASK_PATH, {"properties": {"timeout": 999}})

    other = threading.Thread(target=interfere)
    other.start()
    run = playbook([task(log_template="", allow_replace=True, ignore=True)]).succeeded()
    other.join()
    assert run.last["failure"]["code"] == "ChangedMeanwhile"
    assert "timeout" in run.last.message
    assert details(witness)["properties"]["logTemplate"] == "logs/{{.Run.ID}}"


def test_secret_values_are_compared_by_listing_details(
    playbook: Playbook, registry: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """Seen where Azure shows them: unchanged is one request, a new value is one more; no value is ever shown."""
    first, second = canary(), canary()
    options = {"content": TASK_FILE, "values": {"open": "1"}}
    playbook([task(**options, secret_values={"token": first})], verbosity=4).succeeded()
    with emulator.recorded() as requests:
        same = playbook([task(**options, secret_values={"token": first})], verbosity=4).succeeded()
    assert not same.last.changed
    assert only_our_arm(requests) == [DETAILS]
    with emulator.recorded() as requests:
        other = playbook([task(**options, secret_values={"token": second})], verbosity=4, diff=True).succeeded()
    assert other.last.changed
    assert other.last["diff"]["before"] != other.last["diff"]["after"]
    assert only_our_arm(requests) == [DETAILS, "PATCH"]
    assert details(witness)["properties"]["step"]["values"] == [
        {"name": "open", "value": "1", "isSecret": False},
        {"name": "token", "value": second, "isSecret": True},
    ]
    assert other.last["task"] == same.last["task"]
    assert other.last["task"]["secret_values_names"] == ["token"]
    assert found([first, second], playbook.runs, emulator) == []


@pytest.mark.parametrize("style", ["omitted", "no_value"])
@pytest.mark.parametrize("merge", ["replace", "by_name"])
def test_a_change_of_plain_values_keeps_the_secret_ones(
    playbook: Playbook, rich: dict[str, Any], witness: Witness, emulator: Emulator, style: str, merge: str
) -> None:
    """Lists are sent whole, so what ordinary reads hide is read first; either way to merge gives the same."""
    emulator.switch("secret_arg_style", style)
    emulator.switch("list_merge", merge)
    with emulator.recorded() as requests:
        run = playbook([task(arguments={"OPEN": "2"}), task("Again", arguments={"OPEN": "2"})]).succeeded()
    assert [result.changed for result in run.results] == [True, False]
    assert only_our_arm(requests) == ["GET", DETAILS, "PATCH", "GET"]
    assert details(witness)["properties"]["step"]["arguments"] == [
        {"name": "OPEN", "value": "2", "isSecret": False},
        {"name": "HIDDEN", "value": "secret-argument", "isSecret": True},
    ]


@pytest.mark.parametrize("options", [{"arguments": {}}, {"secret_arguments": {}}])
def test_an_entry_that_a_patch_does_not_remove(
    playbook: Playbook, rich: dict[str, Any], witness: Witness, emulator: Emulator, options: dict[str, Any]
) -> None:
    """Should Azure merge lists by name, the module says so, and replaces the task if it may."""
    emulator.switch("list_merge", "by_name")
    failed = playbook([task(**options, ignore=True)]).succeeded().last
    assert failed["failure"]["code"] == "NotVerified"
    assert failed.changed
    run = playbook([task(**options, allow_replace=True), task("Again", **options)]).succeeded()
    assert [result.changed for result in run.results] == [True, False]
    assert len(details(witness)["properties"]["step"]["arguments"]) == 1


@pytest.mark.parametrize("refusal", [(403, "AuthorizationFailed"), (409, "ScopeLocked")])
def test_without_the_right_to_list_details(
    playbook: Playbook, rich: dict[str, Any], witness: Witness, emulator: Emulator, refusal: tuple[int, str]
) -> None:
    """One more request, a warning, and secrets are compared by name."""
    status, code = refusal
    emulator.fault(
        method="POST", path="/listDetails$", status=status, code=code, message="No.", times=99, when="before"
    )
    with emulator.recorded() as requests:
        run = playbook([task(secret_arguments={"HIDDEN": "whatever"})]).succeeded()
    assert not run.last.changed
    assert only_our_arm(requests) == [DETAILS, "GET"]
    assert code in "".join(run.last["warnings"])
    run = playbook(
        [
            task("Always", secret_arguments={"HIDDEN": "new"}, update_secret="always"),
            task("Plain alone", arguments={"OPEN": "2"}, ignore=True),
            task("Both", arguments={"OPEN": "2"}, secret_arguments={"HIDDEN": "newer"}),
        ]
    ).succeeded()
    assert run.changed == ["Always", "Both"]
    assert "secret_arguments" in run["Plain alone"].message  # it would have lost the secret one
    emulator.clear_faults()
    assert details(witness)["properties"]["step"]["arguments"] == [
        {"name": "OPEN", "value": "2", "isSecret": False},
        {"name": "HIDDEN", "value": "newer", "isSecret": True},
    ]
