# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known failure texts: each names the right cause, and only the curable ones allow another attempt."""

from __future__ import annotations

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._task_run_causes import KNOWN_CAUSES, find_cause

ENGINE = "failed to unmarshal task before running: failed to resolve secrets: "


@pytest.mark.parametrize(
    ("text", "cause", "fresh"),
    [
        (
            ENGINE + "timeout in fetching secrets. please check permissions are valid",
            "could not read the key vault secret",
            True,
        ),
        (ENGINE + 'StatusCode=403 Code="Forbidden" InnerError={"code":"ForbiddenByRbac"}', "may not get secrets", True),
        (ENGINE + 'StatusCode=404 Code="SecretNotFound" Message="…"', "no secret of that name", False),
        (ENGINE + 'Code="Forbidden" InnerError={"code":"SecretDisabled"}', "disabled", False),
        (ENGINE + 'InnerError={"code":"ForbiddenByFirewall"}', "firewall refused", False),
        (
            "failed to unmarshal task before running: yaml: line 3: mapping values are not allowed",
            "no valid task file",
            False,
        ),
        (
            "failed to login, ran out of retries: failed to set docker credentials: Error response from daemon: Get"
            ' "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password: exit status 1',
            "refused the user name or the password",
            False,
        ),
        (
            "failed to login, ran out of retries: failed to set docker credentials: Error: Cannot perform an"
            " interactive login from a non TTY device\n: exit status 1",
            "password was empty",
            True,
        ),
        (
            "failed to get ACR refresh token, exchange API response code: 403 Forbidden",
            "may not use that registry",
            True,
        ),
        ("TOOMANYREQUESTS: You have reached your pull rate limit", "pull limit", False),
        ("denied: requested access to the resource is denied", "may not use that repository", False),
        ("denied: client with IP '10.1.2.3' is not allowed access.", "firewall", False),
        ("failed to run step ID: slow: timed out", "ran out of time", False),
    ],
)
def test_a_text_names_its_cause(text: str, cause: str, fresh: bool) -> None:
    known = find_cause(text)
    assert known is not None
    assert cause in known.cause
    assert known.fresh is fresh


def test_an_unknown_text_has_no_cause() -> None:
    assert find_cause("", "failed to run step ID: test: exit status 4") is None


def test_the_engines_own_line_counts_before_the_logs_tail() -> None:
    known = find_cause("failed to run step ID: a: timed out", "a test printed SecretNotFound")
    assert known is not None
    assert "time" in known.cause


def test_every_cause_comes_with_a_fix() -> None:
    assert all(known.words and known.cause and known.hint.endswith(".") for known in KNOWN_CAUSES)
