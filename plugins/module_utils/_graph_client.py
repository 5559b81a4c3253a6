# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks up principals in Microsoft Graph. Private to this collection.

Graph's JSON comes out; an unknown name is None. Raises AzureError and nothing else. No SDK beside azure-core.
"""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
from ansible_collections.acr.tasks.plugins.module_utils._session import Session


class GraphClient:
    """Two questions, one request each."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_service_principal(self, name: str) -> dict[str, t.Any] | None:
        """The service principal that has ``name`` among its names; its application id is always one of them."""
        return self._first(
            "servicePrincipals",
            f"servicePrincipalNames/any(c:c eq '{_quoted(name)}')",
            f"look up the service principal {name} in Microsoft Graph",
            "Application.Read.All",
        )

    def find_user(self, name: str) -> dict[str, t.Any] | None:
        """The user with the sign-in name ``name``."""
        return self._first(
            "users",
            f"userPrincipalName eq '{_quoted(name)}'",
            f"look up the user {name} in Microsoft Graph",
            "User.Read.All",
        )

    def _first(self, collection: str, condition: str, doing: str, permission: str) -> dict[str, t.Any] | None:
        url = f"{self._session.cloud.graph}/v1.0/{collection}"
        try:
            body = self._session.request("GET", url, doing, query={"$filter": condition}, scope="graph").body or {}
        except AzureError as error:
            if error.status == 403:
                error.hint = (
                    f"The caller lacks the permission {permission} of Microsoft Graph. Give it that, or name the"
                    " principal by object_id, which needs no look-up."
                )
            elif error.is_missing:
                return None
            raise
        return next(iter(body.get("value") or []), None)


def _quoted(text: str) -> str:
    """For a string in an OData filter."""
    return text.replace("'", "''")
