# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The unmodified Azure CLI as a fixture. `make interop` installs it and sets ACR_TASKS_AZ."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.azure_cli import Az
from support.emulator import Emulator


@pytest.fixture
def az(emulator: Emulator, tmp_path: Path) -> Az:
    """az, signed in."""
    client = Az(os.environ["ACR_TASKS_AZ"], emulator, tmp_path)
    client.sign_in()
    return client
