# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access policy entries: what is wanted, whether it is there, and the one call that makes it so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _keyvault_policy as keyvault_policy
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_policy import KINDS, PERMISSIONS, EntryKey
from hypothesis import given
from hypothesis import strategies as st

TENANT = "99999999-8888-7777-6666-555555555555"
OBJECT = "aaaaaaaa-0000-0000-0000-00000000000%d"
APPLICATION = "cccccccc-0000-0000-0000-000000000001"
FIXTURES = Path(__file__).parents[2] / "fixtures/keyvault"
VAULT = json.loads((FIXTURES / "vault_with_policies.json").read_text(encoding="utf-8"))


def options(state: str = "present", mode: str = "merge", **kinds: list[str] | None) -> dict[str, Any]:
    return {"state": state, "mode": mode, **dict.fromkeys(KINDS), **kinds}


def words(**kinds: list[str]) -> dict[str, list[str]]:
    return {kind: [] for kind in KINDS} | kinds


def write(entry: dict[str, Any] | None, params: dict[str, Any], key: EntryKey | None = None) -> tuple[str, Any] | None:
    """(kind, permissions) of the call that these options lead to."""
    wanted = keyvault_policy.desired(params, keyvault_policy.words_of(entry))
    call = keyvault_policy.plan(key or EntryKey(OBJECT % 1), TENANT, entry, wanted, exact=params["mode"] == "exact")
    return (call.kind, call.body["properties"]["accessPolicies"][0]["permissions"]) if call else None


def stored(**kinds: list[str]) -> dict[str, Any]:
    return {"tenantId": TENANT, "objectId": OBJECT % 1, "permissions": kinds}


# --- finding the entry


def test_the_entry_is_found_whatever_the_casing_of_its_ids() -> None:
    entry = keyvault_policy.find_entry(VAULT, EntryKey((OBJECT % 1).upper()))
    assert entry
    assert keyvault_policy.words_of(entry) == words(secrets=["Get", "list"])
    assert entry["objectId"] == (OBJECT % 1).upper(), "the stored spelling is kept"


def test_an_application_id_is_part_of_the_key() -> None:
    entry = keyvault_policy.find_entry(VAULT, EntryKey(OBJECT % 1, APPLICATION.upper()))
    assert keyvault_policy.words_of(entry) == words(keys=["Sign"], secrets=["set"])
    assert keyvault_policy.find_entry(VAULT, EntryKey(OBJECT % 2, APPLICATION)) is None


def test_an_empty_application_id_in_the_vault_counts_as_none() -> None:
    vault = {"properties": {"accessPolicies": [{**stored(secrets=["get"]), "applicationId": ""}]}}
    assert keyvault_policy.find_entry(vault, EntryKey(OBJECT % 1))


def test_an_entry_that_is_there_twice_counts_with_all_its_permissions() -> None:
    twice = [stored(secrets=["get"]), {**stored(secrets=["Get", "list"]), "objectId": (OBJECT % 1).upper()}]
    entry = keyvault_policy.find_entry({"properties": {"accessPolicies": twice}}, EntryKey(OBJECT % 1))
    assert keyvault_policy.words_of(entry) == words(secrets=["get", "Get", "list"])


@pytest.mark.parametrize("vault", [{}, {"properties": {}}, {"properties": {"accessPolicies": None}}])
def test_a_vault_without_a_list_has_no_entry(vault: dict[str, Any]) -> None:
    assert keyvault_policy.find_entry(vault, EntryKey(OBJECT % 1)) is None


def test_missing_null_and_empty_kinds_are_alike() -> None:
    assert keyvault_policy.words_of({"permissions": {"keys": None, "secrets": []}}) == words()
    assert keyvault_policy.words_of(None) == words()


# --- present


def test_a_new_entry_is_added_with_the_given_kinds_only() -> None:
    call = keyvault_policy.plan(
        EntryKey(OBJECT % 5), TENANT, None, keyvault_policy.desired(options(secrets=["GET"]), words()), exact=False
    )
    assert call
    assert call.kind == "add"
    assert call.body == {
        "properties": {
            "accessPolicies": [
                {"tenantId": TENANT, "objectId": OBJECT % 5, "permissions": {"secrets": ["get"]}},
            ]
        }
    }


def test_the_application_id_is_sent() -> None:
    call = keyvault_policy.plan(EntryKey(OBJECT % 5, APPLICATION), TENANT, None, words(keys=["get"]), exact=False)
    assert call
    assert call.body["properties"]["accessPolicies"][0]["applicationId"] == APPLICATION


def test_what_is_there_in_another_casing_and_order_is_not_written_again() -> None:
    assert write(stored(secrets=["Get", "LIST"]), options(secrets=["list", "get"])) is None
    assert write(stored(secrets=["Get", "LIST"]), options(mode="exact", secrets=["list", "get"])) is None


def test_only_what_is_missing_is_added() -> None:
    assert write(stored(secrets=["Get"], keys=["sign"]), options(secrets=["get", "Set"])) == (
        "add",
        {"secrets": ["set"]},
    )


def test_words_are_sent_in_the_spelling_of_the_service() -> None:
    assert write(None, options(keys=["wrapkey", "UNWRAPKEY"])) == ("add", {"keys": ["wrapKey", "unwrapKey"]})


def test_doubles_are_sent_once() -> None:
    assert write(None, options(secrets=["get", "Get"])) == ("add", {"secrets": ["get"]})


def test_all_covers_everything_but_purge() -> None:
    assert write(stored(secrets=["All"]), options(secrets=["get", "recover"])) is None
    assert write(stored(secrets=["all"]), options(secrets=["get", "purge"])) == ("add", {"secrets": ["purge"]})


def test_every_permission_by_name_is_as_good_as_all() -> None:
    by_name = ["get", "list", "set", "delete", "backup", "restore", "recover"]
    assert write(stored(secrets=by_name), options(secrets=["all"])) is None
    assert write(stored(secrets=by_name), options(mode="exact", secrets=["all"])) is None
    assert write(stored(secrets=["all"]), options(mode="exact", secrets=by_name)) is None
    assert write(stored(secrets=by_name[1:]), options(secrets=["all"])) == ("add", {"secrets": ["all"]})


def test_an_empty_list_clears_its_kind_and_spells_out_the_others() -> None:
    entry = stored(secrets=["Get", "list"], keys=["Sign"])
    assert write(entry, options(keys=[])) == (
        "replace",
        {"keys": [], "secrets": ["Get", "list"], "certificates": [], "storage": []},
    )


def test_clearing_the_last_permission_removes_the_entry() -> None:
    assert write(stored(secrets=["Get"]), options(secrets=[])) == ("remove", words(secrets=["Get"]))
    assert write(None, options(secrets=[])) is None
    assert write(stored(secrets=[], keys=[]), options(secrets=[])) is None


def test_exact_replaces_and_leaves_kinds_that_are_not_given() -> None:
    entry = stored(secrets=["Get", "list"], keys=["Sign"])
    assert write(entry, options(mode="exact", secrets=["get", "set"])) == (
        "replace",
        {"keys": ["Sign"], "secrets": ["Get", "set"], "certificates": [], "storage": []},
    )


def test_exact_never_adds_because_somebody_else_may_add_too() -> None:
    assert write(None, options(mode="exact", secrets=["get"])) == (
        "replace",
        {"keys": [], "secrets": ["get"], "certificates": [], "storage": []},
    )


def test_exact_drops_a_word_that_nobody_knows() -> None:
    kind, permissions = write(stored(secrets=["get", "teleport"]), options(mode="exact", secrets=["get"])) or ("", {})
    assert (kind, permissions["secrets"]) == ("replace", ["get"])
    assert write(stored(secrets=["get", "teleport"]), options(secrets=["get"])) is None


def test_all_is_narrowed_by_a_replace() -> None:
    assert write(stored(secrets=["all"]), options(mode="exact", secrets=["get"])) == (
        "replace",
        {"keys": [], "secrets": ["get"], "certificates": [], "storage": []},
    )


# --- absent


def test_an_entry_is_removed_with_its_words_and_ids_as_they_are_stored() -> None:
    key = EntryKey(OBJECT % 1)
    entry = keyvault_policy.find_entry(VAULT, key)
    call = keyvault_policy.plan(key, TENANT.upper(), entry, words(), exact=False)
    assert call
    assert (call.kind, call.body["properties"]["accessPolicies"]) == (
        "remove",
        [
            {
                "tenantId": TENANT,
                "objectId": (OBJECT % 1).upper(),
                "permissions": {"keys": [], "secrets": ["Get", "list"], "certificates": [], "storage": []},
            }
        ],
    )


def test_an_entry_that_is_not_there_or_empty_is_absent() -> None:
    assert write(None, options("absent")) is None
    assert write(keyvault_policy.find_entry(VAULT, EntryKey(OBJECT % 3)), options("absent")) is None


def test_listed_permissions_go_by_a_replace_with_the_rest() -> None:
    assert write(stored(secrets=["Get", "List", "Set"], keys=["get"]), options("absent", secrets=["set", "purge"])) == (
        "replace",
        {"keys": ["get"], "secrets": ["Get", "List"], "certificates": [], "storage": []},
    )


def test_listed_permissions_that_are_not_there_are_absent() -> None:
    assert write(stored(secrets=["Get"]), options("absent", secrets=["set"])) is None


def test_listing_every_permission_that_is_left_removes_the_entry() -> None:
    assert write(stored(secrets=["Get"]), options("absent", secrets=["get"])) == ("remove", words(secrets=["Get"]))


def test_an_empty_list_takes_nothing_away() -> None:
    assert write(stored(secrets=["get"]), options("absent", secrets=[])) is None


def test_one_word_out_of_all_leaves_the_others_by_name() -> None:
    kind, permissions = write(stored(secrets=["All", "Purge"]), options("absent", secrets=["set"])) or ("", {})
    assert kind == "replace"
    assert set(permissions["secrets"]) == {"Purge", "get", "list", "delete", "backup", "restore", "recover"}


def test_purge_is_no_part_of_all() -> None:
    assert write(stored(secrets=["all", "purge"]), options("absent", secrets=["purge"])) == (
        "replace",
        {"keys": [], "secrets": ["all"], "certificates": [], "storage": []},
    )
    assert write(stored(secrets=["all", "Purge"]), options("absent", secrets=["all"])) == (
        "replace",
        {"keys": [], "secrets": ["Purge"], "certificates": [], "storage": []},
    )


# --- answers, words, results


def test_the_answer_may_show_the_whole_list_or_the_entry_alone() -> None:
    key = EntryKey(OBJECT % 1)
    alone = {"id": "x/accessPolicies/", "properties": {"accessPolicies": [VAULT["properties"]["accessPolicies"][0]]}}
    whole = {"id": "x/accessPolicies/", "properties": {"accessPolicies": VAULT["properties"]["accessPolicies"]}}
    assert keyvault_policy.entry_in_answer(alone, key) == keyvault_policy.entry_in_answer(whole, key)
    assert keyvault_policy.entry_in_answer(None, key) is None
    assert keyvault_policy.entry_in_answer({"properties": {"accessPolicies": []}}, key) is None


def test_unknown_words_are_named_as_typed() -> None:
    assert keyvault_policy.unknown_words("secrets", ["get", "Read", " list", "WRAPKEY"]) == ["Read", " list", "WRAPKEY"]
    assert keyvault_policy.unknown_words("keys", ["WRAPKEY"]) == []


def test_a_result_is_spelled_like_the_options() -> None:
    assert keyvault_policy.to_result(words(keys=["WrapKey", "Get", "get", "teleport"])) == words(
        keys=["get", "teleport", "wrapKey"]
    )


# --- for any entry and any options

WORDS = st.fixed_dictionaries(
    {
        kind: st.lists(st.sampled_from([*PERMISSIONS[kind], *(word.capitalize() for word in PERMISSIONS[kind])]))
        for kind in KINDS
    }
)
OPTIONS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["present", "absent"]),
        "mode": st.sampled_from(["merge", "exact"]),
        **{kind: st.none() | st.lists(st.sampled_from(PERMISSIONS[kind])) for kind in KINDS},
    }
)


def apply(entry: dict[str, list[str]], call: keyvault_policy.Write) -> dict[str, list[str]]:
    """What the service does: union, replacement, or subtraction with regard to case."""
    sent = call.body["properties"]["accessPolicies"][0]["permissions"]
    if call.kind == "replace":
        return {kind: sent[kind] for kind in KINDS}
    if call.kind == "remove":
        return {kind: [word for word in entry[kind] if word not in sent[kind]] for kind in KINDS}
    lower = {kind: {word.lower() for word in entry[kind]} for kind in KINDS}
    return {
        kind: entry[kind] + [word for word in sent.get(kind, []) if word.lower() not in lower[kind]] for kind in KINDS
    }


@given(entry=WORDS, params=OPTIONS)
def test_one_write_is_enough_and_the_second_application_writes_nothing(
    entry: dict[str, list[str]], params: dict[str, Any]
) -> None:
    wanted = keyvault_policy.desired(params, entry)
    exact = params["mode"] == "exact"
    call = keyvault_policy.plan(EntryKey(OBJECT % 1), TENANT, stored(**entry), wanted, exact=exact)
    after = apply(entry, call) if call else entry
    assert keyvault_policy.comparable(after) == keyvault_policy.comparable(wanted)
    again = keyvault_policy.desired(params, after)
    assert keyvault_policy.plan(EntryKey(OBJECT % 1), TENANT, stored(**after), again, exact=exact) is None


@given(entry=WORDS, params=OPTIONS)
def test_what_is_not_mentioned_stays_and_what_is_asked_for_holds(
    entry: dict[str, list[str]], params: dict[str, Any]
) -> None:
    wanted = keyvault_policy.desired(params, entry)
    removed_whole = params["state"] == "absent" and all(params[kind] is None for kind in KINDS)
    for kind in KINDS:
        asked = params[kind]
        if removed_whole:
            assert wanted[kind] == []
        elif asked is None:
            assert wanted[kind] == entry[kind]
        elif params["state"] == "absent":
            assert not any(keyvault_policy.covers(kind, wanted[kind], word) for word in asked if word != "all")
        else:
            assert all(keyvault_policy.covers(kind, wanted[kind], word) for word in asked)


@given(entry=WORDS)
def test_a_result_fed_back_changes_nothing(entry: dict[str, list[str]]) -> None:
    for mode in ("merge", "exact"):
        assert write(stored(**entry), options(mode=mode, **keyvault_policy.to_result(entry))) is None
