# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""PUT {vault}/accessPolicies/{add|replace|remove}. keyvault-wire, section 2."""

from __future__ import annotations

import copy
from collections.abc import Callable

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.keyvault import policy_rules, texts, vault_body
from azure_emulator.services.keyvault.live_vaults import (
    existing,
    record_of,
    remember_for_lagging_reads,
    touch,
    vault_id,
)
from azure_emulator.services.keyvault.models import VAULT_TYPE
from azure_emulator.switches import Switches

_OPERATIONS: dict[str, Callable[..., bool]] = {
    "add": policy_rules.add,
    "replace": policy_rules.replace,
    "remove": policy_rules.remove,
}


def write_policies(call: Call) -> Answer:
    """PUT accessPolicies/{add|replace|remove}."""
    operation = call.params["operation"].lower()
    if operation not in _OPERATIONS:
        raise Problem(400, "BadRequest", f"The access policy operation '{call.params['operation']}' is not known.")
    body = existing(call)
    record = record_of(call, body)
    switches = call.world.part(Switches)
    if vault_body.is_rbac(record, body) and switches["ap_on_rbac"] == "reject":
        raise texts.bad_request("Access policies cannot be set on a vault that uses role based access control.")
    sent = (call.json.get("properties") or {}).get("accessPolicies")
    if sent is None:
        raise texts.not_specified("accessPolicies")
    before = body["properties"]["accessPolicies"]
    # Whoever takes something away may do so for principals that no longer exist.
    present = sent if operation == "remove" else before
    entries = copy.deepcopy(before)
    wanted = policy_rules.accepted(call.world, sent, body["properties"]["tenantId"], present)
    made = _OPERATIONS[operation](call.world, entries, wanted)
    if len(entries) > policy_rules.MOST_ENTRIES:
        raise texts.invalid_value("accessPolicies")
    remember_for_lagging_reads(call, record, body)
    body["properties"] = {**body["properties"], "accessPolicies": entries}
    touch(call, body)
    if switches["ap_answer"] == "entry":
        keys = {policy_rules.key(entry) for entry in wanted}
        entries = [entry for entry in entries if policy_rules.key(entry) in keys]
    answer = {
        "id": f"{vault_id(call)}/accessPolicies/",
        "type": f"{VAULT_TYPE}/accessPolicies",
        "properties": {"accessPolicies": copy.deepcopy(entries)},
    }
    return Answer(switches["ap_create_status"] if made else 200, answer)
