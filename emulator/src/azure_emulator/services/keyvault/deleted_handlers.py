# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What is done with soft-deleted vaults."""

from __future__ import annotations

from azure_emulator.arm_bodies import normal_location, page
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.keyvault import texts
from azure_emulator.services.keyvault.models import DeletedVault, Purge, Vaults
from azure_emulator.switches import Switches


def list_deleted(call: Call) -> Answer:
    return Answer(200, page(call, [gone.printed() for gone in call.world.part(Vaults).deleted()]))


def get(call: Call) -> Answer:
    return Answer(200, _found(call).printed())


def purge(call: Call) -> Answer:
    """202 and an operation to poll. The name is free at once."""
    gone = _found(call)
    if gone.protected:
        code = call.world.part(Switches)["purge_protected_code"]
        raise texts.purge_not_allowed(gone.body["name"], gone.body["location"], code)
    vaults = call.world.part(Vaults)
    vaults.forget(gone)
    operation = call.world.new_id()
    vaults.purges[operation] = Purge(call.world.clock.now())
    return Answer(202, None, {"Location": _operation_link(call, operation)})


def poll_purge(call: Call) -> Answer:
    running = call.world.part(Vaults).purges.get(call.params["operation"])
    if running is None:
        raise Problem(404, "NotFound", f"The operation '{call.params['operation']}' was not found.")
    created = f"{running.created:%Y-%m-%d %H:%M:%SZ}"
    running.polls += 1
    if running.polls <= call.world.part(Switches)["vault_purge_polls"]:
        link = _operation_link(call, call.params["operation"])
        # Nobody knows which wait the real one asks for; without any, the SDKs wait 30 s.
        headers = {"Location": link, "x-ms-retry-after-ms": "50"}
        return Answer(202, {"createdDateTime": created, "status": "NotStarted"}, headers)
    last = f"{call.world.clock.now():%Y-%m-%d %H:%M:%SZ}"
    return Answer(200, {"createdDateTime": created, "lastActionDateTime": last, "status": "Succeeded"})


def _operation_link(call: Call, operation: str) -> str:
    subscription, location = call.params["subscription"], call.params["location"]
    path = f"/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{location}"
    return f"https://{call.host}{path}/operationResults/{operation}?api-version={call.api_version}"


def _found(call: Call) -> DeletedVault:
    gone = call.world.part(Vaults).find_deleted(call.params["name"])
    if gone is None or gone.body["location"] != normal_location(call.params["location"]):
        raise texts.deleted_vault_not_found(call.params["name"])
    return gone
