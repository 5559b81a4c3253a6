# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Blobs of the storage accounts that the registry service owns: run logs and uploaded sources."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote

from azure_emulator.world import World

SIGNATURE_VERSION = "2021-08-06"


@dataclass
class Blob:
    """``kind``: AppendBlob (grows) or BlockBlob. Every change gives a new ETag."""

    kind: str
    created: datetime
    modified: datetime
    data: bytearray = field(default_factory=bytearray)
    metadata: dict[str, str] = field(default_factory=dict)  # names as written: Complete
    changes: int = 0
    blocks: dict[str, bytes] = field(default_factory=dict)  # staged, not committed yet

    @property
    def etag(self) -> str:
        return f'"0x8D{int(self.created.timestamp() * 1000) & 0xFFFFFFFFFF:010X}{self.changes:04X}"'


class BlobStore:
    """Blobs by (host, path). A shared access signature is the only way in from outside."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._key = secrets.token_bytes(64)
        self._blobs: dict[tuple[str, str], Blob] = {}
        self._hosts: set[str] = set()

    def snapshot(self) -> list[dict]:
        return [
            {"url": f"https://{host}{path}", "type": blob.kind, "bytes": len(blob.data), "metadata": blob.metadata}
            for (host, path), blob in self._blobs.items()
        ]

    def add_account(self, host: str) -> None:
        self._hosts.add(host.lower())

    def knows_account(self, host: str) -> bool:
        return host.lower() in self._hosts

    def get(self, host: str, path: str) -> Blob | None:
        return self._blobs.get((host, path))

    def create(self, host: str, path: str, kind: str) -> Blob:
        """An empty blob; one of the same name is replaced."""
        now = self._world.clock.now()
        blob = Blob(kind, now, now)
        self._blobs[(host, path)] = blob
        return blob

    def append(self, blob: Blob, data: bytes) -> None:
        blob.data += data
        self._changed(blob)

    def set_metadata(self, blob: Blob, **metadata: str) -> None:
        blob.metadata = metadata
        self._changed(blob)

    def replace(self, blob: Blob, data: bytes) -> None:
        blob.data = bytearray(data)
        self._changed(blob)

    def _changed(self, blob: Blob) -> None:
        blob.changes += 1
        blob.modified = self._world.clock.now()

    def signed_url(self, host: str, path: str, permissions: str, lifetime: timedelta) -> str:
        """A link to one blob. ``permissions``: letters in the service's order, ``r`` or ``rw``."""
        expiry = f"{self._world.clock.now() + lifetime:%Y-%m-%dT%H:%M:%SZ}"
        signature = self.signature(host, path, permissions, expiry)
        return (
            f"https://{host}{quote(path)}?sv={SIGNATURE_VERSION}&se={quote(expiry, safe='')}&sr=b&sp={permissions}"
            f"&sig={quote(signature, safe='')}"
        )

    def signature(self, host: str, path: str, permissions: str, expiry: str) -> str:
        text = "\n".join((permissions, expiry, host, path, SIGNATURE_VERSION))
        return base64.b64encode(hmac.new(self._key, text.encode(), hashlib.sha256).digest()).decode()
