# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""networkAcls of a vault: what is accepted, and what of it is stored. keyvault-wire, section 1.7."""

from __future__ import annotations

import ipaddress
from typing import Any

from azure_emulator.services.keyvault import texts

DENY_ALL: dict[str, Any] = {
    "bypass": "AzureServices",
    "defaultAction": "Deny",
    "ipRules": [],
    "virtualNetworkRules": [],
}


def stored(sent: dict) -> dict | None:
    """The sent rules as they are stored. None: they are the default, which is not printed at all."""
    rules = {
        "bypass": _word(sent, "bypass", ("AzureServices", "None")),
        "defaultAction": _word(sent, "defaultAction", ("Allow", "Deny")),
        "ipRules": [{"value": _network(rule)} for rule in sent.get("ipRules") or []],
        "virtualNetworkRules": [{"id": _subnet(rule)} for rule in sent.get("virtualNetworkRules") or []],
    }
    is_default = rules["bypass"] == "AzureServices" and rules["defaultAction"] == "Allow"
    return None if is_default and not rules["ipRules"] and not rules["virtualNetworkRules"] else rules


def _word(sent: dict, member: str, words: tuple[str, ...]) -> str:
    """In any casing; the first word is the default."""
    given = str(sent.get(member) or words[0])
    for word in words:
        if word.lower() == given.lower():
            return word
    raise texts.invalid_value(f"networkAcls.{member}")


def _network(rule: dict | None) -> str:
    """A bare address is a network of one."""
    try:
        return str(ipaddress.ip_network((rule or {}).get("value") or "", strict=False))
    except ValueError as error:
        raise texts.invalid_value("networkAcls.ipRules") from error


def _subnet(rule: dict | None) -> str:
    subnet = (rule or {}).get("id")
    if not subnet:
        raise texts.invalid_value("networkAcls.virtualNetworkRules")
    return subnet.lower()
