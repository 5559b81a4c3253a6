# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""State of registries beyond their ARM bodies: admin passwords and operations under way."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field

from azure_emulator.arm_ids import ArmId
from azure_emulator.lifecycle import when_removed
from azure_emulator.services.registry.identity_block import forget_system_principal
from azure_emulator.switches import declare
from azure_emulator.world import World

REGISTRY_TYPE = "Microsoft.ContainerRegistry/registries"

declare(
    "registry_async",
    default=False,
    alternatives=(False, True),
    evidence="keyvault-wire 10: a create answers Creating with azure-asyncoperation; off by default for speed",
)
declare("registry_create_code", default=201, alternatives=(201, 200), evidence="keyvault-wire 10: 201 in 2025")


@dataclass
class Operation:
    """A create under way. It ends with the second look, as clients look at once and then wait."""

    registry_id: str
    looks: int = 0


@dataclass
class AdminUser:
    passwords: dict[str, str] = field(default_factory=dict)  # password, password2


class RegistryData:
    """Admin users by registry id, operations by their id."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._admins: dict[str, AdminUser] = {}
        self.operations: dict[str, Operation] = {}

    def snapshot(self) -> dict:
        return {"operations": len(self.operations), "admin_users": sorted(self._admins)}

    def admin_of(self, registry: dict) -> AdminUser:
        """The admin user of a registry; the passwords are made when first asked for."""
        admin = self._admins.setdefault(registry["id"].lower(), AdminUser())
        for name in ("password", "password2"):
            admin.passwords.setdefault(name, new_password())
        return admin

    def is_admin(self, registry: dict, username: str, password: str) -> bool:
        if not registry["properties"]["adminUserEnabled"] or username.lower() != registry["name"].lower():
            return False
        known = self.admin_of(registry).passwords.values()
        return any(hmac.compare_digest(password.encode(), value.encode()) for value in known)

    def forget(self, registry_id: str) -> None:
        self._admins.pop(registry_id.lower(), None)


def new_password() -> str:
    return secrets.token_urlsafe(39)


def find_by_login_server(world: World, host: str) -> dict | None:
    """The registry whose login server this is."""
    for body in world.resources.of_type(REGISTRY_TYPE):
        if body["properties"]["loginServer"].lower() == host.lower():
            return body
    return None


def registry_id_of(path: str) -> str:
    """The registry part of a request path, in the request's spelling."""
    arm_id = ArmId.parse(path)
    return f"{arm_id.scope}/providers/{arm_id.namespace}/{arm_id.types[0]}/{arm_id.names[0]}"


def _gone(world: World, body: dict) -> None:
    forget_system_principal(world, body.get("identity"))
    world.part(RegistryData).forget(body["id"])


when_removed(REGISTRY_TYPE, _gone)
