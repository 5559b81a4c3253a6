# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs: start, read, list, archive, cancel, and the link to the log."""

from __future__ import annotations

import base64
import datetime
import re
import time

import pytest
from acr import Acr, encoded, encoded_task

QUIET = "steps: []"
ARM = "https://management.azure.com"


@pytest.fixture
def acr(azure):
    acr = Acr(azure)
    acr.put_task(encoded_task(QUIET))
    return acr


def test_start_answers_with_a_small_run(acr):
    answer = acr.schedule(
        {
            "type": "TaskRunRequest",
            "isArchiveEnabled": False,
            "taskId": f"{acr.id}/tasks/mytask",
            "overrideTaskStepProperties": {"arguments": [], "values": []},
        }
    )
    assert answer.status_code == 200
    assert not {"azure-asyncoperation", "location"} & set(answer.headers)
    body = answer.json()
    assert set(body) == {"type", "properties", "id", "name", "systemData"}
    assert set(body["systemData"]) == {"lastModifiedBy", "lastModifiedByType", "lastModifiedAt"}
    properties = body["properties"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", properties.pop("lastUpdatedTime"))
    assert properties == {
        "runId": "ca1",
        "status": "Queued",
        "provisioningState": "Succeeded",
        "isArchiveEnabled": False,
    }
    assert (body["id"], body["name"]) == (f"{acr.id}/runs/ca1", "ca1")


def test_finished_run(acr):
    acr.patch_task({"credentials": {"sourceRegistry": {"loginMode": "Default"}}})
    properties = acr.wait(acr.start())
    times = [properties.pop(name) for name in ("createTime", "startTime", "finishTime", "lastUpdatedTime")]
    assert times[:3] == sorted(times[:3])
    assert properties == {
        "runId": "ca1",
        "status": "Succeeded",
        "runType": "QuickRun",
        "task": "mytask",
        "platform": {"os": "Linux", "architecture": "amd64"},
        "agentConfiguration": {"cpu": 2},
        "sourceRegistryAuth": "Default",
        "provisioningState": "Succeeded",
        "isArchiveEnabled": False,
    }


def test_a_failed_run_says_so_in_its_status_only(acr):
    acr.put_task(encoded_task("steps: [cmd: bash -c 'exit 4']"))
    run, log = acr.result()
    assert (run["status"], run["provisioningState"]) == ("Failed", "Succeeded")
    assert run["runErrorMessage"] == "failed during run, err: exit status 1"
    assert "outputImages" not in run
    assert log.endswith("\r\n")
    assert re.search(
        r"failed to run step ID: acb_step_0: exit status 4\r\n\r\n"
        r"Run ID: ca1 failed after \d+s\. Error: failed during run, err: exit status 1\r\n$",
        log,
    )


def test_run_ids_count_up(acr):
    assert [acr.start() for _ in range(3)] == ["ca1", "ca2", "ca3"]
    other = Acr(acr.azure, "otherregistry")
    other.put_task(encoded_task(QUIET))
    assert other.start() == "ca1"


def test_list_is_newest_first_and_filtered(acr):
    acr.put_task(encoded_task("steps: [cmd: bash -c 'exit 4']"), "failing")
    for name in ("mytask", "failing", "mytask"):
        acr.wait(acr.start(name))

    def listed(**query):
        answer = acr.azure.arm(
            "GET",
            f"{acr.id}/runs",
            version="2019-06-01-preview",
            query={f"${name}": value for name, value in query.items()},
        )
        assert answer.status_code == 200, answer.text
        return [run["name"] for run in answer.json()["value"]]

    assert listed() == ["ca3", "ca2", "ca1"]
    assert listed(top="1") == ["ca3"]
    assert listed(filter="TaskName eq 'failing'") == ["ca2"]
    assert listed(filter="TaskName eq 'mytask' and Status eq 'Succeeded'", top="15") == ["ca3", "ca1"]
    assert listed(filter="Status ne 'Succeeded'") == ["ca2"]
    assert listed(filter="RunId eq 'ca1'") == ["ca1"]
    created = acr.run("GET", "ca2").json()["properties"]["createTime"]
    assert listed(filter=f"CreateTime ge {created}") == ["ca3", "ca2"]
    assert listed(filter="contains(OutputImageManifests, 'app@sha256:1')") == []
    for bad in ("Color eq 'red'", "not Status eq 'x'", "Status"):
        answer = acr.azure.arm("GET", f"{acr.id}/runs", version="2019-06-01-preview", query={"$filter": bad})
        assert answer.status_code == 400, bad


def test_pages(acr):
    acr.azure.switch(page_size=2)
    for _ in range(5):
        acr.start()
    url, found = f"{ARM}{acr.id}/runs?api-version=2019-06-01-preview&$top=4", []
    while url:
        answer = acr.azure.send("GET", url, audience=ARM).json()
        found.append([run["name"] for run in answer["value"]])
        url = answer.get("nextLink")
    assert found == [["ca5", "ca4"], ["ca3", "ca2"]]


def test_archive(acr):
    run_id = acr.start()
    acr.wait(run_id)
    body = acr.run("PATCH", run_id, {"isArchiveEnabled": True}).json()
    assert body["properties"]["isArchiveEnabled"] is True
    assert "createdBy" in body["systemData"]
    assert acr.run("GET", run_id).json()["properties"]["isArchiveEnabled"] is True


def test_unknown_run(acr):
    assert acr.run("GET", "cf99").status_code == 404
    assert acr.run("POST", "cf99/cancel").status_code == 404


@pytest.mark.parametrize("when", ["queued", "running"])
def test_cancel(acr, when):
    if when == "queued":
        acr.azure.switch(run_queue_seconds=20)
    else:
        acr.put_task(encoded_task("steps: [cmd: bash sleep 1]"))
        acr.azure.switch(run_step_seconds=1)
    run_id = acr.start()
    while when == "running" and acr.run("GET", run_id).json()["properties"]["status"] != "Running":
        pass
    answer = acr.run("POST", f"{run_id}/cancel")
    assert (answer.status_code, answer.content) == (200, b"")
    run = acr.wait(run_id)
    assert run["status"] == "Canceled"
    log = acr.log(run_id)
    if when == "queued":
        assert log.status_code == 404
    else:
        assert log.headers["x-ms-meta-complete"] == "canceled"
        assert log.text.splitlines()[-1].startswith(f"Run ID: {run_id} was canceled after ")


@pytest.mark.parametrize("code", [409, 400, 200])
def test_cancel_of_a_finished_run(acr, code):
    acr.azure.switch(cancel_finished_code=code)
    run_id = acr.start()
    acr.wait(run_id)
    assert acr.run("POST", f"{run_id}/cancel").status_code == code
    assert acr.run("GET", run_id).json()["properties"]["status"] == "Succeeded"


@pytest.mark.parametrize("code", [404, 400])
def test_missing_task(acr, code):
    acr.azure.switch(missing_task_code=code)
    body = {"type": "TaskRunRequest", "taskId": f"{acr.id}/tasks/nope1"}
    assert acr.schedule(body).status_code == code
    assert acr.schedule({"type": "TaskRunRequest"}).status_code == code


@pytest.mark.parametrize("allowed", [True, False])
def test_disabled_task(acr, allowed):
    acr.azure.switch(disabled_runs=allowed)
    acr.patch_task({"status": "Disabled"})
    answer = acr.schedule({"type": "TaskRunRequest", "taskId": f"{acr.id}/tasks/mytask"})
    assert answer.status_code == (200 if allowed else 400)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "InvalidRequestBody"),
        ({"type": "Whatever"}, "InvalidRequestBody"),
        (
            {"type": "FileTaskRunRequest", "taskFilePath": "acb.yaml", "platform": {"os": "Linux"}},
            "InvalidSourceLocation",
        ),
        (
            {"type": "FileTaskRunRequest", "taskFilePath": "acb.yaml", "platform": {"os": "Linux"},
             "sourceLocation": "source/nope.tar.gz"},
            "InvalidSourceLocation",
        ),
        (
            {"type": "FileTaskRunRequest", "taskFilePath": "acb.yaml", "platform": {"os": "Linux"},
             "sourceLocation": "https://github.com/me/app.git"},
            "NotEmulated",
        ),
        (
            {"type": "EncodedTaskRunRequest", "encodedTaskContent": "eA==", "platform": {"os": "Windows"}},
            "NotEmulated",
        ),
        (
            {"type": "EncodedTaskRunRequest", "encodedTaskContent": "eA==", "platform": {"os": "Linux"},
             "agentPoolName": "pool1"},
            "NotEmulated",
        ),
    ],
)  # fmt: skip
def test_refused_requests(acr, body, code):
    answer = acr.schedule(body)
    assert answer.json()["error"]["code"] == code
    assert acr.azure.arm("GET", f"{acr.id}/runs", version="2019-06-01-preview").json() == {"value": []}


def test_values_are_laid_over_by_name(acr):
    text = "steps: [cmd: 'bash echo {{.Values.a}} {{.Values.b}} {{.Values.c}}']"
    stored = [{"name": "a", "value": "one"}, {"name": "b", "value": "two", "isSecret": True}]
    acr.put_task(encoded_task(text, values=stored, encodedValuesContent=encoded("a: zero\nc: three\n")))
    run_id = acr.start(values=[{"name": "b", "value": "second"}])
    acr.wait(run_id)
    assert "\r\none second three\r\n" in acr.log(run_id).text


def test_update_token_is_shown_in_clear(acr):
    run_id = acr.start(updateTriggerToken=base64.b64encode(b"token-1").decode())
    assert acr.wait(run_id)["updateTriggerToken"] == "token-1"


def test_quick_run_with_the_callers_identity(acr):
    body = {
        "type": "EncodedTaskRunRequest",
        "encodedTaskContent": encoded("steps: [cmd: bash echo quick]"),
        "platform": {"os": "Linux"},
        "credentials": {"sourceRegistry": {"identity": "[caller]"}},
    }
    answer = acr.schedule(body)
    run = acr.wait(answer.json()["properties"]["runId"])
    assert run["status"] == "Succeeded"
    assert "task" not in run
    log = acr.log(run["runId"]).text
    assert "Successfully logged into myregistry.azurecr.io" in log
    assert "\r\nquick\r\n" in log


def test_runs_outlive_their_task(acr):
    run_id = acr.start()
    acr.wait(run_id)
    acr.task("DELETE")
    assert acr.run("GET", run_id).json()["properties"]["task"] == "mytask"


def test_a_reader_may_read_runs_and_not_start_them(acr):
    run_id = acr.start()
    assert acr.run("GET", run_id, application=1).status_code == 200
    for answer in (
        acr.run("POST", f"{run_id}/listLogSasUrl", application=1),
        acr.run("POST", f"{run_id}/cancel", application=1),
        acr.schedule({"type": "TaskRunRequest", "taskId": f"{acr.id}/tasks/mytask"}, application=1),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AuthorizationFailed")


def test_reset_ends_runs_without_a_trace(acr):
    # One that waits for an agent, and one in the middle of its steps.
    acr.azure.switch(run_step_seconds=0.2)
    acr.put_task(encoded_task("steps: [cmd: bash sleep 500, cmd: bash sleep 500]"))
    running = acr.start()
    while acr.run("GET", running).json()["properties"]["status"] != "Running":
        pass
    acr.azure.switch(run_queue_seconds=0.2)
    acr.start()
    acr.azure.control("POST", "reset", {})
    again = Acr(acr.azure)
    again.put_task(encoded_task(QUIET))
    assert again.wait(again.start())["status"] == "Succeeded"
    state = acr.azure.control("GET", "state")["parts"]
    assert [len(runs) for runs in state["RunBook"].values()] == [1]
    assert len(state["BlobStore"]) == 1
    time.sleep(0.5)  # for the runs of before to do what they should not
    clock = datetime.datetime.fromisoformat(acr.azure.control("GET", "state")["time"])
    assert abs((clock - datetime.datetime.now(datetime.UTC)).total_seconds()) < 60
