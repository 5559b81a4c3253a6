# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The registries that a run can reach: signing in, pulling and pushing, with docker's words when refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from azure_emulator.clouds import CLOUDS
from azure_emulator.services.dockerhub.models import HubAccounts
from azure_emulator.services.registry import access
from azure_emulator.services.registry.images import DOCKER_HUB, HUB_HOSTS, ImageName, ImageStore, Manifest
from azure_emulator.services.registry.models import find_by_login_server
from azure_emulator.world import World

_MORE = "authentication required, visit https://aka.ms/acr/authorization for more information."
_FIREWALL = "client with IP '127.0.0.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."
# docker keeps one sign-in for these two; the long Hub name is another server to it.
_ONE_SIGN_IN = ("docker.io", "index.docker.io")


class DockerError(Exception):
    """What docker prints when a registry refuses. ``code``: docker's exit status."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.code = code


@dataclass
class Registries:
    """One run's docker configuration. ``trusted``: servers whose firewall lets this run pass."""

    world: World
    trusted: set[str] = field(default_factory=set)
    _users: dict[str, str | access.RegistryUser] = field(default_factory=dict, repr=False)

    def sign_in(self, server: str, username: str, password: str) -> None:
        """``docker login``. Raises DockerError."""
        host = server.lower()
        if not username or not password:
            raise DockerError("Error: Cannot perform an interactive login from a non TTY device")
        if host in HUB_HOSTS:
            asked = "registry-1.docker.io" if host in _ONE_SIGN_IN else host
            if not self.world.part(HubAccounts).sign_in(username, password):
                raise _daemon(asked, "unauthorized: incorrect username or password")
            self._users[_key(host)] = username
            return
        registry = self._azure(host)
        self._check_firewall(registry, host)
        user = access.sign_in(self.world, registry, username, password)
        if user is None:
            raise _daemon(host, f"unauthorized: {_MORE}")
        self._users[host] = user

    def sign_in_as_service(self, server: str) -> None:
        """The service's own sign-in to the registry that the run belongs to. Raises DockerError."""
        host = server.lower()
        registry = self._azure(host)
        self._check_firewall(registry, host)
        self._users[host] = access.SERVICE

    def pull(self, name: ImageName) -> Manifest | None:
        """The manifest, or None for an image of the outside world, which is taken to be there. Raises DockerError."""
        store = self.world.part(ImageStore)
        found = store.repository(name.registry, name.repository)
        manifest = found.find(name.digest or name.tag) if found else None
        if not self._may(name, "pull"):
            raise DockerError(
                f"Error response from daemon: pull access denied for {_short(name)}, repository does not exist or may "
                "require 'docker login': denied: requested access to the resource is denied"
                if name.registry in HUB_HOSTS
                else f'Error response from daemon: Head "https://{name.registry}/v2/{name.repository}/manifests/'
                f'{name.digest or name.tag}": unauthorized: {_MORE}',
            )
        if manifest is None and (found is not None or name.registry.endswith(_azure_suffixes())):
            raise DockerError(
                f"Error response from daemon: manifest for {_short(name)}:{name.tag} not found: manifest unknown: "
                "manifest unknown"
            )
        return manifest

    def check_push(self, name: ImageName) -> None:
        """Raises DockerError unless the run may push there."""
        if self._may(name, "push"):
            return
        if name.registry in HUB_HOSTS:
            raise DockerError("denied: requested access to the resource is denied")
        raise DockerError("unauthorized: authentication required")

    def push(self, name: ImageName, data: bytes) -> Manifest:
        """Raises DockerError."""
        self.check_push(name)
        return self.world.part(ImageStore).push(name.registry, name.repository, name.tag, data)

    def _may(self, name: ImageName, action: str) -> bool:
        user = self._users.get(_key(name.registry))
        if name.registry in HUB_HOSTS:
            username = user if isinstance(user, str) else ""
            found = self.world.part(ImageStore).repository(DOCKER_HUB, name.repository)
            if action == "pull" and found is None:
                return True  # a public image of the real Hub
            return self.world.part(HubAccounts).may(username, name.repository, action)
        if not name.registry.endswith(_azure_suffixes()):
            return action == "pull"  # mcr.microsoft.com and others: public, read only
        registry = self._azure(name.registry)
        self._check_firewall(registry, name.registry)
        caller = user if isinstance(user, access.RegistryUser) else access.ANONYMOUS
        return access.may(self.world, registry, caller, action)

    def _azure(self, host: str) -> dict:
        registry = find_by_login_server(self.world, host)
        if registry is None:
            raise _daemon(host, f"dial tcp: lookup {host}: no such host")
        return registry

    def _check_firewall(self, registry: dict, host: str) -> None:
        if access.is_firewalled(registry) and host not in self.trusted:
            raise _daemon(host, f"denied: {_FIREWALL}")


def _daemon(host: str, words: str) -> DockerError:
    return DockerError(f'Error response from daemon: Get "https://{host}/v2/": {words}')


def _key(host: str) -> str:
    return DOCKER_HUB if host in _ONE_SIGN_IN else host


def _short(name: ImageName) -> str:
    """As docker shows a name: without docker.io and library/."""
    return name.repository.removeprefix("library/") if name.registry == DOCKER_HUB else name.shown


def _azure_suffixes() -> tuple[str, ...]:
    return tuple(cloud.registry_suffix for cloud in CLOUDS)
