# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task: check, apply, apply again, read back; and what each of that costs in requests."""

from __future__ import annotations

from typing import Any

from support.arm import Witness
from support.emulator import Emulator
from support.given import GROUP, IDENTITY, REGISTRY, TASK, TASK_FILE, TASK_PATH, Given
from support.playbook import Playbook, TaskResult

WHERE = {"resource_group": GROUP, "registry_name": REGISTRY, "name": TASK}


def acr_task(**options: Any) -> list[dict[str, Any]]:
    """A play's tasks: one acr_task call on the scenario's task."""
    return [{"name": "Task", "acr.tasks.acr_task": {**WHERE, **options}}]


def apply(playbook: Playbook, check: bool = False, **options: Any) -> TaskResult:
    """One call that must succeed."""
    return playbook(acr_task(**options), check=check, diff=True).succeeded().last


def test_article_task_is_made_once(playbook: Playbook, given: Given, witness: Witness, emulator: Emulator) -> None:
    """Check mode predicts, the first application creates in two requests and a look-up, the second needs one."""
    given.group(), given.registry()
    options = {"content": TASK_FILE, "identity": {"type": "SystemAssigned"}}
    with emulator.recorded() as requests:
        checked = apply(playbook, check=True, **options)
    assert checked.changed
    assert requests.writes == []
    assert not witness.exists(TASK_PATH)
    assert checked["task"]["principal_id"] is None
    assert checked["diff"]["before"] == {}

    with emulator.recorded() as requests:
        made = apply(playbook, **options)
    assert made.changed
    assert requests.methods == ["GET", "GET", "PUT"]

    with emulator.recorded() as requests:
        again = apply(playbook, **options)
    assert not again.changed
    assert requests.methods == ["GET"]
    assert again["task"] == made["task"]
    assert {*checked["task"]} == {*made["task"]}

    stored = witness.get(TASK_PATH)
    assert stored["properties"]["step"]["type"] == "EncodedTask"
    assert stored["identity"]["principalId"] == made["task"]["principal_id"]
    assert stored["location"] == "eastus"
    assert "trigger" not in stored["properties"]
    assert made["task"]["content"] == TASK_FILE
    assert made["diff"]["after"] == checked["diff"]["after"]
