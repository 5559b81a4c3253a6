# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The vault that a request to Resource Manager is about, and what every write does to it."""

from __future__ import annotations

import copy

from azure_emulator import arm_problems
from azure_emulator.arm_ids import ArmId
from azure_emulator.exchange import Call
from azure_emulator.services.keyvault import vault_body
from azure_emulator.services.keyvault.models import VaultRecord, Vaults
from azure_emulator.switches import Switches


def vault_id(call: Call) -> str:
    """The vault's id in the spelling of the request, which is also the one of the answer."""
    arm_id = ArmId.parse(call.path)
    return f"{arm_id.scope}/providers/{arm_id.namespace}/{arm_id.types[0]}/{arm_id.names[0]}"


def existing(call: Call) -> dict:
    """The ARM body of the vault. Raises 404 as the gateway words it."""
    body = call.world.resources.get(vault_id(call))
    if body is None:
        raise arm_problems.resource_not_found(vault_id(call))
    return body


def record_of(call: Call, body: dict) -> VaultRecord:
    record = call.world.part(Vaults).record(body["name"])
    assert record is not None  # every live vault has one
    return record


def touch(call: Call, body: dict) -> None:
    """After every write, also one that changed nothing: a new modification time, and policies that hold from now."""
    body["systemData"] = vault_body.audit(body.get("systemData"), call.caller, call.world.clock.now())
    call.world.part(Vaults).note_policies(body)


def remember_for_lagging_reads(call: Call, record: VaultRecord, body: dict) -> None:
    """Before a write: what the next ``read_lag`` reads still show."""
    record.before_write = copy.deepcopy(body)
    record.lagging_reads = call.world.part(Switches)["read_lag"]
