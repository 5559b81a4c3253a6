# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The data plane of an Azure registry: token endpoints, and az's own listing calls."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route
from azure_emulator.services.registry import access
from azure_emulator.services.registry.distribution import unauthorized
from azure_emulator.services.registry.images import ImageStore
from azure_emulator.services.registry.models import find_by_login_server
from azure_emulator.services.registry.stamps import fraction
from azure_emulator.services.registry.tokens import RegistryTokens

_MORE = "authentication required, visit https://aka.ms/acr/authorization for more information."
_OPEN = "/oauth2/"


def prepare(call: Call, route: Route) -> None:
    """The firewall, and whether the request is signed at all; which repository it may touch, handlers ask."""
    registry = registry_of(call)
    if access.is_firewalled(registry):
        raise Problem(
            403,
            "DENIED",
            "client with IP '127.0.0.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
        )
    if not call.path.lower().startswith(_OPEN) and not registry["properties"]["anonymousPullEnabled"]:
        _user_and_grant(call, registry, "")


def registry_of(call: Call) -> dict:
    registry = find_by_login_server(call.world, call.host)
    if registry is None:  # the name would not resolve; only a direct call comes here
        raise Problem(404, "NAME_UNKNOWN", f"There is no registry '{call.host}'.")
    return registry


def allow(call: Call, repository: str, action: str) -> None:
    """Raises Problem unless the request's token, or its user and password, may do ``action``."""
    registry = registry_of(call)
    scope = f"repository:{repository}:{action}" if repository else "registry:catalog:*"
    user, granted = _user_and_grant(call, registry, scope)
    if granted is not None and action not in granted.get(repository, frozenset()):
        raise _challenge(call, scope)
    if not access.may(call.world, registry, user, action):
        raise _challenge(call, scope)


def exchange(call: Call) -> Answer:
    """An Entra access token for a refresh token of this registry."""
    form, registry = _form(call), registry_of(call)
    if form.get("grant_type") != "access_token" or not form.get("access_token"):
        raise Problem(400, "UNSUPPORTED", "The grant_type must be access_token, with an access_token.")
    user = access.exchange(call, registry, form["access_token"])
    return Answer(200, {"refresh_token": call.world.part(RegistryTokens).issue(call.host, "refresh", user)})


def token(call: Call) -> Answer:
    """An access token for the asked-for scope, as far as the user may do it. GET with Basic, or a form."""
    registry = registry_of(call)
    tokens = call.world.part(RegistryTokens)
    if call.method == "POST":
        form = _form(call)
        scope = form.get("scope", "")
        if form.get("grant_type") == "password":
            user = access.sign_in(call.world, registry, form.get("username", ""), form.get("password", ""))
        else:
            user = tokens.user_of(form.get("refresh_token", ""), call.host, "refresh")
    else:
        scope = call.query.get("scope", "")
        pair = _basic(call)
        user = access.sign_in(call.world, registry, *pair) if pair else None
        if pair is None and registry["properties"]["anonymousPullEnabled"]:
            user = access.ANONYMOUS
    if user is None:
        raise Problem(401, "UNAUTHORIZED", _MORE)
    actions = _granted(call, registry, user, scope)
    return Answer(200, {"access_token": tokens.issue(call.host, "access", user, actions)})


def catalog(call: Call) -> Answer:
    allow(call, "", "catalog")
    names = [found.name for found in call.world.part(ImageStore).repositories(call.host)]
    return Answer(200, {"repositories": names})


def list_tags_with_attributes(call: Call) -> Answer:
    """``az acr repository show-tags``."""
    name = call.params["name"]
    allow(call, name, "pull")
    repository = call.world.part(ImageStore).repository(call.host, name)
    if repository is None:
        raise Problem(404, "NAME_UNKNOWN", "repository name not known to registry", extra={"detail": {"name": name}})
    tags = [
        {
            "name": tag,
            "digest": digest,
            "createdTime": fraction(repository.manifests[digest].pushed, "Z"),
            "lastUpdateTime": fraction(repository.manifests[digest].pushed, "Z"),
            "signed": False,
            "changeableAttributes": {
                "deleteEnabled": True,
                "writeEnabled": True,
                "readEnabled": True,
                "listEnabled": True,
            },
        }
        for tag, digest in sorted(repository.tags.items())
    ]
    return Answer(200, {"registry": call.host, "imageName": name, "tags": tags})


def _user_and_grant(
    call: Call, registry: dict, scope: str
) -> tuple[access.RegistryUser, dict[str, frozenset[str]] | None]:
    """The user, and what an access token is limited to (None: signed in with user and password)."""
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        grant = call.world.part(RegistryTokens).find(value.strip(), call.host, "access")
        if grant is None:
            raise _challenge(call, scope)
        return grant.user, grant.actions
    pair = _basic(call)
    user = access.sign_in(call.world, registry, *pair) if pair else None
    if user is None:
        raise _challenge(call, scope)
    return user, None


def _challenge(call: Call, scope: str) -> Problem:
    return unauthorized(f"https://{call.host}/oauth2/token", call.host, scope, _MORE)


def _granted(call: Call, registry: dict, user: access.RegistryUser, scopes: str) -> dict[str, frozenset[str]]:
    granted: dict[str, frozenset[str]] = {}
    for scope in scopes.split():
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        if kind == "registry":
            name, wanted = "", {"catalog"}
        else:
            wanted = set(actions.split(","))
            if "*" in wanted:
                wanted = {"pull", "push", "delete"}
            if "metadata_read" in wanted:
                wanted.add("pull")
        able = {action for action in wanted if _is_action(action) and access.may(call.world, registry, user, action)}
        granted[name] = granted.get(name, frozenset()) | able
    return granted


def _is_action(word: str) -> bool:
    return word in ("pull", "push", "delete", "catalog")


def _basic(call: Call) -> tuple[str, str] | None:
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None


def _form(call: Call) -> dict[str, str]:
    return dict(parse_qsl(call.body.decode("utf-8", errors="replace"), keep_blank_values=True))
