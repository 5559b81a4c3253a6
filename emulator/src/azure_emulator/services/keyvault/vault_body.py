# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a vault's body may hold, and what of it is printed. keyvault-wire, sections 1.3 to 1.6."""

from __future__ import annotations

import copy
import re
from datetime import datetime
from typing import Any

from azure_emulator.exchange import Call, Caller
from azure_emulator.problems import Problem
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.keyvault import network_rules, texts
from azure_emulator.services.keyvault.models import VaultRecord

RBAC_BY_DEFAULT_FROM = "2026-02-01"
_AUDIT_FROM = "2021-04-01"  # systemData and publicNetworkAccess are printed from here on
_NAME = re.compile(r"[A-Za-z](?!.*--)[A-Za-z0-9-]{1,22}[A-Za-z0-9]")
_FLAGS = ("enabledForDeployment", "enabledForDiskEncryption", "enabledForTemplateDeployment")


def is_valid_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name))


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
    if sent.get("sku") is not None and _sku(sent["sku"]) not in (("a", "standard"), ("a", "premium")):
        raise texts.invalid_value("sku")
    if str(sent.get("publicNetworkAccess") or "Enabled").lower() not in ("enabled", "disabled"):
        raise texts.invalid_value("publicNetworkAccess")


def _sku(sku: dict) -> tuple[str, str]:
    return str(sku.get("family")).lower(), str(sku.get("name")).lower()


def check_tenant(call: Call, sent: dict) -> None:
    if str(sent["tenantId"]).lower() != call.world.part(Directory).tenant_id.lower():
        raise texts.invalid_value("tenantId")


def settings(sent: dict) -> dict:
    """The sent properties that are kept as they are (networkAcls, policies and the RBAC flag are separate)."""
    kept: dict[str, Any] = {name: bool(sent[name]) for name in _FLAGS if sent.get(name) is not None}
    for name in ("softDeleteRetentionInDays", "enablePurgeProtection"):
        if sent.get(name) is not None:
            kept[name] = sent[name]
    if sent.get("publicNetworkAccess"):
        kept["publicNetworkAccess"] = str(sent["publicNetworkAccess"]).capitalize()
    if sent.get("sku"):
        kept["sku"] = {"family": "A", "name": _sku(sent["sku"])[1]}
    if sent.get("tenantId"):
        kept["tenantId"] = sent["tenantId"]
    return kept


def new_properties(sent: dict) -> dict:
    """What a PUT makes of a vault, without RBAC flag and policies. ``sku`` stands first."""
    properties: dict[str, Any] = {"sku": None, "tenantId": None, "accessPolicies": [], "enabledForDeployment": False}
    properties |= settings(sent) | {"enableSoftDelete": True}
    if rules := network_rules.stored(sent.get("networkAcls") or {}):
        properties["networkAcls"] = rules
    properties.setdefault("publicNetworkAccess", "Enabled")
    return properties


def printed(call: Call, body: dict, record: VaultRecord, *, fresh: bool = False) -> dict:
    """The vault in an answer. ``fresh``: the answer that brings it to life, while its name is not in the DNS yet."""
    answer = copy.deepcopy(body)
    registering = fresh or record.dns_ready > call.world.clock.now()
    answer["properties"]["vaultUri"] = (
        f"https://{record.name}{record.cloud.vault_suffix}" if registering else record.uri
    )
    answer["properties"]["provisioningState"] = "RegisteringDns" if registering else "Succeeded"
    if call.api_version < _AUDIT_FROM:
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
