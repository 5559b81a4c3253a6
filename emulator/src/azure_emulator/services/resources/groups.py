# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Resource groups."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from azure_emulator import lifecycle
from azure_emulator.arm_bodies import normal_location, page
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.resources.filters import matches
from azure_emulator.services.resources.subscriptions import LOCATIONS
from azure_emulator.services.resources.visibility import may
from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

TYPE = "Microsoft.Resources/resourceGroups"
READ = "Microsoft.Resources/subscriptions/resourceGroups/read"
_NAME = re.compile(r"^[-\w._()]{0,89}[-\w_()]$")

declare(
    "resource_group_delete_seconds",
    0,
    evidence="keyvault-wire 8: about 60 s for an empty group; here the work is done at once, this delays the report",
)


class Operations:
    """Deletions that clients may still ask about: token -> when the operation reports its end."""

    def __init__(self, world: World) -> None:
        self.ends: dict[str, datetime] = {}

    def snapshot(self) -> int:
        return len(self.ends)


def group_id(call: Call) -> str:
    return f"/subscriptions/{call.params['subscription']}/resourceGroups/{call.params['group']}"


def list_groups(call: Call) -> Answer:
    groups = [
        body for body in call.world.resources.of_type(TYPE) if matches(call, body) and may(call, READ, body["id"])
    ]
    return Answer(200, page(call, groups))


def put(call: Call) -> Answer:
    name = call.params["group"]
    if not _NAME.match(name):
        raise Problem(
            400,
            "InvalidResourceGroup",
            f"The provided resource group name '{name}' has these invalid characters or ends with a period. "
            "The name can only be a letter, digit, '-', '.', '(', ')' or '_'.",
        )
    location = call.json.get("location")
    if not location:
        raise Problem(400, "LocationRequired", "The location property is required for this definition.")
    location = normal_location(location)
    if location not in LOCATIONS:
        raise Problem(
            400,
            "LocationNotAvailableForResourceGroup",
            f"The provided location '{location}' is not available for resource group. "
            f"List of available regions is '{','.join(LOCATIONS)}'.",
        )
    old = call.world.resources.get(group_id(call))
    if old and old["location"] != location:
        raise Problem(
            409,
            "InvalidResourceGroupLocation",
            f"Invalid resource group location '{location}'. "
            f"The Resource group already exists in location '{old['location']}'.",
        )
    body = {
        "id": old["id"] if old else group_id(call),
        "name": old["name"] if old else name,
        "type": TYPE,
        "location": location,
    }
    if call.json.get("managedBy"):
        body["managedBy"] = call.json["managedBy"]
    # Without tags in the request the key is absent in the answer; {} clears.
    if call.json.get("tags") is not None:
        body["tags"] = call.json["tags"]
    body["properties"] = {"provisioningState": "Succeeded"}
    return Answer(200 if old else 201, call.world.resources.put(body))


def patch(call: Call) -> Answer:
    body = call.world.resources.get(group_id(call))
    assert body is not None  # the front door looked
    if call.json.get("tags") is not None:
        body["tags"] = call.json["tags"]
    return Answer(200, body)


def get(call: Call) -> Answer:
    return Answer(200, call.world.resources.get(group_id(call)))


def head(call: Call) -> Answer:
    return Answer(204 if group_id(call) in call.world.resources else 404)


def delete(call: Call) -> Answer:
    lifecycle.remove(call.world, group_id(call))
    token = call.world.new_id().replace("-", "")
    delay = timedelta(seconds=call.world.part(Switches)["resource_group_delete_seconds"])
    call.world.part(Operations).ends[token] = call.world.clock.now() + delay
    return _accepted(call, token)


def operation_result(call: Call) -> Answer:
    ends = call.world.part(Operations).ends.get(call.params["token"])
    if ends is None:
        raise Problem(404, "OperationNotFound", f"The operation '{call.params['token']}' could not be found.")
    if call.world.clock.now() < ends:
        return _accepted(call, call.params["token"])
    return Answer(200)


def _accepted(call: Call, token: str) -> Answer:
    location = (
        f"https://{call.host}/subscriptions/{call.params['subscription']}/operationresults/{token}"
        f"?api-version={call.api_version}"
    )
    return Answer(202, None, {"Location": location, "Retry-After": "1"})
