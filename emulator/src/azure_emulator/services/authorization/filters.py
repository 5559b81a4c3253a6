# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The $filter forms that role assignments and role definitions understand."""

from __future__ import annotations

import re
from collections.abc import Iterable

from azure_emulator.problems import Problem
from azure_emulator.services.authorization import scopes
from azure_emulator.services.authorization.models import Assignment, Authorization
from azure_emulator.services.authorization.role_definitions import RoleDefinition

_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_AT_SCOPE = re.compile(r"atScope\(\s*\)", re.IGNORECASE)
_AT_SCOPE_AND_BELOW = re.compile(r"atScopeAndBelow\(\s*\)", re.IGNORECASE)
_ASSIGNED_TO = re.compile(r"assignedTo\(\s*'([^']*)'\s*\)", re.IGNORECASE)
_EQUALS = re.compile(r"(\w+)\s+eq\s+'((?:[^']|'')*)'", re.IGNORECASE)


def filter_assignments(authorization: Authorization, scope: str, text: str) -> list[Assignment]:
    """The assignments that a list at ``scope`` with this $filter shows. Raises Problem 400 for any other filter."""
    terms = _terms(text)
    at_scope = any(_AT_SCOPE.fullmatch(term) for term in terms)
    found: Iterable[Assignment] = (
        assignment
        for assignment in authorization
        if scopes.contains(assignment.scope, scope) or (not at_scope and scopes.contains(scope, assignment.scope))
    )
    for term in terms:
        if _AT_SCOPE.fullmatch(term):
            continue
        if match := _ASSIGNED_TO.fullmatch(term):
            wanted = authorization.identities(match.group(1))
        elif (match := _EQUALS.fullmatch(term)) and match.group(1).lower() == "principalid" and not at_scope:
            wanted = {match.group(2).lower()}
        else:
            raise _unsupported(text, "'atScope()' or 'principalId eq '{value}'' or 'assignedTo('{value}')'")
        found = [assignment for assignment in found if assignment.principal_id.lower() in wanted]
    return list(found)


def filter_roles(roles: Iterable[RoleDefinition], text: str) -> list[RoleDefinition]:
    """The role definitions that a list with this $filter shows; names compare in any casing."""
    found = list(roles)
    for term in _terms(text):
        if _AT_SCOPE.fullmatch(term) or _AT_SCOPE_AND_BELOW.fullmatch(term):
            continue  # built-in roles may be assigned at every scope
        match = _EQUALS.fullmatch(term)
        name, value = (match.group(1).lower(), match.group(2).replace("''", "'")) if match else ("", "")
        if name == "rolename":
            found = [role for role in found if role.role_name.lower() == value.lower()]
        elif name == "type":
            found = [role for role in found if value.lower() == "builtinrole"]
        else:
            raise _unsupported(text, "'atScopeAndBelow()' or 'type eq '{value}'' or 'roleName eq '{value}''")
    return found


def _terms(text: str) -> list[str]:
    return [term.strip() for term in _AND.split(text.strip())] if text.strip() else []


def _unsupported(text: str, supported: str) -> Problem:
    return Problem(
        400, "UnsupportedQuery", f"The filter '{text}' is not supported. Supported filters are either {supported}."
    )
