# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""User-assigned identities: a tracked resource and a service principal in the directory."""

from __future__ import annotations

from azure_emulator import lifecycle
from azure_emulator.services.entra.models import Directory
from azure_emulator.world import World

TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"


def find_identity(world: World, resource_id: str) -> dict | None:
    """The ARM body of the identity with this resource id (any casing), or None."""
    body = world.resources.get(resource_id)
    return body if body and body["type"] == TYPE else None


def find_by_client_id(world: World, client_id: str) -> dict | None:
    """The ARM body of the identity with this client id, or None."""
    wanted = client_id.lower()
    return next(
        (body for body in world.resources.of_type(TYPE) if body["properties"]["clientId"].lower() == wanted), None
    )


def _forget_principal(world: World, body: dict) -> None:
    world.part(Directory).remove(body["properties"]["principalId"])


lifecycle.when_removed(TYPE, _forget_principal)
