# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs whose credentials and secrets come from a key vault: the article, and each way in which it goes wrong."""

from __future__ import annotations

import re

import pytest
from acr import Acr, encoded_task, without_stamps

VAULT, VAULT_VERSION = "mykeyvault", "2026-02-01"
AUDIENCE = "https://vault.azure.net"
SYSTEM = {"type": "SystemAssigned"}
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"
ARTICLE = """\
version: v1.1.0
alias:
  values:
    REPO: hubuser/hubrepo
steps:
  - build: -t $REPO:$ID https://github.com/Azure-Samples/acr-tasks.git -f hello-world.dockerfile
  - push:
    - $REPO:$ID
"""
UNRESOLVED = "failed to unmarshal task before running: failed to resolve secrets: "
TIMEOUT = "timeout in fetching secrets. please check permissions are valid"


class Vault:
    def __init__(self, azure, *, rbac=False):
        self.azure = azure
        self.id = f"{azure.group('rg1')}/providers/Microsoft.KeyVault/vaults/{VAULT}"
        me = azure.seeds["applications"][0]["object_id"]
        body = {
            "location": "eastus",
            "properties": {
                "tenantId": azure.seeds["tenant"],
                "sku": {"family": "A", "name": "standard"},
                "enableRbacAuthorization": rbac,
                "accessPolicies": [] if rbac else [policy(azure, me, ["all"])],
            },
        }
        answer = azure.arm("PUT", self.id, body, version=VAULT_VERSION)
        assert answer.status_code in (200, 201), answer.text
        if rbac:
            self.grant(me, ADMINISTRATOR)

    def set(self, name, value):
        url = f"https://{VAULT}.vault.azure.net/secrets/{name}"
        query = {"api-version": "7.6"}
        answer = self.azure.send("PUT", url, audience=AUDIENCE, params=query, json={"value": value})
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def let(self, principal, secrets=("get",)):
        body = {"properties": {"accessPolicies": [policy(self.azure, principal, list(secrets))]}}
        answer = self.azure.arm("PUT", f"{self.id}/accessPolicies/add", body, version=VAULT_VERSION)
        assert answer.status_code == 200, answer.text

    def grant(self, principal, role):
        answer = self.azure.arm(
            "PUT",
            f"{self.id}/providers/Microsoft.Authorization/roleAssignments/{self.azure.emulator.world.new_id()}",
            {
                "properties": {
                    "roleDefinitionId": f"{self.azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/"
                    f"{role}",
                    "principalId": principal,
                    "principalType": "ServicePrincipal",
                }
            },
            version="2022-04-01",
        )
        assert answer.status_code == 201, answer.text


def policy(azure, principal, secrets):
    return {"tenantId": azure.seeds["tenant"], "objectId": principal, "permissions": {"secrets": secrets}}


def url(name, version=""):
    return f"https://{VAULT}.vault.azure.net/secrets/{name}" + (f"/{version}" if version else "")


def from_vault(identity="[system]", user=None, password=None):
    return {
        "userName": {"type": "Vaultsecret", "value": user or url("UserName")},
        "password": {"type": "Vaultsecret", "value": password or url("Password")},
        "identity": identity,
    }


@pytest.fixture
def acr(azure):
    return Acr(azure)


@pytest.fixture
def vault(azure, acr):
    vault = Vault(azure)
    vault.set("UserName", "hubuser")
    vault.set("Password", "hubpassword")
    return vault


def article(acr, entry=None, identity=SYSTEM, text=ARTICLE):
    """The task of the article, and its system principal if it has one."""
    properties = encoded_task(text) | {"credentials": {"customRegistries": {"docker.io": entry or from_vault()}}}
    return acr.put_task(properties, identity=identity)["identity"].get("principalId")


def failure(acr):
    result, log = acr.result()
    lines = without_stamps(log)
    assert (result["status"], result["runErrorMessage"]) == ("Failed", "failed during run, err: exit status 1")
    assert not any("Executing step" in line for line in lines)
    return lines[-3]


def hub_tags(azure):
    query = {"service": "registry.docker.io", "scope": "repository:hubuser/hubrepo:pull"}
    token = azure.http.get("https://auth.docker.io/token", params=query, auth=("hubuser", "hubpassword")).json()
    answer = azure.http.get(
        "https://registry-1.docker.io/v2/hubuser/hubrepo/tags/list",
        headers={"Authorization": f"Bearer {token['token']}"},
    )
    return answer.json()["tags"]


def test_article_with_the_system_identity(azure, acr, vault):
    vault.let(article(acr))
    result, log = acr.result()
    assert result["status"] == "Succeeded", log
    assert result["customRegistries"] == ["docker.io"]
    assert hub_tags(azure) == [result["runId"]]
    assert "hubpassword" not in log


@pytest.mark.parametrize("rbac", [False, True])
def test_article_with_a_user_identity(azure, acr, rbac):
    vault = Vault(azure, rbac=rbac)
    vault.set("UserName", "hubuser")
    vault.set("Password", "hubpassword")
    path = "resourceGroups/rg1/providers/Microsoft.ManagedIdentity/userAssignedIdentities/myACRTasksId"
    identity = azure.arm("PUT", path, {"location": "eastus"}, version="2024-11-30").json()
    principal = identity["properties"]["principalId"]
    if rbac:
        vault.grant(principal, SECRETS_USER)
    else:
        vault.let(principal)
    block = {"type": "UserAssigned", "userAssignedIdentities": {identity["id"]: {}}}
    article(acr, from_vault(identity["properties"]["clientId"]), block)
    result, log = acr.result()
    assert result["status"] == "Succeeded", log
    assert hub_tags(azure) == [result["runId"]]


def test_missing_permission(azure, acr, vault):
    principal = article(acr)
    result, log = acr.result()
    assert result["status"] == "Failed"
    assert without_stamps(log)[-3] == UNRESOLVED + TIMEOUT
    # The two minutes that the engine tries are in the log, and nobody waited for them.
    assert re.search(r"failed after 2m\d+s\. Error", log)
    vault.let(principal, ["list"])
    assert failure(acr) == UNRESOLVED + TIMEOUT
    vault.let(principal, ["get"])
    assert acr.result()[0]["status"] == "Succeeded"
    azure.arm("DELETE", vault.id, version=VAULT_VERSION)
    assert failure(acr) == UNRESOLVED + TIMEOUT


@pytest.mark.parametrize(("rbac", "inner"), [(False, ""), (True, "ForbiddenByRbac")])
def test_the_engine_may_repeat_the_vaults_words(azure, acr, rbac, inner):
    azure.switch(secret_denied="forbidden")
    Vault(azure, rbac=rbac).set("UserName", "hubuser")
    article(acr)
    text = failure(acr)
    assert text.startswith(
        f"{UNRESOLVED}keyvault.BaseClient#GetSecret: Failure responding to request: StatusCode=403 -- Original Error: "
        'autorest/azure: Service returned an error. Status=403 Code="Forbidden" Message="'
    )
    assert inner in text


def test_missing_secret(acr, vault):
    vault.let(article(acr, from_vault(password=url("Nope"))))
    text = failure(acr)
    assert (
        'StatusCode=404 -- Original Error: autorest/azure: Service returned an error. Status=404 Code="SecretNotFou'
        in text
    )
    assert "nope" in text  # the engine lower-cases the whole URL


def test_versions(acr, vault):
    old = vault.set("Password", "old").rsplit("/", 1)[1]
    vault.set("Password", "hubpassword")
    vault.let(article(acr, from_vault(password=url("Password", old))))
    assert "incorrect username or password" in failure(acr)
    acr.set_credential("docker.io", from_vault())
    assert acr.result()[0]["status"] == "Succeeded"


def test_wrong_password_in_the_vault(acr, vault):
    vault.set("Password", "canary-wrong")
    vault.let(article(acr))
    text = failure(acr)
    assert text.startswith("failed to login, ran out of retries: failed to set docker credentials: ")
    assert "canary" not in text


def test_identity_that_is_not_attached(acr, vault):
    article(acr, from_vault("0c5b9f0e-0000-4000-8000-000000000001"))
    assert "Identity not found" in failure(acr)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("http://mykeyvault.vault.azure.net/secrets/p", "invalid azure keyvault secret URL scheme. Expected Https"),
        ("https://mykeyvault.vault.azure.net/keys/p", "Expected 'secrets' collection, but found: keys"),
        ("https://mykeyvault.vault.azure.net/secrets", "Bad number of URL segments: 2"),
    ],
)
def test_malformed_urls(acr, vault, bad, reason):
    vault.let(article(acr, from_vault(password=bad)))
    assert reason in failure(acr)


def test_one_value_plain_the_other_from_the_vault(acr, vault):
    vault.let(article(acr, from_vault() | {"userName": {"type": "Opaque", "value": "hubuser"}}))
    assert acr.result()[0]["status"] == "Succeeded"


# -- the task file's own secrets -----------------------------------------------------------------------------------

WITH_SECRETS = """\
version: v1.1.0
secrets:
  - id: user
    keyvault: https://mykeyvault.vault.azure.net/secrets/UserName
  - id: key
    keyvault: https://mykeyvault.vault.azure.net/secrets/Password
steps:
  - cmd: docker login -u {{.Secrets.user}} -p '{{.Secrets.key}}'
"""


def test_secrets_of_the_task_file(acr, vault):
    principal = article(acr, {"identity": "[system]"}, text=WITH_SECRETS)
    acr.set_credential("docker.io", None)
    prefix = "unable to render task: failed to resolve secrets in the task with error: "
    assert failure(acr) == prefix + TIMEOUT
    vault.let(principal)
    result, log = acr.result()
    assert result["status"] == "Succeeded", log
    assert "\r\nLogin Succeeded\r\n" in log
    assert "hubpassword" not in log


def test_role_that_is_not_in_force_yet(azure, acr):
    vault = Vault(azure, rbac=True)
    vault.set("UserName", "hubuser")
    vault.set("Password", "hubpassword")
    principal = article(acr)
    azure.switch(role_delay_s=600)
    vault.grant(principal, SECRETS_USER)
    assert failure(acr) == UNRESOLVED + TIMEOUT
    azure.advance(600)
    assert acr.result()[0]["status"] == "Succeeded"
