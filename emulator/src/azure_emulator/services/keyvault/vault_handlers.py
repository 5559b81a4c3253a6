# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What is done with vaults and their access policies in Resource Manager."""

from __future__ import annotations

import copy
from collections.abc import Callable

from azure_emulator import arm_problems, lifecycle
from azure_emulator.arm_bodies import normal_location, page
from azure_emulator.clouds import cloud_of
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.authorization.models import Authorization
from azure_emulator.services.keyvault import policy_rules, texts, vault_body
from azure_emulator.services.keyvault.models import VAULT_TYPE, VaultRecord, Vaults
from azure_emulator.switches import Switches

_CHANGE_RIGHTS = "Microsoft.Authorization/roleAssignments/write"


def vault_id(call: Call) -> str:
    group, name = call.params["group"], call.params["name"]
    return f"/subscriptions/{call.params['subscription']}/resourceGroups/{group}/providers/{VAULT_TYPE}/{name}"


def put(call: Call) -> Answer:
    """Creates, replaces (the whole list of policies included) or recovers."""
    name = call.params["name"]
    if not vault_body.is_valid_name(name):
        raise Problem(400, "VaultNameNotValid", texts.name_not_valid(name))
    sent = call.json.get("properties") or {}
    if not call.json.get("location"):
        raise Problem(400, "LocationRequired", "The location property is required for this definition.")
    if not sent:
        raise texts.not_specified("properties")
    existing = _existing_here(call)
    for needed in ("tenantId", "sku"):
        if not sent.get(needed):
            raise texts.not_specified(needed)
    vault_body.check_tenant(call, sent)
    gone = call.world.part(Vaults).find_deleted(name)
    if str(sent.get("createMode") or "default").lower() == "recover":
        return _recover(call)
    if gone is not None:
        raise texts.in_deleted_state()
    vault_body.check_settings(sent, existing["properties"] if existing else None)
    return _update_whole(call, existing, sent) if existing else _create(call, sent)


def _existing_here(call: Call) -> dict | None:
    """The vault at this id. A vault of this name elsewhere is in the way: names are global."""
    body = call.world.part(Vaults).body(call.params["name"])
    if body is None:
        return None
    if body["id"].lower() != vault_id(call).lower():
        raise texts.vault_already_exists(call.params["name"])
    location = call.json.get("location")
    if location and normal_location(location) != body["location"]:
        raise Problem(
            409,
            "InvalidResourceLocation",
            f"The resource '{body['name']}' already exists in location '{body['location']}' in resource group "
            f"'{call.params['group']}'. A resource with the same name cannot be created in location '{location}'. "
            "Please select a new resource name.",
        )
    return body


def _create(call: Call, sent: dict) -> Answer:
    switches = call.world.part(Switches)
    asked = sent.get("enableRbacAuthorization")
    defaulted = asked is None and call.api_version >= vault_body.RBAC_BY_DEFAULT_FROM
    rbac = asked is True or defaulted
    if sent.get("accessPolicies") is None and (not rbac or switches["require_policies_rbac"]):
        raise texts.not_specified("accessPolicies")
    properties = vault_body.new_properties(call, sent, call.params["name"])
    properties["accessPolicies"] = policy_rules.accepted(
        call.world, sent.get("accessPolicies") or [], sent["tenantId"], []
    )
    if asked is not None or (defaulted and switches["rbac_echo_default"]):
        properties["enableRbacAuthorization"] = rbac
    body = {
        "id": vault_id(call),
        "name": call.params["name"],
        "type": VAULT_TYPE,
        "location": normal_location(call.json["location"]),
        "tags": call.json.get("tags") or {},
        "systemData": vault_body.audit(None, call.caller, call.world.clock.now()),
        "properties": properties,
    }
    record = call.world.part(Vaults).add(body, cloud_of(call.host))
    record.rbac_hidden = defaulted and not switches["rbac_echo_default"]
    return Answer(200, vault_body.printed(body, record, call.api_version, fresh=True))


def _update_whole(call: Call, body: dict, sent: dict) -> Answer:
    record = _record(call, body)
    old = body["properties"]
    rbac = vault_body.is_rbac(record, body)
    if sent.get("enableRbacAuthorization") is not None:
        rbac = sent["enableRbacAuthorization"]
    policies = sent.get("accessPolicies")
    if policies is None and (not rbac or call.world.part(Switches)["require_policies_rbac"]):
        raise texts.not_specified("accessPolicies")
    accepted = policy_rules.accepted(call.world, policies or [], old["tenantId"], old["accessPolicies"])
    new = vault_body.new_properties(call, sent, body["name"])
    for irreversible in ("enablePurgeProtection", "softDeleteRetentionInDays", "enableRbacAuthorization"):
        if irreversible in old:
            new.setdefault(irreversible, old[irreversible])
    if sent.get("networkAcls") is None and "networkAcls" in old and not call.world.part(Switches)["put_resets_acls"]:
        new["networkAcls"] = old["networkAcls"]
    # What a template leaves out for a vault in RBAC mode is not taken away from it.
    new["accessPolicies"] = accepted if policies is not None else old["accessPolicies"]
    return _store(call, body, record, new, call.json.get("tags") or {})


def patch(call: Call) -> Answer:
    body = _existing(call)
    record = _record(call, body)
    sent = call.json.get("properties") or {}
    vault_body.check_settings(sent, body["properties"])
    if sent.get("tenantId"):
        vault_body.check_tenant(call, sent)
    new = {**body["properties"], **vault_body.settings(sent)}
    if sent.get("networkAcls") is not None:
        acls = vault_body.network_settings(call, sent)
        new = {name: value for name, value in new.items() if name != "networkAcls"}
        new |= {"networkAcls": acls} if acls else {}
    if sent.get("accessPolicies") is not None:
        most = call.world.part(Switches)["patch_policy_limit"]
        old = body["properties"]["accessPolicies"]
        new["accessPolicies"] = policy_rules.accepted(
            call.world, sent["accessPolicies"], body["properties"]["tenantId"], old, most
        )
    tags = call.json["tags"] if call.json.get("tags") is not None else body["tags"]
    return _store(call, body, record, new, tags)


def _store(call: Call, body: dict, record: VaultRecord, properties: dict, tags: dict) -> Answer:
    """Writes what a PUT or PATCH made of the vault, the RBAC flag included."""
    asked = (call.json.get("properties") or {}).get("enableRbacAuthorization")
    if asked is not None:
        if asked != vault_body.is_rbac(record, body):
            _require_right_over_rights(call, body)
        properties["enableRbacAuthorization"] = asked
    _remember_for_lagging_reads(call, record, body)
    if asked is not None:
        record.rbac_hidden = False
    body["properties"], body["tags"] = properties, tags
    _touch(call, body)
    return Answer(200, vault_body.printed(body, record, call.api_version))


def _require_right_over_rights(call: Call, body: dict) -> None:
    """Turning the mode changes who may read: that takes the right to assign roles."""
    caller = call.caller
    assert caller is not None
    if not call.world.part(Authorization).allows(caller.object_id, _CHANGE_RIGHTS, body["id"]):
        raise arm_problems.authorization_failed(
            caller.name or caller.application_id, caller.object_id, _CHANGE_RIGHTS, body["id"]
        )


def _recover(call: Call) -> Answer:
    """The old vault comes back with everything it had; the other settings of the request are ignored."""
    vaults = call.world.part(Vaults)
    gone = vaults.find_deleted(call.params["name"])
    if gone is None:
        raise texts.deleted_vault_not_found(call.params["name"])
    record = vaults.recover(gone)
    _touch(call, gone.body)
    return Answer(200, vault_body.printed(gone.body, record, call.api_version, fresh=True))


def get(call: Call) -> Answer:
    body = _existing(call)
    record = _record(call, body)
    if record.lagging_reads > 0 and record.before_write is not None:
        record.lagging_reads -= 1
        body = record.before_write
    return Answer(200, vault_body.printed(body, record, call.api_version))


def list_vaults(call: Call) -> Answer:
    scope = f"/subscriptions/{call.params['subscription']}"
    if "group" in call.params:
        scope += f"/resourceGroups/{call.params['group']}/"
    bodies = call.world.resources.of_type(VAULT_TYPE, scope)
    return Answer(200, page(call, [vault_body.printed(body, _record(call, body), call.api_version) for body in bodies]))


def delete(call: Call) -> Answer:
    """Softly: see deleted_handlers."""
    return Answer(200 if lifecycle.remove(call.world, vault_id(call)) else 204)


def check_name(call: Call) -> Answer:
    name = str(call.json.get("name") or "")
    if not vault_body.is_valid_name(name):
        message = texts.name_not_valid(name)
        return Answer(200, {"nameAvailable": False, "reason": "AccountNameInvalid", "message": message})
    vaults = call.world.part(Vaults)
    if vaults.body(name) or vaults.find_deleted(name):
        message = texts.name_in_use(name)
        return Answer(200, {"nameAvailable": False, "reason": "AlreadyExists", "message": message})
    return Answer(200, {"nameAvailable": True})


# -- access policies -------------------------------------------------------------------------------------------------

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
    body = _existing(call)
    record = _record(call, body)
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
    _remember_for_lagging_reads(call, record, body)
    body["properties"] = {**body["properties"], "accessPolicies": entries}
    _touch(call, body)
    if switches["ap_answer"] == "entry":
        keys = {policy_rules.key(entry) for entry in wanted}
        entries = [entry for entry in entries if policy_rules.key(entry) in keys]
    answer = {
        "id": f"{body['id']}/accessPolicies/",
        "type": f"{VAULT_TYPE}/accessPolicies",
        "properties": {"accessPolicies": copy.deepcopy(entries)},
    }
    return Answer(switches["ap_create_status"] if made else 200, answer)


# -- shared ----------------------------------------------------------------------------------------------------------


def _existing(call: Call) -> dict:
    body = call.world.resources.get(vault_id(call))
    if body is None:
        raise arm_problems.resource_not_found(vault_id(call))
    return body


def _record(call: Call, body: dict) -> VaultRecord:
    record = call.world.part(Vaults).record(body["name"])
    assert record is not None  # every live vault has one
    return record


def _touch(call: Call, body: dict) -> None:
    """After every write, also one that changed nothing: a new modification time, and policies that hold from now."""
    body["systemData"] = vault_body.audit(body.get("systemData"), call.caller, call.world.clock.now())
    call.world.part(Vaults).note_policies(body)


def _remember_for_lagging_reads(call: Call, record: VaultRecord, body: dict) -> None:
    record.before_write = copy.deepcopy(body)
    record.lagging_reads = call.world.part(Switches)["read_lag"]
