# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The two faces of a task: what every read shows, and what listDetails shows (acr-wire 1.4, 3.5, 5.5)."""

from __future__ import annotations

import copy

from azure_emulator.services.registry import identity_block
from azure_emulator.services.tasks.credentials_merge import without_nulls
from azure_emulator.switches import Switches
from azure_emulator.world import World

_IDENTITY_FOR_SOURCE = "2025-03-01-preview"  # the first version that knows credentials.sourceRegistry.identity


def masked(world: World, body: dict, task_id: str, version: str) -> dict:
    """GET, list, PUT and PATCH answers. ``task_id``: in the spelling of the request, which the answer mirrors."""
    shown = _face(world, body, task_id, version)
    properties, switches = shown["properties"], world.part(Switches)
    step = properties.get("step") or {}
    step.pop("contextAccessToken", None)
    for name in ("arguments", "values"):
        if name in step:
            step[name] = _without_secrets(step[name], switches["secret_arg_style"])
    trigger = properties.get("trigger") or {}
    (trigger.get("baseImageTrigger") or {}).pop("updateTriggerEndpoint", None)
    for source in trigger.get("sourceTriggers") or []:
        source["sourceRepository"].pop("sourceControlAuthProperties", None)
    hosts = (properties.get("credentials") or {}).get("customRegistries")
    if hosts:
        style = switches["mask_style"]
        if style == "drop":
            del properties["credentials"]["customRegistries"]
        else:
            properties["credentials"]["customRegistries"] = {host: None if style == "null" else {} for host in hosts}
    return _without_empty_credentials(shown)


def full(world: World, body: dict, task_id: str, version: str) -> dict:
    """The listDetails answer."""
    shown = _face(world, body, task_id, version)
    how = world.part(Switches)["details_secrets"]
    hosts = (shown["properties"].get("credentials") or {}).get("customRegistries") or {}
    for host, entry in hosts.items():
        if how == "keys_only":
            hosts[host] = None
        elif how == "no_opaque_password" and (entry.get("password") or {}).get("type") == "Opaque":
            entry["password"].pop("value", None)
    return _without_empty_credentials(shown)


def _face(world: World, body: dict, task_id: str, version: str) -> dict:
    properties = without_nulls(copy.deepcopy(body["properties"]))
    if version < _IDENTITY_FOR_SOURCE:
        ((properties.get("credentials") or {}).get("sourceRegistry") or {}).pop("identity", None)
    shown = {
        "type": body["type"],
        "properties": properties,
        "id": task_id,
        "name": body["name"],
        "location": body["location"],
        "systemData": dict(body["systemData"]),
    }
    identity = identity_block.rendered(world, body.get("identity"))
    if identity is not None:
        shown["identity"] = identity
    if body.get("tags") is not None:
        shown["tags"] = dict(body["tags"])
    return shown


def _without_secrets(entries: list[dict], style: str) -> list[dict]:
    if style == "omitted":
        return [entry for entry in entries if not entry.get("isSecret")]
    return [
        {key: value for key, value in entry.items() if key != "value" or not entry.get("isSecret")} for entry in entries
    ]


def _without_empty_credentials(shown: dict) -> dict:
    credentials = shown["properties"].get("credentials")
    if credentials is not None:
        if not credentials.get("sourceRegistry"):
            credentials.pop("sourceRegistry", None)
        if not credentials:
            del shown["properties"]["credentials"]
    return shown
