# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Management locks: which writes and deletes they stop."""

from __future__ import annotations

from azure_emulator import arm_problems
from azure_emulator.arm_ids import ArmId
from azure_emulator.exchange import Call
from azure_emulator.routing import Route
from azure_emulator.world import World


class Locks:
    """Locks by id; each is the ARM body {id, name, type, properties: {level, notes}}."""

    def __init__(self, world: World) -> None:
        self._locks: dict[str, dict] = {}

    def get(self, lock_id: str) -> dict | None:
        return self._locks.get(lock_id.lower())

    def put(self, body: dict) -> None:
        self._locks[body["id"].lower()] = body

    def delete(self, lock_id: str) -> dict | None:
        return self._locks.pop(lock_id.lower(), None)

    def below(self, scope: str) -> list[dict]:
        """Locks at or below ``scope``."""
        prefix = scope.rstrip("/").lower() + "/"
        return [body for key, body in self._locks.items() if key.startswith(prefix)]

    def stopping(self, scope: str, operation: str) -> str | None:
        """The locked scope that stops ``operation`` (write | delete) on ``scope``, or None."""
        scope = scope.rstrip("/")
        for body in self._locks.values():
            locked = ArmId.parse(body["id"]).scope
            level = body["properties"]["level"].lower()
            covers = f"{scope}/".lower().startswith(f"{locked}/".lower())
            holds_below = operation == "delete" and f"{locked}/".lower().startswith(f"{scope}/".lower())
            if (covers and (level == "readonly" or operation == "delete")) or holds_below:
                return locked
        return None

    def snapshot(self) -> list[dict]:
        return list(self._locks.values())


def check(call: Call, route: Route, arm_id: ArmId) -> None:
    """Raises Problem 409 ScopeLocked. A POST counts as a write, also one that only lists secrets."""
    if call.method in ("GET", "HEAD") or "booked-as-read" in route.attributes:
        return
    if arm_id.type.lower() == "microsoft.authorization/locks":
        return
    operation = "delete" if call.method == "DELETE" else "write"
    if locked := call.world.part(Locks).stopping(arm_id.resource, operation):
        raise arm_problems.scope_locked(arm_id.resource, operation, locked)
