# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The harness itself: it must see what other tests rely on it to see."""

from __future__ import annotations

import base64

import pytest
from support.arm import Witness
from support.canary import canary, found
from support.emulator import Emulator
from support.given import GROUP, Given
from support.playbook import Playbook

GROUP_TASK = {
    "name": "Group",
    "azure.azcollection.azure_rm_resourcegroup": {"name": GROUP, "location": "eastus"},
}


def test_azcollection_and_the_witness_see_the_same_azure(
    playbook: Playbook, emulator: Emulator, witness: Witness
) -> None:
    with emulator.recorded() as first:
        assert playbook([GROUP_TASK]).succeeded()["Group"].changed
    assert [request.method for request in first.writes] == ["PUT"]
    assert witness.get(f"/subscriptions/{witness.subscription_id}/resourceGroups/{GROUP}")["location"] == "eastus"
    with emulator.recorded() as second:
        assert playbook([GROUP_TASK]).succeeded().changed == []
    assert second.writes == []


def test_every_test_starts_from_nothing(emulator: Emulator, given: Given, witness: Witness) -> None:
    given.group()
    path = f"/subscriptions/{witness.subscription_id}/resourceGroups/{GROUP}"
    assert witness.exists(path)
    emulator.reset()
    assert not witness.exists(path)
    assert [request.status for request in emulator.requests()] == [404]


@pytest.mark.parametrize(
    "spelling",
    [
        lambda secret: secret,
        lambda secret: base64.b64encode(f"user:{secret}".encode()).decode(),
        lambda secret: secret.replace("/", "%2F").replace("+", "%2B").replace("&", "%26").replace("=", "%3D"),
    ],
    ids=["plain", "base64", "quoted"],
)
def test_a_leaked_secret_is_found(playbook: Playbook, emulator: Emulator, spelling) -> None:
    secret = canary()
    playbook([{"name": "Leak", "ansible.builtin.debug": {"msg": spelling(secret)}}]).succeeded()
    places = " ".join(found([secret], playbook.runs, emulator))
    assert "stdout" in places
    assert "results" in places


def test_a_secret_left_in_a_file_is_found(playbook: Playbook) -> None:
    secret = canary()
    copy = {"content": "{{ secret }}", "dest": "{{ lookup('env', 'HOME') }}/leak", "mode": "0600"}
    playbook([{"name": "Leak", "ansible.builtin.copy": copy, "no_log": True}], variables={"secret": secret}).succeeded()
    assert [place for place in found([secret], playbook.runs) if place.endswith("home/leak")]


def test_a_kept_secret_is_not_found(playbook: Playbook, emulator: Emulator) -> None:
    secret = canary()
    task = {"name": "Keep", "ansible.builtin.set_fact": {"kept": "{{ secret }}"}, "no_log": True}
    playbook([task], variables={"secret": secret}).succeeded()
    assert found([secret], playbook.runs, emulator) == []


def test_a_host_outside_azure_is_a_complaint(playbook: Playbook, emulator: Emulator) -> None:
    playbook([{"name": "Outside", "ansible.builtin.uri": {"url": "https://outside.example/"}}]).failure()
    assert [text for text in emulator.complaints() if "outside.example" in text]
    emulator.clear_complaints()
    assert emulator.complaints() == []
