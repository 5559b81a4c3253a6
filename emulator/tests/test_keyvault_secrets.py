# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a vault's own host answers: bundles, lists, deleted secrets (keyvault-wire, section 3.2)"""

from __future__ import annotations

import re

import pytest
from vaults import AUDIENCE, HOST, Secrets, inner, message, problem

VERSIONS = ["7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01"]


@pytest.fixture
def vault(azure):
    return Secrets(azure)


# -- bundles -------------------------------------------------------------------------------------------------------


def test_what_was_never_set_is_not_shown(vault):
    made = vault.open().set()
    assert set(made) == {"value", "id", "attributes"}
    assert re.fullmatch(r"https://kv1\.vault\.azure\.net/secrets/UserName/[0-9a-f]{32}", made["id"])
    attributes = made["attributes"]
    assert attributes.pop("created") == attributes.pop("updated")
    assert attributes == {"enabled": True, "recoveryLevel": "Recoverable+Purgeable", "recoverableDays": 90}


def test_what_was_set_is_shown(vault):
    vault.open()
    made = vault.set(contentType="text/plain", tags={}, attributes={"enabled": True, "nbf": 4102444800, "exp": 10})
    assert (made["contentType"], made["tags"]) == ("text/plain", {})
    assert (made["attributes"]["nbf"], made["attributes"]["exp"]) == (4102444800, 10)
    assert vault.ask("GET", "secrets/UserName").json() == made  # neither too early nor too late


@pytest.mark.parametrize("path", ["secrets/UserName", "secrets/UserName/", "secrets/username"])
def test_without_a_version_the_newest_is_read(vault, path):
    first, second = vault.open().set(value="a"), vault.set(value="a")
    assert first["id"] != second["id"]
    assert vault.ask("GET", path).json() == second
    version = first["id"].rpartition("/")[2]
    assert vault.ask("GET", f"secrets/UserName/{version}").json() == first


@pytest.mark.parametrize(
    ("settings", "level", "days"),
    [
        ({}, "Recoverable+Purgeable", 90),
        ({"softDeleteRetentionInDays": 7}, "CustomizedRecoverable+Purgeable", 7),
        ({"softDeleteRetentionInDays": 7, "enablePurgeProtection": True}, "CustomizedRecoverable", 7),
        ({"enablePurgeProtection": True}, "Recoverable", 90),
    ],
)
def test_recovery_level(vault, settings, level, days):
    attributes = vault.open(**settings).set()["attributes"]
    assert (attributes["recoveryLevel"], attributes["recoverableDays"]) == (level, days)


@pytest.mark.parametrize("method", ["PATCH", "GET"])
def test_a_patch_changes_and_shows_no_value(vault, method):
    made = vault.open().set(contentType="text/plain")
    vault.azure.advance(5)
    patched = vault.ask("PATCH", "secrets/UserName/", {"attributes": {"exp": 99}, "tags": {"a": "b"}}).json()
    assert "value" not in patched
    assert patched["attributes"]["updated"] >= made["attributes"]["updated"] + 5
    assert patched["attributes"]["exp"] == 99
    if method == "GET":
        patched = vault.ask("GET", "secrets/UserName").json()
        assert patched.pop("value") == "hubuser"
    assert (patched["id"], patched["contentType"], patched["tags"]) == (made["id"], "text/plain", {"a": "b"})


@pytest.mark.parametrize("api", VERSIONS)
def test_versions(vault, api):
    vault.open().set()
    read = vault.ask("GET", "secrets/UserName", api=api).json()
    assert read["value"] == "hubuser"
    [listed] = vault.ask("GET", "secrets", api=api).json()["value"]
    for shown in (read, listed):
        assert ("recoverableDays" in shown["attributes"]) is (api != "7.0")


def test_unknown_version(vault):
    answer = vault.open().ask("GET", "secrets", api="6.9")
    assert problem(answer) == (400, "BadParameter")
    assert "(6.9) is not recognized" in message(answer)


def test_a_refused_secret_leaves_nothing_behind(vault):
    vault.open()
    body = {"value": "x", "tags": {str(number): "" for number in range(16)}}
    assert vault.ask("PUT", "secrets/UserName", body).status_code == 400
    assert vault.ask("GET", "secrets/UserName").status_code == 404


# -- lists ---------------------------------------------------------------------------------------------------------


def test_lists_show_no_values_and_end_with_null(vault):
    made = vault.open().set(contentType="text/plain", tags={"a": "b"})
    item = {**made, "id": made["id"].rpartition("/")[0]}
    del item["value"]
    assert vault.ask("GET", "secrets", maxresults="25").json() == {"value": [item], "nextLink": None}


def test_versions_are_in_the_order_of_their_ids(vault):
    vault.open()
    ids = sorted(vault.set(value=str(number))["id"] for number in range(6))
    listed = vault.ask("GET", "secrets/UserName/versions").json()["value"]
    assert [item["id"] for item in listed] == ids
    assert not any("value" in item for item in listed)
    first = vault.ask("GET", "secrets/UserName/versions", maxresults="1").json()
    assert [item["id"] for item in first["value"]] == ids[:1]
    following = vault.azure.send("GET", first["nextLink"], audience=AUDIENCE).json()
    assert [item["id"] for item in following["value"]] == ids[1:2]


def test_a_deleted_secret_is_not_in_the_list(vault):
    vault.open().set()
    vault.ask("DELETE", "secrets/UserName")
    assert vault.ask("GET", "secrets").json()["value"] == []


# -- deleted secrets -----------------------------------------------------------------------------------------------


def test_deleted_bundles(vault):
    made = vault.open(softDeleteRetentionInDays=7).set(tags={"a": "b"})
    gone = vault.ask("DELETE", "secrets/UserName").json()
    assert gone["scheduledPurgeDate"] - gone["deletedDate"] == 7 * 24 * 3600
    assert gone["recoveryId"] == f"{HOST}/deletedsecrets/UserName"
    assert (gone["id"], gone["tags"], "value" in gone) == (made["id"], {"a": "b"}, False)
    assert vault.ask("GET", "deletedsecrets/username").json() == gone
    [item] = vault.ask("GET", "deletedsecrets").json()["value"]
    assert item == gone | {"id": f"{HOST}/secrets/UserName"}


def test_recover_brings_all_versions_back(vault):
    ids = {vault.open().set(value="a")["id"], vault.set(value="b")["id"]}
    vault.ask("DELETE", "secrets/UserName")
    recovered = vault.ask("POST", "deletedsecrets/UserName/recover")
    assert recovered.status_code == 200
    assert "value" not in recovered.json()
    assert {item["id"] for item in vault.ask("GET", "secrets/UserName/versions").json()["value"]} == ids


def test_purge(vault):
    vault.open().set()
    vault.ask("DELETE", "secrets/UserName")
    answer = vault.ask("DELETE", "deletedsecrets/UserName")
    assert (answer.status_code, answer.content) == (204, b"")
    for method, path in (("GET", ""), ("POST", "/recover"), ("DELETE", "")):
        answer = vault.ask(method, f"deletedsecrets/UserName{path}")
        assert problem(answer) == (404, "SecretNotFound")
        assert message(answer) == "Deleted Secret not found: UserName"
    vault.set()


def test_purge_of_a_protected_secret(vault):
    vault.open(enablePurgeProtection=True).set()
    vault.ask("DELETE", "secrets/UserName")
    answer = vault.ask("DELETE", "deletedsecrets/UserName")
    assert problem(answer) == (403, "Forbidden")
    assert message(answer).startswith('Operation "purge" is not allowed because purge protection is enabled')
    vault.azure.advance(90 * 24 * 3600 + 1)
    vault.azure._tokens.clear()
    assert vault.ask("GET", "deletedsecrets/UserName").status_code == 404


def test_while_it_is_being_deleted_nothing_can_be_done(vault):
    vault.open().set()
    vault.azure.switch(secret_deletion_s=10)
    vault.ask("DELETE", "secrets/UserName")
    assert vault.ask("GET", "deletedsecrets/UserName").status_code == 404
    assert vault.ask("GET", "deletedsecrets").json()["value"] == []
    for method, path in (
        ("PUT", "secrets/UserName"),
        ("POST", "deletedsecrets/UserName/recover"),
        ("DELETE", "deletedsecrets/UserName"),
    ):
        answer = vault.ask(method, path, {"value": "x"} if method == "PUT" else None)
        assert (*problem(answer), inner(answer)) == (409, "Conflict", "ObjectIsBeingDeleted")
        assert message(answer) == "Secret UserName is currently being deleted."
    vault.azure.advance(11)
    assert vault.ask("GET", "deletedsecrets/UserName").status_code == 200
