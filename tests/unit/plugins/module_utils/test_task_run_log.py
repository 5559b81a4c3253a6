# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a run's log: lines, secrets, the step that failed, the engine's reason."""

from __future__ import annotations

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _task_run_log as log

FAILED_STEP = [
    "2026/01/02 03:04:27 Logging in to registry: docker.io",
    "2026/01/02 03:04:28 Successfully logged into docker.io",
    "2026/01/02 03:04:28 Executing step ID: test. Timeout(sec): 600, Working directory: '', Network: 'n'",
    "2026/01/02 03:04:28 Launching container with name: test",
    "boom",
    "2026/01/02 03:04:29 Container failed during run: test. No retries remaining.",
    "failed to run step ID: test: exit status 4",
    "",
    "Run ID: ca4 failed after 18s. Error: failed during run, err: exit status 1",
]
FAILED_SIGN_IN = [
    "2026/01/02 03:04:27 Setting up Docker configuration...",
    "failed to unmarshal task before running: failed to resolve secrets: timeout in fetching secrets. please check"
    " permissions are valid",
    "",
    "Run ID: ca5 failed after 2m5s. Error: failed during run, err: exit status 1",
]


def test_lines_end_where_the_text_ends() -> None:
    assert log.split_lines("a\r\nb\r\n\r\n") == ["a", "b"]
    assert log.split_lines("a\n\nb") == ["a", "", "b"]
    assert log.split_lines("") == []


def test_a_progress_line_shows_its_last_state() -> None:
    assert log.split_lines("layer 10%\rlayer 99%\rlayer done\r\nnext") == ["layer done", "next"]


def test_a_failed_step_is_named() -> None:
    assert log.failing_step(FAILED_STEP) == "test"
    assert log.engine_text(FAILED_STEP) == "failed to run step ID: test: exit status 4"
    assert log.a_step_began(FAILED_STEP)


def test_a_failed_sign_in_is_no_step() -> None:
    assert log.failing_step(FAILED_SIGN_IN) is None
    assert not log.a_step_began(FAILED_SIGN_IN)
    assert "timeout in fetching secrets" in log.engine_text(FAILED_SIGN_IN)


def test_a_step_id_may_hold_dots() -> None:
    line = "2026/01/02 03:04:28 Executing step ID: build.v1.2. Timeout(sec): 600, Working directory: '', Network: ''"
    assert log.a_step_began([line])


def test_without_a_verdict_there_is_no_engine_text() -> None:
    assert log.engine_text(FAILED_STEP[:4]) == ""


def test_the_tail_skips_empty_lines() -> None:
    assert log.tail(["a", "", "b", "  ", "c"], 2) == ["b", "c"]


@pytest.mark.parametrize(
    ("text", "secrets", "scrubbed"),
    [
        ("password is hunter2!", ["hunter2"], f"password is {log.MASK}!"),
        ("hunter2hunter2x", ["hunter2", "hunter2x"], f"{log.MASK}{log.MASK}"),  # the longer secret leaves no rest
        ("key: AAA\nkey: BBB", ["AAA\nBBB"], f"key: {log.MASK}\nkey: {log.MASK}"),
        ("fetch https://me:ghp_1@github.com/x.git", [], f"fetch https://{log.MASK}@github.com/x.git"),
        ("GET https://a/b?sv=1&sig=abc%3D&se=2", [], f"GET https://a/b?sv=1&sig={log.MASK}&se=2"),
        ("nothing here", ["", " "], "nothing here"),
        ("pin 77 of 1977", ["77"], f"pin {log.MASK} of 1977"),
        ("mail me@example.com", [], "mail me@example.com"),
    ],
)
def test_secrets_are_not_shown(text: str, secrets: list[str], scrubbed: str) -> None:
    assert log.scrub(text, secrets) == scrubbed
