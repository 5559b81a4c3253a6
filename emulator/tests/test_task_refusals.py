# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Tasks that the service refuses."""

from __future__ import annotations

import copy

import pytest
from acr import DOCKER, SOURCE_TRIGGER, Acr


@pytest.fixture
def acr(azure):
    return Acr(azure)


def docker(**changes):
    return copy.deepcopy(DOCKER) | changes


NO_CONTEXT = {key: value for key, value in DOCKER["step"].items() if key != "contextPath"}
TIMER = {"name": "t1", "schedule": "0 1 * * *"}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"agentConfiguration": {"cpu": 4}}, "InvalidInputValue", "Invalid value for CPU core count"),
        ({"timeout": 299}, "InvalidInputValue", "Timeout"),
        ({"timeout": 28801}, "InvalidInputValue", "Timeout"),
        ({"step": NO_CONTEXT}, "ContextUndefined", "Cannot determine the build context for the step of the task"),
        ({"step": NO_CONTEXT | {"contextPath": "file:///app"}}, "InvalidUri", "Uri property 'file:///app' is invalid"),
        (
            {"trigger": {"sourceTriggers": [SOURCE_TRIGGER | {"sourceTriggerEvents": []}]}},
            "InvalidInputValue",
            "Missing required property 'SourceTriggerEvents'",
        ),
        (
            {
                "trigger": {
                    "sourceTriggers": [
                        SOURCE_TRIGGER
                        | {
                            "sourceRepository": {
                                "sourceControlType": "Github",
                                "repositoryUrl": "https://github.com/me/app",
                            }
                        }
                    ]
                }
            },
            "InvalidInputValue",
            "SourceControlAuthProperties",
        ),
        ({"trigger": {"timerTriggers": [TIMER | {"schedule": "0 1 * *"}]}}, "InvalidInputValue", "cron expression"),
        ({"trigger": {"timerTriggers": [TIMER | {"schedule": "0 25 * * *"}]}}, "InvalidInputValue", "cron expression"),
        ({"trigger": {"timerTriggers": [TIMER, TIMER]}}, "InvalidInputValue", "unique"),
        ({"agentPoolName": "pool1"}, "InvalidInputValue", "exclude each other"),
        ({"isSystemTask": True}, "NotEmulated", "isSystemTask"),
        ({"status": "Sleeping"}, "InvalidInputValue", "(Enabled, Disabled)"),
        ({"platform": {"os": "plan9"}}, "InvalidInputValue", "(Linux, Windows)"),
        ({"trigger": {"baseImageTrigger": {"name": "b"}}}, "InvalidInputValue", "BaseImageTriggerType"),
        ({"credentials": {"sourceRegistry": {"loginMode": "Maybe"}}}, "InvalidInputValue", "(None, Default)"),
        ({"step": {"type": "Docker", "contextPath": "https://a.b/c.git"}}, "InvalidInputValue", "DockerFilePath"),
        ({"step": {"type": "EncodedTask"}}, "InvalidInputValue", "EncodedTaskContent"),
        ({"step": {"dockerFilePath": "Dockerfile"}}, "InvalidRequestBody", "discriminator"),
    ],
)
def test_refused(acr, changes, code, words):
    answer = acr.task("PUT", "mytask", {"location": "eastus", "properties": docker(**changes)})
    error = answer.json()["error"]
    assert (error["code"], words in error["message"]) == (code, True), error
    assert acr.task("GET").status_code == 404


def test_refused_patch_changes_nothing(acr):
    before = acr.put_task(docker())
    answer = acr.task("PATCH", "mytask", {"properties": {"timeout": 10}, "identity": {"type": "SystemAssigned"}})
    assert "taskUpdateParameters" in answer.json()["error"]["message"]
    assert acr.get_task() == before


@pytest.mark.parametrize("name", ["four", "a" * 51, "my.task", "my task"])
def test_refused_names(acr, name):
    answer = acr.task("PUT", name, {"location": "eastus", "properties": DOCKER})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidInputValue")


def test_wrong_location(acr):
    answer = acr.task("PUT", "mytask", {"location": "westus", "properties": DOCKER})
    assert answer.status_code == 404
    assert "cannot be found" in answer.json()["error"]["message"]


def test_one_source_trigger_is_a_context(acr):
    trigger = {"sourceTriggers": [SOURCE_TRIGGER]}
    assert acr.task("PUT", "mytask", {"location": "eastus", "properties": docker(step=NO_CONTEXT, trigger=trigger)})


def test_code_of_a_bad_schedule(acr):
    acr.azure.switch(bad_cron_code="InvalidCronExpression")
    trigger = {"timerTriggers": [TIMER | {"schedule": "at noon"}]}
    answer = acr.task("PUT", "mytask", {"location": "eastus", "properties": docker(trigger=trigger)})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidCronExpression")


@pytest.mark.parametrize("schedule", ["*/5 * * * *", "0 21 1,15 * 1-5", "0 0 * jan sun"])
def test_schedules(acr, schedule):
    acr.put_task(docker(trigger={"timerTriggers": [TIMER | {"schedule": schedule}]}))
