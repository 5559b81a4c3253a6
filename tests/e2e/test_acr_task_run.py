# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task_run: starting, waiting, telling why a run failed, and never starting twice."""

from __future__ import annotations

from typing import Any

import pytest
from support.arm import Witness
from support.canary import canary, found
from support.emulator import Emulator
from support.given import GROUP, REGISTRY, REGISTRY_PATH, TASK, Given
from support.playbook import Playbook, PlayRun

SAY = """\
version: v1.1.0
steps:
  - id: say
    cmd: bash echo {{.Values.word}} {{.Values.token}}
"""


def start(**options: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": "Run",
            "acr.tasks.acr_task_run": {"resource_group": GROUP, "registry_name": REGISTRY, "task": TASK, **options},
            "register": "result",
        }
    ]


@pytest.fixture
def task(given: Given) -> Given:
    """A task that needs no sign-in."""
    given.group()
    given.registry()
    given.task(content=SAY)
    return given


def runs_of(witness: Witness) -> list[dict[str, Any]]:
    return witness.get(f"{REGISTRY_PATH}/runs")["value"]


def test_a_run_is_started_once_and_told_with_its_log(
    task: Given, playbook: Playbook, emulator: Emulator, witness: Witness
) -> None:
    with emulator.recorded() as requests:
        result = playbook(start()).succeeded()["Run"]
    run = result["run"]
    assert result.changed
    assert run["status"] == "Succeeded"
    assert run["task"] == TASK
    assert run["id"].lower().endswith(f"/runs/{run['run_id']}")
    assert run["log_lines"][-1].startswith(f"Run ID: {run['run_id']} was successful")
    assert run["attempts"] == [{"run_id": run["run_id"], "status": "Succeeded", "error": None}]
    assert [each["name"] for each in runs_of(witness)] == [run["run_id"]]

    polls = [request for request in requests.arm if request.method == "GET"]
    assert requests.arm.methods == ["POST scheduleRun", *["GET"] * len(polls), "POST listLogSasUrl"]
    assert len(polls) >= 1
    assert {request.path.rpartition("/")[2] for request in polls} == {run["run_id"]}
    assert {request.plane for request in requests if request.plane != "arm"} == {"blob"}


def test_values_reach_the_run_and_secrets_stay_out_of_its_log(
    task: Given, playbook: Playbook, emulator: Emulator
) -> None:
    secret = canary()
    done = playbook(
        start(values={"word": "hello"}, secret_values={"token": secret}), verbosity=4, diff=True
    ).succeeded()
    log = "\n".join(done["Run"]["run"]["log_lines"])
    assert "hello ********" in log
    assert found([secret], playbook.runs, emulator) == []


def test_without_waiting_there_is_no_verdict(task: Given, playbook: Playbook, emulator: Emulator) -> None:
    with emulator.recorded() as requests:
        run = playbook(start(wait=False)).succeeded()["Run"]["run"]
    assert requests.arm.methods == ["POST scheduleRun"]
    assert run["status"] == "Queued"
    assert run["log_lines"] == []


def test_check_mode_starts_nothing(task: Given, playbook: Playbook, emulator: Emulator, witness: Witness) -> None:
    with emulator.recorded() as requests:
        result = playbook(start(), check=True).succeeded()["Run"]
    assert requests.writes == []
    assert result.changed
    assert result["run"]["run_id"] is None
    assert result["run"]["task"] == TASK
    assert runs_of(witness) == []
    real = playbook(start()).succeeded()["Run"]
    assert result["run"].keys() == real["run"].keys()


def test_check_mode_on_nothing_predicts_a_run(playbook: Playbook, emulator: Emulator) -> None:
    with emulator.recorded() as requests:
        result = playbook(start(), check=True).succeeded()["Run"]
    assert requests.writes == []
    assert result.changed
    assert len(result["warnings"]) == 1
    assert f"/registries/{REGISTRY}/tasks/{TASK} does not exist yet" in result["warnings"][0]


def test_a_missing_task_is_one_sentence_with_its_id(given: Given, playbook: Playbook) -> None:
    given.group()
    given.registry()
    failure = playbook(start()).failure()
    assert "The task /subscriptions/" in failure.message
    assert f"/registries/{REGISTRY}/tasks/{TASK} does not exist." in failure.message
    assert failure["failure"]["status"] == 404
    assert not failure.changed


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"task": "a b"}, "task is not a valid name"),
        ({"registry_name": "no"}, "registry_name is not a valid name"),
        ({"task": "/subscriptions/x/tasks/y"}, "task is not a full resource id"),
        ({"values": {"list": [1]}}, "values.list must be"),
        ({"values": {"a": 1}, "secret_values": {"a": "x"}}, "a stands in both values and secret_values"),
        ({"wait_timeout": -1}, "wait_timeout"),
    ],
)
def test_wrong_options_are_told_before_any_request(
    playbook: Playbook, emulator: Emulator, options: dict[str, Any], words: str
) -> None:
    with emulator.recorded() as requests:
        failure = playbook(start(**options)).failure()
    assert words in failure.message
    assert failure["failure"]["code"] == "InvalidOption"
    assert requests == []


def test_a_failing_step_is_named_with_the_engines_words(given: Given, playbook: Playbook) -> None:
    given.group()
    given.registry()
    given.task(content="version: v1.1.0\nsteps:\n  - id: test\n    cmd: bash bash -c 'exit 4'\n")
    failure = playbook(start()).failure()
    run = failure["run"]
    assert failure.changed
    assert failure["failure"]["code"] == "RunFailed"
    assert run["status"] == "Failed"
    assert run["failing_step"] == "test"
    assert "status Failed in step test: failed to run step ID: test: exit status 4" in failure.message
    assert "No retries remaining" in failure.message  # the log's end
    assert run["log_lines"][-1].startswith(f"Run ID: {run['run_id']} failed")


def test_broken_yaml_is_told_with_cause_and_fix(given: Given, playbook: Playbook) -> None:
    given.group()
    given.registry()
    given.task(content="steps: [\n")
    failure = playbook(start()).failure()
    assert "failed to unmarshal task before running" in failure.message
    assert "Correct the YAML" in failure["failure"]["hint"]


# --- a start whose answer gets lost


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503, "code": "ServerBusy", "message": "Try again."},
        {"kind": "status", "status": 500, "code": "InternalServerError", "message": "Something."},
        {"kind": "reset"},
    ],
    ids=["503", "500", "reset"],
)
def test_a_lost_answer_leaves_exactly_one_run(
    task: Given, playbook: Playbook, emulator: Emulator, witness: Witness, fault: dict[str, Any]
) -> None:
    emulator.fault(method="POST", path="/scheduleRun$", when="after", **fault)
    done = playbook(start()).succeeded()
    result = done["Run"]
    assert [each["name"] for each in runs_of(witness)] == [result["run"]["run_id"]]
    assert result["run"]["status"] == "Succeeded"
    assert "is taken for ours" in result["warnings"][0]


def test_a_start_that_was_never_accepted_is_not_sent_again(
    task: Given, playbook: Playbook, emulator: Emulator, witness: Witness
) -> None:
    emulator.fault(method="POST", path="/scheduleRun$", when="before", kind="status", status=503, code="ServerBusy")
    failure = playbook(start()).failure()
    assert failure["failure"]["code"] == "OutcomeUnknown"
    assert "Runs since then: none" in failure.message
    assert runs_of(witness) == []


def test_a_throttled_start_is_sent_again(task: Given, playbook: Playbook, emulator: Emulator, witness: Witness) -> None:
    emulator.fault(
        method="POST",
        path="/scheduleRun$",
        when="before",
        kind="status",
        status=429,
        code="TooManyRequests",
        headers={"Retry-After": "1"},
    )
    playbook(start()).succeeded()
    assert len(runs_of(witness)) == 1


# --- trouble while waiting


def test_trouble_while_waiting_is_survived(task: Given, playbook: Playbook, emulator: Emulator) -> None:
    emulator.fault(method="GET", path="/runs/", kind="status", status=503, code="ServerBusy", times=2)
    emulator.fault(method="GET", path="/runs/", kind="reset", skip=2)
    assert playbook(start()).succeeded()["Run"]["run"]["status"] == "Succeeded"


def test_an_unreadable_log_is_a_warning(task: Given, playbook: Playbook, emulator: Emulator) -> None:
    emulator.fault(
        method="POST", path="/listLogSasUrl$", kind="status", status=403, code="AuthorizationFailed", times=9
    )
    result = playbook(start()).succeeded()["Run"]
    assert result["run"]["status"] == "Succeeded"
    assert result["run"]["log_lines"] == []
    assert "could not be read" in result["warnings"][0]


def test_the_log_link_is_shown_nowhere(task: Given, playbook: Playbook, emulator: Emulator) -> None:
    emulator.fault(host="*.blob.core.windows.net", kind="status", status=403, code="AuthenticationFailed", times=9)
    done: PlayRun = playbook(start(), verbosity=4).succeeded()
    everything = done.stdout + done.stderr + str([result.result for result in done.results])
    assert "sig=" not in everything
    assert "answered with status 403" in everything
