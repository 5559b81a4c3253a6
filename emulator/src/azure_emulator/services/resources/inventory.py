# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Generic lists of resources. They show what Resource Manager itself keeps, never ``properties``."""

from __future__ import annotations

from azure_emulator.arm_bodies import page
from azure_emulator.exchange import Answer, Call
from azure_emulator.services.resources.filters import listed_name, matches
from azure_emulator.services.resources.groups import TYPE as GROUP
from azure_emulator.services.resources.groups import group_id
from azure_emulator.services.resources.visibility import may

_SHOWN = ("id", "type", "kind", "managedBy", "location", "sku", "identity", "tags", "systemData")


def list_in_subscription(call: Call) -> Answer:
    return _listed(call, f"/subscriptions/{call.params['subscription']}")


def list_in_group(call: Call) -> Answer:
    return _listed(call, group_id(call))


def _listed(call: Call, scope: str) -> Answer:
    found = [
        {"name": listed_name(body)} | {key: body[key] for key in _SHOWN if body.get(key) is not None}
        for body in call.world.resources.below(scope)
        if body["type"] != GROUP and matches(call, body) and may(call, f"{body['type']}/read", body["id"])
    ]
    for entry in found:
        # Needs $expand=createdTime in reality, in another form; clients do not use it.
        entry.pop("systemData", None)
    return Answer(200, page(call, found))
