# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbook tasks that call acr_task and acr_task_credential on the scenario's task, and what they are held against."""

from __future__ import annotations

from typing import Any

from .arm import Witness
from .emulator import Requests
from .given import GROUP, REGISTRY, TASK, TASK_PATH
from .playbook import PlayRun

DETAILS = "POST listDetails"


def task(title: str = "Task", /, *, ignore: bool = False, check: bool = False, **options: Any) -> dict[str, Any]:
    """One acr_task call. ignore: go on if it fails. check: in check mode. Options over the scenario's names."""
    return _call("acr_task", title, ignore, check, {"name": TASK, **options})


def credential(
    title: str = "Credential", /, *, ignore: bool = False, check: bool = False, **options: Any
) -> dict[str, Any]:
    """One acr_task_credential call for Docker Hub, unless told otherwise."""
    return _call("acr_task_credential", title, ignore, check, {"task": TASK, "login_server": "docker.io", **options})


def _call(module: str, title: str, ignore: bool, check: bool, options: dict[str, Any]) -> dict[str, Any]:
    given = {"resource_group": GROUP, "registry_name": REGISTRY, **options}
    call: dict[str, Any] = {
        "name": title,
        f"acr.tasks.{module}": {key: value for key, value in given.items() if value is not ...},
        "diff": True,
    }
    return call | ({"ignore_errors": True} if ignore else {}) | ({"check_mode": True} if check else {})


def thrice(make: Any, **options: Any) -> list[dict[str, Any]]:
    """Check, apply, apply again. make: `task` or `credential`."""
    return [make("Check", check=True, **options), make("Apply", **options), make("Again", **options)]


def assert_thrice(run: PlayRun, key: str) -> None:
    """The promise of check mode and idempotence: predicted, done, and then nothing left to do."""
    assert [run[name].changed for name in ("Check", "Apply", "Again")] == [True, True, False], str(run)
    assert {*run["Check"][key]} == {*run["Apply"][key]} == {*run["Again"][key]}
    assert run["Check"]["diff"] == run["Apply"]["diff"]
    assert run["Apply"]["diff"]["before"] != run["Apply"]["diff"]["after"]
    assert run["Again"]["diff"]["before"] == run["Again"]["diff"]["after"]


def only_our_arm(requests: Requests) -> list[str]:
    """The methods in order; nothing but Azure Resource Manager may have been asked."""
    assert list(requests) == list(requests.arm)
    return requests.methods


def details(witness: Witness) -> dict[str, Any]:
    """The scenario's task with its secrets, by an independent client."""
    return witness.post(f"{TASK_PATH}/listDetails")


def stored_credentials(witness: Witness) -> dict[str, Any]:
    """What the scenario's task holds for its login servers, secrets included."""
    return details(witness)["properties"].get("credentials", {}).get("customRegistries", {})
