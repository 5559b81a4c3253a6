# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The frame: what a module's exit shows of secrets, and how failures look."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible_collections.acr.tasks.plugins.module_utils import _module
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, InvalidOption
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome

SPEC: dict[str, Any] = {
    "name": {"type": "str"},
    "token": {"type": "str", "no_log": True},
    "values": {"type": "dict", "no_log": True},
    "items": {
        "type": "list",
        "elements": "dict",
        "options": {"id": {"type": "str"}, "key": {"type": "str", "no_log": True}},
    },
    "one": {"type": "dict", "options": {"id": {"type": "str"}, "key": {"type": "str", "no_log": True}}},
}


@contextlib.contextmanager
def module_arguments(arguments: dict[str, Any]) -> Iterator[None]:
    """What a module finds as its arguments."""
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # ansible-core 2.18
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        yield
        basic._ANSIBLE_ARGS = None
        return
    with patch_module_args(arguments):
        yield


def call(
    capsys: pytest.CaptureFixture[str], work: Any, spec: dict[str, Any] | None = None, **arguments: Any
) -> dict[str, Any]:
    """Runs a module that does `work`; its JSON."""
    arguments["_ansible_inject_invocation"] = True
    with module_arguments(arguments), pytest.raises(SystemExit):
        _module.run(spec or SPEC, work)
    return json.loads(capsys.readouterr().out)


def failing(error: Exception) -> Any:
    def work(_azure: Any) -> Outcome:
        raise error

    return work


def test_success(capsys: pytest.CaptureFixture[str]) -> None:
    def work(azure: _module.AzureModule) -> Outcome:
        azure.warn("once")
        azure.warn("once")
        return Outcome("thing", True, {"a": 1}, {"before": {}, "after": {}}, ["more"], {"further": 2})

    result = call(capsys, work)
    assert (result["changed"], result["thing"], result["further"]) == (True, {"a": 1}, 2)
    assert result["diff"] == {"before": {}, "after": {}}
    shown = [warning if isinstance(warning, str) else warning["event"]["msg"] for warning in result["warnings"]]
    assert shown == ["once", "more"]


def test_secrets_are_cleaned_by_field(capsys: pytest.CaptureFixture[str]) -> None:
    """In what we echo: starred where they stand. In words of others: wherever they are. In names and ids: never."""
    arguments = {
        "name": "get-well",
        "token": "well",
        "values": {"a": "deep-secret"},
        "items": [{"id": "i", "key": "item-secret"}],
        "one": {"id": "o", "key": "one-secret"},
        "secret": "client-secret-value",
    }
    work = failing(
        AzureError("The well and deep-secret, item-secret, one-secret, client-secret-value failed.", "X", hint="well")
    )
    result = call(capsys, work, **arguments)
    shown = result["invocation"]["module_args"]
    assert shown["name"] == "get-well"
    assert shown["items"][0]["id"] == "i"
    stars = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert [shown["token"], shown["values"], shown["items"][0]["key"], shown["one"]["key"], shown["secret"]] == [
        stars
    ] * 5
    for secret in ("deep-secret", "item-secret", "one-secret", "client-secret-value"):
        assert secret not in json.dumps(result)
    assert "The ********" in result["msg"]
    result = call(capsys, lambda _azure: Outcome("thing", False, {"name": "get-well"}), **arguments)
    assert result["thing"] == {"name": "get-well"}


def test_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    error = AzureError("It failed.", "Code", status=409, request_id="r", hint="Do this.")
    result = call(capsys, failing(error))
    assert result["failed"] is True
    assert result["msg"] == "It failed. Do this."
    assert result["failure"] == {
        "code": "Code",
        "message": "It failed.",
        "status": 409,
        "request_id": "r",
        "hint": "Do this.",
    }
    assert "changed" not in result or result["changed"] is False


def test_a_failure_after_a_write(capsys: pytest.CaptureFixture[str]) -> None:
    error = InvalidOption("Half.")
    error.written.append("the task x")
    result = call(capsys, failing(error))
    assert result["changed"] is True
    assert result["written"] == ["the task x"]


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("azure.mgmt.containerregistry.v2019_06_01_preview", "azure-mgmt-containerregistry"),
        ("azure.core", "azure-core"),
        ("azure.identity", "azure-identity"),
        ("yaml", "PyYAML"),
    ],
)
def test_a_missing_library(capsys: pytest.CaptureFixture[str], module: str, package: str) -> None:
    result = call(capsys, failing(ImportError("No module", name=module)))
    assert package in result["msg"]
    assert result["failure"]["code"] == "MissingLibrary"


def test_an_option_of_the_modules_own_is_not_for_the_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    """acr_task_credential has a password that is not that of ad_user."""
    spec = {**SPEC, "password": {"type": "str", "no_log": True}}

    def work(azure: _module.AzureModule) -> Outcome:
        assert "password" not in azure._auth_options
        assert azure.params["password"] == "mine"
        return Outcome("thing", False, None)

    assert "thing" in call(capsys, work, spec, password="mine")


def test_auth_options_are_those_of_azcollection() -> None:
    """One module_defaults must serve both collections: every option there is taken here."""
    import yaml
    from ansible_collections.azure.azcollection.plugins.doc_fragments.azure import ModuleDocFragment

    theirs = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert {*theirs} == {*_module.AUTH_SPEC}
    for name, option in theirs.items():
        ours = _module.AUTH_SPEC[name]
        assert ours["type"] == option["type"], name
        assert ours.get("choices") is None or {*ours["choices"]} == {*option["choices"]}
