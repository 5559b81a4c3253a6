# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Access policies: add, replace, remove (keyvault-wire, section 2). Entries: test_keyvault_policy_entries.py."""

from __future__ import annotations

import pytest
from vaults import OWNER, POLICY_WORDS, READER, VERSION, Vault, message, problem

STRANGER = "00000000-0000-0000-0000-000000000001"
OLD_TEXT = "An invalid value was provided for 'accessPolicies'."


@pytest.fixture
def vault(azure):
    vault = Vault(azure)
    vault.put()
    return vault


# -- the answer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["add", "replace", "remove", "Add"])
def test_answer_is_the_resulting_list(vault, operation):
    other = vault.entry(OWNER, keys=["get"])
    entry = vault.entry(READER, secrets=["get", "list"], keys=["sign"])
    vault.policies("add", other, entry)
    answer = vault.send_policies(operation, vault.entry(READER, secrets=["list"]))
    assert answer.status_code == 200
    assert answer.json() == {
        "id": f"{vault.id}/accessPolicies/",
        "type": "Microsoft.KeyVault/vaults/accessPolicies",
        "properties": {"accessPolicies": vault.stored()},
    }
    assert vault.stored()[0] == other
    assert "x-ms-ratelimit-remaining-subscription-writes" in answer.headers
    assert not {"etag", "azure-asyncoperation", "location"} & set(answer.headers)


def test_answer_may_be_the_entry_only(vault):
    vault.azure.switch(ap_answer="entry")
    vault.policies("add", vault.entry(OWNER, keys=["get"]))
    answer = vault.send_policies("add", vault.entry(READER, secrets=["get"]))
    assert answer.json()["properties"]["accessPolicies"] == [vault.entry(READER, secrets=["get"])]
    removed = vault.send_policies("remove", vault.entry(READER, secrets=["get"]))
    assert removed.json()["properties"]["accessPolicies"] == []
    assert vault.stored() == [vault.entry(OWNER, keys=["get"])]


@pytest.mark.parametrize("status", [200, 201])
def test_status_of_a_new_entry(vault, status):
    vault.azure.switch(ap_create_status=status)
    assert vault.send_policies("add", vault.entry(READER, secrets=["get"])).status_code == status
    assert vault.send_policies("add", vault.entry(READER, secrets=["set"])).status_code == 200
    assert vault.send_policies("replace", vault.entry(READER, secrets=["set"])).status_code == 200
    assert vault.send_policies("replace", vault.entry(OWNER, secrets=["set"])).status_code == status
    assert vault.send_policies("remove", vault.entry(OWNER, secrets=["set"])).status_code == 200


def test_only_put_of_the_three(vault):
    path = f"{vault.id}/accessPolicies/add"
    for method in ("GET", "POST", "DELETE", "PATCH"):
        assert problem(vault.azure.arm(method, path, version=VERSION)) == (405, "MethodNotAllowed")
    assert problem(vault.send_policies("set", vault.entry(secrets=["get"]))) == (400, "BadRequest")


def test_the_list_is_needed(vault):
    for body in ({}, {"properties": {}}):
        answer = vault.azure.arm("PUT", f"{vault.id}/accessPolicies/add", body, version=VERSION)
        assert message(answer) == "The parameter accessPolicies is not specified."


def test_missing_vault(azure):
    answer = Vault(azure, "kv2").send_policies("add")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] in ("ResourceNotFound", "ParentResourceNotFound")


# -- add -----------------------------------------------------------------------------------------------------------


def test_add_unites_per_kind_and_keeps_the_order(vault):
    before = vault.entry(READER, keys=["sign", "encrypt", "get"], secrets=["set", "get"], certificates=["get"])
    vault.policies("add", vault.entry(OWNER, secrets=["all"]), before)
    same = vault.policies("add", vault.entry(READER, keys=["encrypt"], secrets=["get"], certificates=["get"]))
    assert same == [vault.entry(OWNER, secrets=["all"]), before]
    more = vault.policies("add", vault.entry(READER, secrets=["list"], storage=["get"], keys=[]))
    assert more[1]["permissions"] == before["permissions"] | {"secrets": ["set", "get", "list"], "storage": ["get"]}


@pytest.mark.parametrize(("folded", "expected"), [(True, ["Get", "list"]), (False, ["Get", "get", "list"])])
def test_add_in_other_casing(vault, folded, expected):
    vault.azure.switch(ap_add_casefold=folded)
    vault.policies("add", vault.entry(READER, secrets=["Get"]))
    vault.policies("add", vault.entry(READER, secrets=["get", "list"]))
    assert vault.secrets_of() == expected
    vault.policies("add", vault.entry(READER, secrets=["LIST"]))
    assert vault.secrets_of() == (expected if folded else [*expected, "LIST"])


def test_words_are_kept_as_they_are_written(vault):
    assert vault.made(accessPolicies=[vault.entry(READER, keys=["WrapKey", "all"])])["accessPolicies"] == [
        vault.entry(READER, keys=["WrapKey", "all"])
    ]
    words = ["purge", "all", "GET"]
    assert vault.policies("replace", vault.entry(READER, secrets=words))[0]["permissions"] == {"secrets": words}


# -- replace -------------------------------------------------------------------------------------------------------


def test_replace_is_of_one_entry(vault):
    vault.policies("add", vault.entry(OWNER, keys=["get"]), vault.entry(READER, secrets=["get", "list"], keys=["get"]))
    after = vault.policies("replace", vault.entry(READER, secrets=["Set"]))
    assert after == [vault.entry(OWNER, keys=["get"]), vault.entry(READER, secrets=["Set"])]
    assert vault.policies("replace", vault.entry(READER, secrets=["set"], keys=[], certificates=None))[1] == (
        vault.entry(READER, secrets=["set"], keys=[])
    )


def test_replace_makes_what_is_not_there(vault):
    assert vault.policies("replace", vault.entry(READER, secrets=["get"])) == [vault.entry(READER, secrets=["get"])]


def test_replace_may_keep_the_kinds_that_it_leaves_out(vault):
    vault.azure.switch(ap_replace_missing_kind="keep")
    vault.policies("add", vault.entry(READER, secrets=["get"], keys=["get"], certificates=["get"]))
    after = vault.policies("replace", vault.entry(READER, secrets=["set"], keys=[]))
    assert after[0]["permissions"] == {"secrets": ["set"], "keys": [], "certificates": ["get"]}


# -- remove --------------------------------------------------------------------------------------------------------


def test_remove_of_the_stored_words_takes_the_entry(vault):
    entry = vault.entry(READER, secrets=["Get", "list"], keys=["all"])
    vault.policies("add", vault.entry(OWNER, secrets=["get"]), entry)
    assert vault.policies("remove", entry) == [vault.entry(OWNER, secrets=["get"])]


@pytest.mark.parametrize(("mode", "left"), [("subtract", ["list"]), ("whole", None)])
def test_remove_of_a_subset(vault, mode, left):
    vault.azure.switch(ap_remove=mode)
    vault.policies("add", vault.entry(READER, secrets=["get", "list"], keys=["get"]))
    vault.policies("remove", vault.entry(READER, secrets=["get"]))
    assert vault.secrets_of() == left


@pytest.mark.parametrize(
    ("drops", "left"), [(True, []), (False, [{"permissions": {"secrets": [], "keys": []}}])], ids=["dropped", "kept"]
)
def test_remove_of_the_last_word(vault, drops, left):
    vault.azure.switch(ap_drop_empty=drops)
    vault.policies("add", vault.entry(READER, secrets=["get"], keys=["get"]))
    assert vault.policies("remove", vault.entry(READER, secrets=["get"]))[0]["permissions"]["keys"] == ["get"]
    after = vault.policies("remove", vault.entry(READER, keys=["get", "list"]))
    assert after == [vault.entry() | entry for entry in left]


@pytest.mark.parametrize(("strict", "left"), [(True, ["Get", "list"]), (False, ["list"])])
def test_remove_in_other_casing(vault, strict, left):
    vault.azure.switch(ap_remove_case_sensitive=strict)
    vault.policies("add", vault.entry(READER, secrets=["Get", "list"]))
    answer = vault.send_policies("remove", vault.entry(READER, secrets=["get"]))
    assert answer.status_code == 200
    assert vault.secrets_of() == left
    vault.policies("add", vault.entry(READER, secrets=["set"]))
    vault.policies("remove", vault.entry(READER, secrets=["SET"]))
    assert ("set" in vault.secrets_of()) is strict


@pytest.mark.parametrize("sent", [{}, {"secrets": []}, {"secrets": None}, None], ids=str)
def test_remove_of_nothing(vault, sent):
    vault.policies("add", vault.entry(READER, secrets=["get"]))
    entry = vault.entry(READER) | {"permissions": sent}
    assert vault.policies("remove", entry) == [vault.entry(READER, secrets=["get"])]
    vault.azure.switch(ap_remove_missing="reject")
    assert problem(vault.send_policies("remove", entry)) == (400, "BadRequest")
    assert vault.stored() == [vault.entry(READER, secrets=["get"])]


def test_remove_from_who_has_none(vault):
    vault.policies("add", vault.entry(OWNER, secrets=["get"]))
    for principal in (READER, STRANGER):
        entry = vault.entry(principal, secrets=["get"])
        assert vault.policies("remove", entry) == [vault.entry(OWNER, secrets=["get"])]
        vault.azure.switch(ap_remove_missing="reject")
        assert problem(vault.send_policies("remove", entry)) == (400, "BadRequest")
        vault.azure.switch(ap_remove_missing="ignore")


@pytest.mark.parametrize("held", [["all"], ["All", "purge"]])
def test_remove_of_a_word_from_all(vault, held):
    vault.policies("add", vault.entry(READER, secrets=held))
    vault.policies("remove", vault.entry(READER, secrets=["get"]))
    assert vault.secrets_of() == held
    vault.azure.switch(ap_all_remove="expand")
    vault.policies("remove", vault.entry(READER, secrets=["get"]))
    left = {"list", "set", "delete", "backup", "restore", "recover", *held[1:]}
    assert sorted(vault.secrets_of()) == sorted(left)


def test_what_expands_is_counted_once(vault):
    vault.azure.switch(ap_all_remove="expand")
    after = vault.policies("add", vault.entry(READER, keys=["WrapKey", "all", "purge"]))
    assert after[0]["permissions"]["keys"] == ["WrapKey", "all", "purge"]
    [left] = vault.policies("remove", vault.entry(READER, keys=["get"]))
    assert sorted(left["permissions"]["keys"]) == sorted(set(POLICY_WORDS["keys"].split()) - {"get", "all"})


@pytest.mark.parametrize("mode", ["ignore", "expand"])
def test_all_itself_can_be_removed(vault, mode):
    vault.azure.switch(ap_all_remove=mode)
    vault.policies("add", vault.entry(READER, secrets=["all", "purge"]))
    vault.policies("remove", vault.entry(READER, secrets=["all"]))
    assert vault.secrets_of() == ["purge"]
    vault.policies("add", vault.entry(READER, secrets=["get", "list"]))
    vault.policies("remove", vault.entry(READER, secrets=["get"]))
    assert vault.secrets_of() == ["purge", "list"]


# -- the key of an entry -------------------------------------------------------------------------------------------


def test_entries_compare_in_any_casing(vault):
    vault.policies("add", vault.entry(READER, secrets=["get"]))
    upper = {
        "tenantId": vault.tenant.upper(),
        "objectId": vault.object_id(READER).upper(),
        "applicationId": "",
        "permissions": {"secrets": ["list"]},
    }
    assert vault.policies("add", upper) == [vault.entry(READER, secrets=["get", "list"])]
    assert vault.policies("replace", upper) == [vault.entry(READER, secrets=["list"])]
    assert vault.policies("remove", upper) == []
    made = vault.policies("add", upper)[0]
    assert made == {name: value for name, value in upper.items() if name != "applicationId"}


def test_an_application_makes_another_entry(vault):
    plain = vault.entry(READER, secrets=["get"])
    compound = vault.entry(READER, secrets=["list"]) | {"applicationId": STRANGER}
    assert vault.policies("add", plain, compound) == [plain, compound]
    assert vault.policies("replace", vault.entry(READER, secrets=["set"])) == [
        vault.entry(READER, secrets=["set"]),
        compound,
    ]
    other = compound | {"applicationId": vault.tenant}
    assert vault.policies("add", other)[1:] == [compound, other]
    assert vault.policies("remove", compound) == [vault.entry(READER, secrets=["set"]), other]
    wrong = plain | {"applicationId": "my-app"}
    assert message(vault.send_policies("add", wrong)) == OLD_TEXT


@pytest.mark.parametrize("operation", ["add", "replace", "remove"])
def test_the_same_entry_twice(vault, operation):
    vault.policies("add", vault.entry(READER, secrets=["get", "list", "set"]))
    twice = [vault.entry(READER, secrets=["get"]), vault.entry(vault.object_id(READER).upper(), secrets=["list"])]
    assert problem(vault.send_policies(operation, *twice)) == (400, "BadRequest")
    assert vault.secrets_of() == ["get", "list", "set"]
    vault.azure.switch(ap_dup="merge")
    vault.policies(operation, *twice)
    expected = {"add": ["get", "list", "set"], "replace": ["get", "list"], "remove": ["set"]}
    assert vault.secrets_of() == expected[operation]
