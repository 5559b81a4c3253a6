# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Resource providers: what they offer is read from the services' own tables."""

from __future__ import annotations

import re

from azure_emulator import arm_problems
from azure_emulator.arm_bodies import page
from azure_emulator.exchange import Answer, Call
from azure_emulator.providers import Providers
from azure_emulator.services.resources.subscriptions import LOCATIONS


def list_providers(call: Call) -> Answer:
    return Answer(200, page(call, [_body(call, namespace) for namespace in sorted(_catalogue())]))


def get(call: Call) -> Answer:
    return Answer(200, _body(call, _known(call)))


def register(call: Call) -> Answer:
    """The answer says Registering; the next GET finds it done."""
    namespace = _known(call)
    providers = call.world.part(Providers)
    before = providers.registered(namespace)
    providers.register(namespace)
    return Answer(200, _body(call, namespace) | ({} if before else {"registrationState": "Registering"}))


def unregister(call: Call) -> Answer:
    namespace = _known(call)
    call.world.part(Providers).unregister(namespace)
    return Answer(200, _body(call, namespace) | {"registrationState": "Unregistering"})


def _known(call: Call) -> str:
    wanted = call.params["namespace"].lower()
    for namespace in _catalogue():
        if namespace.lower() == wanted:
            return namespace
    raise arm_problems.unknown_namespace(call.params["namespace"])


def _body(call: Call, namespace: str) -> dict:
    registered = call.world.part(Providers).registered(namespace)
    return {
        "id": f"/subscriptions/{call.params['subscription']}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": "Registered" if registered else "NotRegistered",
        "resourceTypes": [
            {
                "resourceType": kind,
                "locations": list(LOCATIONS.values()),
                "apiVersions": sorted(versions, key=_age, reverse=True),
                "capabilities": "None",
            }
            for kind, versions in sorted(_catalogue()[namespace].items())
        ],
    }


def _age(version: str) -> tuple[bool, str]:
    # Newest first, previews last: clients that take the first one must not get a preview.
    return ("preview" not in version, version)


def _catalogue() -> dict[str, dict[str, set[str]]]:
    """namespace -> resource type -> api-versions."""
    # Imported here because the list of services imports this module.
    from azure_emulator.services import ARM_SERVICES

    catalogue: dict[str, dict[str, set[str]]] = {}
    for service in ARM_SERVICES:
        if not service.namespace:
            continue
        types = catalogue.setdefault(service.namespace, {})
        for route in service.router:
            if kind := _resource_type(route.template):
                types.setdefault(kind, set()).update(route.versions)
    return catalogue


def _resource_type(template: str) -> str:
    """``registries/tasks`` of ``…/providers/Microsoft.ContainerRegistry/registries/{registry}/tasks/{task}``."""
    match = re.search(r"/providers/[\w.]+/(.+)$", template, re.IGNORECASE)
    words = match.group(1).split("/") if match else []
    return "/".join(words[0::2]) if len(words) % 2 == 0 else ""
