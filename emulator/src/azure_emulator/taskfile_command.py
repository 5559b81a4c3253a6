# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""``azure-emulator taskfile``: what a run would make of a task file, without running anything."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from azure_emulator.agent import taskfile
from azure_emulator.agent.taskfile.alias import is_url

# Stands for every secret: this command has no access to a vault. Valid base64, so that volumes accept it.
PLACEHOLDER = "SecretValue0"


def main(arguments: Sequence[str]) -> int:
    """Print the result for one file. Returns 0 if the file can run, else 1."""
    options = _parser().parse_args(arguments)
    result = examine(options)
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        _print_for_people(result)
    return 0 if result["ok"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="azure-emulator taskfile",
        description="Check and render a task file as an ACR run would. Secrets are not fetched: each is shown as "
        f"{PLACEHOLDER}. Files of alias.src are read relative to the current directory; URLs are refused.",
    )
    parser.add_argument("file", metavar="FILE", help="the task file; - reads standard input")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a value; may be repeated")
    parser.add_argument("--values", metavar="FILE", help="a YAML file with values")
    parser.add_argument("--registry", default="myregistry.azurecr.io", help="the run's login server (%(default)s)")
    parser.add_argument("--id", default="ca1", help="the run's id (%(default)s)")
    parser.add_argument("--name", default="", metavar="TASK", help="the task's name; a quick run has none")
    parser.add_argument("--commit", default="", help="the commit that triggered the run")
    parser.add_argument("--branch", default="", help="the branch of the commit")
    parser.add_argument("--repository", default="", help="the repository of the commit")
    parser.add_argument("--git-tag", default="", help="the tag of the commit")
    parser.add_argument("--triggered-by", default="", help="what triggered the run")
    parser.add_argument("--home-volume", default="", help="the run's shared volume")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="a default for every step")
    parser.add_argument("--working-directory", default="", help="where steps run that name no directory")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def examine(options: argparse.Namespace) -> dict[str, Any]:
    """{"ok", "error", "line", "rendered", "steps"} as the command prints it."""
    try:
        task = _prepare(options)
        taskfile.volume_files(task.volumes)
    except taskfile.TaskFileError as error:
        return {"ok": False, "error": error.message, "line": error.line, "rendered": error.rendered, "steps": []}
    steps = [taskfile.step_as_json(step) for step in task.steps]
    return {"ok": True, "error": None, "line": None, "rendered": task.rendered, "steps": steps}


def _prepare(options: argparse.Namespace) -> taskfile.Task:
    run = taskfile.RunContext(
        id=options.id,
        commit=options.commit,
        branch=options.branch,
        repository=options.repository,
        git_tag=options.git_tag,
        triggered_by=options.triggered_by,
        registry=options.registry,
        shared_volume=options.home_volume,
        task_name=options.name,
    )
    return taskfile.prepare(
        sys.stdin.read() if options.file == "-" else _read(options.file),
        run,
        name="acb.yaml" if options.file == "-" else Path(options.file).name,
        values=options.set,
        values_text=_read(options.values) if options.values else None,
        secrets=lambda secrets: {secret.id: PLACEHOLDER for secret in secrets},
        read_source=_read_alias_source,
        environment=os.environ,
        env=options.env,
        working_directory=options.working_directory,
    )


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError as error:
        raise taskfile.TaskFileError(f"open {path}: no such file or directory") from error
    except OSError as error:
        raise taskfile.TaskFileError(f"open {path}: {(error.strerror or str(error)).lower()}") from error


def _read_alias_source(source: str) -> str:
    if is_url(source):
        raise taskfile.UnsupportedError(f"alias source {source} is not fetched by this command")
    return _read(source)


def _print_for_people(result: dict[str, Any]) -> None:
    if not result["ok"]:
        where = f"line {result['line']}: " if result["line"] else ""
        print(f"{where}{result['error']}", file=sys.stderr)
        return
    for step in result["steps"]:
        after = f" after {', '.join(step['parents'])}" if step["parents"] else ""
        text = ", ".join(step["text"]) if step["kind"] == "push" else step["text"].strip()
        print(f"{step['id']}{after}: {step['kind']} {text}")
