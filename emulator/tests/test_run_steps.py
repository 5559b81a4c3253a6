# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Steps of a run on the simulated back end: order, retries, time limits, and what the log says."""

from __future__ import annotations

import re
import time

import pytest
from acr import Acr, encoded_task, lines_of, verdict_reason, without_stamps


@pytest.fixture
def acr(azure):
    return Acr(azure)


def engine_steps(lines):
    return [line.removeprefix("T ") for line in lines if "step" in line.lower() or "container" in line.lower()]


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
