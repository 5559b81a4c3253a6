# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes what every task returned, one JSON object a line, to the file that ACR_TASKS_RESULTS names.

The normal output stays as users see it, so that tests can look at both.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: task_results
type: aggregate
short_description: Writes the result of every task to a file
description:
  - One JSON object a line with the keys C(task), C(action), C(host), C(status), C(seconds) and C(result), in the order
    of the run.
"""


class CallbackModule(CallbackBase):
    """Sees results as every callback does, that is after Ansible censored those of no_log tasks."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_results"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._started = time.monotonic()

    def _write(self, status: str, outcome: Any) -> None:
        # ansible-core 2.19 made public names of the three attributes.
        task = getattr(outcome, "task", None) or outcome._task
        host = getattr(outcome, "host", None) or outcome._host
        result = getattr(outcome, "result", None) or outcome._result
        line = {
            "task": task.get_name().strip(),
            "action": task.resolved_action or task.action,
            "host": host.get_name(),
            "status": status,
            "seconds": time.monotonic() - self._started,
            "result": result,
        }
        with open(os.environ["ACR_TASKS_RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("ignored" if ignore_errors else "failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("unreachable", result)
