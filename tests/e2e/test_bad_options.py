# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong in a play is said before any request: with the option's name and the fix, and without a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.acr_task import credential, task
from support.emulator import Emulator
from support.given import TASK_FILE
from support.playbook import Playbook

SECRET = "https://mykeyvault.vault.azure.net/secrets/Password"
USER = {"username": "hubuser"}

# title -> options, what the message must contain
TASKS: dict[str, tuple[dict[str, Any], str]] = {
    "task name": ({"name": "a b", "content": TASK_FILE}, "name is not a valid name"),
    "short task name": ({"name": "abc", "content": TASK_FILE}, "5 to 50"),
    "registry name": ({"registry_name": "my.registry", "content": TASK_FILE}, "registry_name is not a valid name"),
    "registry id": (
        {"registry_name": "/subscriptions/x", "content": TASK_FILE},
        "registry_name is not a full resource id",
    ),
    "no registry": ({"registry_name": ..., "content": TASK_FILE}, "registry_name is needed"),
    "no group": ({"resource_group": ..., "content": TASK_FILE}, "resource_group is needed"),
    "group name": ({"resource_group": "no/group", "content": TASK_FILE}, "resource_group is not a valid name"),
    "missing file": ({"src": "/does/not/exist.yaml"}, "src: the task file /does/not/exist.yaml cannot be read"),
    "no task": ({"content": "just words"}, "content is no valid task file"),
    "a list": ({"content": "- a\n- b\n"}, "content is no valid task file"),
    "broken YAML": ({"content": "steps: [\n"}, "content is no valid task file"),
    "empty": ({"content": "  \n"}, "content is no valid task file: it is empty"),
    "empty step": (
        {"content": "version: v1.1.0\nsteps:\n  - id: a\n"},
        "step is missing a cmd, build, or push property",
    ),
    "version": ({"content": "version: v9\nsteps: []\n"}, "invalid version specified"),
    "two steps": ({"task_file": "a.yaml", "dockerfile": "b"}, "mutually exclusive"),
    "context": ({"dockerfile": "Dockerfile", "context": "./src"}, "context must be an https URL"),
    "foreign option": ({"content": TASK_FILE, "images": ["a"]}, "images cannot be used"),
    "timeout": ({"content": TASK_FILE, "timeout": 10}, "timeout must be 300 to 28800"),
    "platform": ({"content": TASK_FILE, "platform": "solaris"}, "platform must be"),
    "cron": ({"timer_triggers": [{"name": "t", "schedule": "0 25 * * *"}]}, "'25' is no hour"),
    "cron fields": ({"timer_triggers": [{"name": "t", "schedule": "* * * * * *"}]}, "6 fields instead of 5"),
    "two timers": ({"timer_triggers": [{"name": "t"}, {"name": "t"}]}, "more than once"),
    "identity name": ({"identity": {"user_assigned_identities": {"id": ["a b"]}}}, "user_assigned_identities.id"),
    "identity id": ({"identity": {"user_assigned_identities": {"id": ["/subscriptions/a"]}}}, "full resource id"),
    "identity type": (
        {"identity": {"type": "SystemAssigned", "user_assigned_identities": {"id": ["someone"]}}},
        "identity.type SystemAssigned",
    ),
    "events": ({"source_triggers": [{"name": "s", "events": []}]}, "at least one of the events"),
    "pool": ({"content": TASK_FILE, "cpu": 2, "agent_pool": "pool1"}, "exclude each other"),
}

CREDENTIALS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "A credential needs"),
    "half": (USER, "username is given without a password"),
    "other half": ({"password_secret": SECRET, "identity": "system"}, "password_secret is given without a user name"),
    "no identity": ({**USER, "password_secret": SECRET}, "identity"),
    "useless identity": ({**USER, "password": "p", "identity": "system"}, "identity is only used"),
    "both": ({**USER, "password": "p", "password_secret": SECRET}, "mutually exclusive"),
    "vault as password": ({**USER, "password": SECRET}, "give it as password_secret"),
    "vault as user": ({"username": SECRET, "password": "p"}, "give it as username_secret"),
    "empty password": ({**USER, "password": ""}, "password is empty"),
    "http": ({**USER, "password_secret": SECRET.replace("https", "http"), "identity": "system"}, "https://"),
    "no vault": ({**USER, "password_secret": "https://example.com/secrets/a", "identity": "system"}, "is not a vault"),
    "a key": ({**USER, "password_secret": SECRET.replace("secrets", "keys"), "identity": "system"}, "/secrets/<name>"),
    "deep": ({**USER, "password_secret": f"{SECRET}/v1/more", "identity": "system"}, "/secrets/<name>"),
    "secret name": ({**USER, "password_secret": f"{SECRET}_", "identity": "system"}, "letters, digits and hyphens"),
    "query": ({**USER, "password_secret": f"{SECRET}?a=b", "identity": "system"}, "more than a host and a path"),
    "server": ({**USER, "password": "p", "login_server": "https://docker.io/v2"}, "login_server must be a host name"),
    "server word": ({**USER, "password": "p", "login_server": "docker"}, "login_server is not the host name"),
    "identity alone": ({"identity": "system"}, "does not take an identity alone"),
    "identity word": ({**USER, "password_secret": SECRET, "identity": "a b"}, "identity is not a valid name"),
    "task name": ({**USER, "password": "p", "task": "x"}, "task is not a valid name"),
    "two users": ({**USER, "password": "p", "ad_user": "me@example.com"}, "AZURE_PASSWORD"),
}


@pytest.mark.parametrize(("make", "cases"), [(task, TASKS), (credential, CREDENTIALS)])
def test_bad_options(playbook: Playbook, emulator: Emulator, make: Any, cases: dict[str, Any]) -> None:
    """Each in its own task of one play; the emulator must not have been asked for anything, a token included."""
    before = len(emulator.requests(sign_in=True))
    run = playbook([make(title, ignore=True, **options) for title, (options, _text) in cases.items()])
    for title, (_options, text) in cases.items():
        result = run[title]
        assert result.status == "ignored", title
        assert text in result.message, (title, result.message)
        if "failure" in result.result:  # Ansible's own checks have none
            assert result["failure"]["code"] == "InvalidOption"
            assert result["failure"]["status"] is None
        assert not result.changed
    assert "Traceback" not in run.stdout + run.stderr
    assert len(emulator.requests(sign_in=True)) == before


def test_a_file_that_is_no_text(playbook: Playbook, tmp_path: Path) -> None:
    """A file's name is in the message, whatever is wrong with it."""
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    failure = playbook([task(src=str(binary))]).failure()
    assert str(binary) in failure.message
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("steps:\n  - cmd: a\n    build: b\n")
    failure = playbook([task(src=str(wrong))]).failure()
    assert f"src ({wrong})" in failure.message
    assert "line" in failure.message


def test_a_new_task_needs_a_step(playbook: Playbook, given: Any, emulator: Emulator) -> None:
    """Only a look at the service can tell that the task is new, but nothing is written."""
    given.group()
    given.registry()
    with emulator.recorded() as requests:
        failure = playbook([task(timeout=400)]).failure()
        without_context = playbook([task(dockerfile="Dockerfile")]).failure()
    assert "content, task_file, dockerfile" in failure.message
    assert "context" in without_context.message
    assert requests.writes == []
