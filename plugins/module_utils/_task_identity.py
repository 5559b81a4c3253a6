# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity block of a task, and which of its identities a credential means. Pure. Private to this collection.

On the wire a credential's identity is ``[system]`` or the client id of a user-assigned identity attached to the task.
People also write ``system``, the resource id or the name; whatever they write is found in the task's own block, which
shows the client ids, so it needs no request and cannot name an identity that is not attached.
"""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _ids
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

SYSTEM = "[system]"
NONE, SYSTEM_TYPE, USER_TYPE = "None", "SystemAssigned", "UserAssigned"
BOTH_TYPE = "SystemAssigned, UserAssigned"

Json = dict[str, t.Any]


class NotAttached(InvalidOption):
    """An identity is named that the task does not have."""


def is_system(text: str) -> bool:
    """Whether an option means the task's system-assigned identity."""
    return text.strip().lower() in ("system", SYSTEM)


def parts(block: Json | None) -> tuple[bool, list[str]]:
    """Whether the block has a system identity, and the ids of its user-assigned ones as they are spelled there."""
    block = block or {}
    kinds = {part.strip().lower() for part in str(block.get("type") or NONE).split(",")}
    return "systemassigned" in kinds, list(block.get("userAssignedIdentities") or {})


def type_of(system: bool, user: bool) -> str:
    """The block's `type`, spelled as tasks spell it."""
    if system:
        return BOTH_TYPE if user else SYSTEM_TYPE
    return USER_TYPE if user else NONE


def comparable(block: Json | None) -> Json:
    """`type`, and the user-assigned identities in lower case, sorted."""
    system, ids = parts(block)
    return {"type": type_of(system, bool(ids)), "user_assigned_identities": sorted(each.lower() for each in ids)}


def wanted(option: Json | None, before: Json, registry: _ids.ArmId) -> Json:
    """The comparable form that the option `identity` asks for. before: the comparable form of what is there.

    option: {type, user_assigned_identities: {id, append}}; a type that is left out keeps the system identity as it is.
    Identities by name are those in the registry's resource group.
    """
    if option is None:
        return before
    kind = option.get("type")
    given = option.get("user_assigned_identities")
    had_system = SYSTEM_TYPE in before["type"]
    system = had_system if kind is None else SYSTEM_TYPE in kind
    may_have_user = kind is None or USER_TYPE in kind
    ids = list(before["user_assigned_identities"]) if may_have_user else []
    if given is not None:
        named = [read_identity_id("identity.user_assigned_identities.id", each, registry) for each in given["id"] or []]
        kept = ids if given.get("append", True) else []
        ids = sorted({*kept, *(str(each).lower() for each in named)})
    if kind is not None and USER_TYPE in kind and not ids:
        raise InvalidOption(f"identity.type is {kind}, but identity.user_assigned_identities.id names none.")
    return {"type": type_of(system, bool(ids)), "user_assigned_identities": ids}


def check_option(option: Json) -> None:
    """Raises InvalidOption for what is wrong with the option `identity` whatever the task is like now."""
    given = option.get("user_assigned_identities") or {}
    for each in given.get("id") or []:
        if _ids.is_id(each):
            _ids.read_id("identity.user_assigned_identities.id", each, _ids.IDENTITY)
        else:
            _ids.check_name("identity.user_assigned_identities.id", each, _ids.IDENTITY)
    kind = option.get("type")
    if kind is not None and USER_TYPE not in kind and given.get("id"):
        raise InvalidOption(f"identity.user_assigned_identities cannot be given with identity.type {kind}.")


def read_identity_id(option: str, text: str, registry: _ids.ArmId) -> _ids.ArmId:
    """A user-assigned identity's id; a name alone is one in the registry's resource group."""
    if _ids.is_id(text):
        return _ids.read_id(option, text, _ids.IDENTITY)
    return _ids.ArmId(
        registry.subscription, registry.group, _ids.IDENTITY, (_ids.check_name(option, text, _ids.IDENTITY),)
    )


def patch(before: Json, after: Json) -> Json:
    """The block for a PATCH: `{}` attaches an identity, null detaches it."""
    block: Json = {"type": after["type"]}
    if USER_TYPE in after["type"]:
        gone = {
            each: None for each in before["user_assigned_identities"] if each not in after["user_assigned_identities"]
        }
        block["userAssignedIdentities"] = {**{each: {} for each in after["user_assigned_identities"]}, **gone}
    return block


def put(after: Json) -> Json | None:
    """The block for a PUT. None: leave it out."""
    if after["type"] == NONE:
        return None
    block: Json = {"type": after["type"]}
    if USER_TYPE in after["type"]:
        block["userAssignedIdentities"] = {each: {} for each in after["user_assigned_identities"]}
    return block


def resolve(option: str, text: str, block: Json | None, task: str) -> str:
    """What the wire wants for the identity that `option` names: [system], or a client id in lower case.

    Raises NotAttached if the task does not have it, naming what it has. task: for the message.
    """
    system, _ids_there = parts(block)
    attached = (block or {}).get("userAssignedIdentities") or {}
    if is_system(text):
        if system:
            return SYSTEM
        raise _not_attached(option, "a system-assigned identity", block, task)
    for identity_id, facts in attached.items():
        client_id = (facts or {}).get("clientId")
        if _means(text, identity_id, client_id):
            if not client_id:
                raise InvalidOption(
                    f"{option}: Azure does not show the client id of {identity_id}. Give the client id."
                )
            return client_id.lower()
    raise _not_attached(option, f"the identity {text}", block, task)


def _means(text: str, identity_id: str, client_id: str | None) -> bool:
    if _ids.is_id(text):
        return _ids.same(text, identity_id)
    if _ids.is_guid(text):
        return _ids.same(text, client_id)
    return _ids.same(text, identity_id.rstrip("/").rpartition("/")[2])


def _not_attached(option: str, what: str, block: Json | None, task: str) -> NotAttached:
    system, ids = parts(block)
    there = (["system"] if system else []) + ids
    listed = ", ".join(there) if there else "none"
    return NotAttached(
        f"{option}: {what} is not attached to the task {task}. Attached: {listed}.",
        hint="Attach it first, with the option identity of acr.tasks.acr_task, or name one that is attached.",
    )


def check_form(option: str, text: str) -> None:
    """Raises InvalidOption if `text` can be no identity: neither system, nor a client id, a resource id or a name."""
    if not is_system(text) and not _ids.is_guid(text):
        _ids.read_id(option, text, _ids.IDENTITY) if _ids.is_id(text) else _ids.check_name(option, text, _ids.IDENTITY)


def to_result(form: Json, block: Json | None) -> Json:
    """`identity` in the shape of the option, and the ids that other steps need, as far as Azure has given them."""
    block = block or {}
    spelled = {each.lower(): each for each in block.get("userAssignedIdentities") or {}}
    ids = [spelled.get(each, each) for each in form["user_assigned_identities"]]
    facts = {each: (block.get("userAssignedIdentities") or {}).get(each) or {} for each in ids}
    system = SYSTEM_TYPE in form["type"]
    return {
        "identity": {"type": form["type"], "user_assigned_identities": {"id": ids}},
        "identities": [
            {"id": each, "client_id": facts[each].get("clientId"), "principal_id": facts[each].get("principalId")}
            for each in ids
        ],
        "principal_id": block.get("principalId") if system else None,
        "tenant_id": block.get("tenantId") if system else None,
    }
