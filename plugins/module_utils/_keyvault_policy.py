# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
# Do not use this from other collections or standalone plugins/modules!
"""One entry of a key vault's access policy list: pure functions over ARM JSON.

An entry belongs to one key: (tenant of the vault, object id, application id or none). Two shapes occur:

* *words*: ``{"keys": [...], "secrets": [...], "certificates": [...], "storage": [...]}``, always all four kinds,
  in the spelling that goes over the wire. An entry that does not exist, or exists without a permission, is four
  empty lists: the service may show either after the last permission has gone.
* *comparable*: the same with lower-case, sorted words. Equal comparables mean that nothing has to be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("keys", "secrets", "certificates", "storage")

# Today's vocabulary in the API definition's spelling. `all` is a word of its own in each kind: it stands for every
# other permission of the kind except `purge`.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    "keys": (
        "all", "encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify", "get", "list", "create", "update",
        "import", "delete", "backup", "restore", "recover", "purge", "release", "rotate", "getrotationpolicy",
        "setrotationpolicy",
    ),
    "secrets": ("all", "get", "list", "set", "delete", "backup", "restore", "recover", "purge"),
    "certificates": (
        "all", "get", "list", "delete", "create", "import", "update", "managecontacts", "getissuers", "listissuers",
        "setissuers", "deleteissuers", "manageissuers", "recover", "purge", "backup", "restore",
    ),
    "storage": (
        "all", "get", "list", "delete", "set", "update", "regeneratekey", "recover", "purge", "backup", "restore",
        "setsas", "listsas", "getsas", "deletesas",
    ),
}  # fmt: skip

_SPELLING = {kind: {word.lower(): word for word in words} for kind, words in PERMISSIONS.items()}


@dataclass(frozen=True)
class EntryKey:
    """Whose entry it is. ``application_id`` is None unless the entry is for a user *through* an application."""

    object_id: str
    application_id: str | None = None

    def owns(self, entry: dict[str, Any]) -> bool:
        """Is this ARM entry ours? GUIDs compare without regard to case; an empty application id counts as none."""
        return _same(entry.get("objectId"), self.object_id) and _same(entry.get("applicationId"), self.application_id)


@dataclass(frozen=True)
class Write:
    """The one call that makes the entry what it should be. ``body`` is the request body of ``kind``."""

    kind: str  # add | replace | remove: the last segment of the URL
    body: dict[str, Any]


def unknown_words(kind: str, words: Iterable[str]) -> list[str]:
    """The words that are no permission of this kind, as they were typed."""
    return [word for word in words if word.lower() not in _SPELLING[kind]]


def find_entry(vault: dict[str, Any], key: EntryKey) -> dict[str, Any] | None:
    """This key's entry of a vault body in its stored spelling, or None.

    Should the list hold the key twice (written in two casings), their permissions are taken together.
    """
    found = [entry for entry in _entries(vault) if key.owns(entry)]
    if not found:
        return None
    stored = [words_of(entry) for entry in found]
    return {
        **found[0],
        "permissions": {kind: _unique(word for words in stored for word in words[kind]) for kind in KINDS},
    }


def words_of(entry: dict[str, Any] | None) -> dict[str, list[str]]:
    """An ARM entry's permissions as *words*. A kind that is missing, null or empty is an empty list."""
    permissions = (entry or {}).get("permissions") or {}
    return {kind: list(permissions.get(kind) or []) for kind in KINDS}


def desired(params: Mapping[str, Any], stored: dict[str, list[str]]) -> dict[str, list[str]]:
    """What the entry should hold, given the options and what it holds now.

    ``params`` has ``state`` (present | absent), ``mode`` (merge | exact) and the four kinds, each a list or None.
    None leaves the kind as it is. Stored words that stay keep their stored spelling.
    """
    if params["state"] == "absent":
        if all(params[kind] is None for kind in KINDS):
            return {kind: [] for kind in KINDS}
        return {kind: _without(kind, stored[kind], params[kind] or []) for kind in KINDS}
    fit = _exactly if params["mode"] == "exact" else _at_least
    return {
        kind: stored[kind] if params[kind] is None else fit(kind, stored[kind], _spelled(kind, params[kind]))
        for kind in KINDS
    }


def comparable(words: dict[str, list[str]]) -> dict[str, list[str]]:
    """*Words* without what the service does not distinguish: order, casing, doubles."""
    return {kind: sorted({word.lower() for word in words[kind]}) for kind in KINDS}


def plan(
    key: EntryKey, tenant_id: str, entry: dict[str, Any] | None, wanted: dict[str, list[str]], *, exact: bool
) -> Write | None:
    """The call that turns ``entry`` (None: not there) into ``wanted``, or None if both are equal.

    * A plain addition is an ``add`` of what is missing, so a concurrent addition by somebody else survives.
    * For an entry that is to hold nothing it is a ``remove``, in the stored spelling: one version of the service
      compares the words with regard to case and ignores what it does not find.
    * Everything else, and whatever must hold exactly, is a ``replace`` with all four kinds spelled out: what the
      service does with a kind left out, or with a part of ``all`` taken away, is not to be relied on.
    """
    stored = words_of(entry)
    if comparable(stored) == comparable(wanted):
        return None
    if not any(wanted.values()):
        return Write("remove", _body(key, tenant_id, entry, stored))
    missing = {kind: _difference(wanted[kind], stored[kind]) for kind in KINDS}
    surplus = any(_difference(stored[kind], wanted[kind]) for kind in KINDS)
    if exact or surplus:
        return Write("replace", _body(key, tenant_id, entry, wanted))
    return Write("add", _body(key, tenant_id, entry, {kind: words for kind, words in missing.items() if words}))


def entry_in_answer(answer: Any, key: EntryKey) -> dict[str, Any] | None:
    """This key's entry in the answer of add, replace or remove, or None if the answer does not show it.

    The answer may hold the vault's whole list or only the entry that was written.
    """
    return find_entry(answer, key) if isinstance(answer, dict) else None


def to_result(words: dict[str, list[str]]) -> dict[str, list[str]]:
    """The four permission options as they would be written in a task: known words in their usual spelling, sorted."""
    return {
        kind: sorted({_SPELLING[kind].get(word.lower(), word) for word in words[kind]}, key=str.lower) for kind in KINDS
    }


def covers(kind: str, granted: Iterable[str], word: str) -> bool:
    """Do the ``granted`` words of this kind include the right that ``word`` stands for? Casing does not matter."""
    have, word = {item.lower() for item in granted}, word.lower()
    if word in have or ("all" in have and word != "purge"):
        return True
    return word == "all" and have.issuperset(_SPELLING[kind].keys() - {"all", "purge"})


def _same(left: str | None, right: str | None) -> bool:
    return (left or "").lower() == (right or "").lower()


def _entries(body: dict[str, Any]) -> list[dict[str, Any]]:
    return (body.get("properties") or {}).get("accessPolicies") or []


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _spelled(kind: str, words: Iterable[str]) -> list[str]:
    return _unique(_SPELLING[kind].get(word.lower(), word) for word in words)


def _difference(words: Iterable[str], others: Iterable[str]) -> list[str]:
    known = {word.lower() for word in others}
    return [word for word in words if word.lower() not in known]


def _at_least(kind: str, stored: list[str], wanted: list[str]) -> list[str]:
    """``stored`` and what it lacks of ``wanted``. An empty ``wanted`` clears the kind."""
    return stored + [word for word in wanted if not covers(kind, stored, word)] if wanted else []


def _exactly(kind: str, stored: list[str], wanted: list[str]) -> list[str]:
    if all(covers(kind, stored, word) for word in wanted) and all(covers(kind, wanted, word) for word in stored):
        return stored  # the same rights in other words (`all`, or all of them by name)
    return [word for word in stored if not _difference([word], wanted)] + _difference(wanted, stored)


def _without(kind: str, stored: list[str], unwanted: list[str]) -> list[str]:
    if any(word.lower() == "all" for word in stored) and any(word.lower() != "purge" for word in unwanted):
        by_name = [word for word in PERMISSIONS[kind] if word not in ("all", "purge")]
        stored = [word for word in stored if word.lower() != "all"]
        stored = stored + _difference(by_name, stored)
    return [word for word in stored if not covers(kind, unwanted, word)]


def _body(key: EntryKey, tenant_id: str, entry: dict[str, Any] | None, words: dict[str, list[str]]) -> dict[str, Any]:
    """The request body for one entry, under the ids as they are stored where the entry exists."""
    entry = entry or {}
    ids = {"tenantId": entry.get("tenantId") or tenant_id, "objectId": entry.get("objectId") or key.object_id}
    if application_id := entry.get("applicationId") or key.application_id:
        ids["applicationId"] = application_id
    return {"properties": {"accessPolicies": [{**ids, "permissions": {**words}}]}}
