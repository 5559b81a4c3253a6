# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Tasks: create, replace, merge, read, list, delete."""

from __future__ import annotations

import copy

import pytest
from acr import DOCKER, OLD_TASK_VERSION, SOURCE_TRIGGER, Acr, encoded_task

SECRET = {"name": "key", "value": "canary-argument", "isSecret": True}
PLAIN = {"name": "mode", "value": "fast", "isSecret": False}


@pytest.fixture
def acr(azure):
    return Acr(azure)


def docker(**changes):
    return copy.deepcopy(DOCKER) | changes


def test_create_answers_200_with_the_final_body(acr):
    answer = acr.task("PUT", "mytask", {"location": "East US", "properties": DOCKER})
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"type", "properties", "id", "name", "location", "systemData"}
    properties = body["properties"]
    assert properties.pop("provisioningState") == "Succeeded"
    assert properties.pop("creationDate").endswith("+00:00")
    assert properties == {key: value for key, value in DOCKER.items() if key != "credentials"}
    assert set(body["systemData"]) == {
        "createdBy", "createdByType", "createdAt", "lastModifiedBy", "lastModifiedByType", "lastModifiedAt",
    }  # fmt: skip
    assert not {"azure-asyncoperation", "location", "etag"} & set(answer.headers)


def test_defaults(acr):
    body = acr.put_task(
        {
            "platform": {"os": "Linux"},
            "step": {
                "type": "Docker",
                "dockerFilePath": "Dockerfile",
                "contextPath": "https://github.com/me/app.git",
                "arguments": [{"name": "a", "value": "b"}],
            },
            "trigger": {"timerTriggers": [{"name": "t1", "schedule": "0 21 * * *"}]},
        }
    )
    properties = body["properties"]
    assert properties["status"] == "Enabled"
    assert properties["timeout"] == 3600
    assert properties["isSystemTask"] is False
    assert properties["agentConfiguration"] == {"cpu": 2}
    assert properties["platform"] == {"os": "Linux", "architecture": "amd64"}
    assert properties["step"]["isPushEnabled"] is True
    assert properties["step"]["noCache"] is False
    assert properties["step"]["arguments"] == [{"name": "a", "value": "b", "isSecret": False}]
    assert properties["trigger"]["timerTriggers"] == [{"name": "t1", "schedule": "0 21 * * *", "status": "Enabled"}]


def test_put_is_a_full_replace(acr):
    first = acr.put_task(docker(), tags={"a": "b"}, identity={"type": "SystemAssigned"})
    acr.set_credential("a.example.io", {"identity": "[system]"})
    second = acr.put_task(encoded_task("steps: []"))
    assert "trigger" not in second["properties"]
    assert "credentials" not in acr.details()["properties"]
    assert not {"tags", "identity"} & set(second)
    assert second["properties"]["step"] == {"type": "EncodedTask", "encodedTaskContent": "c3RlcHM6IFtd"}
    assert second["systemData"]["createdAt"] == first["systemData"]["createdAt"]
    assert second["systemData"]["lastModifiedAt"] > first["systemData"]["lastModifiedAt"]
    assert second["properties"]["creationDate"] == first["properties"]["creationDate"]


def test_spelling_of_the_id_is_the_requests(acr):
    acr.put_task(docker(), "MyTask")
    body = acr.task("GET", "mytask").json()
    assert body["id"] == f"{acr.id}/tasks/mytask"
    assert body["name"] == "MyTask"
    listed = acr.azure.arm("GET", f"{acr.id}/tasks", version=OLD_TASK_VERSION).json()
    assert [task["id"] for task in listed["value"]] == [f"{acr.id}/tasks/MyTask"]
    assert "nextLink" not in listed


def test_lists_come_in_pages(acr):
    names = [f"task{number}" for number in range(5)]
    for name in names:
        acr.put_task(encoded_task("steps: []"), name)
    acr.azure.switch(page_size=2)
    url, found, pages = f"https://management.azure.com{acr.id}/tasks?api-version={OLD_TASK_VERSION}", [], 0
    while url:
        answer = acr.azure.send("GET", url, audience="https://management.azure.com").json()
        found += [task["name"] for task in answer["value"]]
        url, pages = answer.get("nextLink"), pages + 1
    assert (found, pages) == (names, 3)


def test_delete(acr):
    acr.put_task(docker())
    gone = [acr.task("DELETE") for _ in range(2)]
    assert [answer.status_code for answer in gone] == [200, 204]
    assert gone[0].headers["content-length"] == "0"
    missing = acr.task("GET")
    assert missing.status_code == 404
    assert missing.headers["x-ms-failure-cause"] == "gateway"
    assert missing.json()["error"]["message"].startswith(
        "The Resource 'Microsoft.ContainerRegistry/registries/myregistry/tasks/mytask' under resource group 'rg1' was"
    )
    assert acr.task("POST", "mytask/listDetails").json()["error"]["code"] == "ResourceNotFound"
    assert acr.task("PATCH", "mytask", {}).json()["error"]["code"] == "ResourceNotFound"


def test_missing_registry(acr):
    body = {"location": "eastus", "properties": DOCKER}
    answer = acr.azure.arm("PUT", f"{acr.id}x/tasks/mytask", body, version=OLD_TASK_VERSION)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ParentResourceNotFound")


def test_reads_hide_secrets_and_details_show_them(acr):
    step = DOCKER["step"] | {"arguments": [SECRET, PLAIN], "contextAccessToken": "canary-context"}
    trigger = {
        "sourceTriggers": [SOURCE_TRIGGER],
        "baseImageTrigger": DOCKER["trigger"]["baseImageTrigger"]
        | {"updateTriggerEndpoint": "https://hook.example/canary-endpoint"},
    }
    put = acr.put_task(docker(step=step, trigger=trigger))
    patch = acr.patch_task({})
    listed = acr.azure.arm("GET", f"{acr.id}/tasks", version=OLD_TASK_VERSION).json()["value"][0]
    for shown in (put, patch, acr.get_task(), listed):
        assert "canary" not in str(shown)
        assert shown["properties"]["step"]["arguments"] == [PLAIN]
        source = shown["properties"]["trigger"]["sourceTriggers"][0]
        assert source["status"] == "Enabled"
        assert source["sourceRepository"] == {
            "sourceControlType": "Github", "repositoryUrl": "https://github.com/me/app", "branch": "main",
        }  # fmt: skip
    full = acr.details()["properties"]
    assert full["step"]["arguments"] == [SECRET, PLAIN]
    assert full["step"]["contextAccessToken"] == "canary-context"
    assert full["trigger"]["baseImageTrigger"]["updateTriggerEndpoint"] == "https://hook.example/canary-endpoint"
    repository = full["trigger"]["sourceTriggers"][0]["sourceRepository"]
    assert repository["sourceControlAuthProperties"]["token"] == "canary-token"


def test_secret_arguments_may_lack_only_their_value(acr):
    acr.azure.switch(secret_arg_style="no_value")
    shown = acr.put_task(docker(step=DOCKER["step"] | {"arguments": [SECRET, PLAIN]}))
    assert shown["properties"]["step"]["arguments"] == [{"name": "key", "isSecret": True}, PLAIN]


def test_null_is_nothing(acr):
    body = acr.put_task(docker(step=DOCKER["step"] | {"target": None}, trigger=None, agentPoolName=None))
    assert "target" not in body["properties"]["step"]
    assert not {"trigger", "agentPoolName", "credentials"} & set(body["properties"])


# -- PATCH ---------------------------------------------------------------------------------------------------------


def test_patch_leaves_what_it_does_not_name(acr):
    before = acr.put_task(docker(), tags={"a": "b"}, identity={"type": "SystemAssigned"})
    after = acr.patch_task(
        {
            "agentConfiguration": {},
            "platform": {},
            "credentials": {},
            "step": {"type": "Docker"},
            "trigger": {"baseImageTrigger": {"name": "defaultBaseimageTriggerName"}},
        }
    )
    for key in ("properties", "tags", "identity"):
        assert after[key] == before[key]


def test_patch_merges_step_and_platform(acr):
    before = acr.put_task(docker())["properties"]
    after = acr.patch_task(
        {
            "platform": {"os": "linux", "architecture": "arm"},
            "step": {"type": "Docker", "contextPath": "https://github.com/me/other.git", "imageNames": ["x:1", "y:1"]},
            "timeout": 600,
        }
    )["properties"]
    assert after["platform"] == {"os": "linux", "architecture": "arm"}
    assert after["timeout"] == 600
    assert after["step"] == before["step"] | {
        "contextPath": "https://github.com/me/other.git",
        "imageNames": ["x:1", "y:1"],
    }


def test_patch_merges_triggers_by_name(acr):
    timers = [{"name": "t1", "schedule": "0 1 * * *"}, {"name": "t2", "schedule": "0 2 * * *"}]
    acr.put_task(docker(trigger={"timerTriggers": timers, "sourceTriggers": [SOURCE_TRIGGER]}))
    acr.patch_task(
        {
            "trigger": {
                "timerTriggers": [
                    {"name": "t2", "schedule": "0 3 * * *", "status": "Disabled"},
                    {"name": "t3", "schedule": "0 4 * * *"},
                ],
                "sourceTriggers": [{"name": "defaultSourceTriggerName", "sourceTriggerEvents": ["pullrequest"],
                                    "sourceRepository": {"sourceControlType": "Github",
                                                         "repositoryUrl": "https://github.com/me/app"}}],
            }
        }
    )  # fmt: skip
    trigger = acr.details()["properties"]["trigger"]
    assert [(entry["name"], entry["schedule"], entry["status"]) for entry in trigger["timerTriggers"]] == [
        ("t1", "0 1 * * *", "Enabled"),
        ("t2", "0 3 * * *", "Disabled"),
        ("t3", "0 4 * * *", "Enabled"),
    ]
    source = trigger["sourceTriggers"][0]
    assert source["sourceTriggerEvents"] == ["pullrequest"]
    assert source["sourceRepository"]["sourceControlAuthProperties"]["token"] == "canary-token"


def test_patch_cannot_remove_a_trigger(acr):
    acr.put_task(docker(trigger={"timerTriggers": [{"name": "t1", "schedule": "0 1 * * *"}]}))
    after = acr.patch_task({"trigger": {"timerTriggers": []}})
    assert [entry["name"] for entry in after["properties"]["trigger"]["timerTriggers"]] == ["t1"]


def test_patch_replaces_arguments(acr):
    acr.put_task(docker(step=DOCKER["step"] | {"arguments": [SECRET, PLAIN]}))
    other = {"name": "other", "value": "1"}
    acr.patch_task({"step": {"type": "Docker", "arguments": [other]}})
    assert acr.details()["properties"]["step"]["arguments"] == [other | {"isSecret": False}]


def test_patch_may_merge_arguments_by_name(acr):
    acr.azure.switch(list_merge="by_name")
    acr.put_task(docker(step=DOCKER["step"] | {"arguments": [SECRET, PLAIN]}))
    acr.patch_task({"step": {"type": "Docker", "arguments": [{"name": "mode", "value": "slow"}]}})
    assert acr.details()["properties"]["step"]["arguments"] == [SECRET, PLAIN | {"value": "slow"}]


@pytest.mark.parametrize("how", ["replace", "reject"])
def test_patch_with_another_step_type(acr, how):
    acr.azure.switch(step_type_change=how)
    acr.put_task(docker())
    step = {"type": "EncodedTask", "encodedTaskContent": "eA=="}
    answer = acr.task("PATCH", "mytask", {"properties": {"step": step}})
    if how == "replace":
        assert answer.json()["properties"]["step"] == step
    else:
        assert answer.status_code == 400
        assert acr.get_task()["properties"]["step"]["type"] == "Docker"


@pytest.mark.parametrize(("how", "expected"), [("replace", {"c": "d"}), ("merge", {"a": "b", "c": "d"})])
def test_patch_of_tags(acr, how, expected):
    acr.azure.switch(tags_patch=how)
    acr.put_task(docker(), tags={"a": "b"})
    assert acr.patch_task({}, tags={"c": "d"})["tags"] == expected


@pytest.mark.parametrize(("switch", "value", "status"), [("create_code", 201, 201), ("create_code", 200, 200)])
def test_create_code(acr, switch, value, status):
    acr.azure.switch(**{switch: value})
    body = {"location": "eastus", "properties": DOCKER}
    assert [acr.task("PUT", "mytask", body).status_code for _ in range(2)] == [status, 200]


def test_absent_task_may_answer_404_to_delete(acr):
    acr.azure.switch(delete_absent_code=404)
    assert acr.task("DELETE").status_code == 404


def test_put_may_renew_the_creation_date(acr):
    acr.azure.switch(put_keeps_creation_date=False)
    first, second = (acr.put_task(docker()) for _ in range(2))
    assert first["properties"]["creationDate"] != second["properties"]["creationDate"]
    assert first["systemData"]["createdAt"] == second["systemData"]["createdAt"]


def test_a_reader_may_not_list_details(acr):
    acr.put_task(docker())
    assert acr.task("GET", "mytask", application=1).status_code == 200
    answer = acr.task("POST", "mytask/listDetails", application=1)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AuthorizationFailed")


@pytest.mark.parametrize(("counted", "bucket"), [(True, "writes"), (False, "reads")])
def test_details_are_booked_as_a_write(acr, counted, bucket):
    acr.azure.switch(count_writes=counted)
    acr.put_task(docker())
    headers = acr.task("POST", "mytask/listDetails").headers
    assert f"x-ms-ratelimit-remaining-subscription-{bucket}" in headers
