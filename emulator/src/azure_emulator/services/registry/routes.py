# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The table of the registry management plane."""

from __future__ import annotations

from azure_emulator.routing import Router
from azure_emulator.services.registry import handlers
from azure_emulator.services.registry.models import REGISTRY_TYPE
from azure_emulator.services.registry.versions import REGISTRY_VERSIONS

_SUBSCRIPTION = "/subscriptions/{subscription}"
_PROVIDER = "/providers/Microsoft.ContainerRegistry"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}" + _PROVIDER
_REGISTRY = _GROUP + "/registries/{registry}"

router = Router()


def _add(method: str, template: str, handler, action: str, **more) -> None:
    router.add(method, template, handler, action=action, versions=REGISTRY_VERSIONS, **more)


_add("GET", _SUBSCRIPTION + _PROVIDER + "/registries", handlers.list_registries, f"{REGISTRY_TYPE}/read")
_add("GET", _GROUP + "/registries", handlers.list_registries, f"{REGISTRY_TYPE}/read")
_add(
    "POST",
    _SUBSCRIPTION + _PROVIDER + "/checkNameAvailability",
    handlers.check_name,
    "Microsoft.ContainerRegistry/checkNameAvailability/read",
    schema="registry_name_check",
)
_add(
    "GET",
    _SUBSCRIPTION + _PROVIDER + "/locations/{location}/operationStatuses/{operation}",
    handlers.get_operation,
    "Microsoft.ContainerRegistry/locations/operationResults/read",
)
_add("PUT", _REGISTRY, handlers.put_registry, f"{REGISTRY_TYPE}/write", schema="registry")
_add("GET", _REGISTRY, handlers.get_registry, f"{REGISTRY_TYPE}/read")
_add("PATCH", _REGISTRY, handlers.patch_registry, f"{REGISTRY_TYPE}/write", schema="registry_update")
_add("DELETE", _REGISTRY, handlers.delete_registry, f"{REGISTRY_TYPE}/delete")
_add("POST", _REGISTRY + "/listCredentials", handlers.list_credentials, f"{REGISTRY_TYPE}/listCredentials/action")
_add(
    "POST",
    _REGISTRY + "/regenerateCredential",
    handlers.regenerate_credential,
    f"{REGISTRY_TYPE}/regenerateCredential/action",
    schema="registry_regenerate_credential",
)
