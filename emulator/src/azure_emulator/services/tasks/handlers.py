# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Tasks: PUT, PATCH, GET, list, DELETE and listDetails."""

from __future__ import annotations

from azure_emulator import lifecycle
from azure_emulator.arm_problems import resource_not_found
from azure_emulator.exchange import Answer, Call
from azure_emulator.services.registry import identity_block
from azure_emulator.services.registry.handlers import registry_of
from azure_emulator.services.registry.stamps import fraction, system_data
from azure_emulator.services.tasks import merging, validation
from azure_emulator.services.tasks.models import TASK_TYPE
from azure_emulator.services.tasks.paging import page
from azure_emulator.services.tasks.rendering import full, masked
from azure_emulator.switches import Switches

_WRITE = f"{TASK_TYPE}/write"
_CREATE, _UPDATE = "taskCreateParameters", "taskUpdateParameters"


def put_task(call: Call) -> Answer:
    """Full replace. 200 with the final body, also for a new task."""
    registry, given = registry_of(call), call.json
    name, task_id = call.params["task"], call.path.rstrip("/")
    switches, now = call.world.part(Switches), call.world.clock.now()
    existing = call.world.resources.get(task_id)
    current = existing["properties"] if existing else {}
    wanted = given.get("properties") or {}
    validation.check_name(name)
    validation.check_location(given.get("location"), registry)
    validation.check_step_body(wanted.get("step"), _CREATE)
    identity = _planned_identity(call, existing, given.get("identity"), replace=True)
    properties = merging.put(current, wanted, switches)
    validation.check_task(name, properties, identity, switches, _CREATE)
    keeps_date = existing and switches["put_keeps_creation_date"]
    stamp = current["creationDate"] if keeps_date else fraction(now, "+00:00")
    body = {
        "id": existing["id"] if existing else task_id,
        "name": existing["name"] if existing else name,
        "type": TASK_TYPE,
        "location": registry["location"],
        "tags": given.get("tags"),
        "identity": _settled_identity(call, existing, identity),
        "properties": {"provisioningState": "Succeeded", "creationDate": stamp, **properties},
        "systemData": system_data(existing["systemData"] if existing else None, call.caller, now),
    }
    call.world.resources.put(body)
    status = 200 if existing else switches["create_code"]
    return Answer(status, masked(call.world, body, task_id, call.api_version))


def patch_task(call: Call) -> Answer:
    """Deep merge. 200 with the whole task, masked."""
    body, given = task_of(call), call.json
    switches = call.world.part(Switches)
    wanted = given.get("properties") or {}
    identity = _planned_identity(call, body, given.get("identity"), replace=False)
    if wanted.get("step"):
        validation.check_step_body(wanted["step"], _UPDATE)
    properties = merging.patch(body["properties"], wanted, switches)
    validation.check_task(body["name"], properties, identity, switches, _UPDATE)
    body["properties"] = properties
    body["identity"] = _settled_identity(call, body, identity)
    if given.get("tags") is not None:
        kept = (body["tags"] or {}) if switches["tags_patch"] == "merge" else {}
        body["tags"] = {**kept, **given["tags"]}
    body["systemData"] = system_data(body["systemData"], call.caller, call.world.clock.now())
    return Answer(200, masked(call.world, body, call.path.rstrip("/"), call.api_version))


def get_task(call: Call) -> Answer:
    return Answer(200, masked(call.world, task_of(call), call.path.rstrip("/"), call.api_version))


def list_tasks(call: Call) -> Answer:
    """Masked, in order of creation."""
    registry = registry_of(call)
    tasks = call.world.resources.of_type(TASK_TYPE, registry["id"] + "/")
    base = call.path.rstrip("/")
    return Answer(200, page(call, tasks, lambda t: masked(call.world, t, f"{base}/{t['name']}", call.api_version)))


def list_details(call: Call) -> Answer:
    """The read with secrets. Booked as a write, as it is a POST."""
    task_id = call.path.rstrip("/").rsplit("/", 1)[0]
    return Answer(200, full(call.world, task_of(call, task_id), task_id, call.api_version))


def delete_task(call: Call) -> Answer:
    if lifecycle.remove(call.world, call.path):
        return Answer(200)
    if call.world.part(Switches)["delete_absent_code"] == 404:
        raise resource_not_found(call.path)
    return Answer(204)


def task_of(call: Call, task_id: str | None = None) -> dict:
    """The task at ``task_id`` (default: the request's path). Raises 404 as the gateway words it."""
    body = call.world.resources.get(task_id or call.path)
    if body is None:
        raise resource_not_found(task_id or call.path)
    return body


def _planned_identity(call: Call, existing: dict | None, wanted: dict | None, *, replace: bool) -> dict | None:
    current = existing.get("identity") if existing else None
    resource_id = existing["id"] if existing else call.path.rstrip("/")
    return identity_block.planned(call, resource_id, current, wanted, replace=replace, write_action=_WRITE)


def _settled_identity(call: Call, existing: dict | None, block: dict | None) -> dict | None:
    registry, task = call.params["registry"], call.params["task"]
    if existing:
        registry, task = registry_of(call)["name"], existing["name"]
    resource_id = existing["id"] if existing else call.path.rstrip("/")
    current = existing.get("identity") if existing else None
    return identity_block.settled(call, resource_id, current, block, f"{registry}/tasks/{task}")
