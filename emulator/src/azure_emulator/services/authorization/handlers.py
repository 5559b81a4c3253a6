# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Answers of Microsoft.Authorization: role definitions (read only) and role assignments."""

from __future__ import annotations

import uuid

from azure_emulator.arm_bodies import page
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.authorization import scopes
from azure_emulator.services.authorization.builtin_roles import BUILTIN_ROLES, find_role
from azure_emulator.services.authorization.filters import filter_assignments, filter_roles
from azure_emulator.services.authorization.models import LIMIT_PER_SUBSCRIPTION, Assignment, Authorization
from azure_emulator.services.authorization.role_definitions import RoleDefinition
from azure_emulator.services.entra.models import Directory
from azure_emulator.switches import Switches

_PRINCIPAL_TYPES = {word.lower(): word for word in ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")}


def list_roles(call: Call) -> Answer:
    scope = call.params["scope"]
    roles = filter_roles(BUILTIN_ROLES, call.query.get("$filter", ""))
    return Answer(200, {"value": [role.body(scope) for role in roles]})


def get_role(call: Call) -> Answer:
    return Answer(200, _role(call.params["name"]).body(call.params["scope"]))


def list_assignments(call: Call) -> Answer:
    scope = call.params["scope"]
    found = filter_assignments(call.world.part(Authorization), scope, call.query.get("$filter", ""))
    return Answer(200, page(call, [assignment.body(scope) for assignment in found]))


def get_assignment(call: Call) -> Answer:
    assignment = _find(call)
    if assignment is not None and assignment.lagging_reads > 0:
        assignment.lagging_reads -= 1
        assignment = None
    if assignment is None:
        name = call.params["name"]
        raise Problem(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")
    return Answer(200, assignment.body())


def delete_assignment(call: Call) -> Answer:
    assignment = _find(call)
    if assignment is None:
        return Answer(204)
    call.world.part(Authorization).remove(assignment)
    return Answer(200, assignment.body())


def put_assignment(call: Call) -> Answer:
    """201 with the new assignment. ``createdBy`` is null in this answer only; later reads name the caller."""
    scope, name = call.params["scope"], call.params["name"]
    _require_guid(name)
    properties = call.json.get("properties") or {}
    role_id, principal_id = properties.get("roleDefinitionId"), properties.get("principalId")
    if not role_id or not principal_id:
        raise _bad_format()
    if not _is_guid(principal_id):
        raise Problem(400, "InvalidPrincipalId", "A valid principal ID must be provided for role assignment.")
    role = _role(role_id)
    authorization = call.world.part(Authorization)
    existing = authorization.find(name)
    if existing is None:
        principal_type = _principal_type(call, principal_id, properties.get("principalType"))
        assignment = _create(call, authorization, role, principal_id, principal_type)
        assignment.lagging_reads = call.world.part(Switches)["ra_read_lag"]
        status = 201
    else:
        same = (scopes.key(scope), role.name, principal_id.lower())
        if existing.triple != same:
            raise Problem(
                400,
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            )
        assignment = existing
        assignment.updated_on = call.world.clock.now()
        assignment.updated_by = call.caller.object_id if call.caller else None
        status = call.world.part(Switches)["ra_reput_status"]
    for field, key in (
        ("condition", "condition"),
        ("condition_version", "conditionVersion"),
        ("description", "description"),
        ("delegated_identity", "delegatedManagedIdentityResourceId"),
    ):
        setattr(assignment, field, properties.get(key))
    body = assignment.body()
    body["properties"]["createdBy"] = None
    return Answer(status, body)


def _create(
    call: Call, authorization: Authorization, role: RoleDefinition, principal_id: str, principal_type: str
) -> Assignment:
    scope = scopes.printed(call.params["scope"])
    duplicate = authorization.find_triple(scope, role, principal_id)
    if duplicate is not None:
        message = "The role assignment already exists."
        if call.world.part(Switches)["ra_exists_text"] == "with_id":
            message += f" The ID of the existing role assignment is {duplicate.name.replace('-', '')}."
        raise Problem(409, "RoleAssignmentExists", message)
    if authorization.count_in_subscription(scope) >= LIMIT_PER_SUBSCRIPTION:
        raise Problem(
            400,
            "RoleAssignmentLimitExceeded",
            "The role assignment limit for the subscription is reached. No more role assignments can be created.",
        )
    now = call.world.clock.now()
    caller = call.caller.object_id if call.caller else None
    return authorization.add(
        Assignment(call.params["name"], scope, role, principal_id, principal_type, now, now, caller, caller)
    )


def _principal_type(call: Call, principal_id: str, sent: str | None) -> str:
    """The type to store. With ``principalType`` the directory is not asked whether the principal exists."""
    if sent:
        sent = _PRINCIPAL_TYPES.get(sent.lower())
        if sent is None:
            raise _bad_format()
    directory = call.world.part(Directory)
    principal = directory.by_object_id(principal_id) if directory.visible(principal_id) else None
    if principal is None:
        if sent:
            return sent
        raise Problem(
            400,
            "PrincipalNotFound",
            f"Principal {principal_id.replace('-', '').lower()} does not exist in the directory "
            f"{directory.tenant_id}. Check that you have the correct principal ID. If you are creating this principal "
            "and then immediately assigning a role, this error might be related to a replication delay. In this "
            "case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or "
            "Group.  See https://aka.ms/docs-principaltype",
        )
    if sent and sent != principal.type:
        raise Problem(
            400,
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal_id.replace('-', '').lower()}' has type '{principal.type}' , "
            f"which is different from specified PrinciaplType '{sent}'.",
        )
    return principal.type


def _find(call: Call) -> Assignment | None:
    """The assignment of this name, if it was made at exactly this scope."""
    assignment = call.world.part(Authorization).find(call.params["name"])
    if assignment is None or scopes.key(assignment.scope) != scopes.key(call.params["scope"]):
        return None
    return assignment


def _role(name_or_id: str) -> RoleDefinition:
    guid = name_or_id.rstrip("/").rsplit("/", 1)[-1]
    role = find_role(guid) if _is_guid(guid) else None
    if role is None:
        raise Problem(
            404, "RoleDefinitionDoesNotExist", f"The specified role definition with ID '{guid}' does not exist."
        )
    return role


def _bad_format() -> Problem:
    return Problem(400, "BadRequestFormat", "The request was incorrectly formatted.")


def _require_guid(name: str) -> None:
    if not _is_guid(name):
        raise Problem(
            400,
            "InvalidRoleAssignmentId",
            f"The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.",
        )


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
