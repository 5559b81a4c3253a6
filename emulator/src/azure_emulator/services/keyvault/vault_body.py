# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a vault's body may hold, and what of it is printed. keyvault-wire, sections 1.3 to 1.7."""

from __future__ import annotations

import copy
import ipaddress
import re
from datetime import datetime

from azure_emulator.exchange import Call, Caller
from azure_emulator.problems import Problem
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.keyvault import texts
from azure_emulator.services.keyvault.models import VaultRecord
from azure_emulator.switches import Switches

RBAC_BY_DEFAULT_FROM = "2026-02-01"
_AUDIT_FROM = "2021-04-01"  # systemData and publicNetworkAccess are printed from here on
_NAME = re.compile(r"^[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]$")
_FLAGS = ("enabledForDeployment", "enabledForDiskEncryption", "enabledForTemplateDeployment")


def is_valid_name(name: str) -> bool:
    return bool(_NAME.match(name))


def is_rbac(record: VaultRecord, body: dict) -> bool:
    """Do role assignments decide on the data plane? Absent, null and false all mean: access policies do."""
    return body["properties"].get("enableRbacAuthorization") is True or record.rbac_hidden


def check_settings(sent: dict, stored: dict | None) -> None:
    """Refuses what may not be set. ``stored``: the properties of the existing vault."""
    stored = stored or {}
    if sent.get("enablePurgeProtection") is False:
        raise texts.purge_protection_is_for_good()
    if sent.get("enableSoftDelete") is False and stored:
        raise texts.soft_delete_is_for_good()
    days = sent.get("softDeleteRetentionInDays")
    if days is not None:
        if not 7 <= days <= 90:
            raise texts.invalid_value("softDeleteRetentionInDays")
        if stored.get("softDeleteRetentionInDays") not in (None, days):
            raise texts.cannot_modify("softDeleteRetentionInDays")
    sku = sent.get("sku")
    if sku is not None and (
        str(sku.get("family", "A")).upper() != "A" or str(sku.get("name", "")).lower() not in ("standard", "premium")
    ):
        raise texts.invalid_value("sku")
    if str(sent.get("publicNetworkAccess") or "Enabled").lower() not in ("enabled", "disabled"):
        raise texts.invalid_value("publicNetworkAccess")


def check_tenant(call: Call, sent: dict) -> None:
    if str(sent["tenantId"]).lower() != call.world.part(Directory).tenant_id.lower():
        raise texts.invalid_value("tenantId")


def settings(sent: dict) -> dict:
    """The sent properties that are kept as they are (networkAcls, policies and the RBAC flag are separate)."""
    kept = {name: bool(sent[name]) for name in _FLAGS if sent.get(name) is not None}
    for name in ("softDeleteRetentionInDays", "enablePurgeProtection"):
        if sent.get(name) is not None:
            kept[name] = sent[name]
    if sent.get("publicNetworkAccess"):
        kept["publicNetworkAccess"] = str(sent["publicNetworkAccess"]).capitalize()
    if sent.get("sku"):
        kept["sku"] = {"family": "A", "name": str(sent["sku"]["name"]).lower()}
    if sent.get("tenantId"):
        kept["tenantId"] = sent["tenantId"]
    return kept


def network_settings(call: Call, sent: dict) -> dict | None:
    """networkAcls as they are stored. None: the default, which is not printed at all."""
    sent_rules = sent.get("networkAcls")
    if sent_rules is None:
        if call.world.part(Switches)["kv_default_action"] == "Deny" and call.method == "PUT":
            return {"bypass": "AzureServices", "defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}
        return None
    rules = {
        "bypass": sent_rules.get("bypass") or "AzureServices",
        "defaultAction": sent_rules.get("defaultAction") or "Allow",
        "ipRules": [{"value": _network(rule["value"])} for rule in sent_rules.get("ipRules") or []],
        "virtualNetworkRules": [{"id": rule["id"].lower()} for rule in sent_rules.get("virtualNetworkRules") or []],
    }
    default = rules["bypass"] == "AzureServices" and rules["defaultAction"] == "Allow"
    return None if default and not rules["ipRules"] and not rules["virtualNetworkRules"] else rules


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError as error:
        raise texts.invalid_value("networkAcls.ipRules") from error


def new_properties(call: Call, sent: dict, name: str) -> dict:
    """The properties of a vault that is just made, without RBAC flag and policies. ``sku`` stands first."""
    properties = {"sku": None, "tenantId": None, "accessPolicies": []} | {"enabledForDeployment": False}
    properties |= settings(sent) | {"enableSoftDelete": True}
    if acls := network_settings(call, sent):
        properties["networkAcls"] = acls
    properties.setdefault("publicNetworkAccess", "Enabled")
    return properties


def printed(body: dict, record: VaultRecord, api_version: str, *, fresh: bool = False) -> dict:
    """The vault in an answer. ``fresh``: the answer to its creation, while its name is not in the DNS yet."""
    answer = copy.deepcopy(body)
    answer["properties"]["vaultUri"] = f"https://{record.name}{record.cloud.vault_suffix}" if fresh else record.uri
    answer["properties"]["provisioningState"] = "RegisteringDns" if fresh else "Succeeded"
    if api_version < _AUDIT_FROM:
        answer.pop("systemData", None)
        answer["properties"].pop("publicNetworkAccess", None)
    return answer


def audit(existing: dict | None, caller: Caller | None, moment: datetime) -> dict:
    """systemData after a write, in the service's own spelling of moments (milliseconds)."""
    if caller is None:
        raise Problem(401, "AuthenticationFailed", "Authentication failed.")
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    who = caller.name or caller.application_id
    created = {"createdBy": who, "createdByType": caller.kind, "createdAt": stamp}
    kept = {key: value for key, value in (existing or created).items() if key.startswith("created")}
    return {**kept, "lastModifiedBy": who, "lastModifiedByType": caller.kind, "lastModifiedAt": stamp}
