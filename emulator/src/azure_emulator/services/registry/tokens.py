# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Refresh and access tokens of registries' data planes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from azure_emulator.world import World

_LIFETIMES = {"refresh": timedelta(hours=3), "access": timedelta(minutes=75)}


@dataclass(frozen=True)
class Grant:
    """``actions``: for an access token, what it may be used for: repository name -> pull, push, delete."""

    server: str
    kind: str
    user: Any
    expires: datetime
    actions: dict[str, frozenset[str]]


class RegistryTokens:
    """Tokens by their text. They look like JWTs, as some clients read the expiry out of them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._key = secrets.token_bytes(32)
        self._grants: dict[str, Grant] = {}

    def snapshot(self) -> dict:
        return {"tokens": len(self._grants)}

    def issue(self, server: str, kind: str, user: Any, actions: dict[str, frozenset[str]] | None = None) -> str:
        """``kind``: refresh | access."""
        now = self._world.clock.now()
        expires = now + _LIFETIMES[kind]
        claims = {
            "jti": self._world.new_id(),
            "iss": "Azure Container Registry",
            "aud": server,
            "iat": int(now.timestamp()),
            "exp": int(expires.timestamp()),
            "grant_type": f"{kind}_token",
            "access": [
                {"type": "repository", "name": name, "actions": sorted(granted)}
                for name, granted in (actions or {}).items()
            ],
        }
        token = jwt.encode(claims, self._key, algorithm="HS256")
        self._grants[token] = Grant(server, kind, user, expires, actions or {})
        return token

    def find(self, token: str, server: str, kind: str) -> Grant | None:
        grant = self._grants.get(token)
        if grant is None or grant.server != server or grant.kind != kind:
            return None
        return grant if grant.expires > self._world.clock.now() else None

    def user_of(self, token: str, server: str, kind: str) -> Any | None:
        grant = self.find(token, server, kind)
        return grant.user if grant else None
