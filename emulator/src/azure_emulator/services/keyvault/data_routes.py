# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of the vaults' own hosts (``*.vault.azure.net`` and its like in other clouds)."""

from __future__ import annotations

from azure_emulator.routing import Handler, Router
from azure_emulator.service import DataPlane
from azure_emulator.services.keyvault import data_handlers as handlers
from azure_emulator.services.keyvault.models import Vaults, vault_hosts
from azure_emulator.world import World

router = Router()


def _add(method: str, template: str, handler: Handler, right: str, schema: str | None = None) -> None:
    """``right``: the word of access.RIGHTS that the caller needs."""
    router.add(method, template, handler, schema=schema, attributes=(f"right:{right}",))


_add("GET", "/secrets", handlers.list_secrets, "list")
_add("PUT", "/secrets/{name}", handlers.put, "set", "secret")
_add("GET", "/secrets/{name}/versions", handlers.list_versions, "list")
_add("GET", "/secrets/{name}/{version}", handlers.get, "get")
_add("GET", "/secrets/{name}", handlers.get, "get")
_add("PATCH", "/secrets/{name}/{version}", handlers.patch, "update", "secret_update")
_add("PATCH", "/secrets/{name}", handlers.patch, "update", "secret_update")
_add("DELETE", "/secrets/{name}", handlers.delete, "delete")
_add("GET", "/deletedsecrets", handlers.list_deleted, "list")
_add("GET", "/deletedsecrets/{name}", handlers.get_deleted, "get-deleted")
_add("POST", "/deletedsecrets/{name}/recover", handlers.recover, "recover")
_add("DELETE", "/deletedsecrets/{name}", handlers.purge, "purge")


def _resolves(world: World, host: str) -> bool:
    return world.part(Vaults).by_host(host) is not None


PLANE = DataPlane(
    name="vault",
    hosts=vault_hosts(),
    router=router,
    prepare=handlers.prepare,
    envelope=handlers.envelope,
    resolves=_resolves,
)
