# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""Key vault permissions as role assignments, for vaults in RBAC mode: pure functions over ARM JSON.

The wanted permissions are the four lists of ``_keyvault_policy``. Roles are coarser than permissions: a role that
covers what is wanted may grant more, so the roles with the least surplus are chosen. Only the built-in data roles of
Key Vault are looked at; custom roles and management roles (Owner, Contributor) grant other things or are unknown.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ansible_collections.acr.tasks.plugins.module_utils._keyvault_policy import KINDS, PERMISSIONS

Words = dict[str, frozenset[str]]  # kind -> lower-case permission words, `all` spelled out

# What a permission is worth when roles are compared: seeing names and properties, using a value, changing things.
_SEE, _USE, _CHANGE = 1, 10, 1000
_SEEING = {
    "keys": {"get", "list", "getrotationpolicy"},
    "secrets": {"list"},
    "certificates": {"get", "list", "getissuers", "listissuers"},
    "storage": {"get", "list", "getsas", "listsas"},
}
_USING = {
    "keys": {"encrypt", "decrypt", "wrapkey", "unwrapkey", "sign", "verify", "release"},
    "secrets": {"get"},
}


@dataclass(frozen=True)
class Role:
    """A built-in role. The GUID is the same in every tenant and cloud."""

    name: str
    guid: str
    grants: tuple[tuple[str, frozenset[str]], ...]

    def words(self, kind: str) -> frozenset[str]:
        return dict(self.grants).get(kind, frozenset())


def _every(kind: str) -> frozenset[str]:
    return frozenset(word.lower() for word in PERMISSIONS[kind]) - {"all"}


def _role(name: str, guid: str, **grants: str | frozenset[str]) -> Role:
    words = {kind: frozenset(text.split()) if isinstance(text, str) else text for kind, text in grants.items()}
    return Role(name, guid, tuple(words.items()))


ROLES = (
    _role(
        "Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2",
        keys="get list getrotationpolicy", secrets="list", certificates="get list getissuers listissuers",
    ),
    _role("Key Vault Crypto Service Release User", "08bbd89e-9f13-488c-ac41-acfcb10c90ab", keys="release"),
    _role(
        "Key Vault Crypto Service Encryption User", "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        keys="get list wrapkey unwrapkey",
    ),
    _role("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", secrets="get list"),
    _role(
        "Key Vault Certificate User", "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
        keys="get list", secrets="get list", certificates="get list",
    ),
    _role(
        "Key Vault Crypto User", "12338af0-0e69-4776-bea7-57ae8d297424",
        keys="get list update backup encrypt decrypt wrapkey unwrapkey sign verify",
    ),
    _role(
        "Key Vault Certificates Officer", "a4417e6f-fecd-4de8-b567-7b0420556985", certificates=_every("certificates")
    ),
    _role("Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", keys=_every("keys")),
    _role("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", secrets=_every("secrets")),
    _role(
        "Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", **{kind: _every(kind) for kind in KINDS}
    ),
)  # fmt: skip

_BY_GUID = {role.guid: role for role in ROLES}


@dataclass(frozen=True)
class Held:
    """A role that the principal holds (or is to hold) where it has effect on the vault."""

    role: Role
    id: str
    scope: str
    direct: bool  # assigned at the vault itself; otherwise inherited from a scope above it
    conditional: bool = False


class RoleError(ValueError):
    """What is asked for cannot be expressed with roles. The text names the way out."""


def held_roles(assignments: Iterable[dict[str, Any]], vault_id: str, principal_id: str) -> list[Held]:
    """The Key Vault data roles among ``assignments`` that this principal holds at or above the vault."""
    found = []
    for assignment in assignments:
        properties = assignment.get("properties") or {}
        role = _BY_GUID.get((properties.get("roleDefinitionId") or "").rsplit("/", 1)[-1].lower())
        scope = (properties.get("scope") or "").rstrip("/")
        if role is None or (properties.get("principalId") or "").lower() != principal_id.lower():
            continue
        if not _reaches(scope.lower(), vault_id.lower()):
            continue
        direct = scope.lower() == vault_id.lower()
        found.append(Held(role, assignment["id"], scope, direct, bool(properties.get("condition"))))
    return sorted(found, key=lambda held: (held.scope.lower(), ROLES.index(held.role)))


def desired(params: Mapping[str, Any], held: list[Held], vault_id: str, principal_id: str) -> list[Held]:
    """The roles that the principal is to hold, given the options and what it holds now. Inherited ones all stay.

    ``params``: ``state``, ``mode`` and the four kinds, as for an access policy. In mode ``exact``, and for a kind
    given as an empty list, a role at the vault that grants more of a given kind than the chosen roles do is dropped.
    Raises RoleError if dropping it would also take away rights of a kind that is not given.
    """
    if params["state"] == "absent":
        return _after_removal(params, held)
    wanted = wanted_words(params)
    allowed = _grants(roles_covering(wanted))
    limited = [kind for kind in KINDS if params[kind] is not None and (params["mode"] == "exact" or not params[kind])]
    dropped = [one for one in held if one.direct and any(one.role.words(kind) - allowed[kind] for kind in limited)]
    kept = [one for one in held if one not in dropped]
    have = granted(kept)
    chosen = roles_covering({kind: wanted[kind] - have[kind] for kind in KINDS})
    after = kept + [_to_assign(role, vault_id, principal_id) for role in chosen]
    for one in dropped:
        _refuse_to_take_more(one, params, granted(after))
    return after


def wanted_words(params: Mapping[str, Any]) -> Words:
    """The options' words, `all` spelled out as every permission but purge. A kind that is None wants nothing."""
    return {kind: _spelled_out(kind, params[kind] or []) for kind in KINDS}


def granted(held: Iterable[Held]) -> Words:
    """Everything that these roles grant together."""
    return _grants(one.role for one in held)


def roles_covering(wanted: Words) -> tuple[Role, ...]:
    """The built-in roles that together grant ``wanted`` with the least surplus; of equals, the fewest."""
    needed = [(kind, word) for kind in KINDS for word in wanted[kind]]
    if not needed:
        return ()
    useful = [role for role in ROLES if any(word in role.words(kind) for kind, word in needed)]
    # Nobody needs more roles than there are kinds: every kind has one role that grants all of it.
    candidates = [
        chosen
        for size in range(1, len(KINDS) + 1)
        for chosen in combinations(useful, size)
        if all(any(word in role.words(kind) for role in chosen) for kind, word in needed)
    ]
    return min(candidates, key=lambda chosen: (_weight(chosen), len(chosen)))


def comparable(held: Iterable[Held]) -> dict[str, Any]:
    """What is compared and shown in a diff."""
    return {
        "role_assignments": sorted(
            ({"role": one.role.name, "scope": one.scope} for one in held),
            key=lambda item: (item["scope"].lower(), item["role"]),
        )
    }


def assignment_name(scope: str, role: Role, principal_id: str) -> str:
    """The name of our assignment. The same triple always gives the same name, so repeating a PUT is harmless."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.lower()}|{role.guid}|{principal_id.lower()}"))


def assignment_body(subscription_id: str, role: Role, principal_id: str, principal_type: str | None) -> dict[str, Any]:
    """The body of the PUT. With a ``principal_type`` the service does not have to know a fresh principal yet."""
    definition = f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{role.guid}"
    properties = {"roleDefinitionId": definition, "principalId": principal_id}
    return {"properties": {**properties, "principalType": principal_type} if principal_type else properties}


def to_result(held: Iterable[Held]) -> dict[str, list[str]]:
    """The four permission options that these roles amount to, known words in their usual spelling, sorted."""
    words = granted(held)
    return {kind: sorted((w for w in PERMISSIONS[kind] if w.lower() in words[kind]), key=str.lower) for kind in KINDS}


def _reaches(scope: str, vault_id: str) -> bool:
    # A management group stands above the subscription without being a prefix of its ids; the service lists only
    # those that are.
    return f"{vault_id}/".startswith(f"{scope}/") or scope.startswith(
        "/providers/microsoft.management/managementgroups/"
    )


def _spelled_out(kind: str, words: Iterable[str]) -> frozenset[str]:
    lower = frozenset(word.lower() for word in words)
    return (lower - {"all"}) | (_every(kind) - {"purge"}) if "all" in lower else lower


def _grants(roles: Iterable[Role]) -> Words:
    roles = tuple(roles)
    return {kind: frozenset().union(*(role.words(kind) for role in roles)) for kind in KINDS}


def _weight(roles: Iterable[Role]) -> int:
    words = _grants(roles)
    return sum(
        _SEE if word in _SEEING[kind] else _USE if word in _USING.get(kind, ()) else _CHANGE
        for kind in KINDS
        for word in words[kind]
    )


def _to_assign(role: Role, vault_id: str, principal_id: str) -> Held:
    name = assignment_name(vault_id, role, principal_id)
    return Held(role, f"{vault_id}/providers/Microsoft.Authorization/roleAssignments/{name}", vault_id, direct=True)


def _after_removal(params: Mapping[str, Any], held: list[Held]) -> list[Held]:
    """Without the roles at the vault; where permissions are named, only those that stand for just these."""
    inherited = [one for one in held if not one.direct]
    if all(params[kind] is None for kind in KINDS):
        return inherited
    unwanted = wanted_words(params)
    stand_for_them = roles_covering(unwanted)
    return inherited + [
        one
        for one in held
        if one.direct
        and one.role not in stand_for_them
        and any(one.role.words(kind) - unwanted[kind] for kind in KINDS)
    ]


def _refuse_to_take_more(dropped: Held, params: Mapping[str, Any], after: Words) -> None:
    lost = [kind for kind in KINDS if params[kind] is None and dropped.role.words(kind) - after[kind]]
    if lost:
        raise RoleError(
            f"the role {dropped.role.name!r} at the vault grants more than is asked for and would have to go, but it"
            f" also grants rights to {' and '.join(lost)}, which this task does not mention. Say what is wanted for"
            f" {' and '.join(lost)} too ([] for nothing), or use mode=merge."
        )
