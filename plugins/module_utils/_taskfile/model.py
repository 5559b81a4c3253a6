# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A task as the file describes it, and the types that its YAML must have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .goyaml import Struct, list_of, map_of_strings, pointers_to
from .goyaml.decode import BOOL, INT, STRING, Kind


@dataclass
class Secret:
    """keyvault: the secret's URL. client_id: of a user-assigned identity; "" is the task's system identity."""

    id: str = ""
    keyvault: str = ""
    client_id: str = ""
    line: int | None = None


@dataclass
class Network:
    name: str = ""
    driver: str = ""
    ipv6: bool = False
    skip_creation: bool = False
    is_default: bool = False
    line: int | None = None


@dataclass
class Volume:
    """secret: file name -> content in base64; None if the key is missing."""

    name: str = ""
    secret: dict[str, str] | None = None
    line: int | None = None


@dataclass
class Mount:
    name: str = ""
    mount_path: str = ""
    line: int | None = None


@dataclass
class Step:
    """One step. Exactly one of build, push and cmd is set in a valid task. Times are in seconds.

    After ``prepare``: id, timeout, retry_delay, network, env, working_directory hold what is in effect; push holds the
    full image names; build has the cache flags; cmd has its image alias expanded; parents the ids that it waits for
    (empty: starts at once); tags and build_arguments what the engine reads out of the build text.
    """

    id: str = ""
    cmd: str = ""
    build: str = ""
    push: list[str] = field(default_factory=list)
    when: list[str] = field(default_factory=list)
    env: list[str] = field(default_factory=list)
    working_directory: str = ""
    entry_point: str = ""
    user: str = ""
    network: str = ""
    isolation: str = ""
    cpus: str = ""
    cache: str = ""
    mounts: list[Mount | None] = field(default_factory=list)
    expose: list[str] = field(default_factory=list)
    ports: list[str] = field(default_factory=list)
    exited_with: list[int] = field(default_factory=list)
    exited_without: list[int] = field(default_factory=list)
    timeout: int = 0
    start_delay: int = 0
    retry_delay: int = 0
    retries: int = 0
    retry_on_errors: list[str] = field(default_factory=list)
    repeat: int = 0
    cmd_download_retries: int = 0
    cmd_download_retry_delay: int = 0
    keep: bool = False
    detach: bool = False
    privileged: bool = False
    ignore_errors: bool = False
    disable_working_directory_override: bool = False
    pull: bool = False
    line: int | None = None
    parents: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    build_arguments: list[str] = field(default_factory=list)
    uses_build_cache: bool = False

    @property
    def kind(self) -> str:
        """build, push, cmd, or "" for none of them."""
        return "build" if self.build else "push" if self.push else "cmd" if self.cmd else ""

    @property
    def text(self) -> str | list[str]:
        """What the step does: the text of a build or cmd step, the image names of a push step."""
        return self.push if self.kind == "push" else self.build or self.cmd


@dataclass
class Task:
    """rendered: the file after aliases and template, before YAML was read.
    alias_enabled: whether the engine logs that aliases are on."""

    steps: list[Step] = field(default_factory=list)
    step_timeout: int = 0
    secrets: list[Secret] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    volumes: list[Volume] = field(default_factory=list)
    env: list[str] = field(default_factory=list)
    working_directory: str = ""
    version: str = ""
    line: int | None = None
    rendered: str = ""
    alias_enabled: bool = False
    uses_build_cache: bool = False


_STRINGS = list_of(STRING)
_INTS = list_of(INT)
_SECRET = Struct(
    "secretmgmt.Secret",
    "struct",
    fields={"id": ("id", STRING), "keyvault": ("keyvault", STRING), "clientID": ("client_id", STRING)},
    make=Secret,
)
_NETWORK = Struct(
    "graph.Network",
    "struct",
    fields={
        "name": ("name", STRING),
        "driver": ("driver", STRING),
        "ipv6": ("ipv6", BOOL),
        "skipCreation": ("skip_creation", BOOL),
        "isDefault": ("is_default", BOOL),
    },
    make=Network,
)
_VOLUME = Struct(
    "volume.VolumeMount",
    "struct",
    fields={"name": ("name", STRING), "secret": ("secret", map_of_strings())},
    make=Volume,
)
_MOUNT = Struct(
    "volume.Mount", "struct", fields={"name": ("name", STRING), "mountPath": ("mount_path", STRING)}, make=Mount
)
_STEP_FIELDS: dict[str, tuple[str, Kind]] = {
    "id": ("id", STRING),
    "cmd": ("cmd", STRING),
    "build": ("build", STRING),
    "push": ("push", _STRINGS),
    "when": ("when", _STRINGS),
    "env": ("env", _STRINGS),
    "workingDirectory": ("working_directory", STRING),
    "entryPoint": ("entry_point", STRING),
    "user": ("user", STRING),
    "network": ("network", STRING),
    "isolation": ("isolation", STRING),
    "cpus": ("cpus", STRING),
    "cache": ("cache", STRING),
    "volumeMounts": ("mounts", pointers_to(_MOUNT)),
    "expose": ("expose", _STRINGS),
    "ports": ("ports", _STRINGS),
    "exitedWith": ("exited_with", _INTS),
    "exitedWithout": ("exited_without", _INTS),
    "timeout": ("timeout", INT),
    "startDelay": ("start_delay", INT),
    "retryDelay": ("retry_delay", INT),
    "retries": ("retries", INT),
    "retryOnErrors": ("retry_on_errors", _STRINGS),
    "repeat": ("repeat", INT),
    "cmdDownloadRetries": ("cmd_download_retries", INT),
    "cmdDownloadRetryDelay": ("cmd_download_retry_delay", INT),
    "keep": ("keep", BOOL),
    "detach": ("detach", BOOL),
    "privileged": ("privileged", BOOL),
    "ignoreErrors": ("ignore_errors", BOOL),
    "disableWorkingDirectoryOverride": ("disable_working_directory_override", BOOL),
    "pull": ("pull", BOOL),
}
_STEP = Struct("graph.Step", "struct", fields=_STEP_FIELDS, make=Step)
TASK = Struct(
    "graph.Task",
    "struct",
    fields={
        "steps": ("steps", pointers_to(_STEP)),
        "stepTimeout": ("step_timeout", INT),
        "secrets": ("secrets", pointers_to(_SECRET)),
        "networks": ("networks", pointers_to(_NETWORK)),
        "volumes": ("volumes", pointers_to(_VOLUME)),
        "env": ("env", _STRINGS),
        "workingDirectory": ("working_directory", STRING),
        "version": ("version", STRING),
    },
    make=Task,
)


def step_as_json(step: Step) -> dict[str, Any]:
    """A step of a prepared task as plain data: id, kind, text, parents, tags, then the file's own keys in effect."""
    shown: dict[str, Any] = {"id": step.id, "kind": step.kind, "text": step.text, "parents": step.parents}
    shown["tags"] = step.tags
    shown["buildCache"] = step.uses_build_cache
    for key, (attribute, _kind) in _STEP_FIELDS.items():
        if key not in ("id", "cmd", "build", "push", "volumeMounts"):
            shown[key] = getattr(step, attribute)
    shown["volumeMounts"] = [{"name": mount.name, "mountPath": mount.mount_path} for mount in step.mounts if mount]
    return shown
