# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Docker Hub's token service, and who may touch which repository."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route
from azure_emulator.services.dockerhub.models import TOKEN_SECONDS, HubAccounts, HubToken
from azure_emulator.services.registry.distribution import unauthorized
from azure_emulator.services.registry.stamps import fraction

REALM, SERVICE = "https://auth.docker.io/token", "registry.docker.io"


def token_error(problem: Problem) -> Answer:
    return Answer(problem.status, {"details": problem.message}, dict(problem.headers))


def no_sign_in(call: Call, route: Route) -> None:
    """The token service reads the sign-in itself."""


def token(call: Call) -> Answer:
    """A token for the asked-for scope, as far as the account may do it. Without sign-in: public pulls only."""
    pair: tuple[str, str] | None
    if call.method == "POST":
        form = dict(parse_qsl(call.body.decode("utf-8", errors="replace"), keep_blank_values=True))
        pair = (form.get("username", ""), form.get("password", ""))
        scopes = form.get("scope", "")
    else:
        pair, scopes = _basic(call), call.query.get("scope", "")
    accounts = call.world.part(HubAccounts)
    if pair is not None and not accounts.sign_in(*pair):
        raise Problem(401, "UNAUTHORIZED", "incorrect username or password")
    username = pair[0] if pair else ""
    actions: dict[str, frozenset[str]] = {}
    for scope in scopes.split():
        name, _, wanted = scope.removeprefix("repository:").rpartition(":")
        able = {action for action in wanted.split(",") if accounts.may(username, name, action)}
        actions[name] = actions.get(name, frozenset()) | able
    issued = accounts.issue(username, actions)
    return Answer(
        200,
        {
            "token": issued,
            "access_token": issued,
            "expires_in": TOKEN_SECONDS,
            "issued_at": fraction(call.world.clock.now(), "Z"),
        },
    )


def prepare(call: Call, route: Route) -> None:
    """Every request to the registry proper needs a token, an anonymous one at least."""
    if call.path.rstrip("/").lower() == "/v2" and _token(call) is None:
        raise unauthorized(REALM, SERVICE)


def allow(call: Call, repository: str, action: str) -> None:
    """Raises Problem unless the token was issued for this. Private and unknown repositories look the same."""
    found = _token(call)
    if found is None or action not in found.actions.get(repository, frozenset()):
        raise unauthorized(REALM, SERVICE, f"repository:{repository}:{action}")


def _token(call: Call) -> HubToken | None:
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    return call.world.part(HubAccounts).find(value.strip()) if kind.lower() == "bearer" else None


def _basic(call: Call) -> tuple[str, str] | None:
    kind, _, value = call.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(value).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ("", "")
    return name, password
