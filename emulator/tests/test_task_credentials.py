# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Credentials of tasks: what a PATCH or a PUT makes of them, and what is shown of them."""

from __future__ import annotations

import pytest
from acr import OLD_TASK_VERSION, TASK_VERSION, Acr, encoded_task

PLAIN = {"userName": {"type": "Opaque", "value": "u"}, "password": {"type": "Opaque", "value": "canary"}}
VAULT = {
    "userName": {"type": "Vaultsecret", "value": "https://kv1.vault.azure.net/secrets/user"},
    "password": {"type": "Vaultsecret", "value": "https://kv1.vault.azure.net/secrets/token"},
    "identity": "[system]",
}
SOURCE = {"loginMode": "Default", "identity": "[system]"}


@pytest.fixture
def acr(azure):
    acr = Acr(azure)
    acr.put_task(encoded_task("steps: []"), identity={"type": "SystemAssigned"})
    return acr


def hosts(task):
    return task["properties"].get("credentials", {}).get("customRegistries")


def source(task):
    return task["properties"].get("credentials", {}).get("sourceRegistry")


def test_added_by_host_and_masked(acr):
    first = acr.set_credential("docker.io", VAULT)
    second = acr.set_credential("a.example.io", PLAIN)
    assert hosts(first) == {"docker.io": None}
    assert hosts(second) == hosts(acr.get_task()) == {"docker.io": None, "a.example.io": None}
    assert "sourceRegistry" not in second["properties"]["credentials"]
    assert hosts(acr.details()) == {"docker.io": VAULT, "a.example.io": PLAIN}


@pytest.mark.parametrize(("style", "shown"), [("empty", {"docker.io": {}}), ("drop", None)])
def test_mask_styles(acr, style, shown):
    acr.azure.switch(mask_style=style)
    assert hosts(acr.set_credential("docker.io", VAULT)) == shown
    assert hosts(acr.details()) == {"docker.io": VAULT}


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("no_opaque_password", {"userName": {"type": "Opaque", "value": "u"}, "password": {"type": "Opaque"}}),
        ("keys_only", None),
    ],
)
def test_details_may_hide_secrets(acr, what, shown):
    acr.azure.switch(details_secrets=what)
    acr.set_credential("a.example.io", PLAIN)
    assert hosts(acr.details()) == {"a.example.io": shown}


@pytest.mark.parametrize("body", [{}, {"credentials": {}}, {"credentials": {"customRegistries": {}}}])
def test_empty_changes_nothing(acr, body):
    acr.patch_task({"credentials": {"sourceRegistry": SOURCE}})
    acr.set_credential("docker.io", VAULT)
    acr.patch_task(body)
    assert hosts(acr.details()) == {"docker.io": VAULT}
    assert source(acr.get_task()) == SOURCE


def test_null_removes_one(acr):
    acr.set_credential("docker.io", VAULT)
    acr.set_credential("a.example.io", PLAIN)
    assert hosts(acr.set_credential("docker.io", None)) == {"a.example.io": None}
    assert "credentials" not in acr.set_credential("a.example.io", None)["properties"]


def test_null_may_be_ignored(acr):
    acr.azure.switch(patch_null_removes=False)
    acr.set_credential("docker.io", VAULT)
    assert hosts(acr.set_credential("docker.io", None)) == {"docker.io": None}
    assert hosts(acr.details()) == {"docker.io": VAULT}


@pytest.mark.parametrize("how", ["replace", "merge"])
def test_an_entry_is_replaced_whole_or_merged(acr, how):
    acr.azure.switch(custom_entry_merge=how)
    acr.set_credential("docker.io", VAULT)
    acr.set_credential("docker.io", {"userName": {"type": "Opaque", "value": "u"}})
    user = {"userName": {"type": "Opaque", "value": "u"}}
    assert hosts(acr.details()) == {"docker.io": user if how == "replace" else VAULT | user}


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ({}, {"loginMode": "Default"}),
        ({"identity": None}, {"loginMode": "Default"}),
        ({"identity": "0c5b9f0e-0000-4000-8000-000000000001"}, None),
        ({"loginMode": "None"}, {"loginMode": "None"}),
    ],
)
def test_source_registry(acr, given, after):
    acr.patch_task({"credentials": {"sourceRegistry": SOURCE}})
    assert source(acr.get_task()) == SOURCE
    acr.patch_task({"credentials": {"sourceRegistry": given}})
    assert source(acr.get_task()) == (after or SOURCE | given)


def test_login_mode_alone_may_keep_the_identity(acr):
    acr.azure.switch(loginmode_clears_identity=False)
    acr.patch_task({"credentials": {"sourceRegistry": SOURCE}})
    acr.patch_task({"credentials": {"sourceRegistry": {"loginMode": "None"}}})
    assert source(acr.get_task()) == SOURCE | {"loginMode": "None"}
    acr.patch_task({"credentials": {"sourceRegistry": {}}})
    assert source(acr.get_task()) == {"loginMode": "None"}


def test_the_old_version_knows_no_identity_of_the_source_registry(acr):
    acr.patch_task({"credentials": {"sourceRegistry": SOURCE}})
    old = acr.task("GET", version=OLD_TASK_VERSION).json()
    assert source(old) == {"loginMode": "Default"}
    body = {"properties": {"credentials": {"sourceRegistry": SOURCE}}}
    refused = acr.task("PATCH", body=body, version=OLD_TASK_VERSION)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "InvalidRequestContent")
    acr.azure.control("DELETE", "complaints")
    # A write through the old version cannot name the identity, and so clears it.
    body["properties"]["credentials"]["sourceRegistry"] = {"loginMode": "Default"}
    acr.task("PATCH", body=body, version=OLD_TASK_VERSION)
    assert source(acr.task("GET", version=TASK_VERSION).json()) == {"loginMode": "Default"}


@pytest.mark.parametrize("given", [{}, {"credentials": {}}])
@pytest.mark.parametrize("drops", [True, False])
def test_put_without_credentials(acr, given, drops):
    acr.azure.switch(put_drops_credentials=drops)
    acr.set_credential("docker.io", VAULT)
    acr.put_task(encoded_task("steps: []") | given, identity={"type": "SystemAssigned"})
    assert hosts(acr.details()) == (None if drops else {"docker.io": VAULT})


@pytest.mark.parametrize("how", ["reject", "ignore"])
def test_put_of_a_masked_read(acr, how):
    acr.azure.switch(put_null_host=how)
    acr.set_credential("docker.io", VAULT)
    read = acr.get_task()
    properties = {key: value for key, value in read["properties"].items() if key not in ("provisioningState",)}
    properties.pop("creationDate")
    answer = acr.task("PUT", body={"location": "eastus", "properties": properties})
    if how == "reject":
        assert answer.status_code == 400
        assert hosts(acr.details()) == {"docker.io": VAULT}
    else:
        assert answer.status_code == 200
        assert hosts(acr.details()) is None


@pytest.mark.parametrize(("how", "key"), [("kept", "Docker.IO"), ("lower", "docker.io")])
def test_spelling_of_hosts(acr, how, key):
    acr.azure.switch(host_key_case=how)
    acr.set_credential("Docker.IO", PLAIN)
    assert hosts(acr.get_task()) == {key: None}
    acr.set_credential("docker.io", None)
    assert hosts(acr.get_task()) == ({"Docker.IO": None} if how == "kept" else None)


@pytest.mark.parametrize("identity", ["0c5b9f0e-0000-4000-8000-000000000001", "[system]"])
def test_identity_of_a_credential_is_checked_only_if_the_switch_says_so(acr, identity):
    acr.patch_task({}, identity={"type": "None"})
    entry = VAULT | {"identity": identity}
    assert hosts(acr.set_credential("docker.io", entry)) == {"docker.io": None}
    acr.azure.switch(validate_identity=True)
    body = {"properties": {"credentials": {"customRegistries": {"b.example.io": entry}}}}
    answer = acr.task("PATCH", body=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "InvalidInputValue")


def test_types_are_spelled_exactly(acr):
    entry = {"userName": {"type": "VaultSecret", "value": "u"}, "password": {"type": "Opaque", "value": "p"}}
    body = {"properties": {"credentials": {"customRegistries": {"docker.io": entry}}}}
    assert acr.task("PATCH", body=body).status_code == 400
    acr.azure.control("DELETE", "complaints")
