# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of registries' data planes (``*.azurecr.io`` and its like in other clouds)."""

from __future__ import annotations

from azure_emulator.clouds import CLOUDS
from azure_emulator.routing import Router
from azure_emulator.service import DataPlane
from azure_emulator.services.registry import data_handlers
from azure_emulator.services.registry.distribution import Distribution, envelope
from azure_emulator.services.registry.models import find_by_login_server
from azure_emulator.world import World

router = Router()
router.add("POST", "/oauth2/exchange", data_handlers.exchange)
router.add("GET", "/oauth2/token", data_handlers.token)
router.add("POST", "/oauth2/token", data_handlers.token)
router.add("GET", "/v2/_catalog", data_handlers.catalog)
router.add("GET", "/acr/v1/_catalog", data_handlers.catalog)
router.add("GET", "/acr/v1/{name*}/_tags", data_handlers.list_tags_with_attributes)
Distribution(lambda call: call.host, data_handlers.allow).add_routes(router)


def _resolves(world: World, host: str) -> bool:
    return find_by_login_server(world, host) is not None


PLANE = DataPlane(
    name="registry",
    hosts=tuple(f"*{cloud.registry_suffix}" for cloud in CLOUDS),
    router=router,
    prepare=data_handlers.prepare,
    envelope=envelope,
    resolves=_resolves,
)
