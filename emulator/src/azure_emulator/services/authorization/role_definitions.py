# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a role definition is, how it is found, and whether its permissions cover an action."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

TYPE = "Microsoft.Authorization/roleDefinitions"

# One instant stands for all built-in roles: no client compares it, and the real ones differ from role to role.
_CREATED_ON = "2015-02-02T21:55:09.8806423Z"


@dataclass(frozen=True)
class RoleDefinition:
    """A built-in role. ``name`` is its GUID, the same in every tenant and cloud."""

    name: str
    role_name: str
    description: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()

    def allows(self, action: str) -> bool:
        """Does the role give this management plane action?"""
        return any(covers(pattern, action) for pattern in self.actions) and not any(
            covers(pattern, action) for pattern in self.not_actions
        )

    def allows_data(self, action: str) -> bool:
        """Does the role give this data plane action?"""
        return any(covers(pattern, action) for pattern in self.data_actions) and not any(
            covers(pattern, action) for pattern in self.not_data_actions
        )

    def resource_id(self, scope: str) -> str:
        """The id as printed for a question asked at ``scope``: below the subscription of that scope, if it has one."""
        subscription = re.match(r"/subscriptions/[^/]+", scope, re.IGNORECASE)
        return f"{subscription.group(0) if subscription else ''}/providers/{TYPE}/{self.name}"

    def body(self, scope: str) -> dict:
        """The role definition as ARM prints it."""
        return {
            "properties": {
                "roleName": self.role_name,
                "type": "BuiltInRole",
                "description": self.description,
                "assignableScopes": ["/"],
                "permissions": [
                    {
                        "actions": list(self.actions),
                        "notActions": list(self.not_actions),
                        "dataActions": list(self.data_actions),
                        "notDataActions": list(self.not_data_actions),
                    }
                ],
                "createdOn": _CREATED_ON,
                "updatedOn": _CREATED_ON,
                "createdBy": None,
                "updatedBy": None,
            },
            "id": self.resource_id(scope),
            "type": TYPE,
            "name": self.name,
        }


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    # "…/userAssignedIdentities/*/read" also gives "…/userAssignedIdentities/read": built-in roles count on that.
    text = re.escape(pattern).replace(r"/\*/", "/(?:.*/)?").replace(r"\*", ".*")
    return re.compile(f"^{text}$", re.IGNORECASE)


def covers(pattern: str, action: str) -> bool:
    """Does an action of a role definition, which may hold ``*``, cover ``action``?"""
    return _expression(pattern).match(action) is not None
