# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""How resources go away, and who else must hear of it.

Deleting a resource group deletes everything below it, of services the group knows nothing about. So each service
says at import what happens when one of its resources goes: ``when_removed("Microsoft.KeyVault/vaults", bury)``.
"""

from __future__ import annotations

from collections.abc import Callable

from azure_emulator.world import World

Listener = Callable[[World, dict], None]

_LISTENERS: dict[str, list[Listener]] = {}


def when_removed(resource_type: str, listener: Listener) -> None:
    """``listener(world, body)`` runs before the resource leaves ``world.resources``. Type ``*``: for every type."""
    listeners = _LISTENERS.setdefault(resource_type.lower(), [])
    if listener not in listeners:
        listeners.append(listener)


def remove(world: World, resource_id: str) -> dict | None:
    """Removes a resource and all below it, the deepest first. Returns its body, or None if it was not there."""
    body = world.resources.get(resource_id)
    if body is None:
        return None
    below = sorted(world.resources.below(resource_id), key=lambda child: child["id"].count("/"), reverse=True)
    for gone in [*below, body]:
        for listener in [*_LISTENERS.get(gone["type"].lower(), []), *_LISTENERS.get("*", [])]:
            listener(world, gone)
        world.resources.delete(gone["id"])
    return body
