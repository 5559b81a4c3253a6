# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs real ansible-playbook processes against the emulator, and reads what they did."""

from __future__ import annotations

import itertools
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .collections import ROOT, search_path
from .emulator import Emulator


@dataclass(frozen=True)
class TaskResult:
    """What one task returned on one host. A task with a loop has its items in result["results"]."""

    task: str
    action: str
    host: str
    status: str  # ok | failed | ignored | skipped | unreachable
    seconds: float  # from the start of the task
    result: dict[str, Any]

    @property
    def changed(self) -> bool:
        """Whether the task says that it changed something."""
        return bool(self.result.get("changed"))

    @property
    def message(self) -> str:
        """The module's message: the error of a failed task."""
        return str(self.result.get("msg", ""))

    def __getitem__(self, key: str) -> Any:
        return self.result[key]


@dataclass(frozen=True)
class PlayRun:
    """One finished ansible-playbook process."""

    rc: int
    stdout: str
    stderr: str
    results: list[TaskResult]
    arguments: str
    folder: Path

    def task(self, name: str) -> TaskResult:
        """The last result of the task with this name (also "role : name"), or with this module's name."""
        for result in reversed(self.results):
            if name in (result.task, result.task.rpartition(" : ")[2], result.action):
                return result
        raise LookupError(f"No task {name!r} among {[result.task for result in self.results]}\n{self}")

    __getitem__ = task

    @property
    def changed(self) -> list[str]:
        """Names of the tasks that report a change, in order."""
        return [result.task for result in self.results if result.changed]

    @property
    def failed(self) -> list[TaskResult]:
        """The results of failed tasks, ignored failures left out."""
        return [result for result in self.results if result.status in ("failed", "unreachable")]

    @property
    def last(self) -> TaskResult:
        """The result of the last task."""
        return self.results[-1]

    def succeeded(self) -> PlayRun:
        """This run; an AssertionError that shows everything if it failed."""
        assert self.rc == 0, str(self)
        return self

    def failure(self) -> TaskResult:
        """The result of the one task that failed the run, which must be a clean failure without a traceback."""
        assert self.rc != 0, str(self)
        assert len(self.failed) == 1, str(self)
        assert "Traceback (most recent call last)" not in self.stdout + self.stderr, str(self)
        return self.failed[0]

    def __str__(self) -> str:
        return f"ansible-playbook ended with {self.rc}\n{self.stdout}\n{self.stderr}"


class Playbook:
    """Callable that runs tasks, a play list, or a playbook by FQCN; the fixture `playbook` makes one per test.

    Everything that Ansible writes goes below `folder`: <n>/play is what we gave it, <n>/left what it left behind.
    """

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        self.folder = folder
        self.emulator = emulator
        self._numbers = itertools.count(1)
        self.runs: list[PlayRun] = []

    def __call__(
        self,
        tasks: str | Sequence[Mapping[str, Any]],
        *,
        variables: Mapping[str, Any] | None = None,
        check: bool = False,
        diff: bool = False,
        verbosity: int = 0,
        environment: Mapping[str, str | None] | None = None,
        play: Mapping[str, Any] | None = None,
        timeout: float = 300.0,
    ) -> PlayRun:
        """Run tasks on localhost and wait for the end.

        tasks: YAML text or a list of tasks. A play is made around them (no facts), with the keys of `play` added, for
        instance {"module_defaults": {...}}; a list of whole plays (each with "hosts") is taken as it is.
        variables: extra vars. environment: over the emulator's block; None removes a variable.
        """
        parsed = yaml.safe_load(tasks) if isinstance(tasks, str) else list(tasks)
        if not (parsed and "hosts" in parsed[0]):
            parsed = [{"name": "Test", "hosts": "localhost", "gather_facts": False, **(play or {}), "tasks": parsed}]
        given = self.folder / str(next(self._numbers)) / "play"
        given.mkdir(parents=True)
        book = given / "playbook.yml"
        book.write_text(yaml.safe_dump(parsed, sort_keys=False), encoding="utf-8")
        return self._run(given, str(book), variables, check, diff, verbosity, environment, timeout)

    def by_name(
        self,
        name: str,
        *,
        variables: Mapping[str, Any] | None = None,
        check: bool = False,
        diff: bool = False,
        verbosity: int = 0,
        environment: Mapping[str, str | None] | None = None,
        timeout: float = 600.0,
    ) -> PlayRun:
        """Run a playbook of the collection by its fully qualified name, or any playbook file by its path."""
        given = self.folder / str(next(self._numbers)) / "play"
        given.mkdir(parents=True)
        return self._run(given, name, variables, check, diff, verbosity, environment, timeout)

    def _run(
        self,
        given: Path,
        book: str,
        variables: Mapping[str, Any] | None,
        check: bool,
        diff: bool,
        verbosity: int,
        environment: Mapping[str, str | None] | None,
        timeout: float,
    ) -> PlayRun:
        left = given.with_name("left")
        for part in ("home", "ansible", "local", "remote"):
            (left / part).mkdir(parents=True)
        results, arguments = given.with_name("results.jsonl"), given.with_name("arguments")
        extra = given / "variables.json"
        # The interpreter is a script that writes down its arguments, so that a test can see what a process list showed.
        python = given / "python"
        python.write_text(
            f"#!/bin/sh\nprintf '%s\\n' \"$*\" >> {shlex.quote(str(arguments))}\n"
            f'exec {shlex.quote(sys.executable)} "$@"\n'
        )
        python.chmod(0o755)
        extra.write_text(
            json.dumps({"ansible_python_interpreter": str(python), **(variables or {})}, default=str), encoding="utf-8"
        )
        command = [str(Path(sys.executable).with_name("ansible-playbook")), book]
        command += ["-i", "localhost,", "-c", "local", "-e", f"@{extra}"]
        command += ["--check"] * check + ["--diff"] * diff + (["-" + "v" * verbosity] if verbosity else [])
        done = subprocess.run(
            command,
            env=self._environment(left, results, environment or {}),
            cwd=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        lines = results.read_text(encoding="utf-8").splitlines() if results.exists() else []
        run = PlayRun(
            rc=done.returncode,
            stdout=done.stdout,
            stderr=done.stderr,
            results=[TaskResult(**json.loads(line)) for line in lines],
            arguments=arguments.read_text(encoding="utf-8", errors="replace") if arguments.exists() else "",
            folder=left,
        )
        self.runs.append(run)
        return run

    def _environment(self, left: Path, results: Path, overrides: Mapping[str, str | None]) -> dict[str, str]:
        base = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "AZURE_"))}
        base |= {
            "HOME": str(left / "home"),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{base.get('PATH', os.defpath)}",
            "TMPDIR": str(left / "local"),
            "ANSIBLE_CONFIG": str(ROOT / "tests/ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(search_path()),
            "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests/support/callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_results",
            "ANSIBLE_HOME": str(left / "ansible"),
            "ANSIBLE_LOCAL_TEMP": str(left / "local"),
            "ANSIBLE_REMOTE_TEMP": str(left / "remote"),
            "ANSIBLE_NOCOLOR": "1",
            "ACR_TASKS_RESULTS": str(results),
        }
        environment = self.emulator.env(base)
        for name, value in overrides.items():
            environment.pop(name, None)
            if value is not None:
                environment[name] = value
        return environment
