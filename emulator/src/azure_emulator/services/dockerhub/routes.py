# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The tables of Docker Hub: its token service and its registry."""

from __future__ import annotations

from azure_emulator.routing import Router
from azure_emulator.service import DataPlane
from azure_emulator.services.dockerhub import handlers
from azure_emulator.services.registry.distribution import Distribution, envelope
from azure_emulator.services.registry.images import DOCKER_HUB

_tokens, _registry = Router(), Router()
_tokens.add("GET", "/token", handlers.token)
_tokens.add("POST", "/token", handlers.token)
Distribution(lambda call: DOCKER_HUB, handlers.allow).add_routes(_registry)

TOKEN_PLANE = DataPlane(
    name="dockerhub-tokens",
    hosts=("auth.docker.io",),
    router=_tokens,
    prepare=handlers.no_sign_in,
    envelope=handlers.token_error,
)
REGISTRY_PLANE = DataPlane(
    name="dockerhub",
    hosts=("registry-1.docker.io", "index.docker.io"),
    router=_registry,
    prepare=handlers.prepare,
    envelope=envelope,
)
