# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Tenants, subscriptions, locations."""

from __future__ import annotations

from azure_emulator import arm_problems
from azure_emulator.exchange import Answer, Call
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.resources.visibility import sees_subscription

LOCATIONS = {
    "eastus": "East US",
    "eastus2": "East US 2",
    "westus": "West US",
    "westus2": "West US 2",
    "centralus": "Central US",
    "northeurope": "North Europe",
    "westeurope": "West Europe",
    "germanywestcentral": "Germany West Central",
    "francecentral": "France Central",
    "uksouth": "UK South",
    "southeastasia": "Southeast Asia",
    "japaneast": "Japan East",
    "australiaeast": "Australia East",
    "canadacentral": "Canada Central",
    "chinaeast2": "China East 2",
    "chinanorth3": "China North 3",
    "usgovvirginia": "USGov Virginia",
    "usgovarizona": "USGov Arizona",
}


def list_tenants(call: Call) -> Answer:
    tenant = call.world.part(Directory).tenant_id
    return Answer(200, {"value": [{"id": f"/tenants/{tenant}", "tenantId": tenant, "tenantCategory": "Home"}]})


def list_subscriptions(call: Call) -> Answer:
    """Only what the caller may see: an application without any role sees an empty list."""
    body = _body(call)
    visible = [body] if sees_subscription(call, body["id"]) else []
    return Answer(200, {"value": visible, "count": {"type": "Total", "value": len(visible)}})


def get_subscription(call: Call) -> Answer:
    body = _body(call)
    if not sees_subscription(call, body["id"]):
        assert call.caller is not None
        raise arm_problems.authorization_failed(
            call.caller.name, call.caller.object_id, "Microsoft.Resources/subscriptions/read", body["id"]
        )
    return Answer(200, body)


def list_locations(call: Call) -> Answer:
    root = _body(call)["id"]
    values = [
        {
            "id": f"{root}/locations/{name}",
            "name": name,
            "type": "Region",
            "displayName": display,
            "regionalDisplayName": display,
        }
        for name, display in LOCATIONS.items()
    ]
    return Answer(200, {"value": values})


def _body(call: Call) -> dict:
    seed = call.world.seeds["subscription"]
    return {
        "id": f"/subscriptions/{seed['id']}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": seed["id"],
        "tenantId": call.world.part(Directory).tenant_id,
        "displayName": seed["name"],
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }
