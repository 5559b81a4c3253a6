# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the collection's tests. See CONTRIBUTING.md, "Tests"."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.arm import Witness
from support.collections import INSTALLED, install_finder, link_checkout
from support.emulator import Emulator
from support.given import Given
from support.playbook import Playbook


def pytest_configure() -> None:
    """Make the collection importable before any test module is."""
    if not INSTALLED:
        link_checkout()
    install_finder()
    # Azure's packages are so large that a process without compiled files starts eight seconds later.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def emulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for all tests of this process (each xdist worker has its own)."""
    emulator = Emulator(tmp_path_factory.mktemp("emulator") / "state")
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def emulator(emulator_process: Emulator) -> Iterator[Emulator]:
    """The emulator, as it is right after its start. The test fails if the emulator has complaints at its end."""
    emulator_process.reset()
    emulator_process.clear_complaints()
    yield emulator_process
    complaints = emulator_process.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def playbook(emulator: Emulator) -> Iterator[Playbook]:
    """Runs tasks with ansible-playbook against the emulator."""
    # Not in tmp_path: Ansible's own sockets lie in these folders, and their names may have 107 characters.
    with tempfile.TemporaryDirectory(prefix="acr-") as folder:
        yield Playbook(Path(folder), emulator)


@pytest.fixture
def witness(emulator: Emulator) -> Iterator[Witness]:
    """An independent client, signed in as the emulator's service principal."""
    client = Witness(emulator)
    yield client
    client.http.close()


@pytest.fixture
def given(witness: Witness) -> Given:
    """Makes the resources that a scenario starts from."""
    return Given(witness)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Any:
    """Show what the emulator refused and saw last, where a test with an emulator failed."""
    report = yield
    emulator = getattr(item, "funcargs", {}).get("emulator")
    if report.when == "call" and report.failed and isinstance(emulator, Emulator):
        try:
            complaints, requests = emulator.complaints(), emulator.requests(sign_in=True)[-40:]
        except Exception as problem:
            report.sections.append(("Emulator", f"It does not answer: {problem}\n{emulator.log()[-4000:]}"))
        else:
            report.sections.append(
                ("Emulator: complaints and last requests", "\n".join([*complaints, *map(str, requests)]))
            )
    return report
