# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""az's vault and role commands on the emulator. The requests are those that az was measured to send."""

from __future__ import annotations

import time

from support.azure_cli import Az
from support.emulator import Emulator
from support.given import GROUP, LOCATION, VAULT, Given

SECRETS_USER = "Key Vault Secrets User"
ON_VAULT = ("--name", VAULT, "--resource-group", GROUP)


def secrets_of(vault: dict, object_id: str) -> list[str] | None:
    """The secret permissions of a principal in what `az keyvault show` prints, sorted; None without an entry.

    az makes a set of them before it writes, so their order is another one every time.
    """
    found = [entry for entry in vault["properties"]["accessPolicies"] if entry["objectId"] == object_id]
    return sorted(found[0]["permissions"]["secrets"]) if found else None


def test_vault_with_access_policies(az: Az, emulator: Emulator, given: Given) -> None:
    given.group()
    principal = given.identity()["properties"]["principalId"]
    create = ("keyvault", "create", *ON_VAULT, "--location", LOCATION, "--enable-rbac-authorization", "false")

    made = az(*create)
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert secrets_of(made, given.own_object_id()) == ["all"]
    again = az.run(*create)
    assert again.rc == 1
    assert "already exist" in again.stderr

    policy = ("keyvault", "set-policy", *ON_VAULT, "--object-id", principal, "--secret-permissions")
    with emulator.recorded() as requests:
        assert secrets_of(az(*policy, "get"), principal) == ["get"]
    assert requests.methods == ["GET", "PUT"]
    az(*policy, "get", "list")
    shown = az("keyvault", "show", "--name", VAULT)
    assert secrets_of(shown, principal) == ["get", "list"]
    assert secrets_of(shown, given.own_object_id()) == ["all"]

    without = ("keyvault", "delete-policy", *ON_VAULT, "--object-id", principal)
    assert secrets_of(az(*without), principal) is None
    assert "No matching policies found" in az.run(*without).stderr


def test_vault_in_rbac_mode(az: Az, given: Given) -> None:
    given.group()
    identity = given.identity()["properties"]
    vault = az("keyvault", "create", *ON_VAULT, "--location", LOCATION)
    assert vault["properties"]["enableRbacAuthorization"] is True
    refused = az.run(
        "keyvault", "set-policy", *ON_VAULT, "--object-id", identity["principalId"], "--secret-permissions", "get"
    )
    assert refused.rc == 1
    assert "--enable-rbac-authorization" in refused.stderr

    grant = ("role", "assignment", "create", "--role", SECRETS_USER, "--scope", vault["id"])
    by_object = ("--assignee-object-id", identity["principalId"], "--assignee-principal-type", "ServicePrincipal")
    made = az(*grant, *by_object)
    assert (made["scope"], made["principalId"]) == (vault["id"], identity["principalId"])
    assert az(*grant, *by_object)["name"] == made["name"]
    assert az(*grant, "--assignee", identity["clientId"])["name"] == made["name"]

    [listed] = az("role", "assignment", "list", "--scope", vault["id"], "--assignee", identity["principalId"])
    assert (listed["roleDefinitionName"], listed["principalType"]) == (SECRETS_USER, "ServicePrincipal")
    az("role", "assignment", "delete", "--ids", made["id"])
    assert az("role", "assignment", "list", "--scope", vault["id"], "--assignee", identity["principalId"]) == []


def test_soft_delete(az: Az, given: Given) -> None:
    given.group()
    given.vault()
    az("keyvault", "delete", *ON_VAULT)
    assert [vault["name"] for vault in az("keyvault", "list-deleted", "--resource-type", "vault")] == [VAULT]
    az("keyvault", "recover", "--name", VAULT)
    assert az("keyvault", "show", *ON_VAULT)["name"] == VAULT
    az("keyvault", "delete", *ON_VAULT)
    begun = time.monotonic()
    az("keyvault", "purge", "--name", VAULT)
    assert time.monotonic() - begun < 25  # az waits thirty seconds between two looks, unless it is told otherwise
    assert az("keyvault", "list-deleted", "--resource-type", "vault") == []
    assert az("keyvault", "list", "--resource-group", GROUP) == []
