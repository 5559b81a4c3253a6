# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting once, waiting through trouble, and further attempts, against a scripted service on a clock of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._blob_client import Log, LogUnreadableError
from ansible_collections.acr.tasks.plugins.module_utils._errors import NO_ANSWER, NOT_SENT, AzureError
from ansible_collections.acr.tasks.plugins.module_utils._task_run_flow import (
    OutcomeUnknownError,
    RunStarter,
    StillRunningError,
)

EPOCH = datetime(2026, 1, 2, 3, 4, 0, tzinfo=UTC)
GOOD = b"2026/01/02 03:04:28 Executing step ID: a. Timeout(sec): 600\r\n\r\nRun ID: ca1 was successful after 2s\r\n"
NO_SECRET = (
    b"failed to unmarshal task before running: failed to resolve secrets: timeout in fetching secrets. please check"
    b" permissions are valid\r\n\r\nRun ID: ca1 failed after 2m3s. Error: failed during run, err: exit status 1\r\n"
)
STEP_FAILED = (
    b"2026/01/02 03:04:28 Executing step ID: a. Timeout(sec): 600\r\nSecretNotFound, says the step's own tool\r\n"
    b"failed to run step ID: a: exit status 4\r\n\r\nRun ID: ca1 failed after 2s. Error: failed during run\r\n"
)


class Service:
    """Answers from scripts: an exception in a list is raised, the last entry is repeated."""

    def __init__(self) -> None:
        self.now = 0.0
        self.starts: list[Any] = []
        self.statuses: list[Any] = ["Succeeded"]
        self.logs: list[Any] = [Log(GOOD, complete=True)]
        self.lists: list[Any] = [[]]
        self.sent = 0
        self.warnings: list[str] = []
        self.polls: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    @staticmethod
    def _next(script: list[Any]) -> Any:
        entry = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(entry, Exception):
            raise entry
        return entry

    def run(self, status: str, run_id: str = "ca1", created: float = 0.0) -> dict[str, Any]:
        time = (EPOCH + timedelta(seconds=created)).isoformat()
        return {"name": run_id, "properties": {"runId": run_id, "status": status, "task": "hello", "createTime": time}}

    def schedule(self, _body: Any) -> dict[str, Any]:
        self.sent += 1
        if self.starts:
            self._next(self.starts)
        return self.run("Queued", f"ca{self.sent}")

    def get(self, run_id: str) -> dict[str, Any]:
        self.polls.append(self.now)
        return self.run(self._next(self.statuses), run_id)

    def recent(self) -> tuple[list[dict[str, Any]], datetime]:
        return self._next(self.lists), EPOCH + timedelta(seconds=int(self.now))

    def log_link(self, _run_id: str) -> tuple[str, bool]:
        return "https://store/log?sig=x", False

    def read(self, _link: str, _limit: int, *, artifact: bool = False) -> Log | None:
        return self._next(self.logs)

    def starter(self, *secrets: str) -> RunStarter:
        return RunStarter(
            self, self, "hello", secrets=list(secrets), warn=self.warnings.append, clock=self.clock, sleep=self.sleep
        )


@pytest.fixture
def service() -> Service:
    service = Service()
    service.now = 100.0  # far from the start of the clock, so that a forgotten subtraction shows
    return service


def lost(status: int | None = 503) -> AzureError:
    return AzureError(
        "Could not start a run: no answer.", NO_ANSWER if status is None else "ServerError", status=status
    )


def follow(service: Service, timeout: float = 600, wait: float = 0, *secrets: str) -> Any:
    return service.starter(*secrets).follow({}, timeout, wait)


# --- starting


@pytest.mark.parametrize("status", [500, 503, 504, 408, None])
def test_a_lost_answer_is_never_followed_by_a_second_start(service: Service, status: int | None) -> None:
    service.starts = [lost(status)]
    service.lists = [[], [service.run("Running", "ca7", created=100)]]
    run = service.starter().start({})
    assert run["properties"]["runId"] == "ca7"
    assert service.sent == 1
    assert "ca7" in service.warnings[0]


def test_two_candidates_are_not_guessed_between(service: Service) -> None:
    service.starts = [lost()]
    service.lists = [[service.run("Running", "ca7", created=101), service.run("Queued", "ca8", created=102)]]
    with pytest.raises(OutcomeUnknownError, match="ca7, ca8"):
        service.starter().start({})
    assert service.sent == 1


def test_runs_from_before_are_no_candidates(service: Service) -> None:
    service.starts = [lost()]
    service.lists = [[service.run("Succeeded", "ca6", created=97)]]
    with pytest.raises(OutcomeUnknownError, match="Runs since then: none"):
        service.starter().start({})


def test_the_search_survives_trouble_of_its_own(service: Service) -> None:
    service.starts = [lost()]
    service.lists = [lost(), lost(None), [service.run("Running", "ca7", created=100)]]
    assert service.starter().start({})["name"] == "ca7"


@pytest.mark.parametrize(
    "error", [AzureError("no connection", NOT_SENT), AzureError("no", "AuthorizationFailed", status=403)]
)
def test_a_refused_start_is_just_an_error(service: Service, error: AzureError) -> None:
    service.starts = [error]
    with pytest.raises(AzureError) as raised:
        service.starter().start({})
    assert raised.value is error
    assert service.warnings == []


# --- waiting


def test_polls_grow_apart(service: Service) -> None:
    service.statuses = ["Queued", "Started", "Running", "Running", "Succeeded"]
    follow(service)
    gaps = [round(later - earlier, 2) for earlier, later in zip(service.polls, service.polls[1:], strict=False)]
    assert gaps == [1.5, 2.25, 3.38, 5.06]


@pytest.mark.parametrize(
    "trouble",
    [
        lost(500),
        lost(None),
        AzureError("no connection", NOT_SENT),
        AzureError("not found", "RunNotFound", status=404),
        AzureError("too many", "TooManyRequests", status=429),
        AzureError("The access token has expired.", "ExpiredAuthenticationToken", status=401),
    ],
)
def test_trouble_while_waiting_is_survived(service: Service, trouble: AzureError) -> None:
    service.statuses = [trouble, "Running", trouble, "Succeeded"]
    assert follow(service).succeeded


def test_waiting_obeys_retry_after(service: Service) -> None:
    service.statuses = [AzureError("too many", "TooManyRequests", status=429, retry_after=40.0), "Succeeded"]
    follow(service)
    assert service.polls[1] - service.polls[0] == 40.0


@pytest.mark.parametrize("status", [400, 403])
def test_a_refused_look_is_an_error_that_says_what_was_started(service: Service, status: int) -> None:
    service.statuses = [AzureError("no", "AuthorizationFailed", status=status)]
    with pytest.raises(AzureError) as raised:
        follow(service)
    assert raised.value.written == ["run ca1 was started"]


def test_a_run_that_stays_unknown_is_an_error(service: Service) -> None:
    service.statuses = [AzureError("not found", "RunNotFound", status=404)]
    with pytest.raises(AzureError, match="not found"):
        follow(service)
    assert 60 <= service.now - 100 < 90


def test_waiting_ends_and_says_so(service: Service) -> None:
    service.statuses = ["Running", "Running", lost()]
    with pytest.raises(StillRunningError, match="Run ca1 of task hello is Running") as raised:
        follow(service, timeout=20)
    assert service.now == 120.0
    assert raised.value.run["properties"]["status"] == "Running"
    assert "no answer" in raised.value.message


# --- the log


def test_the_log_is_part_of_the_outcome(service: Service) -> None:
    assert follow(service).lines[-1] == "Run ID: ca1 was successful after 2s"


def test_a_log_that_is_not_complete_yet_is_read_again(service: Service) -> None:
    service.logs = [None, Log(b"half", complete=False), Log(GOOD, complete=True)]
    assert follow(service).lines[-1].startswith("Run ID")
    assert service.warnings == []


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (LogUnreadableError("store answered 403."), "could not be read"),
        (None, "no log"),
        (Log(b"half", complete=False), "not marked complete"),
        (Log(GOOD, skipped=77, complete=True), "first 77 bytes"),
    ],
)
def test_a_poor_log_is_a_warning_and_never_the_verdict(service: Service, log: Any, words: str) -> None:
    service.logs = [log]
    assert follow(service).succeeded
    assert words in service.warnings[0]


def test_secrets_are_kept_out_of_the_log(service: Service) -> None:
    service.logs = [Log(b"using hunter2\r\n", complete=True)]
    assert follow(service, 600, 0, "hunter2").lines == ["using ********"]


# --- fresh identities


def attempts(outcome: Any) -> list[tuple[str, str]]:
    return [(attempt["run_id"], attempt["status"]) for attempt in outcome.attempts]


def test_a_fresh_identity_gets_further_attempts(service: Service) -> None:
    service.statuses = ["Failed", "Failed", "Succeeded"]
    service.logs = [Log(NO_SECRET, complete=True), Log(NO_SECRET, complete=True), Log(GOOD, complete=True)]
    outcome = follow(service, 600, 60)
    assert outcome.succeeded
    assert attempts(outcome) == [("ca1", "Failed"), ("ca2", "Failed"), ("ca3", "Succeeded")]


def test_attempts_end_with_the_time_given(service: Service) -> None:
    service.statuses, service.logs = ["Failed"], [Log(NO_SECRET, complete=True)]
    outcome = follow(service, 600, 20)
    assert not outcome.succeeded
    assert 1 < service.sent < 6
    assert service.now - 100 <= 20 + 1  # the last attempt itself may end after it


@pytest.mark.parametrize(
    ("log", "status", "wait"),
    [
        (NO_SECRET, "Failed", 0),  # not asked for
        (STEP_FAILED, "Failed", 60),  # a step began: it may have pushed something
        (b"SecretNotFound\r\n\r\nRun ID: ca1 failed\r\n", "Failed", 60),  # waiting makes no secret
        (NO_SECRET, "Canceled", 60),
        (None, "Failed", 60),  # nobody knows why
    ],
)
def test_other_failures_get_one_attempt(service: Service, log: bytes | None, status: str, wait: float) -> None:
    service.statuses, service.logs = [status], [log and Log(log, complete=True)]
    outcome = follow(service, 600, wait)
    assert service.sent == 1
    assert attempts(outcome) == [("ca1", status)]
