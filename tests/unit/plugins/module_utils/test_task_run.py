# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs: options to request, run to result, outcome to words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _task_run as task_run
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

TASK_ID = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/myregistry/tasks/hello"


def run(status: str = "Succeeded", **properties: Any) -> dict[str, Any]:
    body = {
        "runId": "cf3",
        "status": status,
        "runType": "QuickRun",
        "task": "hello",
        "createTime": "2026-01-02T03:04:26.7992234+00:00",
        "provisioningState": "Succeeded",
    }
    return {"id": f"{TASK_ID.rsplit('/tasks', 1)[0]}/runs/cf3", "name": "cf3", "properties": body | properties}


def test_a_plain_start_sends_the_recorded_body() -> None:
    assert task_run.request_body(TASK_ID, task_run.overrides({})) == {
        "type": "TaskRunRequest",
        "isArchiveEnabled": False,
        "taskId": TASK_ID,
        "overrideTaskStepProperties": {"arguments": [], "values": []},
    }


def test_overrides_have_the_fields_of_the_api() -> None:
    overrides = task_run.overrides(
        {
            "values": {"tag": 1.5, "push": True},
            "secret_values": {"token": "v-secret"},
            "arguments": {"BASE": "alpine"},
            "secret_arguments": {"KEY": "a-secret"},
            "context": "https://github.com/me/app.git#main",
            "file": "Dockerfile.test",
            "target": "build",
        }
    )
    assert overrides == {
        "values": [
            {"name": "tag", "value": "1.5", "isSecret": False},
            {"name": "push", "value": "true", "isSecret": False},
            {"name": "token", "value": "v-secret", "isSecret": True},
        ],
        "arguments": [
            {"name": "BASE", "value": "alpine", "isSecret": False},
            {"name": "KEY", "value": "a-secret", "isSecret": True},
        ],
        "contextPath": "https://github.com/me/app.git#main",
        "file": "Dockerfile.test",
        "target": "build",
    }


def test_empty_overrides_are_not_sent() -> None:
    overrides = task_run.overrides({"file": "", "target": None, "values": {}})
    assert overrides == {"arguments": [], "values": []}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"values": {"a": ["x"]}}, "values.a must be a string"),
        ({"secret_values": {"a": {"x": "hidden"}}}, "secret_values.a must be a string"),
        ({"arguments": {"a": None}}, "arguments.a must be a string"),
        ({"values": {"a": "1"}, "secret_values": {"a": "hidden"}}, "a stands in both values and secret_values"),
    ],
)
def test_a_wrong_override_names_the_option_and_no_secret(params: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption, match=words) as raised:
        task_run.overrides(params)
    assert "hidden" not in str(raised.value)


def test_secret_texts_are_all_secret_overrides() -> None:
    params = {"values": {"a": "open"}, "secret_values": {"b": "s1"}, "secret_arguments": {"c": 7, "d": ""}}
    assert sorted(task_run.secret_texts(params)) == ["7", "s1"]


def test_the_answer_of_a_start_has_every_key() -> None:
    started = {
        "properties": {"runId": "cf3", "status": "Queued", "provisioningState": "Succeeded"},
        "id": "x",
        "name": "cf3",
    }
    result = task_run.to_result(started, "hello")
    assert (result["run_id"], result["status"], result["task"], result["images"]) == ("cf3", "Queued", "hello", [])
    assert result.keys() == task_run.to_result(None).keys() == task_run.to_result(run()).keys()


def test_a_finished_run_as_result() -> None:
    image = {"registry": "docker.io", "repository": "hubuser/hubrepo", "tag": "cf3", "digest": "sha256:1"}
    result = task_run.to_result(
        run(
            startTime="2026-01-02T03:04:27.25+00:00",
            finishTime="2026-01-02T03:04:38.1234567+00:00",
            outputImages=[image],
            customRegistries=["docker.io"],
            platform={"os": "linux", "architecture": "amd64"},
        )
    )
    assert result["duration"] == 11
    assert result["images"] == [image]
    assert result["custom_registries"] == ["docker.io"]
    assert result["platform"] == {"os": "linux", "architecture": "amd64", "variant": None}


@pytest.mark.parametrize("status", ["Succeeded", "Failed", "Canceled", "Error", "Timeout"])
def test_terminal_statuses_end_the_wait(status: str) -> None:
    assert task_run.is_over(run(status))


@pytest.mark.parametrize("status", ["Queued", "Started", "Running"])
def test_provisioning_state_never_ends_the_wait(status: str) -> None:
    assert not task_run.is_over(run(status, provisioningState="Succeeded"))


@pytest.mark.parametrize(
    "text", ["2026-01-02T03:04:26.7992234+00:00", "2026-01-02T03:04:26.7+00:00", "2026-01-02T03:04:26Z"]
)
def test_times_of_the_service_are_read(text: str) -> None:
    parsed = task_run.parse_time(text)
    assert parsed is not None
    assert parsed.replace(microsecond=0) == datetime(2026, 1, 2, 3, 4, 26, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, "", "yesterday"])
def test_what_is_no_time_is_none(text: str | None) -> None:
    assert task_run.parse_time(text) is None


def test_only_a_start_by_hand_since_ours_can_be_ours() -> None:
    since = datetime(2026, 1, 2, 3, 4, 26, tzinfo=UTC)
    runs = [
        run(runId="ours"),
        run(runId="older", createTime="2026-01-02T03:04:25.9+00:00"),
        run(runId="timer", timerTrigger={"timerTriggerName": "t1"}),
        run(runId="auto", runType="AutoRun"),
        run(runId="other", task="goodbye"),
        run(runId="quick build", task=None),
        run(runId="undated", createTime=None),
    ]
    assert [task_run.run_id_of(each) for each in task_run.started_since(runs, "HELLO", since)] == ["ours"]


def test_a_failed_run_tells_status_step_reason_and_fix() -> None:
    lines = [
        "2026/01/02 03:04:28 Executing step ID: push. Timeout(sec): 600, Working directory: '', Network: ''",
        "denied: requested access to the resource is denied",
        "failed to run step ID: push: failed to push images successfully",
        "",
        "Run ID: cf3 failed after 18s. Error: failed during run, err: exit status 1",
    ]
    words = task_run.failure_words(run("Failed", runErrorMessage="failed during run, err: exit status 1"), lines)
    assert words["code"] == "RunFailed"
    assert words["step"] == "push"
    assert "cf3" in words["message"]
    assert "status Failed" in words["message"]
    assert "failed to push images successfully" in words["message"]
    assert "may not use that repository" in words["message"]
    assert "owner of the repository" in words["hint"]
    assert words["log_tail"] == [line for line in lines if line]


def test_without_a_log_the_services_own_words_remain() -> None:
    words = task_run.failure_words(run("Failed", runErrorMessage="failed during run, err: exit status 1"), [])
    assert "failed during run, err: exit status 1" in words["message"]
    assert words["step"] is None
    assert words["log_tail"] == []


def test_a_status_that_says_it_all() -> None:
    words = task_run.failure_words(run("Timeout"), [])
    assert words["code"] == "RunTimeout"
    assert "timeout of the task" in words["hint"]
