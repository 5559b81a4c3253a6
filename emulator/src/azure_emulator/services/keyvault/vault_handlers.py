# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What is done with vaults in Resource Manager. Single access policies: policy_handlers.py."""

from __future__ import annotations

from azure_emulator import arm_problems, lifecycle
from azure_emulator.arm_bodies import normal_location, page
from azure_emulator.clouds import cloud_of
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.authorization.models import Authorization
from azure_emulator.services.keyvault import network_rules, policy_rules, texts, vault_body
from azure_emulator.services.keyvault.live_vaults import (
    existing,
    record_of,
    remember_for_lagging_reads,
    touch,
    vault_id,
)
from azure_emulator.services.keyvault.models import VAULT_TYPE, VaultRecord, Vaults
from azure_emulator.switches import Switches

_CHANGE_RIGHTS = "Microsoft.Authorization/roleAssignments/write"


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
    here = _existing_here(call)
    for needed in ("tenantId", "sku"):
        if not sent.get(needed):
            raise texts.not_specified(needed)
    vault_body.check_tenant(call, sent)
    if str(sent.get("createMode") or "default").lower() not in ("default", "recover"):
        raise texts.invalid_value("createMode")
    if _is_recover(sent) and here is None:
        return _recover(call)
    vault_body.check_settings(sent, here["properties"] if here else None)
    if call.world.part(Vaults).find_deleted(name) is not None:
        raise texts.in_deleted_state()
    return _update_whole(call, here, sent) if here else _create(call, sent)


def _is_recover(sent: dict) -> bool:
    return str(sent.get("createMode")).lower() == "recover"


def _answer(call: Call, body: dict, record: VaultRecord, *, fresh: bool = False) -> Answer:
    """200 with the vault; its id is spelled as in the request."""
    return Answer(200, {**vault_body.printed(call, body, record, fresh=fresh), "id": vault_id(call)})


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
    properties = vault_body.new_properties(sent)
    if sent.get("networkAcls") is None and switches["kv_default_action"] == "Deny":
        properties["networkAcls"] = dict(network_rules.DENY_ALL)
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
    return _answer(call, body, record, fresh=True)


def _update_whole(call: Call, body: dict, sent: dict) -> Answer:
    record = record_of(call, body)
    old = body["properties"]
    rbac = vault_body.is_rbac(record, body)
    if sent.get("enableRbacAuthorization") is not None:
        rbac = sent["enableRbacAuthorization"]
    policies = sent.get("accessPolicies")
    # Templates recover a live vault so as not to touch its policies.
    needed = not rbac or call.world.part(Switches)["require_policies_rbac"]
    if policies is None and needed and not _is_recover(sent):
        raise texts.not_specified("accessPolicies")
    accepted = policy_rules.accepted(call.world, policies or [], old["tenantId"], old["accessPolicies"])
    new = vault_body.new_properties(sent)
    for irreversible in ("enablePurgeProtection", "softDeleteRetentionInDays", "enableRbacAuthorization"):
        if irreversible in old:
            new.setdefault(irreversible, old[irreversible])
    if not call.world.part(Switches)["put_resets_acls"]:
        for network in ("networkAcls", "publicNetworkAccess"):
            if sent.get(network) is None and network in old:
                new[network] = old[network]
    # What a template leaves out for a vault in RBAC mode is not taken away from it.
    new["accessPolicies"] = accepted if policies is not None else old["accessPolicies"]
    return _store(call, body, record, new, call.json.get("tags") or {})


def patch(call: Call) -> Answer:
    body = existing(call)
    record = record_of(call, body)
    sent = call.json.get("properties") or {}
    vault_body.check_settings(sent, body["properties"])
    if sent.get("tenantId"):
        vault_body.check_tenant(call, sent)
    new = {**body["properties"], **vault_body.settings(sent)}
    if sent.get("networkAcls") is not None:
        new.pop("networkAcls", None)
        if rules := network_rules.stored(sent["networkAcls"]):
            new["networkAcls"] = rules
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
    remember_for_lagging_reads(call, record, body)
    if asked is not None:
        record.rbac_hidden = False
    body["properties"], body["tags"] = properties, tags
    touch(call, body)
    return _answer(call, body, record)


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
    if (
        gone is None
        or gone.body["id"].lower() != vault_id(call).lower()
        or gone.body["location"] != normal_location(call.json["location"])
    ):
        raise texts.nothing_to_recover()
    record = vaults.recover(gone)
    touch(call, gone.body)
    return _answer(call, gone.body, record, fresh=True)


def get(call: Call) -> Answer:
    body = existing(call)
    record = record_of(call, body)
    if record.lagging_reads > 0 and record.before_write is not None:
        record.lagging_reads -= 1
        body = record.before_write
    return _answer(call, body, record)


def list_vaults(call: Call) -> Answer:
    """Whole vaults. The link after a page that is not empty leads on, be it to an empty page."""
    scope = f"/subscriptions/{call.params['subscription']}"
    if "group" in call.params:
        scope += f"/resourceGroups/{call.params['group']}/"
    bodies = call.world.resources.of_type(VAULT_TYPE, scope)
    vaults = [vault_body.printed(call, body, record_of(call, body)) for body in bodies]
    return Answer(200, page(call, vaults, open_ended=True))


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
