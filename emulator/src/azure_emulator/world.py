# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""All state of the local Azure, in one object."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from azure_emulator import redaction


class Clock:
    """The service's time. Tests move it; nothing in a service asks the machine's clock."""

    def __init__(self) -> None:
        self._shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def advance(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)


class Part(Protocol):
    """State that one service owns. It is made when first asked for, and made anew by reset()."""

    def __init__(self, world: World) -> None: ...

    def snapshot(self) -> Any:
        """A JSON value for `azure-emulator state`. Never holds a secret."""


PartType = TypeVar("PartType", bound=Part)


class ResourceStore:
    """Tracked ARM resources by id. Ids compare case-insensitively; the creator's spelling is kept in the body."""

    def __init__(self) -> None:
        self._by_id: dict[str, dict] = {}

    @staticmethod
    def _key(resource_id: str) -> str:
        return resource_id.rstrip("/").lower()

    def get(self, resource_id: str) -> dict | None:
        return self._by_id.get(self._key(resource_id))

    def put(self, body: dict) -> dict:
        """Stores ``body`` under ``body["id"]``: the full truth, secrets unmasked."""
        self._by_id[self._key(body["id"])] = body
        return body

    def delete(self, resource_id: str) -> dict | None:
        return self._by_id.pop(self._key(resource_id), None)

    def __contains__(self, resource_id: object) -> bool:
        return isinstance(resource_id, str) and self._key(resource_id) in self._by_id

    def __iter__(self) -> Iterator[dict]:
        return iter(list(self._by_id.values()))

    def below(self, scope: str) -> list[dict]:
        """Everything whose id lies below ``scope``, in order of creation."""
        prefix = self._key(scope) + "/"
        return [body for key, body in self._by_id.items() if key.startswith(prefix)]

    def of_type(self, resource_type: str, below: str = "") -> list[dict]:
        """All of one type, at most those below a scope, in order of creation."""
        wanted, prefix = resource_type.lower(), self._key(below) + "/" if below else ""
        return [body for key, body in self._by_id.items() if body["type"].lower() == wanted and key.startswith(prefix)]


class World:
    """The state, and the only thing that handlers share.

    ``part(Class)`` is how a service reaches its own state and that of others: ``world.part(VaultData)``. So this
    module knows no service, and a service may be added without touching it.
    """

    def __init__(self, seeds: dict) -> None:
        self._seeds = copy.deepcopy(seeds)
        self.reset()

    def reset(self) -> None:
        """Back to the seeds, as if just started."""
        self.seeds = copy.deepcopy(self._seeds)
        self.clock = Clock()
        self.resources = ResourceStore()
        self._parts: dict[type, Any] = {}

    def part(self, kind: type[PartType]) -> PartType:
        if kind not in self._parts:
            self._parts[kind] = kind(self)
        return self._parts[kind]

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def snapshot(self) -> dict:
        """The whole state as a JSON value, without secrets."""
        return {
            "time": self.clock.now().isoformat(timespec="seconds"),
            "resources": [redaction.body(body) for body in self.resources],
            "parts": {kind.__name__: part.snapshot() for kind, part in self._parts.items()},
        }
