# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What has been pushed: repositories, tags and manifests of every registry and of Docker Hub."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from azure_emulator.lifecycle import when_removed
from azure_emulator.services.registry.models import REGISTRY_TYPE
from azure_emulator.world import World

DOCKER_HUB = "docker.io"
# Names under which docker and the Hub's own interfaces reach Docker Hub.
HUB_HOSTS = ("docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class ImageName:
    """A full image name. ``registry`` is a host, ``docker.io`` where the name has none."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> ImageName:
        """As docker reads it: ``app``, ``user/app:1``, ``reg.azurecr.io/team/app@sha256:…``. No tag is ``latest``."""
        name, _, digest = text.partition("@")
        first, slash, rest = name.partition("/")
        if slash and ("." in first or ":" in first or first == "localhost"):
            registry, path = first.lower(), rest
        else:
            registry, path = DOCKER_HUB, name
        last = path.rsplit("/", 1)[-1]
        repository, _, tag = path.rpartition(":") if ":" in last else (path, "", "")
        if canonical(registry) == DOCKER_HUB and "/" not in repository:
            repository = f"library/{repository}"
        return cls(registry, repository, tag or ("" if digest else "latest"), digest)

    @property
    def shown(self) -> str:
        """As docker prints it after "The push refers to repository"."""
        return f"{self.registry}/{self.repository}"


def canonical(host: str) -> str:
    """One key for all names of Docker Hub; other hosts are their own."""
    return DOCKER_HUB if host.lower() in HUB_HOSTS else host.lower()


def synthetic(seed: str, part: str) -> str:
    """A digest that stands for content which nobody has; equal seeds, equal digests."""
    return f"sha256:{hashlib.sha256('/'.join((part, seed)).encode()).hexdigest()}"


def synthetic_manifest(seed: str) -> bytes:
    """A manifest of an image with one layer, in docker's layout."""
    body = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {
            "mediaType": "application/vnd.docker.container.image.v1+json",
            "size": 1510,
            "digest": synthetic(seed, "config"),
        },
        "layers": [
            {
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": 977,
                "digest": synthetic(seed, "layer"),
            }
        ],
    }
    return json.dumps(body, indent=3).encode()


@dataclass
class Manifest:
    data: bytes
    media_type: str
    pushed: datetime

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"


@dataclass
class Repository:
    """``owner`` and ``private`` matter on Docker Hub only."""

    name: str
    private: bool = False
    owner: str = ""
    tags: dict[str, str] = field(default_factory=dict)  # tag -> digest, in order of first push
    manifests: dict[str, Manifest] = field(default_factory=dict)  # by digest

    def find(self, reference: str) -> Manifest | None:
        """By tag or by digest."""
        return self.manifests.get(self.tags.get(reference, reference))


class ImageStore:
    """Repositories by host. Names are lower case, as registries demand."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._repositories: dict[tuple[str, str], Repository] = {}
        for seed in (world.seeds.get("docker_hub") or {}).get("repositories") or []:
            name = seed["name"].lower()
            owner = seed.get("owner") or name.split("/")[0]
            self._repositories[(DOCKER_HUB, name)] = Repository(name, bool(seed.get("private")), owner)
        for seed in world.seeds.get("images") or []:
            name = ImageName.parse(seed if isinstance(seed, str) else seed["name"])
            self.push(name.registry, name.repository, name.tag, synthetic_manifest(name.shown + name.tag))

    def snapshot(self) -> list[dict]:
        return [
            {"registry": host, "repository": name, "private": found.private, "tags": dict(found.tags)}
            for (host, name), found in self._repositories.items()
        ]

    def repository(self, host: str, name: str) -> Repository | None:
        return self._repositories.get((canonical(host), name.lower()))

    def repositories(self, host: str) -> list[Repository]:
        """All of one host, by name."""
        return [found for (owner, _), found in sorted(self._repositories.items()) if owner == canonical(host)]

    def push(self, host: str, repository: str, tag: str, data: bytes, media_type: str = MANIFEST_TYPE) -> Manifest:
        """Stores a manifest; makes the repository if need be. ``tag`` may be empty (push by digest)."""
        key = (canonical(host), repository.lower())
        found = self._repositories.setdefault(key, Repository(key[1], owner=key[1].split("/")[0]))
        manifest = Manifest(data, media_type, self._world.clock.now())
        found.manifests[manifest.digest] = manifest
        if tag:
            found.tags[tag] = manifest.digest
        return manifest

    def forget(self, host: str) -> None:
        self._repositories = {key: found for key, found in self._repositories.items() if key[0] != canonical(host)}


def _gone(world: World, body: dict) -> None:
    world.part(ImageStore).forget(body["properties"]["loginServer"])


when_removed(REGISTRY_TYPE, _gone)
