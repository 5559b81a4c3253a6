# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Secrets through Azure's own client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient


@pytest.fixture
def client(azure: Any, azure_environment: None) -> SecretClient:
    azure.group()
    tenant, application = azure.seeds["tenant"], azure.seeds["applications"][0]
    permissions = {"secrets": ["Get", "list", "set", "delete", "recover"]}
    entry = {"tenantId": tenant, "objectId": application["object_id"], "permissions": permissions}
    properties = {"tenantId": tenant, "sku": {"family": "A", "name": "standard"}, "accessPolicies": [entry]}
    vault = "resourceGroups/rg1/providers/Microsoft.KeyVault/vaults/Kv1"
    answer = azure.arm("PUT", vault, {"location": "eastus", "properties": properties}, version="2023-07-01")
    assert answer.status_code == 200, answer.text
    credential = ClientSecretCredential(tenant, application["client_id"], application["secret"])
    return SecretClient("https://kv1.vault.azure.net", credential)


def test_a_secret_is_set_read_and_listed(client: SecretClient) -> None:
    expires = datetime(2030, 1, 1, tzinfo=UTC)
    made = client.set_secret("UserName", "hubuser", expires_on=expires, tags={"a": "b"}, content_type="text/plain")
    again = client.set_secret("UserName", "hubuser")
    assert made.properties.version != again.properties.version
    read = client.get_secret("username", made.properties.version)
    assert read.value == "hubuser"
    assert read.properties.expires_on == expires
    assert read.properties.tags == {"a": "b"}
    assert read.properties.content_type == "text/plain"
    assert read.properties.recovery_level == "Recoverable+Purgeable"
    assert [item.name for item in client.list_properties_of_secrets()] == ["UserName"]
    versions = {item.version for item in client.list_properties_of_secret_versions("UserName")}
    assert versions == {made.properties.version, again.properties.version}


def test_lists_go_over_pages(client: SecretClient) -> None:
    names = {f"secret-{number}" for number in range(30)}
    for name in names:
        client.set_secret(name, "x")
    assert {item.name for item in client.list_properties_of_secrets()} == names


def test_a_deleted_secret_keeps_its_name_until_it_is_recovered(client: SecretClient) -> None:
    client.set_secret("Password", "first")
    client.begin_delete_secret("Password").wait()
    with pytest.raises(ResourceNotFoundError, match="was not found in this key vault"):
        client.get_secret("Password")
    with pytest.raises(ResourceExistsError, match="deleted but recoverable state"):
        client.set_secret("Password", "second")
    client.begin_recover_deleted_secret("Password").wait()
    assert client.get_secret("Password").value == "first"


def test_purging_needs_its_own_permission(client: SecretClient) -> None:
    client.set_secret("Password", "first")
    client.begin_delete_secret("Password").wait()
    with pytest.raises(HttpResponseError, match="does not have secrets purge permission") as refused:
        client.purge_deleted_secret("Password")
    assert refused.value.status_code == 403


def test_a_disabled_secret_is_refused_and_an_expired_one_is_not(client: SecretClient) -> None:
    client.set_secret("Old", "x", expires_on=datetime(2020, 1, 1, tzinfo=UTC))
    assert client.get_secret("Old").value == "x"
    client.update_secret_properties("Old", enabled=False)
    with pytest.raises(HttpResponseError, match="not allowed on a disabled secret"):
        client.get_secret("Old")
