# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clients of one module call, each made when it is first asked for. Private to this collection."""

from __future__ import annotations

import typing as t
from functools import cached_property

if t.TYPE_CHECKING:
    from ansible_collections.acr.tasks.plugins.module_utils._arm_client import ArmClient
    from ansible_collections.acr.tasks.plugins.module_utils._graph_client import GraphClient
    from ansible_collections.acr.tasks.plugins.module_utils._keyvault_client import KeyVaultClient
    from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient
    from ansible_collections.acr.tasks.plugins.module_utils._session import Session


class Clients:
    """For work that may need this or that: nothing is imported, signed in or connected before it is used."""

    def __init__(self, sign_in: t.Callable[[], Session], warn: t.Callable[[str], None]) -> None:
        """sign_in: gives the Session, the same one each time. warn: shows a sentence to the user."""
        self._sign_in = sign_in
        self._warn = warn

    @property
    def session(self) -> Session:
        return self._sign_in()

    @cached_property
    def arm(self) -> ArmClient:
        from ansible_collections.acr.tasks.plugins.module_utils._arm_client import ArmClient

        return ArmClient(self.session)

    @cached_property
    def graph(self) -> GraphClient:
        from ansible_collections.acr.tasks.plugins.module_utils._graph_client import GraphClient

        return GraphClient(self.session)

    @cached_property
    def keyvault(self) -> KeyVaultClient:
        from ansible_collections.acr.tasks.plugins.module_utils._keyvault_client import KeyVaultClient

        return KeyVaultClient(self.session)

    @cached_property
    def registry(self) -> RegistryClient:
        from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient

        return RegistryClient(self.session, None, self._warn)
