# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Builds and pushes of runs on the simulated back end, and docker on the command line of cmd steps."""

from __future__ import annotations

import re

import pytest
from acr import Acr, encoded_task, lines_of, verdict_reason, without_stamps

OWN = "myregistry.azurecr.io"
GIT = "https://github.com/me/app.git"


@pytest.fixture
def acr(azure):
    return Acr(azure)


def test_build_and_push_to_the_own_registry(acr):
    run, log = acr.result_of(
        f"steps: [build: '-t {OWN}/app:{{{{.Run.ID}}}} -t {OWN}/app {GIT}', push: ['{OWN}/app:ca1', '{OWN}/app']]"
    )
    assert run["status"] == "Succeeded", log
    tags = [(image["registry"], image["repository"], image["tag"]) for image in run["outputImages"]]
    assert tags == [(OWN, "app", "ca1"), (OWN, "app", "latest")]
    assert len({image["digest"] for image in run["outputImages"]}) == 1
    assert f"azure-emulator: the context {GIT} is not fetched; the build is simulated" in log
    state = acr.azure.control("GET", "state")["parts"]["ImageStore"]
    assert {"registry": OWN, "repository": "app", "private": False, "tags": dict.fromkeys(
        ("ca1", "latest"), run["outputImages"][0]["digest"])} in state  # fmt: skip


def test_equal_inputs_give_equal_digests(acr):
    text = f"steps: [build: '-t {OWN}/app:{{{{.Run.ID}}}} {GIT}', push: ['{OWN}/app:{{{{.Run.ID}}}}']]"
    digests = [acr.result_of(text)[0]["outputImages"][0]["digest"] for _ in range(2)]
    other = acr.result_of(text.replace("me/app", "me/other"))[0]["outputImages"][0]["digest"]
    assert digests[0] == digests[1] != other


def test_an_image_that_was_not_built_cannot_be_pushed(acr):
    lines = lines_of(acr, f"steps: [push: ['{OWN}/app:1']]", "Failed")
    assert [line for line in lines if "Pushing" in line] == [
        f"T Pushing image: {OWN}/app:1, attempt {number}" for number in (1, 2, 3)
    ]
    assert f"An image does not exist locally with the tag: {OWN}/app" in lines
    assert verdict_reason(lines) == "failed to run step ID: acb_step_0: failed to push images successfully"


def test_a_push_without_sign_in_is_denied(acr):
    lines = lines_of(acr, f"steps: [build: -t hubuser/hubrepo:1 {GIT}, push: ['hubuser/hubrepo:1']]", "Failed")
    assert lines.count("denied: requested access to the resource is denied") == 3
    assert "The push refers to repository [docker.io/hubuser/hubrepo]" in lines


def test_source_login_mode_none_means_no_sign_in(acr):
    text = f"steps: [build: -t {OWN}/app:1 {GIT}, push: ['{OWN}/app:1']]"
    acr.put_task(encoded_task(text) | {"credentials": {"sourceRegistry": {"loginMode": "None"}}})
    run, log = acr.result()
    assert (run["status"], run["sourceRegistryAuth"]) == ("Failed", "None")
    assert "Logging in" not in log
    assert "\r\nunauthorized: authentication required\r\n" in log


def test_a_local_context_without_source_has_no_dockerfile(acr):
    lines = lines_of(acr, f"steps: [build: -t {OWN}/app:1 .]", "Failed")
    assert (
        "T Output from dependency scanning: error opening dockerfile: Dockerfile, error: open Dockerfile: no such file "
        "or directory"
    ) in lines
    assert verdict_reason(lines) == ("failed to run step ID: acb_step_0: failed to scan dependencies: exit status 1")


def test_a_local_context_with_source(acr):
    acr.put_task(encoded_task(f"steps: [build: -t {OWN}/app:1 .]", contextPath=GIT))
    run, log = acr.result()
    assert run["status"] == "Succeeded"
    assert without_stamps(log)[:2] == ["T Downloading source code...", "T Finished downloading source code"]


def test_a_github_context_without_git_is_warned_of(acr):
    lines = lines_of(acr, f"steps: [build: -t {OWN}/app:1 https://github.com/me/app]")
    assert (
        "T WARNING: https://github.com/me/app might not be valid context. Valid Git repositories should end with .git."
    ) in lines


def test_docker_step(acr):
    acr.put_task(
        {
            "platform": {"os": "Linux"},
            "step": {
                "type": "Docker",
                "contextPath": GIT,
                "dockerFilePath": "Dockerfile",
                "imageNames": ["app:{{.Run.ID}}"],
                "arguments": [{"name": "KEY", "value": "canary value", "isSecret": True}],
            },
        }
    )
    run, log = acr.result()
    lines = without_stamps(log)
    assert run["status"] == "Succeeded", log
    assert run["outputImages"][0]["tag"] == "ca1"
    assert re.fullmatch(r"T Using acb_vol_[0-9a-f-]{36} as the home volume", lines[2])
    assert not any("Docker network" in line for line in lines)
    executed = [line for line in lines if "Executing" in line]
    assert executed == [
        "T Executing step ID: build. Timeout(sec): 28800, Working directory: '', Network: ''",
        "T Executing step ID: push. Timeout(sec): 3600, Working directory: '', Network: ''",
    ]
    assert f"T Pushing image: {OWN}/app:ca1, attempt 1" in lines
    assert "canary" not in log
    run_id = acr.start(file="other.dockerfile", contextPath="https://github.com/me/other.git")
    assert acr.wait(run_id)["outputImages"][0]["digest"] != run["outputImages"][0]["digest"]


def test_docker_step_without_push(acr):
    acr.put_task(
        {
            "platform": {"os": "Linux"},
            "step": {
                "type": "Docker",
                "contextPath": GIT,
                "dockerFilePath": "Dockerfile",
                "imageNames": ["app"],
                "isPushEnabled": False,
            },
            "credentials": {"sourceRegistry": {"loginMode": "None"}},
        }
    )
    assert acr.result()[0]["status"] == "Succeeded"
    acr.patch_task({"step": {"type": "Docker", "isPushEnabled": True}})
    run, log = acr.result()
    assert run["status"] == "Failed"
    assert verdict_reason(without_stamps(log)) == "when specifying push, at least one credential is required"


def test_known_dockerfiles(azure):
    dockerfile = (
        "ARG BASE=alpine\nFROM golang:1.23 AS build\nRUN go build\nFROM ${BASE}:3.20\nCOPY --from=build /a /a\n"
    )
    azure.control(
        "POST",
        "reset",
        {"seeds": {"sources": [{"context": GIT, "revision": "0123abc", "files": {"sub/my.dockerfile": dockerfile}}]}},
    )
    acr = Acr(azure)
    run, log = acr.result_of(f"steps: [build: -t {OWN}/app:1 -f my.dockerfile {GIT}#main:sub, push: ['{OWN}/app:1']]")
    assert run["status"] == "Succeeded", log
    assert "Step 2/5 : FROM golang:1.23 AS build\r\n ---> " in log
    assert "azure-emulator" not in log
    image = run["outputImages"][0]
    listed = "\r\n".join(
        [
            "- image:",
            f"    registry: {OWN}",
            "    repository: app",
            "    tag: 1",
            f"    digest: {image['digest']}",
            "  runtime-dependency:",
            "    registry: registry.hub.docker.com",
            "    repository: library/alpine",
            "    tag: 3.20",
        ]
    )
    assert listed in log
    assert "  buildtime-dependency:\r\n  - registry: registry.hub.docker.com\r\n    repository: library/golang" in log
    assert "  git:\r\n    git-head-revision: 0123abc\r\n" in log
    kept = acr.get_task()["properties"]["step"]["baseImageDependencies"]
    assert [(entry["type"], entry["repository"], entry["tag"]) for entry in kept] == [
        ("Runtime", "library/alpine", "3.20"),
        ("BuildTime", "library/golang", "1.23"),
    ]


def test_base_images_from_registries_need_a_sign_in(azure):
    base = "FROM otherregistry.azurecr.io/base:1"
    azure.control("POST", "reset", {"seeds": {"sources": [{"context": GIT, "files": {"Dockerfile": base}}]}})
    acr, other = Acr(azure), Acr(azure, "otherregistry")
    lines = lines_of(acr, f"steps: [build: -t {OWN}/app:1 {GIT}]", "Failed")
    assert any("otherregistry.azurecr.io/v2/base/manifests/1" in line and "unauthorized" in line for line in lines)
    assert verdict_reason(lines) == "failed to run step ID: acb_step_0: exit status 125"
    other.patch_registry(properties={"anonymousPullEnabled": True})
    lines = lines_of(acr, f"steps: [build: -t {OWN}/app:1 {GIT}]", "Failed")
    assert any("manifest unknown" in line for line in lines)


# -- docker on the command line ------------------------------------------------------------------------------------


def test_docker_commands(acr):
    lines = lines_of(
        acr,
        f"""\
steps:
  - cmd: docker login --username hubuser --password 'hubpassword'
  - cmd: docker pull alpine:3
  - cmd: docker tag alpine:3 {OWN}/alpine:3
  - cmd: docker push {OWN}/alpine:3
  - cmd: docker build -t hubuser/hubrepo:2 {GIT}
  - push: ["hubuser/hubrepo:2"]
  - cmd: docker manifest inspect x
""",
    )
    assert "Login Succeeded" in lines
    assert f"The push refers to repository [{OWN}/alpine]" in lines
    assert "T Successfully pushed image: hubuser/hubrepo:2" in lines
    assert "azure-emulator: docker manifest is not carried out by the simulated back end" in lines


def test_docker_login_with_a_wrong_password(acr):
    lines = lines_of(acr, "steps: [cmd: docker login -u hubuser -p wrong]", "Failed")
    refused = 'Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: '
    assert f"{refused}incorrect username or password" in lines


def test_private_images_are_not_pulled_without_sign_in(acr):
    lines = lines_of(acr, "steps: [cmd: hubuser/hubrepo:1 echo hi]", "Failed")
    assert any("pull access denied for hubuser/hubrepo" in line for line in lines)
    assert verdict_reason(lines) == "failed to run step ID: acb_step_0: exit status 125"
