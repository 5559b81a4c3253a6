# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Requests that Microsoft.ManagedIdentity answers."""

from __future__ import annotations

from azure_emulator.routing import Router
from azure_emulator.services.identity import handlers
from azure_emulator.services.identity.models import TYPE

_VERSIONS = (
    "2015-08-31-preview",
    "2018-11-30",
    "2021-09-30-preview",
    "2022-01-31-preview",
    "2023-01-31",
    "2023-07-31-preview",
    "2024-11-30",
    "2025-01-31-preview",
    "2025-05-31-preview",
)
_GROUP = "/subscriptions/{subscription}/resourcegroups/{group}"
_ONE = _GROUP + f"/providers/{TYPE}" + "/{name}"

router = Router()
router.add(
    "GET",
    f"/subscriptions/{{subscription}}/providers/{TYPE}",
    handlers.list_all,
    action=f"{TYPE}/read",
    versions=_VERSIONS,
)
router.add("GET", f"{_GROUP}/providers/{TYPE}", handlers.list_all, action=f"{TYPE}/read", versions=_VERSIONS)
router.add("GET", _ONE, handlers.get, action=f"{TYPE}/read", versions=_VERSIONS)
router.add("PUT", _ONE, handlers.put, action=f"{TYPE}/write", versions=_VERSIONS, schema="identity")
router.add("PATCH", _ONE, handlers.patch, action=f"{TYPE}/write", versions=_VERSIONS, schema="identity_update")
router.add("DELETE", _ONE, handlers.delete, action=f"{TYPE}/delete", versions=_VERSIONS)
router.add(
    "POST",
    _ONE + "/listAssociatedResources",
    handlers.list_associated_resources,
    action=f"{TYPE}/listAssociatedResources/action",
    versions=_VERSIONS,
)
