# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The ``identity`` block of a registry or a task: who it is, and what a write makes of it (acr-wire 4)."""

from __future__ import annotations

import re

from azure_emulator.arm_problems import linked_authorization_failed
from azure_emulator.exchange import Call
from azure_emulator.problems import Problem
from azure_emulator.services.authorization.models import Authorization
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.identity.models import find_identity
from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

SYSTEM, USER = "SystemAssigned", "UserAssigned"
ASSIGN_ACTION = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
_IDENTITY_ID = re.compile(
    r"^/subscriptions/[^/]+/resourcegroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+$",
    re.IGNORECASE,
)
_WORDS = {"systemassigned": SYSTEM, "userassigned": USER}

declare("uai_patch", default="merge", alternatives=("merge", "replace"), evidence="acr-wire 13 #16: ARM merges maps")
declare(
    "identity_none_style",
    default="absent",
    alternatives=("absent", "none"),
    evidence="acr-wire 13 #24: no identity key, or {type: None}",
)


def kinds(type_text: str | None) -> set[str]:
    """``"SystemAssigned, UserAssigned"`` as a set; ``None`` and absence are the empty set."""
    found = set()
    for word in (type_text or "None").split(","):
        lowered = word.strip().lower()
        if lowered in _WORDS:
            found.add(_WORDS[lowered])
        elif lowered != "none":
            raise Problem(400, "InvalidIdentityType", f"The identity type '{type_text}' is not supported.")
    return found


def planned(
    call: Call, resource_id: str, current: dict | None, wanted: dict | None, *, replace: bool, write_action: str
) -> dict | None:
    """The block after a PUT (``replace``) or a PATCH that carries ``wanted``; raises Problem if that may not be.

    Nothing is changed yet: a new system identity has no principal before ``settled``. ``wanted`` None: a PUT removes
    the identity, a PATCH leaves it.
    """
    if wanted is None:
        if not replace:
            return current
        wanted = {"type": "None"}
    chosen = kinds(wanted.get("type", None if replace else (current or {}).get("type")))
    ids = _identity_ids(call.world, current, wanted, chosen, replace)
    attached = (current or {}).get("userAssignedIdentities") or {}
    details = {
        key: attached[key] if given is None else _resolve(call, resource_id, key, write_action)
        for key, given in ids.items()
    }
    if USER in chosen and not details:
        raise Problem(
            400,
            "MissingIdentityIds",
            "The identity ids must not be null or empty for 'UserAssigned' identity type.",
        )
    if not chosen:
        return {"type": "None"}
    block: dict = {}
    if SYSTEM in chosen and current and current.get("principalId"):
        block = {"principalId": current["principalId"], "tenantId": current["tenantId"]}
    block["type"] = ", ".join(kind for kind in (SYSTEM, USER) if kind in chosen)
    if details:
        block["userAssignedIdentities"] = details
    return block


def settled(call: Call, resource_id: str, current: dict | None, block: dict | None, display_name: str) -> dict | None:
    """The planned block with its system principal: made if new, and the former one removed if switched off."""
    if SYSTEM not in kinds((block or {}).get("type")):
        forget_system_principal(call.world, current)
        return block
    if block is None or block.get("principalId"):
        return block
    directory = call.world.part(Directory)
    principal = directory.add_managed_identity(display_name, ["isExplicit=False", resource_id])
    return {"principalId": principal.object_id, "tenantId": directory.tenant_id, **block}


def _identity_ids(
    world: World, current: dict | None, wanted: dict, chosen: set[str], replace: bool
) -> dict[str, dict | None]:
    """Every id that stays or comes, in the spelling to answer with. None as value: already attached."""
    named: dict = wanted.get("userAssignedIdentities") or {}
    merge = not replace and world.part(Switches)["uai_patch"] == "merge"
    kept = dict((current or {}).get("userAssignedIdentities") or {})
    ids: dict[str, dict | None] = dict.fromkeys(kept) if merge else {}
    for key, value in named.items():
        if not _IDENTITY_ID.match(key.rstrip("/")):
            raise Problem(
                400,
                "LinkedInvalidPropertyId",
                f"Property id '{key}' at path 'identity.userAssignedIdentities' is invalid. Expect fully qualified "
                "resource Id that start with '/subscriptions/{subscriptionId}' or "
                "'/providers/{resourceProviderNamespace}/'.",
            )
        present = next((known for known in ids if known.lower() == key.lower()), None)
        if present is not None:
            del ids[present]
        elif value is None and replace:
            raise Problem(400, "InvalidIdentityValues", f"The user assigned identity '{key}' must not be null.")
        if value is not None:
            ids[key] = value
    if USER in chosen:
        return ids
    if any(value is not None for value in named.values()):
        raise Problem(
            400,
            "InvalidIdentityValues",
            "User assigned identities can be given only with an identity type that has 'UserAssigned'.",
        )
    return {}


def _resolve(call: Call, resource_id: str, identity_id: str, write_action: str) -> dict:
    """clientId and principalId of an identity that the caller may attach."""
    caller = call.caller
    if caller and not call.world.part(Authorization).allows(caller.object_id, ASSIGN_ACTION, identity_id):
        raise linked_authorization_failed(
            caller.application_id, caller.object_id, write_action, resource_id, ASSIGN_ACTION, identity_id
        )
    body = find_identity(call.world, identity_id)
    if body is None:
        raise Problem(
            400,
            "FailedIdentityOperation",
            f"Identity operation for resource '{resource_id}' failed with error 'Failed to perform resource identity "
            f'operation. Status: \'BadRequest\'. Response: \'{{"error":{{"code":"BadRequest","message":'
            f"\"Resource '{identity_id}' was not found.\"}}}}'.'.",
        )
    return {"principalId": body["properties"]["principalId"], "clientId": body["properties"]["clientId"]}


def forget_system_principal(world: World, block: dict | None) -> None:
    """The principal of a system identity goes with its resource, or when the identity is switched off."""
    if block and block.get("principalId"):
        world.part(Directory).remove(block["principalId"])


def rendered(world: World, block: dict | None) -> dict | None:
    """The block as an answer shows it, or None where the key is left out."""
    if block is None or (block["type"] == "None" and world.part(Switches)["identity_none_style"] == "absent"):
        return None
    shown = {key: block[key] for key in ("principalId", "tenantId", "type") if key in block}
    if "userAssignedIdentities" in block:
        shown["userAssignedIdentities"] = {key: dict(value) for key, value in block["userAssignedIdentities"].items()}
    return shown
