# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent again, after which pause, and when it ends."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._errors import NO_ANSWER, NOT_SENT, AzureError
from ansible_collections.acr.tasks.plugins.module_utils._retry import (
    READ,
    RULE_OPTION,
    SINGLE,
    THROTTLED_ONLY,
    Patience,
    RetryPolicy,
    RetryRule,
    rule_for,
)
from azure.core.exceptions import ServiceRequestError, ServiceResponseError

LOST, UNSENT = ServiceResponseError("reset"), ServiceRequestError("refused")


class Answer:
    """What the pipeline's next step hands back: a status, and headers."""

    def __init__(self, status: int, **headers: str) -> None:
        self.http_response = self
        self.status_code = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @staticmethod
    def text() -> str:
        return '{"error": {"code": "TooManyRequests", "message": "Slow down."}}'


class Sender:
    """A pipeline of one policy: plays its script, and counts."""

    def __init__(self, policy: RetryPolicy, *script: Any) -> None:
        self.script = itertools.chain(script, itertools.repeat(script[-1]))
        self.sent = 0
        policy.next = self

    def send(self, _request: Any) -> Any:
        self.sent += 1
        outcome = next(self.script)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Request:
    """As much of a pipeline request as the policy looks at."""

    def __init__(self, method: str, rule: RetryRule | None) -> None:
        self.context = self
        self.options = {} if rule is None else {RULE_OPTION: rule}
        self.http_request = self
        self.method = method


def run(
    *script: Any, method: str = "GET", rule: RetryRule | None = None, max_wait: float = 300
) -> tuple[int, Any, list[float]]:
    """How often it was sent, what came of it, and the pauses."""
    pauses: list[float] = []
    policy = RetryPolicy(max_wait, sleep=pauses.append)
    sender = Sender(policy, *script)
    try:
        outcome: Any = policy.send(Request(method, rule)).status_code
    except Exception as error:  # the outcome to look at
        outcome = error
    return sender.sent, outcome, pauses


@pytest.mark.parametrize("trouble", [Answer(500), Answer(502), Answer(503), Answer(504), Answer(408), LOST, UNSENT])
def test_reads_are_repeated(trouble: Any) -> None:
    sent, outcome, pauses = run(trouble, trouble, Answer(200))
    assert (sent, outcome) == (3, 200)
    assert pauses[1] > pauses[0]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST", "DELETE"])
@pytest.mark.parametrize("trouble", [Answer(500), Answer(503), Answer(429), LOST, UNSENT])
def test_writes_are_not(method: str, trouble: Any) -> None:
    """Without a look at what the first one did, a second one may do it twice."""
    sent, _outcome, pauses = run(trouble, method=method)
    assert sent == 1
    assert pauses == []


@pytest.mark.parametrize(
    ("trouble", "times"), [(Answer(429), 2), (UNSENT, 2), (Answer(503), 1), (LOST, 1), (Answer(500), 1)]
)
def test_a_start_is_repeated_only_if_it_did_not_happen(trouble: Any, times: int) -> None:
    sent, _outcome, _pauses = run(trouble, Answer(200), method="POST", rule=THROTTLED_ONLY)
    assert sent == times


def test_trouble_ends() -> None:
    sent, outcome, _pauses = run(Answer(503))
    assert (sent, outcome) == (5, 503)
    sent, outcome, _pauses = run(LOST)
    assert (sent, outcome) == (5, LOST)


def test_other_answers_are_answers() -> None:
    for status in (200, 201, 202, 204, 400, 401, 403, 404, 409, 412):
        assert run(Answer(status))[:2] == (1, status)


def test_azure_decides_how_long() -> None:
    assert run(Answer(429, retry_after="17"), Answer(200))[2] == [17]
    assert run(Answer(503, retry_after="4"), Answer(200))[2] == [4]
    assert run(Answer(429, x_ms_retry_after_ms="250"), Answer(200))[2] == [0.25]


def test_without_a_figure_pauses_grow_to_a_limit() -> None:
    sent, outcome, pauses = run(*[Answer(429)] * 9, Answer(200))
    assert (sent, outcome) == (10, 200)
    assert pauses[0] < 1.3
    assert max(pauses) <= 30 * 1.25
    assert sum(pauses) <= 300


def test_a_pause_beyond_the_limit_fails_with_the_figure() -> None:
    sent, outcome, pauses = run(Answer(429, retry_after="600"), max_wait=60)
    assert sent == 1
    assert pauses == []
    assert isinstance(outcome, AzureError)
    assert "600 s" in (outcome.hint or "")
    assert "retry_max_wait is 60 s" in (outcome.hint or "")


def test_the_limit_is_for_all_pauses_together() -> None:
    sent, outcome, pauses = run(Answer(429, retry_after="40"), max_wait=100)
    assert (sent, pauses) == (3, [40, 40])
    assert isinstance(outcome, AzureError)


def test_the_rule_without_one() -> None:
    assert rule_for("GET") == rule_for("HEAD") == READ
    assert {rule_for(method) for method in ("PUT", "PATCH", "POST", "DELETE")} == {SINGLE}


def error(status: int | None, code: str = "X", retry_after: float | None = None) -> AzureError:
    return AzureError("m", code, status=status, retry_after=retry_after)


@pytest.mark.parametrize(
    "failed", [error(429), error(503), error(500), error(412), error(None, NO_ANSWER), error(None, NOT_SENT)]
)
def test_writes_worth_another_look(failed: AzureError) -> None:
    pauses: list[float] = []
    Patience(60, sleep=pauses.append).wait(failed)
    assert len(pauses) == 1


@pytest.mark.parametrize(
    "failed",
    [
        error(409, code)
        for code in ("ScopeLocked", "Conflict", "ProviderCall", "VaultAlreadyExists", "RoleAssignmentExists")
    ]
    + [error(400), error(403), error(404), error(None, "InvalidOption")],
)
def test_writes_that_are_not(failed: AzureError) -> None:
    with pytest.raises(AzureError) as raised:
        Patience(60, ["ConflictError"], sleep=lambda _seconds: None).wait(failed)
    assert raised.value is failed


def test_named_conflicts_are() -> None:
    pauses: list[float] = []
    Patience(60, ["ConflictError"], sleep=pauses.append).wait(error(409, "ConflictError"))
    assert len(pauses) == 1


def test_patience_ends() -> None:
    patience = Patience(300, sleep=lambda _seconds: None)
    for _attempt in range(4):
        patience.wait(error(503))
    with pytest.raises(AzureError):
        patience.wait(error(503))
    assert patience.attempts == 5
