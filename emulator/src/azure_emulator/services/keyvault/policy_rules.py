# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Lists of access policies: what is accepted, and what add, replace and remove do. keyvault-wire, section 2."""

from __future__ import annotations

import copy
import re

from azure_emulator.services.entra.models import Directory
from azure_emulator.services.keyvault import texts
from azure_emulator.services.keyvault.permissions import ALL, VOCABULARY, known
from azure_emulator.switches import Switches
from azure_emulator.world import World

MOST_ENTRIES = 1024
_GUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)

Key = tuple[str, str, str]


def key(entry: dict) -> Key:
    """What makes two entries the same one: tenant, object, application; in any casing."""
    application = entry.get("applicationId") or ""
    return str(entry.get("tenantId", "")).lower(), str(entry.get("objectId", "")).lower(), str(application).lower()


def find(entries: list[dict], wanted: Key) -> dict | None:
    return next((entry for entry in entries if key(entry) == wanted), None)


def accepted(world: World, sent: list[dict], tenant: str, present: list[dict], most: int = MOST_ENTRIES) -> list[dict]:
    """The sent entries as they are stored, or the 400 that says which one is wrong.

    A principal that is already in the list is not looked up again: entries of deleted principals stay.
    """
    if len(sent) > most:
        raise texts.invalid_value("accessPolicies")
    result: list[dict] = []
    for index, entry in enumerate(sent):
        if entry is None:
            raise texts.invalid_value("accessPolicies")
        if str(entry.get("tenantId", "")).lower() != tenant.lower():
            raise texts.invalid_policy_value(index, "TenantId", str(entry.get("tenantId", "")))
        object_id = str(entry.get("objectId", ""))
        application_id = entry.get("applicationId")  # an empty one is none
        if not _GUID.match(object_id) or (application_id and not _GUID.match(application_id)):
            raise texts.invalid_value("accessPolicies")
        if find(present, key(entry)) is None and _is_checked(world) and not _exists(world, object_id):
            raise texts.invalid_policy_value(index, "ObjectId", object_id)
        twin = find(result, key(entry))
        if twin is None:
            result.append(_stored(entry))
        elif world.part(Switches)["ap_dup"] == "merge":
            add_to(world, twin, entry)
        else:
            raise texts.invalid_value("accessPolicies")
    return result


def _is_checked(world: World) -> bool:
    return world.part(Switches)["validate_object_id"]


def _exists(world: World, object_id: str) -> bool:
    directory = world.part(Directory)
    return directory.by_object_id(object_id) is not None and directory.visible(object_id)


def _stored(entry: dict) -> dict:
    """Nulls go, everything else stays as it was written. Unknown words are refused."""
    permissions = {}
    for kind, words in (entry.get("permissions") or {}).items():
        if words is None:
            continue
        if not all(word is not None and known(kind, word) for word in words):
            raise texts.invalid_value("accessPolicies")
        permissions[kind] = list(words)
    stored = {"tenantId": entry["tenantId"], "objectId": entry["objectId"]}
    if entry.get("applicationId"):
        stored["applicationId"] = entry["applicationId"]
    return stored | {"permissions": permissions}


def add(world: World, entries: list[dict], sent: list[dict]) -> bool:
    """Union per kind. True if an entry is new."""
    made = False
    for entry in sent:
        mine = find(entries, key(entry))
        if mine is None:
            entries.append(copy.deepcopy(entry))
            made = True
        else:
            add_to(world, mine, entry)
    return made


def add_to(world: World, mine: dict, entry: dict) -> None:
    folded = world.part(Switches)["ap_add_casefold"]
    for kind, words in (entry.get("permissions") or {}).items():
        held = mine["permissions"].setdefault(kind, [])
        for word in words or []:
            there = word.lower() in {w.lower() for w in held} if folded else word in held
            if not there:
                held.append(word)


def replace(world: World, entries: list[dict], sent: list[dict]) -> bool:
    """The principal's entry becomes the sent one. True if it is new."""
    made = False
    for entry in sent:
        mine = find(entries, key(entry))
        if mine is None:
            entries.append(copy.deepcopy(entry))
            made = True
            continue
        kept = mine["permissions"] if world.part(Switches)["ap_replace_missing_kind"] == "keep" else {}
        mine["permissions"] = copy.deepcopy({**kept, **entry["permissions"]})
    return made


def remove(world: World, entries: list[dict], sent: list[dict]) -> bool:
    """Subtracts the sent words from the principal's entry. Never makes one."""
    switches = world.part(Switches)
    for entry in sent:
        mine = find(entries, key(entry))
        asked = {kind: words for kind, words in entry["permissions"].items() if words}
        if mine is None or not asked:
            if switches["ap_remove_missing"] == "reject":
                raise texts.invalid_value("accessPolicies")
            continue
        if switches["ap_remove"] == "whole":
            entries.remove(mine)
            continue
        for kind, words in asked.items():
            mine["permissions"][kind] = _without(world, kind, mine["permissions"].get(kind, []), words)
        if switches["ap_drop_empty"] and not any(mine["permissions"].values()):
            entries.remove(mine)
    return False


def _without(world: World, kind: str, held: list[str], words: list[str]) -> list[str]:
    switches = world.part(Switches)
    narrows_all = ALL in {word.lower() for word in held} and ALL not in {word.lower() for word in words}
    if narrows_all and switches["ap_all_remove"] == "expand":
        spelled = {word.lower(): word for word in VOCABULARY[kind] if word.lower() != "purge"}
        held = [word for word in held if word.lower() != ALL and word.lower() not in spelled]
        held += list(spelled.values())
    if switches["ap_remove_case_sensitive"]:
        return [word for word in held if word not in words]
    gone = {word.lower() for word in words}
    return [word for word in held if word.lower() not in gone]
