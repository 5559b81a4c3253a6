# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a template can ask about the run and the values."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import TaskFileError
from .goyaml import YamlError, decode_any
from .template.literals import json_text
from .template.values import InterfaceMap

_NEEDS_QUOTES = re.compile(r"[^\w_^@=+%,:./-]", re.ASCII)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class RunContext:
    """A run, as ``{{.Run.…}}`` shows it. date: the start, UTC. registry: the login server. os: linux or windows.
    task_name: "" for a quick run."""

    id: str = ""
    commit: str = ""
    repository: str = ""
    branch: str = ""
    git_tag: str = ""
    triggered_by: str = ""
    registry: str = ""
    date: datetime.datetime = field(default_factory=_now)
    shared_volume: str = ""
    os: str = "linux"
    os_version: str = ""
    architecture: str = "amd64"
    task_name: str = ""

    @property
    def registry_name(self) -> str:
        """The login server up to its first dot."""
        return self.registry.partition(".")[0]

    def fields(self) -> dict[str, Any]:
        """The members of ``.Run`` by the names that templates use."""
        return {
            "ID": self.id,
            "Commit": self.commit,
            "Repository": self.repository,
            "Branch": self.branch,
            "GitTag": self.git_tag,
            "TriggeredBy": self.triggered_by,
            "Registry": self.registry,
            "RegistryName": self.registry_name,
            "Date": self.date.strftime("%Y%m%d-%H%M%Sz"),
            "SharedVolume": self.shared_volume,
            "OS": self.os,
            "OSVersion": self.os_version,
            "Architecture": self.architecture,
            "TaskName": self.task_name,
        }


def parse_set(assignments: Iterable[str]) -> dict[str, str]:
    """``["key=value", …]`` -> the values. A key with dots is one key; a later one wins. Raises TaskFileError."""
    values = {}
    for assignment in assignments:
        key, sign, value = assignment.partition("=")
        if not sign:
            raise TaskFileError("failed to parse --set data; invalid format, no = assignment found")
        if not key:
            raise TaskFileError("failed to parse --set data; expected a key=val format")
        values[key] = value
    return values


def shell_quoted(text: str) -> str:
    """The text as one word for sh, in single quotes where it needs them."""
    if not text:
        return "''"
    return "'" + text.replace("'", "'\"'\"'") + "'" if _NEEDS_QUOTES.search(text) else text


def read_values(values_text: str | None, values: Mapping[str, str] | None) -> dict[str, Any]:
    """The values file with the set values laid over it, key by key. Raises TaskFileError."""
    try:
        from_file = decode_any(values_text or "", InterfaceMap)
    except YamlError as error:
        raise TaskFileError(
            f"failed to override values: Failed to deserialize values during merge: {values_text}, Err: {error}"
        ) from error
    return {**from_file, **(values or {})}


def template_data(run: RunContext, values: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    """All that a task file's template sees. Raises TaskFileError where the engine cannot show the values as JSON."""
    if _has_map(list(values.values())):
        raise TaskFileError(
            "failed to override values: failed to serialize Values: "
            "json: unsupported type: map[interface {}]interface {}"
        )
    fields = run.fields()
    return {
        "Build": {"ID": run.id},
        "Run": fields,
        "Values": dict(values),
        "ValuesJSON": shell_quoted(json_text(dict(values))),
        "RunJSON": shell_quoted(json_text(fields)),
        "Secrets": dict(secrets),
    }


def _has_map(value: Any) -> bool:
    if isinstance(value, list):
        return any(_has_map(item) for item in value)
    return isinstance(value, InterfaceMap)
