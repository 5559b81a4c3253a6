# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The article by az alone: the emulator must serve what Azure's own client sends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support import article
from support.arm import Witness, hub_tags
from support.azure_cli import Az
from support.emulator import Emulator
from support.given import REGISTRY, TASK, Given


@pytest.mark.parametrize("rbac", [False, True], ids=["access-policy", "rbac"])
@pytest.mark.parametrize("user_assigned", [True, False], ids=["user-assigned", "system-assigned"])
def test_the_article(
    az: Az, emulator: Emulator, witness: Witness, given: Given, tmp_path: Path, user_assigned: bool, rbac: bool
) -> None:
    article.prerequisites(az, rbac, given.own_object_id())
    principal_id, use_identity = article.task(az, tmp_path, user_assigned)
    article.access(az, rbac, principal_id)
    article.credential(az, use_identity)

    run = az.run("acr", "task", "run", "--name", TASK, "--registry", REGISTRY)

    assert run.rc == 0, run.stdout + run.stderr
    log = run.stdout + run.stderr
    run_id = re.search(r"Run ID: (\w+) was successful after", log)
    assert run_id, log
    assert "docker.io" in log
    assert run_id[1] in hub_tags(emulator, "hubuser/hubrepo", "hubuser", "hubpassword")
    listed = az("acr", "task", "list-runs", "--name", TASK, "--registry", REGISTRY)
    assert [(row["runId"], row["status"]) for row in listed] == [(run_id[1], "Succeeded")]


def test_without_the_permission_the_run_fails_with_the_engines_words(az: Az, given: Given, tmp_path: Path) -> None:
    article.prerequisites(az, False, given.own_object_id())
    _principal_id, use_identity = article.task(az, tmp_path, user_assigned=True)
    article.credential(az, use_identity)

    run = az.run("acr", "task", "run", "--name", TASK, "--registry", REGISTRY)

    assert run.rc != 0
    assert "please check permissions are valid" in run.stdout + run.stderr
