# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key vaults and their access policies through azure-mgmt-keyvault. Private to this collection.

ARM JSON in, ARM JSON out: the SDK carries the requests, its models are not used. Raises AzureError and nothing else.
"""

from __future__ import annotations

import io
import json
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _errors
from ansible_collections.acr.tasks.plugins.module_utils._arm_client import missing_right
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._session import Session, parse_json

# For every call. All earlier ones retire on 2027-02-27. Whatever the version says about the casing of permissions,
# what is sent to remove an entry is what was read.
API_VERSION = "2026-02-01"

_CONTRIBUTOR = "Key Vault Contributor"


class KeyVaultClient:
    """The vaults that a sign-in can reach, in any subscription."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._vaults: dict[str, t.Any] = {}  # subscription -> the SDK's operations

    def get_vault(self, vault: ArmId) -> dict[str, t.Any]:
        """The vault's body, access policies included."""
        with missing_right("Microsoft.KeyVault/vaults/read", _CONTRIBUTOR, vault):
            return self._call("get", vault, f"read the key vault {vault}")

    def update_access_policy(self, vault: ArmId, kind: str, body: dict[str, t.Any]) -> t.Any:
        """``kind``: add, replace or remove, of the entries in ``body``. Sent once; the answer's body."""
        doing = f"{kind} an access policy of the key vault {vault}"
        content = io.BytesIO(json.dumps(body).encode())
        with missing_right("Microsoft.KeyVault/vaults/accessPolicies/write", _CONTRIBUTOR, vault):
            return self._call("update_access_policy", vault, doing, kind, content, content_type="application/json")

    def is_deleted(self, vault: ArmId) -> bool:
        """Is there a deleted vault of this name that can still be recovered? False if the caller may not look."""
        # Without the SDK: its paging does not hand out the raw answers.
        url: str | None = f"/subscriptions/{vault.subscription}/providers/Microsoft.KeyVault/deletedVaults"
        query = {"api-version": API_VERSION}
        while url:
            try:
                page = self._session.request("GET", url, "list the deleted key vaults", query=query).body or {}
            except _errors.AzureError:
                return False  # this only makes a message better
            if any(str(item.get("name")).lower() == vault.name.lower() for item in page.get("value") or []):
                return True
            url, query = page.get("nextLink"), {}
        return False

    def _call(self, operation: str, vault: ArmId, doing: str, *arguments: t.Any, **options: t.Any) -> t.Any:
        call = getattr(self._operations(vault.subscription), operation)
        try:
            text = call(
                vault.group,
                vault.name,
                *arguments,
                # SDKs before 12.1 take the version here and not from the constructor.
                params={"api-version": API_VERSION},
                cls=lambda answer, _model, _headers: answer.http_response.text(),
                **options,
            )
        except Exception as error:  # pylint: disable=broad-except  # from_exception raises what it does not know
            raise _errors.from_exception(error, doing) from None
        return parse_json(text, doing)

    def _operations(self, subscription_id: str) -> t.Any:
        if subscription_id not in self._vaults:
            from azure.mgmt.keyvault import KeyVaultManagementClient

            arguments = (self._session.login.credential, subscription_id)
            client: t.Any = KeyVaultManagementClient(*arguments, api_version=API_VERSION, **self._session.sdk_options())
            try:
                self._vaults[subscription_id] = client.vaults
            except ValueError:  # an older SDK with a list of versions that lacks this one
                client = KeyVaultManagementClient(*arguments, **self._session.sdk_options())
                self._vaults[subscription_id] = client.vaults
        return self._vaults[subscription_id]
