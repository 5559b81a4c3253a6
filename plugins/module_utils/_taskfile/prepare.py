# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The whole way from a task file's text to a task that can run, in the engine's order of stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import alias
from .environment import merge
from .errors import TaskFileError
from .goyaml import YamlError, decode
from .graph import connect, graph_problems
from .images import build_arguments_of, push_names, tags_of, with_cache
from .model import TASK, Network, Secret, Step, Task
from .run import RunContext, parse_set, read_values, template_data
from .secrets import parse_secret_url
from .source import Source
from .template import render
from .template.literals import quote
from .textual import DEFAULT_VERSION, VERSIONS, aliases_enabled, sniff_version, without_comment_lines
from .validate import document_problems

DEFAULT_TIMEOUT = 600
DEFAULT_RETRY_DELAY = 5
DEFAULT_NETWORK = "acb_default_network"

# Fetches the values of all secrets at once; raises TaskFileError with the engine's text.
SecretResolver = Callable[[list[Secret]], Mapping[str, str]]

_RENDER = "unable to render task"
_UNMARSHAL = "failed to unmarshal task before running"


@dataclass(frozen=True)
class Settings:
    """Everything about a run that is not in the file. See ``prepare``."""

    run: RunContext
    name: str = "acb.yaml"
    values: Mapping[str, str] = field(default_factory=dict)
    values_text: str | None = None
    secrets: Mapping[str, str] | SecretResolver | None = None
    read_source: alias.ReadSource | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    env: tuple[str, ...] = ()
    working_directory: str = ""
    network: str = ""
    resolve_credentials: Callable[[], object] | None = None


def prepare(
    text: str,
    run: RunContext,
    *,
    name: str = "acb.yaml",
    values: Mapping[str, str] | Iterable[str] | None = None,
    values_text: str | None = None,
    secrets: Mapping[str, str] | SecretResolver | None = None,
    read_source: alias.ReadSource | None = None,
    environment: Mapping[str, str] | None = None,
    env: Iterable[str] = (),
    working_directory: str = "",
    network: str = "",
    resolve_credentials: Callable[[], object] | None = None,
) -> Task:
    """The task with everything in effect, or TaskFileError with the engine's fatal text.

    name: the file's name in error texts. values: what --set gives, as a map or as "key=value" items; values_text: the
    values file. secrets: the values by id, or a function that fetches them; a file with secrets fails without it.
    read_source: reads a file or URL of alias.src. environment: what the template function env reads (nothing by
    default). env, working_directory, network: the run's defaults for steps. resolve_credentials: called where the
    engine signs in to fetch registry credentials; its TaskFileError gets the engine's prefix.
    """
    if values is not None and not isinstance(values, Mapping):
        try:
            values = parse_set(values)
        except TaskFileError as error:
            raise error.within(_RENDER) from error
    settings = Settings(
        run=run,
        name=name,
        values=dict(values or {}),
        values_text=values_text,
        secrets=secrets,
        read_source=read_source,
        environment=dict(environment or {}),
        env=tuple(env),
        working_directory=working_directory,
        network=network,
        resolve_credentials=resolve_credentials,
    )
    return Preparation(settings).run(text)


class Preparation:
    """The stages, one method each; ``check`` replaces some of them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def run(self, text: str) -> Task:
        try:
            return self.task(text)
        except RecursionError as error:
            # Go has room for far deeper nesting, but nobody writes it.
            raise TaskFileError("the task file is nested too deeply") from error

    def task(self, text: str) -> Task:
        source = without_comment_lines(Source.of(text))
        version = sniff_version(source.text)
        aliases = None
        if aliases_enabled(version):
            source, aliases = self.expand_aliases(source)
        rendered = self.render_task(source)
        try:
            task = self.read(rendered)
            self.complete(task)
        except TaskFileError as error:
            error.rendered = rendered.text
            raise
        task.rendered = rendered.text
        task.alias_enabled = aliases is not None
        if aliases:
            for step in task.steps:
                step.cmd = aliases.image(step.cmd)
        return task

    # -- text --

    def expand_aliases(self, source: Source) -> tuple[Source, alias.Aliases]:
        block, rest = alias.separate(source)
        with prefixed("unable to render alias data"):
            rendered = block.become(self.render("aliasData", block, {}))
        with prefixed("unable to search/replace aliases in task"):
            aliases = self.resolve_aliases(alias.read_block(rendered))
        return rest.each(aliases.expand), aliases

    def resolve_aliases(self, block: alias.AliasBlock) -> alias.Aliases:
        return alias.resolve(block, self.settings.read_source or _no_source)

    def render_task(self, source: Source) -> Source:
        with prefixed(_RENDER):
            secrets = self.fetch_secrets(source)
            return source.become(self.render(self.settings.name, source, secrets))

    def render(self, name: str, source: Source, secrets: Mapping[str, str]) -> str:
        if not source.text:
            return ""
        data = self.data(secrets)
        with prefixed("error while rendering templates", source):
            text = self.render_template(name, source.text, data)
        if not text:
            raise TaskFileError("rendered template was empty")
        return text

    def data(self, secrets: Mapping[str, str]) -> dict[str, Any]:
        values = read_values(self.settings.values_text, self.settings.values)
        return template_data(self.settings.run, values, secrets)

    def render_template(self, name: str, text: str, data: dict[str, Any]) -> str:
        return render(name, text, data, self.settings.environment)

    # -- secrets --

    def fetch_secrets(self, source: Source) -> Mapping[str, str]:
        """The engine looks for a secrets section only in a text with that word."""
        if "secrets" not in source.text:
            return {}
        with prefixed("failed to resolve secrets in the task with error"):
            with prefixed("failed to render the template", replaces="error while rendering templates"):
                rendered = source.become(self.render(self.settings.name, source, {}))
            with prefixed("failed to parse template to create task"):
                secrets = self.parse(rendered).secrets
            if not secrets:
                return {}
            for secret in secrets:
                if secret.keyvault:
                    self.report(_url_problems(secret))
            return self.secret_values(secrets)

    def secret_values(self, secrets: list[Secret]) -> Mapping[str, str]:
        given = self.settings.secrets
        if callable(given):
            return given(secrets)
        if given is None:
            raise TaskFileError("no way to fetch secrets was given")
        return {secret.id: given[secret.id] for secret in secrets if secret.id in given}

    # -- structure --

    def read(self, rendered: Source) -> Task:
        with prefixed(_UNMARSHAL), prefixed("failed to deserialize task and validate"):
            return self.parse(rendered)

    def parse(self, rendered: Source) -> Task:
        """The YAML as a task, checked as a document. Lines become the author's."""
        try:
            task = self.decode(rendered)
        except YamlError as error:
            raise TaskFileError(str(error), rendered.origin(error.line)) from error
        for part in _parts(task):
            part.line = rendered.origin(part.line)
        self.report(document_problems(task))
        # None is left only after a report that does not raise.
        task.steps = [step for step in task.steps if step]
        task.secrets = [secret for secret in task.secrets if secret]
        task.networks = [network for network in task.networks if network]
        task.volumes = [volume for volume in task.volumes if volume]
        return task

    def decode(self, rendered: Source) -> Task:
        return decode(rendered.text, TASK) or Task()

    def report(self, problems: Iterator[TaskFileError]) -> None:
        """Stop at the first problem, as the engine does."""
        for problem in problems:
            raise problem

    def complete(self, task: Task) -> None:
        """Defaults, merged environment, credentials, graph."""
        settings = self.settings
        with prefixed(_UNMARSHAL):
            task.working_directory = task.working_directory or settings.working_directory
            task.env = merge(task.env, settings.env)
            if settings.network:
                task.networks.append(Network(settings.network, driver="external", skip_creation=True, is_default=True))
            task.version = task.version or DEFAULT_VERSION
            if task.version.lower() not in VERSIONS:
                words = f"invalid version specified: {quote(task.version)}"
                words += f", the current version is {quote(DEFAULT_VERSION)}"
                raise TaskFileError(words, subject=task.version)
            network = _default_network(task, settings.run.os)
            if task.step_timeout <= 0:
                task.step_timeout = DEFAULT_TIMEOUT
            for position, step in enumerate(task.steps):
                self.complete_step(task, step, position, network)
            if settings.resolve_credentials:
                with prefixed("failed to resolve secrets"):
                    settings.resolve_credentials()
            self.report(graph_problems(task.steps))
        connect(task.steps)

    def complete_step(self, task: Task, step: Step, position: int, network: str) -> None:
        if step.timeout <= 0:
            step.timeout = task.step_timeout
        if step.retry_delay <= 0:
            step.retry_delay = DEFAULT_RETRY_DELAY
        step.network = step.network or network
        with prefixed("failed to merge task and step environment variables"):
            step.env = merge(step.env, task.env)
        step.id = step.id or f"acb_step_{position}"
        step.working_directory = step.working_directory or task.working_directory
        if step.build:
            step.tags = tags_of(step.build)
            step.build_arguments = build_arguments_of(step.build)
            if step.cache.lower() == "enabled" and self.settings.run.os == "linux":
                run = self.settings.run
                step.build = with_cache(step.build, run.registry, run.task_name, step.id)
                step.uses_build_cache = task.uses_build_cache = True
        elif step.push:
            step.push = push_names(step.push)


def _default_network(task: Task, operating_system: str) -> str:
    """The network of steps that name none: the last default one; a new one if the task declares none at all."""
    if not task.networks:
        driver = "nat" if operating_system == "windows" else "bridge"
        task.networks.append(Network(DEFAULT_NETWORK, driver=driver, is_default=True))
    return next((network.name for network in reversed(task.networks) if network.is_default), "")


def _url_problems(secret: Secret) -> Iterator[TaskFileError]:
    try:
        parse_secret_url(secret.keyvault)
    except TaskFileError as error:
        yield TaskFileError(error.message, secret.line, secret.keyvault)


def _parts(task: Task) -> Iterator[Any]:
    """All that carries a line."""
    yield task
    for items in (task.steps, task.secrets, task.networks, task.volumes):
        yield from (item for item in items if item)
    for step in filter(None, task.steps):
        yield from filter(None, step.mounts)


def _no_source(source: str) -> str:
    raise TaskFileError(f"open {source}: no such file or directory")


class prefixed:  # noqa: N801 (reads as a statement: with prefixed("…"):)
    """Puts a stage's words before the errors of what it does.

    source: the error's line counts in this text, not in the author's file. replaces: an inner prefix that this one
    takes the place of.
    """

    def __init__(self, prefix: str, source: Source | None = None, replaces: str = "") -> None:
        self.prefix = prefix
        self.source = source
        self.replaces = replaces

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if not isinstance(error, TaskFileError):
            return
        if self.replaces:
            error = type(error)(error.message.removeprefix(self.replaces + ": "), error.line, error.subject)
        if self.source:
            error.line = self.source.origin(error.line)
        raise error.within(self.prefix) from error
