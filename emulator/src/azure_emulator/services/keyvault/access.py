# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Who may do what with the secrets of a vault. Order of checks: firewall, then rights. keyvault-wire, section 3.3."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from azure_emulator.exchange import Caller
from azure_emulator.problems import Problem
from azure_emulator.services.authorization.models import Authorization
from azure_emulator.services.keyvault.models import VaultRecord, Vaults
from azure_emulator.services.keyvault.permissions import expanded
from azure_emulator.services.keyvault.vault_body import is_rbac
from azure_emulator.switches import Switches
from azure_emulator.world import World


@dataclass(frozen=True)
class Right:
    """One thing that can be done: its word in access policies, its data action for roles, its name in answers."""

    word: str
    action: str


_SECRETS = "Microsoft.KeyVault/vaults/secrets"
GET = Right("get", f"{_SECRETS}/getSecret/action")
SET = Right("set", f"{_SECRETS}/setSecret/action")
UPDATE = Right("set", f"{_SECRETS}/update/action")
LIST = Right("list", f"{_SECRETS}/readMetadata/action")
GET_DELETED = Right("get", f"{_SECRETS}/readMetadata/action")
DELETE = Right("delete", f"{_SECRETS}/delete")
RECOVER = Right("recover", f"{_SECRETS}/recover/action")
PURGE = Right("purge", f"{_SECRETS}/purge/action")
RIGHTS = {
    "get": GET,
    "set": SET,
    "update": UPDATE,
    "list": LIST,
    "get-deleted": GET_DELETED,
    "delete": DELETE,
    "recover": RECOVER,
    "purge": PURGE,
}


@dataclass(frozen=True)
class Asking:
    """A caller before a vault. ``address``: where it seems to call from; None: a trusted service of Azure."""

    world: World
    caller: Caller
    record: VaultRecord
    body: dict
    address: str | None

    @property
    def vault(self) -> str:
        return f"{self.record.name};location={self.body['location']}"

    @property
    def issuer(self) -> str:
        return f"https://sts.windows.net/{self.caller.tenant_id}/"

    @property
    def described(self) -> str:
        return f"appid={self.caller.application_id};oid={self.caller.object_id};iss={self.issuer}"


def require(asking: Asking, right: Right, secret: str | None) -> None:
    """Lets the caller pass, or raises the 403. ``secret``: its name, if the request is about one."""
    _check_firewall(asking)
    if is_rbac(asking.record, asking.body):
        _check_roles(asking, right, secret)
    else:
        _check_policies(asking, right)


def _check_firewall(asking: Asking) -> None:
    properties = asking.body["properties"]
    rules = properties.get("networkAcls") or {}
    trusted = asking.address is None
    bypass = rules.get("bypass", "AzureServices") == "AzureServices"
    if trusted and bypass:
        return
    if properties.get("publicNetworkAccess") == "Disabled":
        message = (
            "Public network access is disabled and request is not from a trusted service nor via an approved private "
            f"link.\r\nCaller: {asking.described}\r\nVault: {asking.vault}"
            if bypass
            else "Connection is not an approved private link and caller was ignored because bypass is not set to "
            f"'AzureServices' and PublicNetworkAccess is set to 'Disabled'.\r\nVault: {asking.vault}"
        )
        raise Problem(403, "Forbidden", message, inner="ForbiddenByConnection")
    if rules.get("defaultAction", "Allow") == "Allow" or (asking.address and _listed(asking.address, rules)):
        return
    raise Problem(
        403,
        "Forbidden",
        "Client address is not authorized and caller is not a trusted service.\r\n"
        f"Client address: {asking.address or asking.world.part(Switches)['client_address']}\r\n"
        f"Caller: {asking.described}\r\nVault: {asking.vault}",
        inner="ForbiddenByFirewall",
    )


def _listed(address: str, rules: dict) -> bool:
    networks = [ipaddress.ip_network(rule["value"]) for rule in rules.get("ipRules", [])]
    return any(ipaddress.ip_address(address) in network for network in networks)


def _check_policies(asking: Asking, right: Right) -> None:
    """Entries of the caller and of its groups, without an application: a compound entry is for on-behalf-of tokens."""
    identities = asking.world.part(Authorization).identities(asking.caller.object_id)
    mine = [
        entry
        for entry in asking.world.part(Vaults).effective_policies(asking.record)
        if str(entry["objectId"]).lower() in identities and not entry.get("applicationId")
    ]
    if any(right.word in expanded("secrets", entry["permissions"].get("secrets", [])) for entry in mine):
        return
    inner = asking.world.part(Switches)["kv_inner_code"]
    if inner == "split":
        inner = "ForbiddenByPolicy" if mine else "AccessDenied"
    raise Problem(
        403,
        "Forbidden",
        f"The user, group or application '{asking.described}' does not have secrets {right.word} permission on key "
        f"vault '{asking.vault}'. For help resolving this issue, please see "
        "https://go.microsoft.com/fwlink/?linkid=2125287",
        inner=inner,
    )


def _check_roles(asking: Asking, right: Right, secret: str | None) -> None:
    scope = asking.body["id"] + (f"/secrets/{secret}" if secret else "")
    if asking.world.part(Authorization).allows_data(asking.caller.object_id, right.action, scope):
        return
    raise Problem(
        403,
        "Forbidden",
        "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role "
        "definitions were changed recently, please observe propagation time.\r\n"
        f"Caller: {asking.described}\r\nAction: '{right.action}'\r\nResource: '{scope.lower()}'\r\n"
        "Assignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: 'DeniedWithNoValidRBAC' \r\n"
        f"Vault: {asking.vault}\r\n",
        inner="ForbiddenByRbac",
    )
