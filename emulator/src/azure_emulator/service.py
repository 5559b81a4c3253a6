# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a service tells the front doors about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route, Router
from azure_emulator.world import World


@dataclass(frozen=True)
class ArmService:
    """A resource provider behind Azure Resource Manager. The rules common to all stand in arm.py.

    Several services may share a namespace (Microsoft.Authorization, Microsoft.ContainerRegistry).
    The empty namespace is Resource Manager itself: subscriptions, groups, providers.
    """

    namespace: str  # e.g. Microsoft.KeyVault
    router: Router


@dataclass(frozen=True)
class DataPlane:
    """A service with host names of its own.

    ``hosts``: exact names or ``*.suffix`` (one label for the star). ``prepare`` authenticates: it sets
    ``call.caller`` or raises Problem, before the body is parsed. ``envelope`` words an error as this plane does.
    """

    name: str  # the word in the request log: entra, vault, graph, registry, blob, dockerhub, imds …
    hosts: tuple[str, ...]
    router: Router
    prepare: Callable[[Call, Route], None]
    envelope: Callable[[Problem], Answer]
    # Does this name exist in the DNS now? Only hosts with a star need it: a vault that nobody made has no address.
    resolves: Callable[[World, str], bool] | None = None
    plain_http: bool = False  # reached as http:// through the proxy (the identity endpoint of a machine)
