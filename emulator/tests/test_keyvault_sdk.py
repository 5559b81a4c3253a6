# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Azure's own management clients for vaults and roles, unmodified."""

from __future__ import annotations

import time
import uuid

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import EnvironmentCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.keyvault import models as vault_models
from vaults import READER, SECRETS_USER


@pytest.fixture
def credential(azure, azure_environment):
    azure.group("rg1")
    with EnvironmentCredential() as credential:
        yield credential


@pytest.fixture
def vaults(azure, credential):
    return KeyVaultManagementClient(credential, azure.seeds["subscription"]["id"])


@pytest.fixture
def roles(azure, credential):
    return AuthorizationManagementClient(credential, azure.seeds["subscription"]["id"])


def parameters(azure, **properties):
    return vault_models.VaultCreateOrUpdateParameters(
        location="eastus",
        properties=vault_models.VaultProperties(
            tenant_id=azure.seeds["tenant"],
            sku=vault_models.Sku(family="A", name="standard"),
            access_policies=[],
            **properties,
        ),
    )


def entry(azure, **permissions):
    return vault_models.AccessPolicyEntry(
        tenant_id=azure.seeds["tenant"],
        object_id=azure.seeds["applications"][READER]["object_id"],
        permissions=vault_models.Permissions(**permissions),
    )


def test_vault_from_creation_to_purge(azure, vaults):
    begun = time.monotonic()
    assert vaults.vaults.check_name_availability({"name": "kv1", "type": "Microsoft.KeyVault/vaults"}).name_available
    made = vaults.vaults.begin_create_or_update("rg1", "kv1", parameters(azure)).result()
    assert made.properties.provisioning_state == "Succeeded"
    assert made.properties.vault_uri == "https://kv1.vault.azure.net/"
    assert made.properties.enable_rbac_authorization is True  # this SDK sends 2026-02-01
    updated = vaults.vaults.update("rg1", "kv1", {"tags": {"a": "b"}})
    assert updated.tags == {"a": "b"}
    assert [vault.name for vault in vaults.vaults.list_by_resource_group("rg1", top=1)] == ["kv1"]
    assert [vault.name for vault in vaults.vaults.list_by_subscription()] == ["kv1"]
    vaults.vaults.delete("rg1", "kv1")
    with pytest.raises(ResourceNotFoundError):
        vaults.vaults.get("rg1", "kv1")
    assert [vault.name for vault in vaults.vaults.list_deleted()] == ["kv1"]
    with pytest.raises(ResourceExistsError) as caught:
        vaults.vaults.begin_create_or_update("rg1", "kv1", parameters(azure))
    assert caught.value.error.code == "ConflictError"
    again = vaults.vaults.begin_create_or_update("rg1", "kv1", parameters(azure, create_mode="recover")).result()
    assert again.tags == {"a": "b"}
    vaults.vaults.delete("rg1", "kv1")
    gone = vaults.vaults.get_deleted("kv1", "eastus")
    assert gone.properties.vault_id == made.id
    assert gone.properties.scheduled_purge_date > gone.properties.deletion_date
    vaults.vaults.begin_purge_deleted("kv1", "eastus").result()
    assert not list(vaults.vaults.list_deleted())
    assert time.monotonic() - begun < 25  # no wait of the SDK's thirty seconds in between


def test_access_policies(azure, vaults):
    made = parameters(azure, enable_rbac_authorization=False)
    vaults.vaults.begin_create_or_update("rg1", "kv1", made).result()

    def write(kind, **permissions):
        body = vault_models.VaultAccessPolicyParameters(
            properties=vault_models.VaultAccessPolicyProperties(access_policies=[entry(azure, **permissions)])
        )
        answer = vaults.vaults.update_access_policy("rg1", "kv1", kind, body)
        assert answer.id.endswith("/vaults/kv1/accessPolicies/")
        return [policy.permissions.secrets for policy in answer.properties.access_policies]

    assert write("add", secrets=["get"]) == [["get"]]
    assert write("add", secrets=["list"]) == [["get", "list"]]
    assert write("replace", secrets=["set"]) == [["set"]]
    assert write("remove", secrets=["set"]) == []
    with pytest.raises(HttpResponseError) as caught:
        write("add", secrets=["read"])
    assert (caught.value.status_code, caught.value.error.code) == (400, "BadRequest")


def test_roles(azure, roles):
    subscription = azure.subscription
    [role] = roles.role_definitions.list(subscription, filter="roleName eq 'Key Vault Secrets User'")
    assert (role.name, role.role_type) == (SECRETS_USER, "BuiltInRole")
    assert role.permissions[0].data_actions[0] == "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    assert roles.role_definitions.get_by_id(role.id).role_name == "Key Vault Secrets User"
    scope, name = f"{subscription}/resourceGroups/rg1", str(uuid.uuid4())
    principal = azure.seeds["applications"][READER]["object_id"]
    body = {"role_definition_id": role.id, "principal_id": principal, "principal_type": "ServicePrincipal"}
    made = roles.role_assignments.create(scope, name, body)
    assert (made.scope, made.principal_id, made.created_by) == (scope, principal, None)
    read = roles.role_assignments.get_by_id(made.id)
    assert read.created_by == azure.seeds["applications"][0]["object_id"]
    assert read.created_on == read.updated_on
    with pytest.raises(ResourceExistsError) as caught:
        roles.role_assignments.create(scope, str(uuid.uuid4()), body)
    assert caught.value.error.code == "RoleAssignmentExists"
    found = roles.role_assignments.list_for_scope(scope, filter=f"principalId eq '{principal}'")
    assert {assignment.scope for assignment in found} == {scope, subscription}
    assert roles.role_assignments.delete(scope, name).name == name
    assert roles.role_assignments.delete(scope, name) is None
