# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Rules that hold for each part of a task on its own. Every function gives the engine's complaints, first one first."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from .errors import TaskFileError
from .model import Secret, Step, Task, Volume

_VOLUME_NAME = re.compile(r"[A-Za-z0-9\-_]+")
_FILE_NAME = re.compile(r"[A-Za-z0-9\-_.]+")
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Problems = Iterator[TaskFileError]


def document_problems(task: Task) -> Problems:
    """What the engine checks right after reading the YAML: secrets, volumes, and mounts that name them."""
    yield from _null_problems(task)
    yield from _secret_problems(task.secrets)
    yield from _volume_problems(task.volumes)
    names = {volume.name for volume in task.volumes if volume}
    for step in task.steps:
        for mount in step.mounts if step else ():
            if mount and mount.name not in names:
                yield TaskFileError(f"mount name, {mount.name}, does not correspond to a volume", mount.line)


def _null_problems(task: Task) -> Problems:
    # The engine crashes on these; the words are ours.
    for key, items in (
        ("steps", task.steps),
        ("secrets", task.secrets),
        ("networks", task.networks),
        ("volumes", task.volumes),
    ):
        for position, item in enumerate(items):
            if item is None:
                yield TaskFileError(f"{key}[{position}] is empty: the engine crashes on a null entry in {key}")
    for position, step in enumerate(task.steps):
        if step and None in step.mounts:
            yield TaskFileError(f"steps[{position}] has an empty volume mount: the engine crashes on it", step.line)


def _secret_problems(secrets: list[Secret]) -> Problems:
    seen = set()
    for secret in filter(None, secrets):
        complaint = _secret_complaint(secret)
        if complaint and secret.id:
            complaint = f"failed to validate secret with ID: {secret.id}: {complaint}"
        elif secret.id in seen:
            complaint = f"duplicate secret found with ID: {secret.id}"
        if complaint:
            yield TaskFileError(complaint, secret.line, f"{secret.id} {secret.keyvault} {secret.client_id}")
        seen.add(secret.id)


def _secret_complaint(secret: Secret) -> str | None:
    if not secret.id:
        return "secret is missing an ID as well as auto-generated ID"
    if _has_space(secret.id):
        return "secret ID cannot contain spaces"
    if not secret.keyvault:
        return (
            "secret should contain either keyvault property for vault secret, or msi clientID/aadResourceId for msi "
            "authentication"
        )
    if secret.client_id and not is_guid(secret.client_id):
        return "msi client ID is not a valid guid"
    return None


def is_guid(text: str) -> bool:
    """Whether the engine takes the text for a client id."""
    try:
        return bool(_GUID.fullmatch(text)) and bool(uuid.UUID(text))
    except ValueError:
        return False


def _has_space(text: str) -> bool:
    return any(character.isspace() for character in text)


def _volume_problems(volumes: list[Volume]) -> Problems:
    seen = set()
    for volume in filter(None, volumes):
        complaint = _volume_complaint(volume)
        if complaint is None and volume.name in seen:
            complaint = "volume with duplicate name found"
        if complaint:
            yield TaskFileError(complaint, volume.line, volume.name)
        seen.add(volume.name)


def _volume_complaint(volume: Volume) -> str | None:
    if not volume.name:
        return "volume name is empty"
    if not _VOLUME_NAME.fullmatch(volume.name):
        return "volume name is not well formed. Only use alphanumeric and - _"
    if volume.secret is None:
        return "currently only support for source type secret"
    if not volume.secret:
        return "secret is empty"
    for name in volume.secret:
        if not _FILE_NAME.fullmatch(name):
            return f"file name, {name}, is not well formed. Only use alphanumeric and - _ ."
    return None


def step_complaint(step: Step) -> tuple[str, str] | None:
    """What is wrong with a step that has its id: the complaint, and what it is about where it does not say so."""
    if step.retries < 0:
        return "step must specify retries >= 0", ""
    if step.repeat < 0:
        return "step must specify repeat >= 0", ""
    work = " ".join((step.cmd, step.build, *step.push))
    if sum(map(bool, (step.cmd, step.build, step.push))) > 1:
        return "step must only contain a single build, cmd, or push property", work
    if _has_space(step.id):
        return "step ID cannot contain spaces", ""
    if not step.kind:
        return "step is missing a cmd, build, or push property", work
    if step.mounts:
        complaint = _mount_complaint(step)
        if complaint:
            return complaint, " ".join(f"{mount.name} {mount.mount_path}" for mount in step.mounts if mount)
    for parent in step.when:
        if parent == "-" and len(step.when) > 1:
            return "step cannot contain other IDs in when if the immediate execution token is specified", ""
        if parent == step.id:
            return f"Step ID: {step.id} is self-referenced", ""
    if step.cache and step.cache.lower() not in ("enabled", "disabled"):
        return "invalid value for cache property. Valid values are 'enabled', 'disabled'", step.cache
    return None


def _mount_complaint(step: Step) -> str | None:
    if step.kind == "push":
        return "invalid use of Mounts. Mounts must have unique container paths and only used for cmd or build steps"
    paths = set()
    for mount in (mount for mount in step.mounts if mount):
        if not mount.name or not mount.mount_path:
            return "mount name or mount path is empty"
        if mount.mount_path in paths:
            return "mount with duplicate container file path found"
        paths.add(mount.mount_path)
    return None
