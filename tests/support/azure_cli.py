# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The unmodified Azure CLI, led to the emulator."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .emulator import Emulator


@dataclass(frozen=True)
class AzRun:
    """One finished az process."""

    rc: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        """What it printed; None if nothing."""
        return json.loads(self.stdout) if self.stdout.strip() else None


class Az:
    """Runs az commands with the emulator's environment and a configuration folder of this test's own."""

    def __init__(self, program: str, emulator: Emulator, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._environment = emulator.env({key: value for key, value in os.environ.items() if key[:6] != "AZURE_"})
        self._environment |= {"AZURE_CONFIG_DIR": str(folder / "azure"), "HOME": str(folder), "LANG": "C.UTF-8"}
        self._settings = emulator.settings

    def run(self, *command: str) -> AzRun:
        """Run `az <command>`, whatever it ends with."""
        done = subprocess.run(
            [self._program, *command],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return AzRun(done.returncode, done.stdout, done.stderr)

    def __call__(self, *command: str) -> Any:
        """Run `az <command>`, which must succeed; what it printed as JSON."""
        done = self.run(*command, "--output", "json")
        assert done.rc == 0, f"az {' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.json()

    def sign_in(self) -> None:
        """Sign in as the emulator's service principal: az does not read it from the environment."""
        names = ("AZURE_CLIENT_ID", "AZURE_SECRET", "AZURE_TENANT")
        client_id, secret, tenant = (self._settings[name] for name in names)
        self("login", "--service-principal", "--username", client_id, "--password", secret, "--tenant", tenant)
