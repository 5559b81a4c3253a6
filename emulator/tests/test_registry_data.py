# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The data plane of registries: sign-in, tags, manifests, and who may do what."""

from __future__ import annotations

import pytest
from acr import Acr

ARM = "https://management.azure.com"
TOKEN_USER = "00000000-0000-0000-0000-000000000000"
PUSH, PULL = "8311e382-0749-4cb8-b61a-304f252e45ec", "7f951dda-4ed3-4680-a7ca-43fe172d538d"
REPOSITORY_WRITER = "2a1e307c-b015-4ebd-883e-5b7698a07328"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture
def acr(azure):
    # The deployer, being owner, could do everything; these tests sign in as the reader.
    return Acr(azure)


def grant(azure, scope, role, object_id):
    answer = azure.arm(
        "PUT",
        f"{scope}/providers/Microsoft.Authorization/roleAssignments/{azure.emulator.world.new_id()}",
        {
            "properties": {
                "roleDefinitionId": f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                "principalId": object_id,
                "principalType": "ServicePrincipal",
            }
        },
        version="2022-04-01",
    )
    assert answer.status_code == 201, answer.text


@pytest.fixture
def stranger(azure):
    """An application without any role."""
    seed = {
        "name": "stranger",
        "client_id": "4e1d0b6a-9c57-4f28-8d3e-7a6b5c4d3e2f",
        "object_id": "b7a6c5d4-e3f2-4a1b-9c8d-7e6f5a4b3c2d",
        "secret": "stranger-secret",
    }
    seeds = azure.emulator.world.seeds["applications"]
    azure.control("POST", "reset", {"seeds": {"applications": [*seeds, seed]}})
    answer = azure.http.post(
        f"https://login.microsoftonline.com/{azure.seeds['tenant']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": seed["client_id"],
            "client_secret": seed["secret"],
            "scope": f"{ARM}/.default",
        },
    )
    return seed | {"token": answer.json()["access_token"]}


def url(path="", host="myregistry.azurecr.io"):
    return f"https://{host}{path}"


def exchange(azure, token, host="myregistry.azurecr.io"):
    form = {"grant_type": "access_token", "service": host, "access_token": token}
    return azure.http.post(url("/oauth2/exchange", host), data=form)


def access_token(azure, scope, auth=None, refresh=None):
    if refresh:
        form = {"grant_type": "refresh_token", "service": "x", "scope": scope, "refresh_token": refresh}
        return azure.http.post(url("/oauth2/token"), data=form)
    query = {"service": "myregistry.azurecr.io", "scope": scope}
    return azure.http.get(url("/oauth2/token"), params=query, auth=auth)


def with_token(answer):
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def push(azure, headers, tag="1", repository="team/app", data=b'{"schemaVersion": 2}'):
    headers = headers | {"Content-Type": MANIFEST}
    return azure.http.put(url(f"/v2/{repository}/manifests/{tag}"), content=data, headers=headers)


def test_challenge(acr):
    answer = acr.azure.http.get(url("/v2/"))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="https://myregistry.azurecr.io/oauth2/token",service="myregistry.azurecr.io"'
    )
    assert answer.headers["docker-distribution-api-version"] == "registry/2.0"
    assert answer.json()["errors"][0]["code"] == "UNAUTHORIZED"
    tags = acr.azure.http.get(url("/v2/app/tags/list"))
    assert tags.status_code == 401


def test_push_and_read_with_exchanged_token(acr):
    azure = acr.azure
    refresh = exchange(azure, azure.token()).json()["refresh_token"]
    headers = with_token(access_token(azure, "repository:team/app:pull,push", refresh=refresh))
    pushed = push(azure, headers)
    assert pushed.status_code == 201
    digest = pushed.headers["docker-content-digest"]
    assert azure.http.get(url("/v2/team/app/tags/list"), headers=headers).json() == {"name": "team/app", "tags": ["1"]}
    for reference in ("1", digest):
        manifest = azure.http.get(url(f"/v2/team/app/manifests/{reference}"), headers=headers)
        assert (manifest.content, manifest.headers["content-type"]) == (b'{"schemaVersion": 2}', MANIFEST)
        head = azure.http.head(url(f"/v2/team/app/manifests/{reference}"), headers=headers)
        assert head.headers["docker-content-digest"] == digest
        assert head.headers["content-length"] == "20"
    missing = azure.http.get(url("/v2/team/app/manifests/nope"), headers=headers)
    assert (missing.status_code, missing.json()["errors"][0]["code"]) == (404, "MANIFEST_UNKNOWN")
    # The token is good for one repository only.
    other = azure.http.get(url("/v2/other/tags/list"), headers=headers)
    assert other.status_code == 401
    assert 'scope="repository:other:pull"' in other.headers["www-authenticate"]


def test_unknown_repository(acr):
    headers = with_token(access_token(acr.azure, "repository:nope:pull", auth=deployer(acr)))
    answer = acr.azure.http.get(url("/v2/nope/tags/list"), headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "NAME_UNKNOWN")


def deployer(acr):
    """An application may sign in with its id and secret."""
    seed = acr.azure.seeds["applications"][0]
    return seed["client_id"], seed["secret"]


def test_pages_of_tags(acr):
    headers = with_token(access_token(acr.azure, "repository:team/app:pull,push", auth=deployer(acr)))
    for tag in ("c", "a", "b"):
        push(acr.azure, headers, tag)
    first = acr.azure.http.get(url("/v2/team/app/tags/list?n=2"), headers=headers)
    assert first.json()["tags"] == ["a", "b"]
    link = first.headers["link"]
    assert link.endswith('; rel="next"')
    rest = acr.azure.http.get(url(link[1 : link.index(">")]), headers=headers)
    assert rest.json()["tags"] == ["c"]


def test_delete(acr):
    headers = with_token(access_token(acr.azure, "repository:team/app:pull,push,delete", auth=deployer(acr)))
    digest = push(acr.azure, headers).headers["docker-content-digest"]
    assert acr.azure.http.delete(url(f"/v2/team/app/manifests/{digest}"), headers=headers).status_code == 202
    assert acr.azure.http.get(url("/v2/team/app/tags/list"), headers=headers).json()["tags"] == []


def test_admin_user(acr):
    acr.patch_registry(properties={"adminUserEnabled": True})
    listed = acr.azure.arm("POST", f"{acr.id}/listCredentials", version="2025-11-01").json()
    auth = (listed["username"], listed["passwords"][1]["value"])
    assert acr.azure.http.get(url("/v2/"), auth=auth).status_code == 200
    assert (
        push(acr.azure, with_token(access_token(acr.azure, "repository:team/app:push", auth=auth))).status_code == 201
    )
    acr.patch_registry(properties={"adminUserEnabled": False})
    assert acr.azure.http.get(url("/v2/"), auth=auth).status_code == 401
    assert access_token(acr.azure, "", auth=("myregistry", "wrong")).status_code == 401


def test_exchange_needs_a_role(azure, stranger):
    acr = Acr(azure)
    token = stranger["token"]
    assert exchange(azure, token).status_code == 403
    grant(azure, acr.id, PULL, stranger["object_id"])
    refresh = exchange(azure, token).json()["refresh_token"]
    headers = with_token(access_token(azure, "repository:team/app:pull,push", refresh=refresh))
    assert push(azure, headers).status_code == 401
    grant(azure, acr.id, PUSH, stranger["object_id"])
    headers = with_token(access_token(azure, "repository:team/app:pull,push", refresh=refresh))
    assert push(azure, headers).status_code == 201
    # Docker's way: the zero GUID as user name, the refresh token as password.
    assert access_token(azure, "repository:team/app:pull", auth=(TOKEN_USER, refresh)).status_code == 200
    other = Acr(azure, "otherregistry")
    assert exchange(azure, token, other.server).status_code == 403


def test_exchange_wants_a_token_for_arm_or_registries(acr):
    azure = acr.azure
    assert exchange(azure, azure.token("https://containerregistry.azure.net")).status_code == 200
    assert exchange(azure, azure.token("https://vault.azure.net")).status_code == 401
    assert exchange(azure, "nonsense").status_code == 401
    acr.patch_registry(properties={"policies": {"azureADAuthenticationAsArmPolicy": {"status": "disabled"}}})
    assert exchange(azure, azure.token()).status_code == 401
    assert exchange(azure, azure.token("https://containerregistry.azure.net")).status_code == 200


def test_abac_registries_go_by_data_actions(azure, stranger):
    acr = Acr(azure, roleAssignmentMode="AbacRepositoryPermissions")
    grant(azure, acr.id, PUSH, stranger["object_id"])
    assert exchange(azure, stranger["token"]).status_code == 403
    grant(azure, acr.id, REPOSITORY_WRITER, stranger["object_id"])
    refresh = exchange(azure, stranger["token"]).json()["refresh_token"]
    assert push(azure, with_token(access_token(azure, "repository:team/app:push", refresh=refresh))).status_code == 201


def test_anonymous_pull(acr):
    headers = with_token(access_token(acr.azure, "repository:team/app:pull,push", auth=deployer(acr)))
    push(acr.azure, headers)
    assert access_token(acr.azure, "repository:team/app:pull").status_code == 401
    acr.patch_registry(sku={"name": "Standard"}, properties={"anonymousPullEnabled": True})
    headers = with_token(access_token(acr.azure, "repository:team/app:pull,push"))
    assert acr.azure.http.get(url("/v2/team/app/tags/list"), headers=headers).json()["tags"] == ["1"]
    assert push(acr.azure, headers, "2").status_code == 401


def test_firewall(acr):
    acr.patch_registry(properties={"publicNetworkAccess": "Disabled"})
    answer = acr.azure.http.get(url("/v2/"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "DENIED")
    assert "client with IP" in answer.json()["errors"][0]["message"]


def test_tokens_expire(acr):
    headers = with_token(access_token(acr.azure, "repository:team/app:push", auth=deployer(acr)))
    acr.azure.advance(76 * 60)
    assert push(acr.azure, headers).status_code == 401


def test_listing_for_az(acr):
    auth = deployer(acr)
    push(acr.azure, with_token(access_token(acr.azure, "repository:team/app:push", auth=auth)))
    headers = with_token(access_token(acr.azure, "registry:catalog:*", auth=auth))
    for path in ("/v2/_catalog", "/acr/v1/_catalog"):
        assert acr.azure.http.get(url(path), headers=headers).json() == {"repositories": ["team/app"]}
    headers = with_token(access_token(acr.azure, "repository:team/app:metadata_read", auth=auth))
    tags = acr.azure.http.get(url("/acr/v1/team/app/_tags"), headers=headers).json()
    assert [tag["name"] for tag in tags["tags"]] == ["1"]


def test_layers_are_refused_by_name(acr):
    headers = with_token(access_token(acr.azure, "repository:team/app:push", auth=deployer(acr)))
    answer = acr.azure.http.post(url("/v2/team/app/blobs/uploads/"), headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (501, "UNSUPPORTED")
