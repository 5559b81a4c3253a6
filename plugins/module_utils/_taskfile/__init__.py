# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The rules for ACR task files: what the real engine accepts, how it reads it, and what it says if it does not.

Pure functions over text: no network, no files, no Ansible. Needs PyYAML, imported at the first use.
"""

from __future__ import annotations

from .check import Problem, validate
from .errors import TaskFileError, UnsupportedError
from .model import Mount, Network, Secret, Step, Task, Volume, step_as_json
from .prepare import prepare
from .run import RunContext, parse_set
from .secrets import SecretUrl, parse_secret_url
from .volumes import volume_files

__all__ = [
    "Mount",
    "Network",
    "Problem",
    "RunContext",
    "Secret",
    "SecretUrl",
    "Step",
    "Task",
    "TaskFileError",
    "UnsupportedError",
    "Volume",
    "parse_secret_url",
    "parse_set",
    "prepare",
    "step_as_json",
    "validate",
    "volume_files",
]
