# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What can be said about a task file before any run, without network and without the run's values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import alias
from .errors import TaskFileError
from .goyaml import Leniency, YamlError, decode
from .model import TASK, Secret, Task
from .prepare import Preparation, Settings
from .run import RunContext, read_values
from .source import Source
from .template import render
from .template.tentative import UNKNOWN, OpenMap, TentativeEvaluator, UndecidableError, is_unknown
from .volumes import volume_files


@dataclass(frozen=True)
class Problem:
    """line: 1-based, or None where it is not known. fatal: a run of this file is sure to fail; else only a hint."""

    message: str
    line: int | None
    fatal: bool = True

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


def validate(
    text: str,
    *,
    values: Mapping[str, str] | None = None,
    values_text: str | None = None,
    read_source: alias.ReadSource | None = None,
) -> list[Problem]:
    """Everything that is sure to be wrong, with the engine's words, and keys that the engine ignores as hints.

    values, values_text: what is known of the values already; a run may bring more. read_source: reads entries of
    alias.src; without it their names count as unknown. Needs PyYAML (ImportError).
    """
    settings = Settings(run=RunContext(), values=dict(values or {}), values_text=values_text, read_source=read_source)
    check = _Check(settings)
    try:
        task = check.run(text)
        volume_files(task.volumes)
    except TaskFileError as error:
        check.report(iter((error,)))
    except UndecidableError:
        pass
    return check.problems()


class _Check(Preparation):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.found: dict[tuple[str, int | None], Problem] = {}
        self.guessed = False  # unknown text stands in what was read as YAML

    def problems(self) -> list[Problem]:
        return sorted(self.found.values(), key=lambda problem: (not problem.fatal, problem.line or 0))

    def add(self, message: str, line: int | None, fatal: bool = True) -> None:
        self.found.setdefault((message, line), Problem(message, line, fatal))

    # -- what differs from a run --

    def report(self, problems: Iterator[TaskFileError]) -> None:
        for problem in problems:
            if not is_unknown(problem.message + problem.subject):
                self.add(problem.reason, problem.line)

    def resolve_aliases(self, block: alias.AliasBlock) -> alias.Aliases:
        return alias.resolve(block, self.settings.read_source, unknown=str(UNKNOWN))

    def data(self, secrets: Mapping[str, str]) -> dict[str, Any]:
        values = OpenMap(read_values(self.settings.values_text, self.settings.values))
        run: OpenMap = OpenMap()
        return {
            "Build": run,
            "Run": run,
            "Values": values,
            "ValuesJSON": UNKNOWN,
            "RunJSON": UNKNOWN,
            "Secrets": OpenMap(secrets),
        }

    def render_template(self, name: str, text: str, data: dict[str, Any]) -> str:
        try:
            return render(name, text, data, evaluator=TentativeEvaluator)
        except TaskFileError:
            if is_unknown(text):
                # An alias of an unread source stands inside an action.
                raise UndecidableError from None
            raise

    def secret_values(self, secrets: list[Secret]) -> Mapping[str, str]:
        return {}

    def decode(self, rendered: Source) -> Task:
        leniency = Leniency(tolerates=is_unknown)
        try:
            task = decode(rendered.text, TASK, leniency) or Task()
        except YamlError:
            if is_unknown(rendered.text):
                # The unknown part may be several lines, or the very characters that are missing.
                raise UndecidableError from None
            raise
        for line, struct, key in leniency.ignored:
            origin = rendered.origin(line)
            where = "the task" if struct == TASK.name else f"this {struct.rpartition('.')[2].lower()}"
            if not is_unknown(key) and not (struct == TASK.name and key == "alias"):
                self.add(f"{key} is no key of {where}: the engine ignores it", origin, fatal=False)
        return task
