# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every call of RegistryClient, with every supported package: the exact URL and body, and the answer as it came."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
EXPECTED = json.loads((ROOT / "tests/unit/fixtures/registry/sdk_calls.json").read_text(encoding="utf-8"))
OLD_NAME = "azure.mgmt.containerregistry.v2019_06_01_preview"
NEW_NAME = "azure.mgmt.containerregistrytasks"
# What to put in front of the environment's own packages, and which package must then be used.
PACKAGES = {
    "installed": ((), OLD_NAME),
    "10.3.0": (("azure-mgmt-containerregistry==10.3.0",), OLD_NAME),
    "12.0.0": (("azure-mgmt-containerregistry==12.0.0",), OLD_NAME),
    "14.0.0": (("azure-mgmt-containerregistry==14.0.0",), OLD_NAME),
    "15.0.0 and containerregistrytasks": (
        ("azure-mgmt-containerregistry==15.0.0", "azure-mgmt-containerregistrytasks==1.0.0b1"),
        NEW_NAME,
    ),
}


@pytest.fixture(scope="module", params=PACKAGES)
def observed(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What tests/tools/sdk_calls.py saw with one set of packages."""
    packages, module = PACKAGES[request.param]
    folders = []
    if packages:
        made = subprocess.run(
            [ROOT / "tests/tools/get_sdk.sh", *packages], check=True, capture_output=True, text=True, timeout=300
        )
        folders = [made.stdout.strip()]
    command = [sys.executable, ROOT / "tests/tools/sdk_calls.py", ROOT / ".cache/collections", *folders]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    seen = json.loads(done.stdout)
    assert seen["sdk"].startswith(module)
    return seen


def test_every_call_is_sent_as_documented(observed: dict[str, Any]) -> None:
    """Method, URL, api-version, body and the raw answer are the same with every package."""
    assert {call["call"]: call for call in observed["calls"]} == EXPECTED


def test_nothing_is_logged_to_the_user(observed: dict[str, Any]) -> None:
    """The older packages warn about unknown step types when they build their models; ours are never built."""
    assert observed["stderr"] == ""
