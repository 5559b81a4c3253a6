# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Source contexts of runs: uploads, and remote ones that the seeds tell of."""

from __future__ import annotations

import io
import tarfile

import pytest
from acr import Acr, without_stamps

GIT = "https://github.com/me/app.git"
PLATFORM = {"os": "Linux"}
FILES = {
    "Dockerfile": "FROM alpine:3\nRUN true\n",
    "acb.yaml": "steps: [cmd: 'bash echo {{.Values.word}} {{.Values.other}}', build: '-t app:1 .']",
    "values.yaml": "word: from-file\nother: untouched\n",
}


@pytest.fixture
def acr(azure):
    return Acr(azure)


def upload(acr, files):
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    place = acr.azure.arm("POST", f"{acr.id}/listBuildSourceUploadUrl", version="2025-03-01-preview").json()
    acr.azure.http.put(place["uploadUrl"], content=data.getvalue(), headers={"x-ms-blob-type": "BlockBlob"})
    return place["relativePath"]


def quick(acr, **body):
    answer = acr.schedule({"platform": PLATFORM} | body)
    assert answer.status_code == 200, answer.text
    run = acr.wait(answer.json()["properties"]["runId"])
    return run, without_stamps(acr.log(run["runId"]).text)


def test_build_of_an_upload(acr):
    place = upload(acr, FILES)
    run, lines = quick(
        acr, type="DockerBuildRequest", dockerFilePath="Dockerfile", imageNames=["app:1"], sourceLocation=place
    )
    assert run["status"] == "Succeeded", lines
    assert lines[:2] == ["T Downloading source code...", "T Finished downloading source code"]
    assert [line for line in lines if line.startswith("Step ")] == ["Step 1/2 : FROM alpine:3", "Step 2/2 : RUN true"]
    assert run["outputImages"][0]["registry"] == acr.server


def test_an_upload_without_the_dockerfile(acr):
    place = upload(acr, {"README": "x"})
    run, lines = quick(
        acr, type="DockerBuildRequest", dockerFilePath="Dockerfile", imageNames=["app:1"], sourceLocation=place
    )
    assert run["status"] == "Failed"
    assert any("error opening dockerfile: Dockerfile" in line for line in lines)


def test_task_file_of_an_upload(acr):
    place = upload(acr, FILES)
    run, lines = quick(
        acr,
        type="FileTaskRunRequest",
        taskFilePath="acb.yaml",
        valuesFilePath="values.yaml",
        values=[{"name": "word", "value": "given"}],
        sourceLocation=place,
    )
    assert run["status"] == "Succeeded", lines
    assert "given untouched" in lines
    run, lines = quick(acr, type="FileTaskRunRequest", taskFilePath="nope.yaml", sourceLocation=place)
    assert (run["status"], lines[-3]) == ("Failed", "open nope.yaml: no such file or directory")


def test_task_file_that_the_seeds_tell_of(azure):
    files = {f"folder/{name}": text for name, text in FILES.items()}
    azure.control("POST", "reset", {"seeds": {"sources": [{"context": GIT, "files": files}]}})
    acr = Acr(azure)
    step = {"type": "FileTask", "taskFilePath": "acb.yaml", "contextPath": f"{GIT}#:folder"}
    acr.put_task({"platform": PLATFORM, "step": step | {"valuesFilePath": "values.yaml"}})
    run, log = acr.result()
    assert run["status"] == "Succeeded", log
    assert "\r\nfrom-file untouched\r\n" in log
    acr.put_task({"platform": PLATFORM, "step": step | {"taskFilePath": "other.yaml"}})
    answer = acr.schedule({"type": "TaskRunRequest", "taskId": f"{acr.id}/tasks/mytask"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "NotEmulated")


def test_a_source_trigger_is_the_context(azure):
    url = "https://github.com/me/app"
    files = {"Dockerfile": "FROM alpine:3"}
    azure.control("POST", "reset", {"seeds": {"sources": [{"context": url, "files": files}]}})
    acr = Acr(azure)
    trigger = {
        "name": "source",
        "sourceTriggerEvents": ["commit"],
        "sourceRepository": {
            "sourceControlType": "Github",
            "repositoryUrl": url,
            "branch": "main",
            "sourceControlAuthProperties": {"tokenType": "PAT", "token": "t"},
        },
    }
    step = {"type": "Docker", "dockerFilePath": "Dockerfile", "imageNames": ["app:1"]}
    acr.put_task({"platform": PLATFORM, "step": step, "trigger": {"sourceTriggers": [trigger]}})
    run, log = acr.result()
    assert run["status"] == "Succeeded", log
    assert "Step 1/1 : FROM alpine:3" in log
