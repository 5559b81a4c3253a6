# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules do when Azure limits requests, has trouble, or loses an answer."""

from __future__ import annotations

from typing import Any

import pytest
from support.acr_task import credential, only_our_arm, stored_credentials, task
from support.arm import Witness
from support.emulator import Emulator
from support.given import TASK_FILE, TASK_PATH, Given
from support.playbook import Playbook

TASK = "/tasks/dockerhubtask$"
PLAIN = {"username": "hubuser", "password": "p"}


@pytest.fixture
def existing(given: Given) -> dict[str, Any]:
    """The scenario's task."""
    given.group()
    given.registry()
    return given.task()


def throttle(emulator: Emulator, method: str, seconds: int | None, times: int = 1) -> None:
    """429, with or without Retry-After."""
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    emulator.fault(
        method=method,
        path=TASK,
        status=429,
        code="TooManyRequests",
        message="Slow down.",
        headers=headers,
        times=times,
        when="before",
    )


@pytest.mark.parametrize("seconds", [1, None])
def test_throttled(playbook: Playbook, existing: dict[str, Any], emulator: Emulator, seconds: int | None) -> None:
    """Waited out, with or without Retry-After: reads where they are, writes after another look."""
    throttle(emulator, "GET", seconds)
    throttle(emulator, "PATCH", seconds)
    with emulator.recorded() as requests:
        run = playbook([task(timeout=500)]).succeeded()
    assert run.last.changed
    assert only_our_arm(requests) == ["GET", "GET", "PATCH", "GET", "PATCH"]


def test_throttled_for_too_long(playbook: Playbook, existing: dict[str, Any], emulator: Emulator) -> None:
    """A longer pause than retry_max_wait is not waited for, and the figure is in the message."""
    throttle(emulator, "GET", 3600, times=9)
    failure = playbook([task(retry_max_wait=5)]).failure()
    assert "3600 s" in failure.message
    assert "retry_max_wait" in failure.message
    assert failure["failure"]["status"] == 429
    emulator.clear_faults()
    throttle(emulator, "PATCH", 3600, times=9)
    failure = playbook([task(timeout=500, retry_max_wait=5)]).failure()
    assert "3600 s" in failure.message
    assert not failure.changed


@pytest.mark.parametrize("trouble", [{"status": 503}, {"kind": "reset"}])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_in_trouble(
    playbook: Playbook,
    given: Given,
    witness: Witness,
    emulator: Emulator,
    method: str,
    when: str,
    trouble: dict[str, Any],
) -> None:
    """Sent again only if another look shows that the first one did nothing; the result is the same."""
    given.group()
    given.registry()
    options: dict[str, Any] = {"content": TASK_FILE, "location": "eastus"}
    if method != "PUT":
        given.task()
        options = {"timeout": 500} if method == "PATCH" else {"state": "absent"}
    emulator.fault(method=method, path=TASK, when=when, times=1, **trouble)
    with emulator.recorded() as requests:
        run = playbook([task(**options), task("Again", **options)]).succeeded()
    assert [result.changed for result in run.results] == [True, False]
    second = [] if when == "after" else [method]
    assert only_our_arm(requests) == ["GET", method, "GET", *second, "GET"]
    assert witness.exists(TASK_PATH) is (method != "DELETE")


def test_reads_in_trouble(playbook: Playbook, existing: dict[str, Any], emulator: Emulator) -> None:
    """A few bad answers are survived; a service that stays down is reported with its own words."""
    emulator.fault(method="GET", path=TASK, status=502, times=2, when="before")
    playbook([task()]).succeeded()
    emulator.fault(
        method="GET", path=TASK, status=500, code="InternalServerError", message="Oh.", times=99, when="before"
    )
    with emulator.recorded() as requests:
        failure = playbook([task()]).failure()
    assert len(requests) == 5
    assert failure["failure"]["status"] == 500
    assert "Oh." in failure.message
    assert failure["failure"]["request_id"]


def test_a_refused_write_is_not_repeated(playbook: Playbook, existing: dict[str, Any], emulator: Emulator) -> None:
    """The message has Azure's words and what to do; nothing counts as changed."""
    cases = {
        "AuthorizationFailed": (403, "role"),
        "ScopeLocked": (409, "lock"),
        "MissingSubscriptionRegistration": (409, "az provider register"),
        "TasksOperationsNotAllowed": (400, "Azure support"),
    }
    for code, (status, _hint) in cases.items():
        emulator.fault(method="PATCH", path=TASK, status=status, code=code, message="Refused.", times=1, when="before")
    with emulator.recorded() as requests:
        run = playbook([task(code, ignore=True, timeout=500) for code in cases]).succeeded()
    assert only_our_arm(requests) == ["GET", "PATCH"] * 4
    for code, (_status, hint) in cases.items():
        assert "Refused." in run[code].message
        assert hint in run[code]["failure"]["hint"]
        assert run[code]["failure"]["code"] == code
        assert not run[code].changed


def test_a_caller_without_rights(playbook: Playbook, existing: dict[str, Any], emulator: Emulator) -> None:
    """A real refusal by the emulator's own role check: the action and the scope are named."""
    reader = {"client_id": "80c6f2d1-3a5e-4c7b-8d92-e4f7a1b06c53", "secret": "rehearsal-reader-secret"}
    settings = emulator.settings
    sign_in = {**reader, "tenant": settings["AZURE_TENANT"], "subscription_id": settings["AZURE_SUBSCRIPTION_ID"]}
    assert playbook([task(**sign_in)]).succeeded().last.changed is False
    failure = playbook([task(**sign_in, timeout=500)]).failure()
    assert failure["failure"]["status"] == 403
    assert "Microsoft.ContainerRegistry/registries/tasks/write" in failure["failure"]["hint"]


def test_an_expired_token_is_renewed(playbook: Playbook, existing: dict[str, Any], emulator: Emulator) -> None:
    """401 in the middle: one new token, and the request once more."""
    emulator.fault(
        method="PATCH",
        path=TASK,
        status=401,
        code="ExpiredAuthenticationToken",
        message="Expired.",
        times=1,
        when="before",
    )
    with emulator.recorded() as requests:
        assert playbook([task(timeout=500)]).succeeded().last.changed
    assert only_our_arm(requests) == ["GET", "PATCH", "PATCH"]


def test_a_credential_write_in_trouble(
    playbook: Playbook, existing: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """The second PATCH fails for good: the failure says that something may have changed."""
    emulator.fault(method="PATCH", path=TASK, status=500, times=99, when="after")
    emulator.fault(method="POST", path="/listDetails$", status=500, times=99, skip=1, when="before")
    failure = playbook([credential(**PLAIN, retry_max_wait=3)]).failure()
    assert failure.changed
    assert "dockerhubtask" in failure["written"][0]
    emulator.clear_faults()
    assert "docker.io" in stored_credentials(witness)
