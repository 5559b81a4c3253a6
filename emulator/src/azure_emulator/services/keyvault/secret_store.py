# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The secrets of one vault: versions, soft-deleted ones. Who may see them is decided elsewhere."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from azure_emulator.world import World


@dataclass
class Version:
    """One version of a secret. ``not_before`` and ``expires`` are epoch seconds; they inform, they do not forbid."""

    id: str  # 32 hex digits
    value: str = field(repr=False)
    created: int
    updated: int
    content_type: str | None = None
    tags: dict[str, str] | None = None
    enabled: bool = True
    not_before: int | None = None
    expires: int | None = None


@dataclass
class Secret:
    name: str  # the creator's casing
    versions: list[Version] = field(default_factory=list)  # the newest last

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    def version(self, version_id: str | None) -> Version | None:
        """The version of this id; without an id the newest one, even if it is not valid yet."""
        if not version_id:
            return self.latest
        return next((version for version in self.versions if version.id == version_id.lower()), None)


@dataclass
class DeletedSecret:
    secret: Secret
    deleted: datetime
    purge_at: datetime


class SecretStore:
    """Names compare case-insensitively."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._live: dict[str, Secret] = {}
        self._deleted: dict[str, DeletedSecret] = {}

    def __iter__(self):
        return iter(sorted(self._live.values(), key=lambda secret: secret.name.lower()))

    def get(self, name: str) -> Secret | None:
        return self._live.get(name.lower())

    def deleted(self) -> list[DeletedSecret]:
        """Soft-deleted ones whose retention has not ended."""
        now = self._world.clock.now()
        self._deleted = {name: gone for name, gone in self._deleted.items() if gone.purge_at > now}
        return sorted(self._deleted.values(), key=lambda gone: gone.secret.name.lower())

    def find_deleted(self, name: str) -> DeletedSecret | None:
        return next((gone for gone in self.deleted() if gone.secret.name.lower() == name.lower()), None)

    def now(self) -> int:
        return int(self._world.clock.now().timestamp())

    def add_version(self, name: str, value: str) -> Version:
        """A new version, also for a value that is there already."""
        secret = self._live.setdefault(name.lower(), Secret(name))
        now = self.now()
        secret.versions.append(Version(uuid.uuid4().hex, value, now, now))
        return secret.latest

    def delete(self, secret: Secret, retention_days: int) -> DeletedSecret:
        now = self._world.clock.now()
        gone = DeletedSecret(secret, now, now + timedelta(days=retention_days))
        del self._live[secret.name.lower()]
        self._deleted[secret.name.lower()] = gone
        return gone

    def recover(self, gone: DeletedSecret) -> Secret:
        del self._deleted[gone.secret.name.lower()]
        self._live[gone.secret.name.lower()] = gone.secret
        return gone.secret

    def purge(self, gone: DeletedSecret) -> None:
        del self._deleted[gone.secret.name.lower()]

    def snapshot(self) -> dict:
        """Names and versions, without values."""
        return {
            "secrets": {
                secret.name: [{"version": version.id, "enabled": version.enabled} for version in secret.versions]
                for secret in self
            },
            "deletedsecrets": [gone.secret.name for gone in self.deleted()],
        }
