# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role assignments and user-assigned identities over Azure Resource Manager. Private to this collection.

ARM JSON in, ARM JSON out; no SDK beside azure-core. Raises AzureError and nothing else.
"""

from __future__ import annotations

import typing as t
from contextlib import contextmanager

from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._session import Session

IDENTITIES = "2024-11-30"
ROLE_ASSIGNMENTS = "2022-04-01"

_PAGES = 100  # of one list; a service that never ends its list must not hang a play


class ArmClient:
    """Requests that need no more than a resource id."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_identity(self, identity: ArmId) -> dict[str, t.Any]:
        """A user-assigned identity's body; ``properties.principalId`` is its object id."""
        doing = f"read the managed identity {identity}"
        action, role = "Microsoft.ManagedIdentity/userAssignedIdentities/read", "Managed Identity Operator"
        with missing_right(action, role, identity):
            return self._session.request("GET", str(identity), doing, query={"api-version": IDENTITIES}).body

    def list_role_assignments(self, scope: str, principal_id: str) -> list[dict[str, t.Any]]:
        """All assignments of this principal at, above and below ``scope``; not those of the groups it is in."""
        doing = f"list the role assignments at {scope}"
        query = {"api-version": ROLE_ASSIGNMENTS, "$filter": f"principalId eq '{principal_id}'"}
        url = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
        found: list[dict[str, t.Any]] = []
        with missing_right("Microsoft.Authorization/roleAssignments/read", "Reader", scope):
            for _page in range(_PAGES):
                body = self._session.request("GET", url, doing, query=query).body or {}
                found += body.get("value") or []
                if not body.get("nextLink"):
                    break
                url, query = body["nextLink"], {}  # the link is complete
        return found

    def put_role_assignment(self, assignment_id: str, body: dict[str, t.Any]) -> dict[str, t.Any]:
        """Makes the assignment ``assignment_id`` (scope and name); its body."""
        scope = assignment_id.partition("/providers/Microsoft.Authorization/")[0]
        with missing_right("Microsoft.Authorization/roleAssignments/write", _GRANTING, scope):
            answer = self._session.request(
                "PUT", assignment_id, f"assign a role at {scope}", query={"api-version": ROLE_ASSIGNMENTS}, body=body
            )
        return answer.body or {}

    def delete_role_assignment(self, assignment_id: str) -> None:
        """Removes the assignment; also good if it is not there any more."""
        scope = assignment_id.partition("/providers/Microsoft.Authorization/")[0]
        doing = f"remove a role assignment at {scope}"
        with missing_right("Microsoft.Authorization/roleAssignments/delete", _GRANTING, scope):
            try:
                self._session.request("DELETE", assignment_id, doing, query={"api-version": ROLE_ASSIGNMENTS})
            except AzureError as error:
                if not error.is_missing:
                    raise


_GRANTING = "Role Based Access Control Administrator"


@contextmanager
def missing_right(action: str, role: str, scope: object) -> t.Iterator[None]:
    """Lets a refusal name the right that was missing, and a role that has it.

    A 403 for another reason (a policy of the subscription, a conditional access rule) stays as it is.
    """
    try:
        yield
    except AzureError as error:
        if error.status == 403 and error.has_code("AuthorizationFailed", "Forbidden", "HTTP403"):
            error.hint = (
                f"The caller lacks {action} at {scope}. The role {role} has it; a role given just now takes minutes to"
                " have effect."
            )
        raise
