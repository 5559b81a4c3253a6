# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Which resource providers the subscription is registered for."""

from __future__ import annotations

from azure_emulator import arm_problems
from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

declare(
    "unregistered_providers",
    [],
    evidence="keyvault-wire 9: namespaces that a subscription has not registered yet; a list of names",
)


class Providers:
    """All are registered unless the switch ``unregistered_providers`` names them and nobody registered them since."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registered: set[str] = set()
        self._unregistered: set[str] = set()

    def registered(self, namespace: str) -> bool:
        name = namespace.lower()
        if name in self._registered:
            return True
        listed = {entry.lower() for entry in self._world.part(Switches)["unregistered_providers"]}
        return name not in listed and name not in self._unregistered

    def register(self, namespace: str) -> None:
        self._registered.add(namespace.lower())
        self._unregistered.discard(namespace.lower())

    def unregister(self, namespace: str) -> None:
        self._registered.discard(namespace.lower())
        self._unregistered.add(namespace.lower())

    def require(self, namespace: str) -> None:
        """Raises Problem 409 MissingSubscriptionRegistration."""
        if not self.registered(namespace):
            raise arm_problems.not_registered(namespace)

    def snapshot(self) -> dict:
        return {"unregistered": sorted(self._unregistered)}
