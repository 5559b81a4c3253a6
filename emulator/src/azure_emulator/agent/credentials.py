# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""From a task's credentials to user names and passwords, as the engine does it (task-files A10)."""

from __future__ import annotations

from dataclasses import dataclass, field

from azure_emulator.agent import identities
from azure_emulator.agent.registries import Registries
from azure_emulator.agent.run import Work
from azure_emulator.agent.secrets import SecretReader
from azure_emulator.agent.taskfile import TaskFileError
from azure_emulator.agent.taskfile.credentials import MSI_USER, VAULT_SECRET, RegistryCredential, parse_credential
from azure_emulator.agent.taskfile.validate import is_guid
from azure_emulator.clouds import cloud_of
from azure_emulator.services.registry import access
from azure_emulator.services.registry.images import HUB_HOSTS
from azure_emulator.services.registry.models import find_by_login_server
from azure_emulator.services.registry.tokens import RegistryTokens
from azure_emulator.world import World

_ABAC = "AbacRepositoryPermissions"


@dataclass(frozen=True)
class SignIn:
    """One ``docker login``. ``by_service``: the service's own token for the run's own registry."""

    server: str
    username: str = ""
    password: str = field(default="", repr=False)
    by_service: bool = False


class Credentials:
    """The sign-ins of one run."""

    def __init__(self, world: World, work: Work, registries: Registries) -> None:
        self._world = world
        self._work = work
        self._registries = registries
        self._secrets = SecretReader(world, work)

    def resolved(self) -> list[SignIn]:
        """All of them, the run's own registry first. Raises TaskFileError with the engine's text, unprefixed."""
        custom = self._work.credentials.get("customRegistries") or {}
        given = [parse_credential(self._as_given_to_engine(host, entry or {})) for host, entry in custom.items()]
        sign_ins = [self._resolve(credential) for credential in given]
        own = self._own({host.lower() for host in custom})
        return [*([own] if own else []), *sign_ins]

    def _own(self, custom: set[str]) -> SignIn | None:
        """The sign-in to the run's own registry; none if the task says so, or gives a credential of its own."""
        server = self._work.login_server
        source = self._work.credentials.get("sourceRegistry") or {}
        if server.lower() in custom:
            return None
        if source.get("identity"):
            given = {"registry": server, "identity": source["identity"], "aadResourceId": self._audience(server)}
            return self._resolve(parse_credential(given))
        registry = find_by_login_server(self._world, server)
        is_abac = registry is not None and registry["properties"]["roleAssignmentMode"] == _ABAC
        if is_abac or source.get("loginMode", "Default").lower() == "none":
            return None
        return SignIn(server, by_service=True)

    def _as_given_to_engine(self, host: str, entry: dict) -> dict[str, str]:
        given = {"registry": host, "identity": entry.get("identity") or ""}
        for field_name, value, kind in (
            ("userName", "username", "userNameProviderType"),
            ("password", "password", "passwordProviderType"),
        ):
            secret = entry.get(field_name) or {}
            given[value] = secret.get("value") or ""
            given[kind] = secret.get("type") or ""
        if not entry.get("userName") and not entry.get("password"):
            given["aadResourceId"] = self._audience(host)
        return given

    def _audience(self, host: str) -> str:
        return cloud_of(host).arm_audiences[0]

    def _resolve(self, credential: RegistryCredential) -> SignIn:
        identity = credential.identity
        if identity and not identities.is_system(identity) and identity.lower() != "[caller]" and not is_guid(identity):
            raise TaskFileError("msi client ID is not a valid guid")
        if credential.is_msi:
            return SignIn(credential.registry, MSI_USER, self._refresh_token(credential))
        username = self._value(credential.username, credential.username_type, identity)
        password = self._value(credential.password, credential.password_type, identity)
        return SignIn(credential.registry, username, password)

    def _value(self, value: str, kind: str, identity: str) -> str:
        return self._secrets.read(value, identity) if kind == VAULT_SECRET else value

    def _refresh_token(self, credential: RegistryCredential) -> str:
        host = credential.registry.lower()
        principal = identities.find(self._world, self._work, credential.identity)
        if principal is None:
            raise identities.token_refused("tokenutil.GetRegistryRefreshToken", f"https://{host}/oauth2/exchange")
        registry = find_by_login_server(self._world, host)
        if registry is None:
            if host in HUB_HOSTS:
                raise TaskFileError("failed to get ACR refresh token, exchange API response code: 404 Not Found")
            raise TaskFileError(
                f'failed to get ACR refresh token: Post "https://{host}/oauth2/exchange": dial tcp: lookup {host}: no '
                "such host"
            )
        user = access.RegistryUser("principal", principal.object_id)
        passes = self._passes_firewall(registry, credential.identity)
        if not passes or not access.has_any_right(self._world, registry, user):
            raise TaskFileError("failed to get ACR refresh token, exchange API response code: 403 Forbidden")
        self._registries.trusted.add(host)
        return self._world.part(RegistryTokens).issue(host, "refresh", user)

    @staticmethod
    def _passes_firewall(registry: dict, identity: str) -> bool:
        """Task runs pass a registry's firewall only as a trusted service: system identity, and two settings."""
        properties = registry["properties"]
        if not access.is_firewalled(registry):
            return True
        return (
            identities.is_system(identity)
            and properties["networkRuleBypassOptions"] == "AzureServices"
            and bool(properties["networkRuleBypassAllowedForTasks"])
        )
