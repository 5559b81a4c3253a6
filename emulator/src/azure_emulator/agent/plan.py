# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""From a run's work to the steps that the engine will take."""

from __future__ import annotations

import base64
import binascii
import shlex
import uuid
from collections.abc import Callable
from datetime import datetime

from azure_emulator.agent.run import Run
from azure_emulator.agent.secrets import SecretReader
from azure_emulator.agent.taskfile import RunContext, Step, Task, TaskFileError, prepare
from azure_emulator.agent.taskfile.images import build_arguments_of, full_image_name, tags_of
from azure_emulator.agent.taskfile.run import template_data
from azure_emulator.agent.taskfile.source import Source
from azure_emulator.agent.taskfile.template import render
from azure_emulator.agent.taskfile.textual import aliases_enabled, sniff_version, without_comment_lines

_BUILD_TIMEOUT, _PUSH_TIMEOUT = 28800, 3600


def uses_aliases(text: str) -> bool:
    """Will the engine say that aliases are on, before it does anything else?"""
    return aliases_enabled(sniff_version(without_comment_lines(Source.of(text)).text))


def task_file(run: Run) -> str:
    """The text of the task file, from the step itself or from the source. Raises TaskFileError."""
    step = run.work.step
    if step["type"] == "EncodedTask":
        return _decoded(step["encodedTaskContent"], "task")
    return _from_source(run, step["taskFilePath"])


def task_of(run: Run, text: str, started: datetime, secrets: SecretReader, resolve: Callable[[], object]) -> Task:
    """``resolve`` is called where the engine fetches registry credentials. Raises TaskFileError."""
    step = run.work.step
    values = {entry["name"]: entry["value"] for entry in step.get("values") or []}
    values_text = None
    if step.get("encodedValuesContent"):
        values_text = _decoded(step["encodedValuesContent"], "values")
    elif step.get("valuesFilePath"):
        values_text = _from_source(run, step["valuesFilePath"])
    return prepare(
        text,
        _context(run, started),
        values=values,
        values_text=values_text,
        secrets=secrets.task_secrets,
        read_source=_read_source,
        resolve_credentials=resolve,
    )


def docker_task(run: Run, started: datetime) -> Task:
    """A Docker step as the engine's build command makes it: a build step, and a push step if it shall push."""
    step, registry = run.work.step, run.work.login_server
    known = (registry, *run.custom_registries)
    names = [_rendered(run, name, started) for name in step.get("imageNames") or []]
    tags = [full_image_name(_with_registry(name, registry, known)) for name in names]
    words = ["--no-cache"] if step.get("noCache") else []
    words += ["-f", step["dockerFilePath"]]
    for tag in tags:
        words += ["-t", tag]
    for argument in step.get("arguments") or []:
        words += ["--build-arg", shlex.quote(f"{argument['name']}={argument['value']}")]
    if step.get("target"):
        words += ["--target", step["target"]]
    text = " ".join([*words, "."])  # the service has put the source into the workspace
    build = Step(id="build", build=text, timeout=_BUILD_TIMEOUT, tags=tags_of(text))
    build.build_arguments = build_arguments_of(text)
    steps = [build]
    if step.get("isPushEnabled") and tags:
        steps.append(Step(id="push", push=tags, timeout=_PUSH_TIMEOUT, parents=["build"]))
    return Task(steps=steps)


def _context(run: Run, started: datetime) -> RunContext:
    platform = run.work.platform
    return RunContext(
        id=run.run_id,
        registry=run.work.login_server,
        date=started,
        shared_volume=home_volume(run),
        os=platform["os"].lower(),
        architecture=platform.get("architecture", "amd64"),
        task_name=run.work.task_name,
    )


def home_volume(run: Run) -> str:
    return f"acb_vol_{uuid.uuid5(uuid.NAMESPACE_URL, run.log_path)}"


def _rendered(run: Run, text: str, started: datetime) -> str:
    return render("build", text, template_data(_context(run, started), {}, {}))


def _with_registry(name: str, registry: str, known: tuple[str, ...]) -> str:
    """A name that does not begin with a registry of the run goes to the run's own; ``library/`` is left alone."""
    if name.startswith("library/") or any(name.lower().startswith(f"{host.lower()}/") for host in known):
        return name
    return f"{registry}/{name}"


def _decoded(content: str, what: str) -> str:
    try:
        return base64.b64decode(content, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise TaskFileError(f"failed to unmarshal task before running: the encoded {what} is not base64") from error


def _from_source(run: Run, path: str) -> str:
    text = run.work.source.read(path)
    if text is None:
        raise TaskFileError(f"open {path}: no such file or directory")
    return text


def _read_source(source: str) -> str:
    raise TaskFileError(f"{source} is not fetched: the simulated back end has no network")
