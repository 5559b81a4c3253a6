# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One login server's credential: forms, bodies, and what is said of hidden parts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _task_credential as credential
from ansible_collections.acr.tasks.plugins.module_utils._diff import UNKNOWN, Hidden
from ansible_collections.acr.tasks.plugins.modules.acr_task_credential import ARGUMENT_SPEC
from hypothesis import given
from hypothesis import strategies as st

USER = "https://v.vault.azure.net/secrets/user"
PASSWORD = "https://v.vault.azure.net/secrets/password"
NOTHING: dict[str, Any] = {name: rule.get("default") for name, rule in ARGUMENT_SPEC.items()}
CLIENT = "44444444-4444-4444-4444-444444444444"

VAULT = {"username_secret": USER, "password_secret": PASSWORD, "identity": "x"}
PLAIN = {"username": "u", "password": "p"}
MIXED = {"username": "u", "password_secret": PASSWORD, "identity": "x"}
ALONE = {"identity": "x"}
SHAPES = {"vault": VAULT, "plain": PLAIN, "mixed": MIXED, "alone": ALONE}


def params(**options: Any) -> dict[str, Any]:
    return {**NOTHING, "task": "mytask", "login_server": "docker.io", **options}


def identity_of(options: dict[str, Any]) -> str | None:
    return "[system]" if options.get("identity") else None


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_written_and_found_again(shape: str) -> None:
    """The entry of a PATCH, read back by listDetails, is what was wanted; no null is sent for a new one."""
    options = params(**SHAPES[shape])
    identity = identity_of(options)
    entry = credential.entry(options, identity, {})
    assert None not in entry.values()
    form = credential.comparable(entry)
    assert form == credential.wanted(options, None, identity)
    assert credential.wanted(options, form, identity) == form


def test_the_bodies_are_those_of_az() -> None:
    assert credential.patch({"a.example.io": credential.entry(params(**PLAIN), None, {})}) == {
        "properties": {
            "credentials": {
                "customRegistries": {
                    "a.example.io": {
                        "userName": {"type": "Opaque", "value": "u"},
                        "password": {"type": "Opaque", "value": "p"},
                    }
                }
            }
        }
    }
    assert credential.entry(params(**VAULT), "[system]", {}) == {
        "userName": {"type": "Vaultsecret", "value": USER},
        "password": {"type": "Vaultsecret", "value": PASSWORD},
        "identity": "[system]",
    }
    assert credential.entry(params(**ALONE), CLIENT, {}) == {"identity": CLIENT}
    removal = credential.patch({"a.example.io": None})
    assert removal == {"properties": {"credentials": {"customRegistries": {"a.example.io": None}}}}


def test_parts_that_go_are_nulled() -> None:
    """Nobody knows whether a PATCH of an entry replaces or merges it."""
    stored = credential.entry(params(**VAULT), "[system]", {})
    assert credential.entry(params(**PLAIN), None, stored)["identity"] is None
    alone = credential.entry(params(**ALONE), "[system]", stored)
    assert (alone["userName"], alone["password"]) == (None, None)


@pytest.mark.parametrize("stored", [{}, None, {"userName": {}, "password": {}}])
def test_an_entry_that_is_hidden_is_taken_for_right(stored: Any) -> None:
    form = credential.comparable(stored or {})
    assert {*form.values()} == {UNKNOWN}
    options = params(**VAULT)
    assert credential.wanted(options, form, "[system]") == form
    assert credential.wanted({**options, "update_secret": "always"}, form, "[system]") != form


@pytest.mark.parametrize("mask", [None, "", "*****"])
def test_a_hidden_password_is_taken_for_right_and_the_rest_compared(mask: Any) -> None:
    entry = {"userName": {"type": "Opaque", "value": "u"}, "password": {"type": "Opaque", "value": mask}}
    form = credential.comparable(entry)
    assert form["password"] == UNKNOWN
    assert credential.wanted(params(**PLAIN), form, None) == form
    assert credential.wanted(params(**PLAIN | {"username": "other"}), form, None) != form
    assert credential.wanted(params(**VAULT), form, "[system]") != form


def test_spellings_that_mean_the_same() -> None:
    entry = {
        "userName": {"type": "vaultsecret", "value": USER.replace("//v.", "//V.") + "/"},
        "password": {"type": "VaultSecret", "value": PASSWORD},
        "identity": CLIENT.upper(),
    }
    form = credential.comparable(entry)
    assert credential.wanted(params(**VAULT), form, CLIENT) == form


def test_which_stored_key_is_meant() -> None:
    def arm(*keys: str) -> dict[str, Any]:
        return {"properties": {"credentials": {"customRegistries": dict.fromkeys(keys)}}}

    assert credential.stored_keys(arm("Docker.io", "b.io"), "docker.io") == ["Docker.io"]
    assert credential.stored_keys(arm("index.docker.io", "docker.io"), "docker.io") == ["docker.io", "index.docker.io"]
    assert credential.stored_keys(arm("registry.hub.docker.com"), "docker.io") == []
    assert credential.stored_keys({}, "docker.io") == []
    assert credential.stored_keys({"properties": {"credentials": None}}, "docker.io") == []


def test_a_result_has_no_password() -> None:
    form = credential.comparable(credential.entry(params(**PLAIN), None, {}))
    result = credential.to_result(form, "docker.io")
    assert result == {
        "login_server": "docker.io",
        "username": "u",
        "username_secret": None,
        "password_secret": None,
        "identity": None,
    }
    system = credential.comparable(credential.entry(params(**VAULT), "[system]", {}))
    assert credential.to_result(system, "docker.io")["identity"] == "system"


def test_leftovers_are_noticed() -> None:
    after = credential.wanted(params(**PLAIN), None, None)
    shown = credential.comparable({**credential.entry(params(**PLAIN), None, {}), "identity": "[system]"})
    assert credential.leftovers(after, shown) == ["identity"]
    assert credential.leftovers(after, dict.fromkeys(credential.FORM, UNKNOWN)) == []


@given(st.text(min_size=1), st.text(min_size=1))
def test_plain_values_are_sent_as_they_are(username: str, password: str) -> None:
    """Whatever they look like: only the option decides whether a text is a secret's URL."""
    options = params(username=username, password=password)
    entry = credential.entry(options, None, {})
    assert entry["userName"]["value"] == username
    assert entry["password"] == {"type": "Opaque", "value": password}
    assert credential.wanted(options, None, None)["password"] == Hidden(password)
