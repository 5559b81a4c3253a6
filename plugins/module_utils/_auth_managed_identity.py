# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in as the managed identity of the machine that runs the module. Private to this collection."""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._clouds import Cloud


def make_credential(facts: t.Mapping[str, t.Any], cloud: Cloud, transport: t.Any) -> t.Any:
    """facts: client_id of a user-assigned identity, or None for the machine's own. The machine knows the cloud."""
    from azure.identity import ManagedIdentityCredential

    return ManagedIdentityCredential(client_id=facts.get("client_id"), transport=transport)
