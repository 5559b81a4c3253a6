# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""azure.azcollection's own modules on the emulator: they must see their resources as unchanged the second time.

The requests are those that these modules were measured to send; another sequence means that the emulator answers
something they do not expect.
"""

from __future__ import annotations

from typing import Any

import pytest
from support.emulator import Emulator
from support.given import GROUP, IDENTITY, LOCATION, REGISTRY, VAULT, Given
from support.playbook import Playbook

COLLECTION = "azure.azcollection"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"


def module(kind: str, /, **options: Any) -> dict[str, Any]:
    """A task."""
    return {f"{COLLECTION}.azure_rm_{kind}": options}


class Twice:
    """Runs a task two times and keeps what was sent for each."""

    def __init__(self, emulator: Emulator, playbook: Playbook) -> None:
        self.emulator = emulator
        self.playbook = playbook

    def __call__(self, task: dict[str, Any]) -> tuple[list[str], list[str]]:
        """The methods of the first and of the second run; asserts that only the first changes something."""
        sent = []
        for changed in (True, False):
            with self.emulator.recorded() as requests:
                run = self.playbook([task]).succeeded()
            assert run.last.changed is changed, str(run)
            sent.append(requests.methods)
        return sent[0], sent[1]


@pytest.fixture
def twice(emulator: Emulator, playbook: Playbook) -> Twice:
    """See Twice."""
    return Twice(emulator, playbook)


def test_resource_group(twice: Twice, playbook: Playbook) -> None:
    first, second = twice(module("resourcegroup", name=GROUP, location=LOCATION, tags={"purpose": "test"}))
    assert first == ["GET", "HEAD", "PUT"]
    assert second == ["GET", "GET"]

    run = playbook([module("resourcegroup_info", name=GROUP)]).succeeded()
    [group] = run.last["resourcegroups"]
    assert (group["name"], group["location"], group["tags"]) == (GROUP, LOCATION, {"purpose": "test"})

    playbook([module("resourcegroup", name=GROUP, state="absent", force_delete_nonempty=True)]).succeeded()
    assert playbook([module("resourcegroup_info", name=GROUP)]).succeeded().last["resourcegroups"] == []


def test_registry(twice: Twice, playbook: Playbook, given: Given) -> None:
    given.group()
    options = {"name": REGISTRY, "resource_group": GROUP, "location": LOCATION, "sku": "Standard"}
    first, second = twice(module("containerregistry", **options))
    assert first == ["GET", "GET", "POST checkNameAvailability", "PUT"]
    assert second == ["GET", "GET"]

    run = playbook([module("containerregistry_info", name=REGISTRY, resource_group=GROUP)]).succeeded()
    [registry] = run.last["registries"]
    assert (registry["login_server"], registry["sku"]) == (f"{REGISTRY}.azurecr.io", "standard")

    playbook([module("containerregistry", name=REGISTRY, resource_group=GROUP, state="absent")]).succeeded()


def test_identity_as_a_generic_resource(twice: Twice, playbook: Playbook, given: Given) -> None:
    given.group()
    address = {
        "resource_group": GROUP,
        "provider": "ManagedIdentity",
        "resource_type": "userAssignedIdentities",
        "resource_name": IDENTITY,
        "api_version": "2023-01-31",
    }
    first, second = twice(module("resource", **address, idempotency=True, body={"location": LOCATION}))
    assert first == ["GET", "PUT"]
    assert second == ["GET"]

    # Without api_version the module asks the provider which ones there are.
    del address["api_version"]
    run = playbook([module("resource_info", **address)]).succeeded()
    assert run.last["response"][0]["name"] == IDENTITY


def test_provider_that_does_not_exist(playbook: Playbook, given: Given) -> None:
    """The module's own prefix rule makes a wrong namespace of this one; the emulator must not take it."""
    given.group()
    run = playbook(
        [
            module(
                "resource",
                resource_group=GROUP,
                provider="Microsoft.ManagedIdentity",
                resource_type="userAssignedIdentities",
                resource_name=IDENTITY,
                api_version="2023-01-31",
                body={"location": LOCATION},
            )
        ]
    )
    assert "InvalidResourceNamespace" in run.failure().message


def test_vault(twice: Twice, playbook: Playbook, emulator: Emulator, given: Given) -> None:
    given.group()
    options = {
        "vault_name": VAULT,
        "resource_group": GROUP,
        "vault_tenant": emulator.settings["AZURE_TENANT"],
        "sku": {"name": "standard", "family": "A"},
        "enable_rbac_authorization": False,
        "access_policies": [
            {
                "tenant_id": emulator.settings["AZURE_TENANT"],
                "object_id": given.own_object_id(),
                "secrets": ["get", "list", "set"],
            }
        ],
    }
    first, second = twice(module("keyvault", **options))
    # The answer to the PUT says RegisteringDns, so the SDK reads the vault again until it says Succeeded.
    assert first == ["GET", "GET", "PUT", "GET"]
    assert second == ["GET", "GET"]

    run = playbook([module("keyvault_info", name=VAULT, resource_group=GROUP)]).succeeded()
    [vault] = run.last["keyvaults"]
    assert vault["vault_uri"] == f"https://{VAULT}.vault.azure.net/"
    assert vault["access_policies"][0]["permissions"]["secrets"] == ["get", "list", "set"]


def test_secret(twice: Twice, playbook: Playbook, given: Given) -> None:
    given.group()
    given.vault(policies=[given.policy(given.own_object_id(), secrets=["get", "list", "set"])])
    address = {"keyvault_uri": f"https://{VAULT}.vault.azure.net", "secret_name": "UserName"}
    # The data plane answers 401 first, to tell where tokens come from.
    first, second = twice(module("keyvaultsecret", **address, secret_value="hubuser"))
    assert first == ["GET", "GET", "GET", "PUT"]
    assert second == ["GET", "GET"]

    run = playbook(
        [module("keyvaultsecret_info", vault_uri=f"https://{VAULT}.vault.azure.net", name="UserName")]
    ).succeeded()
    assert run.last["secrets"][0]["secret"] == "hubuser"


def test_role_assignment(twice: Twice, playbook: Playbook, emulator: Emulator, given: Given) -> None:
    given.group()
    registry = given.registry()
    subscription = emulator.settings["AZURE_SUBSCRIPTION_ID"]
    options = {
        "scope": registry["id"],
        "assignee_object_id": given.identity()["properties"]["principalId"],
        "role_definition_id": (
            f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{ACR_PULL}"
        ),
    }
    first, second = twice(module("roleassignment", **options))
    assert first == ["GET", "PUT"]
    assert second == ["GET"]

    run = playbook([module("roleassignment_info", scope=registry["id"])]).succeeded()
    assert ACR_PULL in [entry["role_definition_id"].rpartition("/")[2] for entry in run.last["roleassignments"]]
    assert playbook([module("roleassignment", **options, state="absent")]).succeeded().last.changed
