# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Steps of a run on the simulated back end: order, retries, time limits, builds, pushes, and what the log says."""

from __future__ import annotations

import re
import time

import pytest
from acr import Acr, encoded_task, without_stamps

OWN = "myregistry.azurecr.io"
GIT = "https://github.com/me/app.git"


@pytest.fixture
def acr(azure):
    return Acr(azure)


def lines_of(acr, text, status="Succeeded"):
    run, log = acr.result_of(text)
    assert run["status"] == status, log
    return without_stamps(log)


def engine_steps(lines):
    return [line.removeprefix("T ") for line in lines if "step" in line.lower() or "container" in line.lower()]


def verdict_reason(lines):
    """The engine's last word, before the blank line and the verdict."""
    assert lines[-2] == ""
    return lines[-3]


def test_commands(acr):
    lines = lines_of(
        acr,
        """\
        version: v1.1.0
        env: ["GREETING=hello world"]
        steps:
          - cmd: bash echo one  two
          - cmd: bash -c 'echo "$GREETING"; true && echo yes; false && echo no; exit 0'
            env: ["GREETING='own words'"]
          - cmd: alpine sh -c "echo first && cat /etc/passwd"
        """.replace("\n        ", "\n").strip(),
    )
    output = [line for line in lines if not line.startswith("T ")]
    assert output[:-2] == [
        "one two",
        "own words",
        "yes",
        "first",
        "azure-emulator: the command in alpine is not carried out by the simulated back end",
    ]


def test_a_failing_step_ends_the_run(acr):
    lines = lines_of(acr, "steps: [cmd: bash -c 'exit 4', cmd: bash echo never]", "Failed")
    assert engine_steps(lines) == [
        "Executing step ID: acb_step_0. Timeout(sec): 600, Working directory: '', Network: 'acb_default_network'",
        "Launching container with name: acb_step_0",
        "Container failed during run: acb_step_0. No retries remaining.",
        "failed to run step ID: acb_step_0: exit status 4",
    ]
    assert verdict_reason(lines) == "failed to run step ID: acb_step_0: exit status 4"


def test_ignored_errors(acr):
    lines = lines_of(acr, "steps: [{cmd: bash -c 'exit 4', ignoreErrors: true}, cmd: bash echo after]")
    assert "T Step ID: acb_step_0 encountered an error: exit status 4, but is set to ignore errors. Continuing..." in (
        lines
    )
    assert "after" in lines
    assert sum("marked as successful" in line for line in lines) == 2


def test_retries(acr):
    lines = lines_of(acr, "steps: [{id: s, cmd: bash -c 'exit 1', retries: 2, retryDelay: 3}]", "Failed")
    waiting = "T Container failed during run: s, waiting 3 seconds before retrying..."
    assert [line for line in lines if "s, waiting" in line or "No retries" in line] == [
        waiting,
        waiting,
        "T Container failed during run: s. No retries remaining.",
    ]
    assert lines.count("T Launching container with name: s") == 3


@pytest.mark.parametrize(("words", "launches"), [("not there", 1), ("busy", 3)])
def test_retries_for_some_errors(acr, words, launches):
    text = f"steps: [{{id: s, cmd: \"bash -c 'echo busy; exit 1'\", retries: 2, retryOnErrors: ['{words}']}}]"
    lines = lines_of(acr, text, "Failed")
    assert lines.count("T Launching container with name: s") == launches


def test_repeat(acr):
    lines = lines_of(acr, "steps: [{id: s, cmd: bash -c 'exit 3', repeat: 1}]", "Failed")
    assert lines.count("T Launching container with name: s") == 2
    assert verdict_reason(lines) == "failed to run step ID: s: exit status 3, exit status 3"


def test_start_delay_passes_on_the_clock_only(acr):
    before = time.monotonic()
    run, log = acr.result_of("steps: [{id: s, cmd: bash echo hi, startDelay: 45}]")
    assert time.monotonic() - before < 10
    assert run["status"] == "Succeeded"
    assert "Waiting 45 seconds before executing step ID: s" in log
    seconds = int(re.search(r"successful after (\d+)s", log)[1])
    assert 45 <= seconds < 55


def test_step_timeout(acr):
    lines = lines_of(acr, "steps: [{id: slow, cmd: bash sleep 100, timeout: 20}]", "Failed")
    assert verdict_reason(lines) == "failed to run step ID: slow: timed out"


def test_run_timeout(acr):
    acr.put_task(encoded_task("stepTimeout: 5000\nsteps: [cmd: bash sleep 1000]") | {"timeout": 300})
    run_id = acr.start()
    run = acr.wait(run_id)
    assert run["status"] == "Timeout"
    log = acr.log(run_id)
    assert log.headers["x-ms-meta-complete"] == "timedout"
    assert log.text.splitlines()[-1] == "Run ID: ca1 timed out after 5m0s"


def test_ready_steps_run_side_by_side(acr):
    text = """\
steps:
  - {id: a, cmd: bash sleep 30, when: ["-"]}
  - {id: b, cmd: bash sleep 30, when: ["-"]}
  - {id: c, cmd: bash echo joined, when: [a, b]}
"""
    _, log = acr.result_of(text)
    launched = [line for line in without_stamps(log) if "Launching" in line or "Successfully executed" in line]
    assert [line.split()[-1] for line in launched] == ["a", "b", "a", "b", "c", "c"]
    assert 30 <= int(re.search(r"successful after (\d+)s", log)[1]) < 45


def test_a_failure_stops_the_siblings(acr):
    text = """\
steps:
  - {id: a, cmd: bash -c 'exit 1', when: ["-"]}
  - {id: b, cmd: bash -c 'sleep 5; echo late', when: ["-"]}
  - {id: c, cmd: bash echo joined, when: [b]}
"""
    lines = lines_of(acr, text, "Failed")
    assert verdict_reason(lines) == "failed to run step ID: a: exit status 1"
    assert not {"late", "joined"} & set(lines)
    assert not any("marked as" in line for line in lines)


def test_detached_steps_do_not_hold_up(acr):
    lines = lines_of(acr, "steps: [{id: web, cmd: bash sleep 500, detach: true}, {id: next, cmd: bash echo hi}]")
    assert "hi" in lines


def test_no_steps(acr):
    assert engine_steps(lines_of(acr, "version: v1.0.0\nsteps: []")) == []


def test_networks_and_volumes(acr):
    text = """\
networks: [{name: mine, driver: bridge}, {name: other, skipCreation: true}]
volumes: [{name: v1, secret: {file: aGVsbG8=}}]
steps: [{cmd: bash echo hi, volumeMounts: [{name: v1, mountPath: /run/x}]}]
"""
    lines = lines_of(acr, text)
    assert lines[:3] == [
        "T Creating Docker network: mine, driver: 'bridge'",
        "T Successfully set up Docker network: mine",
        "T Skip creating network: other",
    ]
    assert "T Volume source v1 successfully created" in lines
    assert "T Skip deleting network: other" in lines
    assert "Network: ''" in next(line for line in lines if "Executing step" in line)


def test_a_volume_must_be_base64(acr):
    text = "volumes: [{name: v1, secret: {file: 'not base64!'}}]\nsteps: []"
    assert verdict_reason(lines_of(acr, text, "Failed")) == (
        "failed to decode Base64 value. please make sure value provided is Base64 encoded"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("steps: [cmd: x, cmd: y", "failed to unmarshal task before running: failed to deserialize task and validate:"),
        ("steps: [{push: [x], retries: -1}]", "failed to unmarshal task before running: step must specify retries"),
        ("version: v9.0.0", 'failed to unmarshal task before running: invalid version specified: "v9.0.0"'),
        ("steps: [cmd: '{{.Values.a.b}}']", "unable to render task: error while rendering templates"),
        (
            "version: v1.1.0\nalias: {src: ['https://example.com/a.yaml']}\nsteps: []",
            "unable to search/replace aliases in task: https://example.com/a.yaml is not fetched",
        ),
    ],
)
def test_files_that_the_engine_refuses(acr, text, reason):
    lines = lines_of(acr, text, "Failed")
    assert verdict_reason(lines).startswith(reason)
    assert not any("Docker" in line for line in lines)
    # Aliases are looked at first, and the engine says so before anything can go wrong.
    assert (lines[0].startswith("T Alias support enabled")) == text.startswith("version: v1.1.0") or "v9" in text


def test_content_that_is_not_base64(acr):
    acr.put_task({"platform": {"os": "Linux"}, "step": {"type": "EncodedTask", "encodedTaskContent": "***"}})
    run, log = acr.result()
    assert run["status"] == "Failed"
    assert verdict_reason(without_stamps(log)).startswith("failed to unmarshal task before running")


# -- build and push ------------------------------------------------------------------------------------------------


def build(acr, *steps):
    return lines_of(acr, "steps:\n" + "\n".join(f"  - {step}" for step in steps))


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
