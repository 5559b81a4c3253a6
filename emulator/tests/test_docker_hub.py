# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The local Docker Hub: token sign-in, public and private repositories."""

from __future__ import annotations

import pytest

AUTH, REGISTRY = "https://auth.docker.io/token", "https://registry-1.docker.io"
OWNER = ("hubuser", "hubpassword")
OTHER = ("other", "otherpassword")
SEEDS = {
    "docker_hub": {
        "accounts": [{"username": name, "password": password} for name, password in (OWNER, OTHER)],
        "repositories": [
            {"name": "hubuser/hubrepo", "private": True, "owner": "hubuser"},
            {"name": "hubuser/public", "private": False},
        ],
    },
    "images": ["hubuser/hubrepo:1", "hubuser/public:1"],
}


@pytest.fixture
def hub(azure):
    azure.control("POST", "reset", {"seeds": SEEDS})
    return azure.http


def token(hub, scope="", auth=None):
    query = {"service": "registry.docker.io"} | ({"scope": scope} if scope else {})
    return hub.get(AUTH, params=query, auth=auth)


def bearer(answer):
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def tags(hub, name, auth=None, host=REGISTRY):
    headers = bearer(token(hub, f"repository:{name}:pull", auth))
    return hub.get(f"{host}/v2/{name}/tags/list", headers=headers)


def test_challenge(hub):
    answer = hub.get(f"{REGISTRY}/v2/")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == f'Bearer realm="{AUTH}",service="registry.docker.io"'
    assert hub.get(f"{REGISTRY}/v2/", headers=bearer(token(hub))).status_code == 200
    answer = hub.get(f"{REGISTRY}/v2/hubuser/hubrepo/tags/list")
    assert 'scope="repository:hubuser/hubrepo:pull"' in answer.headers["www-authenticate"]
    assert answer.json()["errors"][0]["detail"][0]["Name"] == "hubuser/hubrepo"


def test_sign_in(hub):
    good = token(hub, auth=OWNER)
    assert {"token", "access_token", "expires_in", "issued_at"} == set(good.json())
    bad = token(hub, auth=("hubuser", "wrong"))
    assert (bad.status_code, bad.json()) == (401, {"details": "incorrect username or password"})
    form = {"grant_type": "password", "service": "registry.docker.io", "username": OWNER[0], "password": OWNER[1]}
    assert hub.post(AUTH, data=form).status_code == 200


@pytest.mark.parametrize("host", [REGISTRY, "https://index.docker.io"])
def test_private_repository(hub, host):
    assert tags(hub, "hubuser/hubrepo", OWNER, host).json() == {"name": "hubuser/hubrepo", "tags": ["1"]}
    for auth in (None, OTHER):
        answer = tags(hub, "hubuser/hubrepo", auth, host)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "UNAUTHORIZED")


def test_public_repository(hub):
    for auth in (None, OTHER, OWNER):
        assert tags(hub, "hubuser/public", auth).json()["tags"] == ["1"]


def test_a_repository_that_is_not_there(hub):
    # As good as private to others; the namespace's owner is told.
    assert tags(hub, "hubuser/nope", OTHER).status_code == 401
    answer = tags(hub, "hubuser/nope", OWNER)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "NAME_UNKNOWN")


def test_push(hub):
    for auth, status in ((OWNER, 201), (OTHER, 401), (None, 401)):
        headers = bearer(token(hub, "repository:hubuser/hubrepo:pull,push", auth))
        answer = hub.put(f"{REGISTRY}/v2/hubuser/hubrepo/manifests/2", content=b"{}", headers=headers)
        assert answer.status_code == status
    assert tags(hub, "hubuser/hubrepo", OWNER).json()["tags"] == ["1", "2"]


def test_tokens_are_for_what_was_asked_and_expire(azure, hub):
    headers = bearer(token(hub, "repository:hubuser/hubrepo:pull", OWNER))
    path = f"{REGISTRY}/v2/hubuser/hubrepo/manifests/1"
    assert hub.put(path, content=b"{}", headers=headers).status_code == 401
    assert hub.get(path, headers=headers).status_code == 200
    azure.advance(301)
    assert hub.get(path, headers=headers).status_code == 401
