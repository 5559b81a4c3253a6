# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The real engine's answers to 55 task files (oracle.json), against ``azure-emulator taskfile``.

Each entry has the file's text and what a dry run of the engine gave: exit status, fatal text, networks, per step its
timeout, directory and network, and the docker command lines of its containers. Times are shown as <date>.
"""

from __future__ import annotations

import datetime
import json
import posixpath
import re
from pathlib import Path
from typing import Any

import pytest

from azure_emulator import taskfile_command
from azure_emulator.agent import taskfile
from azure_emulator.agent.taskfile.images import read_build, with_context

ORACLE: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("oracle.json").read_text(encoding="utf-8"))

# Where the engine gives no answer, ours is this.
DEVIATIONS = {
    "e02_dupwhen.yaml": (
        124,  # it ran until it was killed
        "failed to unmarshal task before running: step ID: b lists a twice in when: the engine would never start it",
    ),
    "e48_nullstep.yaml": (
        2,  # it crashed
        "failed to unmarshal task before running: failed to deserialize task and validate: "
        "steps[0] is empty: the engine crashes on a null entry in steps",
    ),
}
DATE = re.compile(r"\d{8}-\d{6}z")


def examine(name: str, directory: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    """Exit status and answer of the command for one oracle file."""
    file = directory / name
    file.write_text(ORACLE[name]["text"], encoding="utf-8")
    arguments = [str(file), "--json", "--id", "ca1", "--registry", "myregistry.azurecr.io", "--name", "mytask"]
    arguments += ["--commit", "abc123", "--branch", "main", "--home-volume", "vol"]
    for value in ORACLE[name].get("set", []):
        arguments += ["--set", value]
    status = taskfile_command.main(arguments)
    return status, json.loads(DATE.sub("<date>", capsys.readouterr().out))


def container_command(step: dict[str, Any]) -> str:
    """The line that the engine launches for a step, put together from what the command says about it."""
    words = ["docker", "run"]
    words += [] if step["keep"] else ["--rm"]
    words += ["--detach"] if step["detach"] else []
    words += [word for port in step["ports"] for word in ("-p", port)]
    words += [word for port in step["expose"] for word in ("--expose", port)]
    words += ["--privileged"] if step["privileged"] else []
    for option, key in (
        ("--user", "user"),
        ("--network", "network"),
        ("--isolation", "isolation"),
        ("--cpus", "cpus"),
        ("--entrypoint", "entryPoint"),
    ):
        words += [option, step[key]] if step[key] else []
    words += ["--name", step["id"], "--volume", "vol:/workspace"]
    words += ["--volume", "/var/run/docker.sock:/var/run/docker.sock", "--volume", "home:/acb/home"]
    environment = ["HOME=/acb/home", *step["env"]]
    directory = posixpath.normpath(posixpath.join("/workspace", step["workingDirectory"]))
    launched = step["text"].strip()
    if step["kind"] == "build":
        remote = "://" in read_build(launched).context
        if remote:
            launched, directory = with_context(launched, "."), f"/workspace/{step['id']}"
        launched = f"{'buildx' if step['buildCache'] else 'docker'} build {launched}"
        if not step["buildCache"] and "DOCKER_BUILDKIT=1" not in environment:
            environment.append("DOCKER_BUILDKIT=0")
    words += [word for entry in environment for word in ("--env", entry)]
    words += [] if step["disableWorkingDirectoryOverride"] else ["--workdir", directory]
    return " ".join([*words, launched])


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "<HOME>")


@pytest.mark.parametrize("name", sorted(ORACLE))
def test_exit_status_and_fatal_text(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, answer = examine(name, tmp_path, capsys)
    if name in DEVIATIONS:
        engine, words = DEVIATIONS[name]
        assert (ORACLE[name]["exit"], answer["error"], status) == (engine, words, 1)
    else:
        assert (status, answer["error"]) == (ORACLE[name]["exit"], ORACLE[name].get("error"))
    assert answer["ok"] == (status == 0)


def runs() -> list[str]:
    return sorted(name for name, entry in ORACLE.items() if entry["exit"] == 0)


@pytest.mark.parametrize("name", runs())
def test_steps(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _status, answer = examine(name, tmp_path, capsys)
    steps = {step["id"]: step for step in answer["steps"]}
    expected = {step["id"]: step for step in ORACLE[name].get("steps", [])}
    assert steps.keys() == expected.keys()
    for key, step in expected.items():
        assert step == {part: steps[key][part] for part in step}


@pytest.mark.parametrize("name", runs())
def test_the_engines_order_obeys_our_parents(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _status, answer = examine(name, tmp_path, capsys)
    parents = {step["id"]: set(step["parents"]) for step in answer["steps"]}
    started: set[str] = set()
    for step in ORACLE[name].get("steps", []):
        assert parents[step["id"]] <= started
        started.add(step["id"])


@pytest.mark.parametrize("name", runs())
def test_containers(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _status, answer = examine(name, tmp_path, capsys)
    launched = {step["id"]: container_command(step) for step in answer["steps"] if step["kind"] != "push"}
    assert launched == ORACLE[name].get("commands", {})
    pushed = [image for step in answer["steps"] if step["kind"] == "push" for image in step["text"]]
    assert pushed == ORACLE[name].get("pushed", [])


@pytest.mark.parametrize(
    "name", sorted(name for name, entry in ORACLE.items() if "networks" in entry and not entry["exit"])
)
def test_networks(name: str) -> None:
    task = taskfile.prepare(ORACLE[name]["text"], taskfile.RunContext("ca1", registry="myregistry.azurecr.io"))
    made = [[network.name, network.driver] for network in task.networks if not network.skip_creation]
    skipped = [network.name for network in task.networks if network.skip_creation]
    assert (made, skipped) == (ORACLE[name]["networks"], ORACLE[name].get("skipped_networks", []))


def test_the_date_is_the_runs_start() -> None:
    start = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)
    task = taskfile.prepare(
        ORACLE["e35_sprig.yaml"]["text"],
        taskfile.RunContext("ca1", registry="myregistry.azurecr.io", date=start, shared_volume="vol"),
    )
    assert " 20260304-050607z linux amd64 " in task.steps[0].cmd


def test_rendered_texts() -> None:
    """What stands before YAML reads it, for the files in which that shows."""
    run = taskfile.RunContext("ca1", registry="myregistry.azurecr.io")
    rendered = {
        name: taskfile.prepare(ORACLE[name]["text"], run, values=ORACLE[name]["set"]).rendered
        for name in ("e51_adjacent.yaml", "e52_missing.yaml", "e53_aliastmpl.yaml")
    }
    assert rendered == {
        "e51_adjacent.yaml": "version: v1.1.0\nsteps:\n"
        "  - cmd: bash a=$unknown$ID b=ca1$ c=ca1$unknown d=$unk/ca1 e=$éca1 f=ca1\n",
        "e52_missing.yaml": "steps:\n  - cmd: bash [] [] [] []\n",
        "e53_aliastmpl.yaml": 'version: "v1.1.0"\nsteps:\n  - build: -t $Registry/x:ca1-s1 .\n',
    }
