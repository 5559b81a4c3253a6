# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Requests that Microsoft.Authorization answers, at any scope: tenant root, subscription, group, resource, secret."""

from __future__ import annotations

from azure_emulator.routing import Router
from azure_emulator.services.authorization import handlers

_ROLES = "{scope*}/providers/Microsoft.Authorization/roleDefinitions"
_ASSIGNMENTS = "{scope*}/providers/Microsoft.Authorization/roleAssignments"
_ROLE_VERSIONS = ("2015-07-01", "2018-01-01-preview", "2022-04-01", "2022-05-01-preview")
_ASSIGNMENT_VERSIONS = (
    "2015-07-01",
    "2018-01-01-preview",
    "2018-07-01",
    "2018-09-01-preview",
    "2020-03-01-preview",
    "2020-04-01-preview",
    "2020-08-01-preview",
    "2020-10-01-preview",
    "2021-04-01-preview",
    "2022-04-01",
)
_READ_ROLES = "Microsoft.Authorization/roleDefinitions/read"
_READ_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments/read"

router = Router()
router.add("GET", _ROLES, handlers.list_roles, action=_READ_ROLES, versions=_ROLE_VERSIONS)
router.add("GET", _ROLES + "/{name}", handlers.get_role, action=_READ_ROLES, versions=_ROLE_VERSIONS)
router.add("GET", _ASSIGNMENTS, handlers.list_assignments, action=_READ_ASSIGNMENTS, versions=_ASSIGNMENT_VERSIONS)
router.add(
    "GET",
    _ASSIGNMENTS + "/{name}",
    handlers.get_assignment,
    action=_READ_ASSIGNMENTS,
    versions=_ASSIGNMENT_VERSIONS,
)
router.add(
    "PUT",
    _ASSIGNMENTS + "/{name}",
    handlers.put_assignment,
    action="Microsoft.Authorization/roleAssignments/write",
    versions=_ASSIGNMENT_VERSIONS,
    schema="role_assignment",
)
router.add(
    "DELETE",
    _ASSIGNMENTS + "/{name}",
    handlers.delete_assignment,
    action="Microsoft.Authorization/roleAssignments/delete",
    versions=_ASSIGNMENT_VERSIONS,
)
