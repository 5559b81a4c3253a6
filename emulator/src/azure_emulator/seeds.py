# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What is there at the start: the packaged default, and a file of the user's merged over it."""

from __future__ import annotations

import copy
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from azure_emulator.services.authorization.models import Authorization
from azure_emulator.services.entra.models import Directory
from azure_emulator.world import World


class SeedsError(Exception):
    """The seeds file cannot be used; the text says why."""


_KINDS = {
    "tenant": str,
    "subscription": dict,
    "applications": list,
    "users": list,
    "groups": list,
    "machine_identity": dict,
    "docker_hub": dict,
    "images": list,
    "sources": list,
}


def load(file: Path | None = None) -> dict[str, Any]:
    """The default seeds with ``file`` merged over them. Raises SeedsError."""
    default = yaml.safe_load((resources.files("azure_emulator") / "seeds.yml").read_text(encoding="utf-8"))
    if file is None:
        return default
    try:
        own = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise SeedsError(f"Cannot read the seeds file {file}: {error}") from error
    return merge(default, own)


def merge(base: dict[str, Any], own: Any) -> dict[str, Any]:
    """``own`` over ``base``: mappings are merged, everything else is replaced. Raises SeedsError."""
    if not isinstance(own, dict):
        raise SeedsError("Seeds are a mapping.")
    for name, value in own.items():
        if name not in _KINDS:
            raise SeedsError(f"Seeds have no '{name}'. Known: {', '.join(_KINDS)}.")
        if not isinstance(value, _KINDS[name]):
            raise SeedsError(f"Seeds: '{name}' is a {_KINDS[name].__name__}.")
    return _merged(base, own)


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    result = copy.deepcopy(base)
    for name, value in own.items():
        both = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = _merged(result[name], value) if both else copy.deepcopy(value)
    return result


def plant(world: World) -> None:
    """Makes what has to exist before the first request: the machine's identities and everybody's roles."""
    directory = world.part(Directory)
    authorization = world.part(Authorization)
    root = f"/subscriptions/{world.seeds['subscription']['id']}"
    machine = world.seeds.get("machine_identity") or {}
    for seed in [machine, *(machine.get("user_assigned") or [])]:
        if seed.get("client_id"):
            directory.add_managed_identity(
                seed.get("name", ""),
                [seed.get("resource_id", "")],
                object_id=seed["object_id"],
                application_id=seed["client_id"],
                seeded=True,
            )
            _grant(authorization, root, seed, "ServicePrincipal")
    for seed in world.seeds.get("applications") or []:
        _grant(authorization, root, seed, "ServicePrincipal")
    for seed in world.seeds.get("users") or []:
        _grant(authorization, root, seed, "User")
    for seed in world.seeds.get("groups") or []:
        _grant(authorization, root, seed, "Group")


def _grant(authorization: Authorization, root: str, seed: dict[str, Any], kind: str) -> None:
    for entry in seed.get("roles") or []:
        authorization.assign(entry.get("scope") or root, entry["role"], seed["object_id"], kind)
