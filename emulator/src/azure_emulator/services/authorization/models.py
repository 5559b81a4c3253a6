# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Role assignments: the state, and the question that every other service asks: may this principal do that there?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from azure_emulator import lifecycle
from azure_emulator.services.authorization import scopes
from azure_emulator.services.authorization.builtin_roles import find_role
from azure_emulator.services.authorization.role_definitions import RoleDefinition
from azure_emulator.services.entra.models import Directory
from azure_emulator.switches import Switches, declare

if TYPE_CHECKING:
    from azure_emulator.world import World

TYPE = "Microsoft.Authorization/roleAssignments"
LIMIT_PER_SUBSCRIPTION = 4000

declare("role_delay_s", default=0, evidence="keyvault-wire 13 #19: seconds until a grant or its removal has effect")
declare(
    "ra_reput_status",
    default=201,
    alternatives=(201, 200),
    evidence="keyvault-wire 13 #22: same name, same content again",
)
declare(
    "ra_exists_text",
    default="with_id",
    alternatives=("with_id", "short"),
    evidence="keyvault-wire 13 #23: does RoleAssignmentExists name the existing assignment?",
)
declare(
    "ra_read_lag",
    default=0,
    evidence="keyvault-wire 5.1: how many reads of a new assignment by its id still answer 404 (real: seconds)",
)


@dataclass
class Assignment:
    """One role assignment. ``name`` is a GUID, unique in the tenant."""

    name: str
    scope: str
    role: RoleDefinition
    principal_id: str
    principal_type: str
    created_on: datetime
    updated_on: datetime
    created_by: str | None
    updated_by: str | None
    condition: str | None = None
    condition_version: str | None = None
    description: str | None = None
    delegated_identity: str | None = None  # resource id of a managed identity of another tenant
    at_once: bool = False  # made before the first request: no delay applies
    removed_on: datetime | None = None
    lagging_reads: int = 0

    @property
    def id(self) -> str:
        return f"{self.scope.rstrip('/')}/providers/{TYPE}/{self.name}"

    @property
    def triple(self) -> tuple[str, str, str]:
        """What may exist only once."""
        return scopes.key(self.scope), self.role.name, self.principal_id.lower()

    def effective(self, moment: datetime) -> bool:
        """Does it count for a service that knows the state of ``moment``?"""
        if self.condition is not None:
            return False  # conditions are stored, not evaluated: rather refuse than give what Azure might not
        if self.removed_on is not None and self.removed_on <= moment:
            return False
        return self.at_once or self.created_on <= moment

    def body(self, asked_at: str | None = None) -> dict[str, Any]:
        """As ARM prints it. This type prints nulls, unlike vaults and registries.

        ``asked_at``: the scope in the request; the role's id is printed below its subscription. Default: own scope.
        """
        return {
            "properties": {
                "roleDefinitionId": self.role.resource_id(self.scope if asked_at is None else asked_at),
                "principalId": self.principal_id,
                "principalType": self.principal_type,
                "scope": scopes.printed(self.scope),
                "condition": self.condition,
                "conditionVersion": self.condition_version,
                "createdOn": timestamp(self.created_on),
                "updatedOn": timestamp(self.updated_on),
                "createdBy": self.created_by,
                "updatedBy": self.updated_by,
                "delegatedManagedIdentityResourceId": self.delegated_identity,
                "description": self.description,
            },
            "id": self.id,
            "type": TYPE,
            "name": self.name,
        }


def timestamp(moment: datetime) -> str:
    """With the seven digits of fraction that this service prints."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"


class Authorization:
    """All role assignments of the tenant."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_name: dict[str, Assignment] = {}
        self._by_triple: dict[tuple[str, str, str], Assignment] = {}
        self._removed: list[Assignment] = []  # still in effect until the delay has passed

    def snapshot(self) -> list[dict]:
        return [assignment.body() for assignment in self]

    def __iter__(self):
        return iter(list(self._by_name.values()))

    def find(self, name: str) -> Assignment | None:
        return self._by_name.get(name.lower())

    def find_triple(self, scope: str, role: RoleDefinition, principal_id: str) -> Assignment | None:
        return self._by_triple.get((scopes.key(scope), role.name, principal_id.lower()))

    def add(self, assignment: Assignment) -> Assignment:
        self._by_name[assignment.name.lower()] = assignment
        self._by_triple[assignment.triple] = assignment
        return assignment

    def remove(self, assignment: Assignment) -> None:
        """Takes an assignment away; services that lag behind still obey it for ``role_delay_s``."""
        self._drop(assignment)
        assignment.removed_on = self._world.clock.now()
        self._removed.append(assignment)

    def _drop(self, assignment: Assignment) -> None:
        del self._by_name[assignment.name.lower()]
        del self._by_triple[assignment.triple]

    def assign(self, scope: str, role: str, object_id: str, principal_type: str = "ServicePrincipal") -> dict:
        """Gives a role directly, effective at once (seeds, and services that act for the platform).

        ``role`` is a display name, a GUID or a role definition id. An existing assignment of the same scope, role and
        principal is left as it is. Returns its ARM body. Raises KeyError for an unknown role.
        """
        definition = find_role(role)
        if definition is None:
            raise KeyError(f"no built-in role is called {role!r}")
        existing = self.find_triple(scope, definition, object_id)
        if existing is None:
            now = self._world.clock.now()
            existing = self.add(
                Assignment(
                    self._world.new_id(),
                    scope,
                    definition,
                    object_id,
                    principal_type,
                    now,
                    now,
                    None,
                    None,
                    at_once=True,
                )
            )
        return existing.body()

    def forget_below(self, scope: str) -> None:
        """The assignments at ``scope`` and below it are gone with what they were made for."""
        for assignment in self:
            if scopes.contains(scope, assignment.scope):
                self._drop(assignment)
        self._removed = [gone for gone in self._removed if not scopes.contains(scope, gone.scope)]

    def count_in_subscription(self, scope: str) -> int:
        """How many assignments the subscription of ``scope`` holds."""
        subscription = "/".join(scope.split("/")[:3])
        return sum(1 for assignment in self if scopes.contains(subscription, assignment.scope))

    def allows(self, object_id: str, action: str, scope: str) -> bool:
        """May this principal do this management plane action at this scope?"""
        return any(assignment.role.allows(action) for assignment in self._effective(object_id, scope))

    def allows_data(self, object_id: str, data_action: str, scope: str) -> bool:
        """May this principal do this data plane action at this scope?"""
        return any(assignment.role.allows_data(data_action) for assignment in self._effective(object_id, scope))

    def _effective(self, object_id: str, scope: str) -> list[Assignment]:
        delay = self._world.part(Switches)["role_delay_s"]
        moment = self._world.clock.now() - timedelta(seconds=delay)
        identities = self.identities(object_id)
        return [
            assignment
            for assignment in (*self, *self._removed)
            if assignment.principal_id.lower() in identities
            and scopes.contains(assignment.scope, scope)
            and assignment.effective(moment)
        ]

    def identities(self, object_id: str) -> set[str]:
        """The object ids that count as this principal: its own, and those of the groups it is in. Lower case."""
        return {object_id.lower(), *(group.lower() for group in self._world.part(Directory).groups_of(object_id))}


def _forget(world: World, gone: dict) -> None:
    world.part(Authorization).forget_below(gone["id"])


lifecycle.when_removed("*", _forget)
