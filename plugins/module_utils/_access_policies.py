# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights in a vault by an entry of its access policy list. Private to this collection.

What goes through here (``held``) is the entry as ARM JSON in its stored spelling, or None. See _keyvault_access.py for
the other way and for what is common.
"""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _errors
from ansible_collections.acr.tasks.plugins.module_utils import _keyvault_policy as keyvault_policy
from ansible_collections.acr.tasks.plugins.module_utils._clients import Clients
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._principal import Principal

Entry = dict[str, t.Any]

# Seconds before each look at what a write left: the vault's record may lag behind.
_LOOKS = (0.0, 3.0, 7.0)


class AccessPolicies:
    """One way to give rights. `read` comes first and says which principal the rest is about.

    vault: the vault's body as it was last read, None if it does not exist.
    """

    name = "access_policy"

    def __init__(
        self,
        params: t.Mapping[str, t.Any],
        vault: ArmId,
        vault_body: dict[str, t.Any] | None,
        title: str,
        clients: Clients,
        sleep: t.Callable[[float], None],
    ) -> None:
        self._params = params
        self._vault = vault
        self._title = title
        self._clients = clients
        self._sleep = sleep
        self._proven = False
        self._key = keyvault_policy.EntryKey("", params["application_id"] or None)
        self.vault = vault_body

    def read(self, principal: Principal) -> Entry | None:
        """The entry, None if there is none or if it permits nothing. No request: the vault's body has it."""
        self._key = keyvault_policy.EntryKey(principal.object_id, self._params["application_id"] or None)
        return _or_none(keyvault_policy.find_entry(self.vault or {}, self._key))

    def comparable(self, held: Entry) -> t.Any:
        return keyvault_policy.comparable(keyvault_policy.words_of(held))

    def target(self, held: Entry | None) -> Entry | None:
        """The entry as it should be; None if it should permit nothing."""
        words = keyvault_policy.desired(self._params, keyvault_policy.words_of(held))
        return _or_none({**(held or {}), "permissions": words})

    def write(self, held: Entry | None) -> tuple[Entry | None, bool]:
        """One request. Gives the entry, if Azure's answer proves that it is as wanted, and whether one was sent."""
        exact = self._params["mode"] == "exact" and self._params["state"] == "present"
        tenant_id = self.vault["properties"]["tenantId"] if self.vault else ""
        wanted = keyvault_policy.desired(self._params, keyvault_policy.words_of(held))
        call = keyvault_policy.plan(self._key, tenant_id, held, wanted, exact=exact)
        if call is None:  # the same permissions in other words
            self._proven = True
            return held, False
        answer = self._clients.keyvault.update_access_policy(self._vault, call.kind, call.body)
        entry = keyvault_policy.entry_in_answer(answer, self._key)
        # An addition can be taken at its word. What takes something away is looked at: it may have been ignored.
        self._proven = call.kind == "add" and entry is not None and self._is_as_wanted(entry)
        return entry if self._proven else None, True

    def verify(self, written: Entry | None) -> Entry | None:
        """The entry as it is now. Raises AzureError (NOT_VERIFIED) if it is not as wanted after several looks."""
        if self._proven:
            return written
        entry: Entry | None = None
        for pause in _LOOKS:
            if pause:
                self._sleep(pause)
            self.vault = self._clients.keyvault.get_vault(self._vault)
            entry = _or_none(keyvault_policy.find_entry(self.vault, self._key))
            if self._is_as_wanted(entry):
                return entry
        raise _errors.AzureError(
            f"Azure accepted the change, but {self._vault} still shows for {self._title}: {_shown(entry)}.",
            _errors.NOT_VERIFIED,
            hint="Somebody else may be changing the same entry. Look with az keyvault show, and run the task again.",
        )

    def to_result(self, held: Entry) -> tuple[dict[str, list[str]], list[dict[str, t.Any]]]:
        """The permission options, and no role assignments."""
        return keyvault_policy.to_result(keyvault_policy.words_of(held)), []

    def _is_as_wanted(self, entry: Entry | None) -> bool:
        """Would another application of the same options change nothing?"""
        words = keyvault_policy.words_of(entry)
        again = keyvault_policy.desired(self._params, words)
        return keyvault_policy.comparable(again) == keyvault_policy.comparable(words)


def _or_none(entry: Entry | None) -> Entry | None:
    """An entry that permits nothing is as good as none; Azure may keep or drop it."""
    return entry if any(keyvault_policy.words_of(entry).values()) else None


def _shown(entry: Entry | None) -> str:
    words = keyvault_policy.to_result(keyvault_policy.words_of(entry))
    return "; ".join(f"{kind} {', '.join(items)}" for kind, items in words.items() if items) or "no permission"
