# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Accounts of the local Docker Hub, and what they may do. Repositories are in the image store."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from azure_emulator.services.registry.images import DOCKER_HUB, ImageStore
from azure_emulator.world import World

TOKEN_SECONDS = 300


@dataclass(frozen=True)
class HubToken:
    """``username`` is empty for an anonymous token. ``actions``: repository -> pull, push."""

    username: str
    actions: dict[str, frozenset[str]]
    expires: datetime


class HubAccounts:
    """Accounts from the seeds: user name, and a password or an access token in its place."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._passwords: dict[str, str] = {}
        self._tokens: dict[str, HubToken] = {}
        for seed in (world.seeds.get("docker_hub") or {}).get("accounts") or []:
            self._passwords[seed["username"].lower()] = str(seed["password"])

    def snapshot(self) -> dict:
        return {"accounts": sorted(self._passwords), "tokens": len(self._tokens)}

    def sign_in(self, username: str, password: str) -> bool:
        known = self._passwords.get(username.lower())
        return known is not None and hmac.compare_digest(known.encode(), password.encode())

    def may(self, username: str, repository: str, action: str) -> bool:
        """``action``: pull | push | delete. Private repositories are as good as not there for all but their owner."""
        found = self._world.part(ImageStore).repository(DOCKER_HUB, repository)
        owner = found.owner if found else repository.split("/")[0]
        if username and owner.lower() == username.lower():
            return True
        return action == "pull" and found is not None and not found.private

    def issue(self, username: str, actions: dict[str, frozenset[str]]) -> str:
        token = secrets.token_urlsafe(48)
        expires = self._world.clock.now() + timedelta(seconds=TOKEN_SECONDS)
        self._tokens[token] = HubToken(username, actions, expires)
        return token

    def find(self, token: str) -> HubToken | None:
        found = self._tokens.get(token)
        return found if found and found.expires > self._world.clock.now() else None
