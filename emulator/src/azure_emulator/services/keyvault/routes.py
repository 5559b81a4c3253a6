# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Requests that Microsoft.KeyVault answers in Resource Manager. The vaults' own hosts are in data_routes.py."""

from __future__ import annotations

from functools import wraps

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Handler, Router
from azure_emulator.services.keyvault import (
    deleted_handlers,
    hsm_handlers,
    policy_handlers,
    secret_resources,
    vault_handlers,
)
from azure_emulator.services.keyvault.models import VAULT_TYPE

_VERSIONS = (
    "2015-06-01",
    "2016-10-01",
    "2018-02-14-preview",
    "2018-02-14",
    "2019-09-01",
    "2020-04-01-preview",
    "2021-04-01-preview",
    "2021-06-01-preview",
    "2021-10-01",
    "2021-11-01-preview",
    "2022-07-01",
    "2022-11-01",
    "2023-02-01",
    "2023-07-01",
    "2024-04-01-preview",
    "2024-11-01",
    "2024-12-01-preview",
    "2025-05-01",
    "2026-02-01",
    "2026-04-01-preview",
)
_SUBSCRIPTION = "/subscriptions/{subscription}"
_PROVIDER = _SUBSCRIPTION + "/providers/Microsoft.KeyVault"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}"
_VAULTS = _GROUP + f"/providers/{VAULT_TYPE}"
_VAULT = _VAULTS + "/{name}"
_DELETED = _PROVIDER + "/locations/{location}/deletedVaults/{name}"

_HEADERS = {"x-ms-keyvault-service-version": "1.5.1361.0", "Server": "Microsoft-IIS/10.0"}

router = Router()


def _by_the_provider(handler: Handler) -> Handler:
    """Adds the headers that show that the provider answered, and not the gateway before it."""

    @wraps(handler)
    def answer(call: Call) -> Answer:
        try:
            result = handler(call)
        except Problem as problem:
            if "x-ms-failure-cause" not in problem.headers:
                problem.headers = _HEADERS | problem.headers
            raise
        result.headers = _HEADERS | result.headers
        return result

    return answer


def _add(
    method: str, template: str, handler: Handler, action: str, schema: str | None = None, *attributes: str
) -> None:
    full = f"Microsoft.KeyVault/{action}"
    served = _by_the_provider(handler)
    router.add(method, template, served, action=full, schema=schema, versions=_VERSIONS, attributes=attributes)


_add("GET", f"{_SUBSCRIPTION}/providers/{VAULT_TYPE}", vault_handlers.list_vaults, "vaults/read")
_add("GET", _VAULTS, vault_handlers.list_vaults, "vaults/read")
_add("PUT", _VAULT, vault_handlers.put, "vaults/write", "vault")
_add("PATCH", _VAULT, vault_handlers.patch, "vaults/write", "vault_update")
_add("GET", _VAULT, vault_handlers.get, "vaults/read")
_add("DELETE", _VAULT, vault_handlers.delete, "vaults/delete")
_add(
    "PUT",
    _VAULT + "/accessPolicies/{operation}",
    policy_handlers.write_policies,
    "vaults/accessPolicies/write",
    "access_policies",
)
_add("GET", _VAULT + "/secrets", secret_resources.list_secrets, "vaults/secrets/read")
_add("GET", _VAULT + "/secrets/{secret}", secret_resources.get_secret, "vaults/secrets/read")
_add(
    "POST",
    _PROVIDER + "/checkNameAvailability",
    vault_handlers.check_name,
    "checkNameAvailability/read",
    "vault_name_check",
    "booked-as-read",
)
_add("GET", _PROVIDER + "/deletedVaults", deleted_handlers.list_deleted, "deletedVaults/read")
_add("GET", _DELETED, deleted_handlers.get, "locations/deletedVaults/read")
_add("POST", _DELETED + "/purge", deleted_handlers.purge, "locations/deletedVaults/purge/action")
_add(
    "GET",
    _PROVIDER + "/locations/{location}/operationResults/{operation}",
    deleted_handlers.poll_purge,
    "locations/operationResults/read",
)
_add("GET", _GROUP + "/providers/Microsoft.KeyVault/managedHSMs", hsm_handlers.list_none, "managedHSMs/read")
_add("GET", _PROVIDER + "/managedHSMs", hsm_handlers.list_none, "managedHSMs/read")
_add("GET", _PROVIDER + "/deletedManagedHSMs", hsm_handlers.list_none, "deletedManagedHSMs/read")
