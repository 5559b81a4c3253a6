# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Who may pull from and push to an Azure registry, and the sign-ins that tell who somebody is."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace

from azure_emulator.clouds import cloud_of
from azure_emulator.exchange import Call
from azure_emulator.problems import Problem
from azure_emulator.services.authorization.models import Authorization
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.entra.tokens import TokenError, read_caller
from azure_emulator.services.registry.models import REGISTRY_TYPE, RegistryData
from azure_emulator.services.registry.tokens import RegistryTokens
from azure_emulator.world import World

TOKEN_USER = "00000000-0000-0000-0000-000000000000"
DATA_AUDIENCE = "https://containerregistry.azure.net"
_ABAC = "AbacRepositoryPermissions"
_LEGACY_ACTIONS = {
    "pull": "pull/read",
    "push": "push/write",
    "delete": "artifacts/delete",
    "catalog": "read",
}
_ABAC_ACTIONS = {
    "pull": "repositories/content/read",
    "push": "repositories/content/write",
    "delete": "repositories/content/delete",
    "catalog": "catalog/read",
}


@dataclass(frozen=True)
class RegistryUser:
    """``kind``: admin | principal | anonymous | service (the task service itself, in its own registry)."""

    kind: str
    object_id: str = ""


ANONYMOUS = RegistryUser("anonymous")
SERVICE = RegistryUser("service")


def may(world: World, registry: dict, user: RegistryUser, action: str) -> bool:
    """``action``: pull | push | delete | catalog. Attribute conditions on repositories are not evaluated."""
    if user.kind in ("admin", "service"):
        return True
    if user.kind == "anonymous":
        return bool(registry["properties"]["anonymousPullEnabled"]) and action in ("pull", "catalog")
    authorization = world.part(Authorization)
    if registry["properties"]["roleAssignmentMode"] == _ABAC:
        return authorization.allows_data(user.object_id, f"{REGISTRY_TYPE}/{_ABAC_ACTIONS[action]}", registry["id"])
    return authorization.allows(user.object_id, f"{REGISTRY_TYPE}/{_LEGACY_ACTIONS[action]}", registry["id"])


def has_any_right(world: World, registry: dict, user: RegistryUser) -> bool:
    return any(may(world, registry, user, action) for action in _LEGACY_ACTIONS)


def sign_in(world: World, registry: dict, username: str, password: str) -> RegistryUser | None:
    """User name and password as docker sends them: admin user, refresh token, or application id and secret."""
    if world.part(RegistryData).is_admin(registry, username, password):
        return RegistryUser("admin")
    if username == TOKEN_USER:
        return world.part(RegistryTokens).user_of(password, registry["properties"]["loginServer"], "refresh")
    principal = world.part(Directory).by_application_id(username)
    if principal and principal.secret and hmac.compare_digest(principal.secret.encode(), password.encode()):
        user = RegistryUser("principal", principal.object_id)
        return user if has_any_right(world, registry, user) else None
    return None


def exchange(call: Call, registry: dict, access_token: str) -> RegistryUser:
    """Who an Entra access token is from, for /oauth2/exchange. Raises Problem 401 or 403."""
    policy = registry["properties"]["policies"]["azureADAuthenticationAsArmPolicy"]["status"]
    audiences = [DATA_AUDIENCE]
    if policy.lower() == "enabled":
        audiences += cloud_of(call.host).arm_audiences
    signed = replace(call, headers={"authorization": f"Bearer {access_token}"})
    try:
        caller = read_caller(signed, audiences)
    except TokenError as error:
        raise Problem(
            401, "UNAUTHORIZED", "authentication required, visit https://aka.ms/acr/authorization for more information."
        ) from error
    user = RegistryUser("principal", caller.object_id)
    if not has_any_right(call.world, registry, user):
        raise Problem(403, "DENIED", "requested access to the resource is denied")
    return user


def is_firewalled(registry: dict) -> bool:
    """Is the registry closed to addresses that no rule names? (the local client's is never named)"""
    properties = registry["properties"]
    rules = properties["networkRuleSet"]
    return properties["publicNetworkAccess"].lower() == "disabled" or rules["defaultAction"].lower() == "deny"
