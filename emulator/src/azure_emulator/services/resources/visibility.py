# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Lists show what the caller may see: they never refuse, they are only shorter."""

from __future__ import annotations

from azure_emulator.exchange import Call
from azure_emulator.services.authorization.models import Authorization


def may(call: Call, action: str, scope: str) -> bool:
    """Has the caller the right to ``action`` at ``scope``?"""
    assert call.caller is not None  # the front door authenticated it
    return call.world.part(Authorization).allows(call.caller.object_id, action, scope)


def sees_subscription(call: Call, subscription: str) -> bool:
    """A subscription shows itself to whoever has a role in it, be it on one resource only."""
    assert call.caller is not None
    authorization = call.world.part(Authorization)
    own = authorization.identities(call.caller.object_id)
    inside = f"{subscription}/".lower()
    return may(call, "Microsoft.Resources/subscriptions/read", subscription) or any(
        assignment.principal_id.lower() in own and f"{assignment.scope}/".lower().startswith(inside)
        for assignment in authorization
    )
