# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of the vaults' own hosts (``*.vault.azure.net`` and its like in other clouds)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Handler, Route, Router
from azure_emulator.service import DataPlane
from azure_emulator.services.keyvault import data_handlers as handlers
from azure_emulator.services.keyvault.models import Vaults, vault_hosts
from azure_emulator.world import World

router = Router()

_Result = TypeVar("_Result")


def _with_headers(call: Call, work: Callable[[], _Result]) -> _Result:
    """Runs ``work``; a refusal gets the headers that every answer of a vault has."""
    try:
        return work()
    except Problem as problem:
        problem.headers = handlers.headers(call) | problem.headers
        raise


def _served(handler: Handler) -> Handler:
    def answer(call: Call) -> Answer:
        result = _with_headers(call, lambda: handler(call))
        if call.api_version == "7.0":
            _before_recoverable_days(result.body)
        result.headers = handlers.headers(call) | result.headers
        return result

    return answer


def _before_recoverable_days(body: object) -> None:
    """``recoverableDays`` came with 7.1."""
    if isinstance(body, dict):
        items = body["value"] if isinstance(body.get("value"), list) else [body]
        for item in items:
            item.get("attributes", {}).pop("recoverableDays", None)


def _prepare(call: Call, route: Route) -> None:
    _with_headers(call, lambda: handlers.prepare(call, route))


def _add(method: str, template: str, handler: Handler, right: str, schema: str | None = None) -> None:
    """``right``: the word of access.RIGHTS that the caller needs."""
    router.add(method, template, _served(handler), schema=schema, attributes=(f"right:{right}",))


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
    prepare=_prepare,
    envelope=handlers.envelope,
    resolves=_resolves,
)
