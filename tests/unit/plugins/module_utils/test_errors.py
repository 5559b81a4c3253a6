# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a service answers becomes one AzureError with the facts that were in it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _error_bodies, _errors
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
from hypothesis import given
from hypothesis import strategies as st

PROBLEMS = json.loads((Path(__file__).parents[2] / "fixtures/errors/problems.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: case["name"])
def test_error_bodies(case: dict[str, Any]) -> None:
    text = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    found = _error_bodies.parse_problem(text)
    assert found.code == case["code"]
    assert found.message == case["message"]
    assert found.inner_codes == tuple(case["inner"])
    assert found.target == case.get("target")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["error", "code", "message", "details"]), inner)
        ),
    )
)
def test_no_body_breaks_it(body: Any) -> None:
    """Any JSON, as it is and as a string in JSON."""
    for text in (json.dumps(body), json.dumps({"error": {"message": json.dumps(body)}})):
        found = _error_bodies.parse_problem(text)
        assert found.message is None or len(found.message) <= 2100


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    _error_bodies.parse_problem(text)


def from_answer(code: str, message: str, status: int = 403, **headers: str) -> _errors.AzureError:
    """The error of an ARM answer."""
    body = json.dumps({"error": {"code": code, "message": message}})
    return _errors.from_answer(status, headers, body, "read the task x")


def test_the_facts_of_an_answer() -> None:
    error = from_answer("Busy", "Too busy.", 503, **{"X-MS-Request-Id": "r1", "Retry-After": "7"})
    assert error.failure == {
        "code": "Busy",
        "message": "Could not read the task x: Too busy.",
        "status": 503,
        "request_id": "r1",
        "hint": None,
    }
    assert error.retry_after == 7
    assert error.is_transient
    assert not error.is_missing


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (
            "AuthorizationFailed",
            "The client 'c' does not have authorization to perform action 'A/b/write' over scope '/s/1' or ...",
            "A/b/write at /s/1",
        ),
        (
            "MissingSubscriptionRegistration",
            "The subscription is not registered to use namespace 'Microsoft.ContainerRegistry'. See ...",
            "az provider register --namespace Microsoft.ContainerRegistry",
        ),
        ("invalid_client", "AADSTS7000215: Invalid client secret.", "AZURE_SECRET"),
        ("SubscriptionNotFound", "x", "subscription_id"),
    ],
)
def test_hints(code: str, message: str, expected: str) -> None:
    assert expected in (from_answer(code, message).hint or "")


def test_the_innermost_known_code_gives_the_hint() -> None:
    body = {"error": {"code": "Conflict", "message": "x", "details": [{"code": "ProviderCall", "message": "y"}]}}
    error = _errors.from_answer(409, {}, json.dumps(body), "write")
    assert "webhook" in (error.hint or "")
    assert error.has_code("providercall")


def test_which_refusals_let_a_module_go_on_with_less() -> None:
    assert from_answer("AuthorizationFailed", "x").is_refused
    assert from_answer("ScopeLocked", "x", 409).is_refused
    assert not from_answer("Conflict", "x", 409).is_refused


def test_an_unknown_type_is_not_a_missing_thing() -> None:
    assert from_answer("ResourceNotFound", "x", 404).is_missing
    assert not from_answer("InvalidResourceType", "x", 404).is_missing


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3),
        ({"retry-after": "0"}, 0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"x-ms-retry-after-ms": "50", "Retry-After": "9"}, 0.05),
        ({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-4"}, 0),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert _error_bodies.parse_retry_after(headers) == seconds


def test_exceptions_of_the_network() -> None:
    """Never sent and sent without an answer are told apart: only the first may be repeated blindly."""
    not_sent = _errors.from_exception(ServiceRequestError("no route"), "read x")
    lost = _errors.from_exception(ServiceResponseError("reset"), "read x")
    assert (not_sent.code, lost.code) == (_errors.NOT_SENT, _errors.NO_ANSWER)
    assert not_sent.is_transient
    assert lost.is_transient
    assert lost.status is None


def test_exceptions_of_the_sdk() -> None:
    response = SimpleNamespace(
        status_code=404,
        reason="Not Found",
        headers={"x-ms-request-id": "r2"},
        text=lambda: '{"error": {"code": "ResourceNotFound", "message": "gone"}}',
    )
    error = _errors.from_exception(HttpResponseError(message="m", response=response), "read x")  # type: ignore[arg-type]
    assert (error.code, error.status, error.request_id) == ("ResourceNotFound", 404, "r2")


def test_a_mistake_of_ours_stays_one() -> None:
    """It must not be dressed up as Azure's."""
    with pytest.raises(KeyError):
        _errors.from_exception(KeyError("x"), "read x")


def test_an_azure_error_stays_as_it_is() -> None:
    error = _errors.InvalidOption("no")
    assert _errors.from_exception(error, "read x") is error
    assert error.failure["code"] == "InvalidOption"
