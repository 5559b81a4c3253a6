# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What is done with user-assigned identities."""

from __future__ import annotations

import re

from azure_emulator import arm_problems, lifecycle
from azure_emulator.arm_bodies import normal_location, page
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.identity.models import TYPE, find_identity

_NAME = re.compile(r"^[A-Za-z0-9][-A-Za-z0-9_]{2,127}$")


def list_all(call: Call) -> Answer:
    scope = f"/subscriptions/{call.params['subscription']}"
    if "group" in call.params:
        scope += f"/resourcegroups/{call.params['group']}/"
    return Answer(200, page(call, call.world.resources.of_type(TYPE, scope)))


def get(call: Call) -> Answer:
    return Answer(200, _existing(call))


def put(call: Call) -> Answer:
    name = call.params["name"]
    if not _NAME.match(name):
        raise Problem(
            400,
            "InvalidResourceName",
            f"Resource name '{name}' is invalid. It must start with a letter or number, be 3 to 128 characters long "
            "and hold letters, numbers, '-' and '_' only.",
        )
    location = call.json.get("location")
    if not location:
        raise Problem(400, "LocationRequired", "The location property is required for this definition.")
    old = find_identity(call.world, _resource_id(call))
    if old and old["location"] != normal_location(location):
        raise Problem(
            409,
            "InvalidResourceLocation",
            f"The resource '{name}' already exists in location '{old['location']}' in resource group "
            f"'{call.params['group']}'. A resource with the same name cannot be created in location '{location}'. "
            "Please select a new resource name.",
        )
    if old:
        if call.json.get("tags") is not None:
            old["tags"] = call.json["tags"]
        return Answer(200, old)
    # The id says resourcegroups in lower case, whatever the request said.
    resource_id = _resource_id(call)
    directory = call.world.part(Directory)
    principal = directory.add_managed_identity(name, [resource_id])
    body = {
        "location": normal_location(location),
        "tags": call.json.get("tags") or {},
        "id": resource_id,
        "name": name,
        "type": TYPE,
        "properties": {
            "tenantId": directory.tenant_id,
            "principalId": principal.object_id,
            "clientId": principal.application_id,
        },
    }
    # A relative link; the real service sends it so.
    return Answer(201, call.world.resources.put(body), {"Location": resource_id})


def patch(call: Call) -> Answer:
    body = _existing(call)
    if call.json.get("tags") is not None:
        body["tags"] = call.json["tags"]
    return Answer(200, body)


def delete(call: Call) -> Answer:
    return Answer(200 if lifecycle.remove(call.world, _resource_id(call)) else 204)


def list_associated_resources(call: Call) -> Answer:
    """The resources that have this identity attached."""
    own = _existing(call)["id"].lower()
    users = [
        {"id": body["id"], "name": body["name"], "type": body["type"]}
        for body in call.world.resources
        if own in {key.lower() for key in (body.get("identity") or {}).get("userAssignedIdentities") or {}}
    ]
    return Answer(200, {"totalCount": len(users), "value": users})


def _resource_id(call: Call) -> str:
    return (
        f"/subscriptions/{call.params['subscription']}/resourcegroups/{call.params['group']}"
        f"/providers/{TYPE}/{call.params['name']}"
    )


def _existing(call: Call) -> dict:
    body = find_identity(call.world, _resource_id(call))
    if body is None:
        raise arm_problems.resource_not_found(_resource_id(call))
    return body
