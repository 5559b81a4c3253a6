# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The directory: who exists, and which access tokens say so."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt

from azure_emulator.exchange import Caller
from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

declare(
    "principal_visible_after_seconds",
    0,
    evidence="keyvault-wire 4: a new principal needs seconds to minutes until the directory shows it",
)

# Nobody verifies signatures (clients cache tokens over a restart), so the key may change with every process.
_SIGNING_KEY = secrets.token_bytes(32)


@dataclass
class Principal:
    """``type``: ServicePrincipal | User | Group. ``service_principal_type``: Application | ManagedIdentity | ''."""

    object_id: str
    application_id: str  # '' for users and groups
    display_name: str
    type: str
    service_principal_type: str = ""
    alternative_names: list[str] = field(default_factory=list)  # of a managed identity: its resource id
    user_principal_name: str = ""
    members: list[str] = field(default_factory=list)  # object ids, of a group
    secret: str = field(default="", repr=False)  # client secret of an application, password of a user
    created: datetime | None = None  # None: from the seeds, was always there


class Directory:
    """One tenant. Its principals come from the seeds (applications, users, groups) and from managed identities."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tenant_id: str = world.seeds["tenant"]
        self._principals: dict[str, Principal] = {}
        for seed in world.seeds.get("applications") or []:
            self._add_seed(seed, "ServicePrincipal", "Application")
        for seed in world.seeds.get("users") or []:
            self._add_seed(seed, "User")
        for seed in world.seeds.get("groups") or []:
            self._add_seed(seed, "Group")

    def _add_seed(self, seed: dict[str, Any], kind: str, service_principal_type: str = "") -> None:
        self._add(
            Principal(
                object_id=seed.get("object_id") or self._world.new_id(),
                application_id=seed.get("client_id", ""),
                display_name=seed.get("name", ""),
                type=kind,
                service_principal_type=service_principal_type,
                user_principal_name=seed.get("user_principal_name", ""),
                members=list(seed.get("members") or []),
                secret=seed.get("secret") or seed.get("password") or "",
            )
        )

    def _add(self, principal: Principal) -> Principal:
        self._principals[principal.object_id.lower()] = principal
        return principal

    def add_managed_identity(
        self,
        display_name: str,
        alternative_names: list[str],
        *,
        object_id: str | None = None,
        application_id: str | None = None,
        seeded: bool = False,
    ) -> Principal:
        """A new service principal for a system-assigned or user-assigned identity.

        ``seeded``: it was always there, so look-ups show it at once.
        """
        return self._add(
            Principal(
                object_id=object_id or self._world.new_id(),
                application_id=application_id or self._world.new_id(),
                display_name=display_name,
                type="ServicePrincipal",
                service_principal_type="ManagedIdentity",
                alternative_names=alternative_names,
                created=None if seeded else self._world.clock.now(),
            )
        )

    def remove(self, object_id: str) -> None:
        self._principals.pop(object_id.lower(), None)

    def all(self) -> list[Principal]:
        """The principals that look-ups show now."""
        return [principal for principal in self._principals.values() if self.visible(principal.object_id)]

    def by_object_id(self, object_id: str) -> Principal | None:
        return self._principals.get(object_id.lower())

    def by_application_id(self, application_id: str) -> Principal | None:
        wanted = application_id.lower()
        return next((p for p in self._principals.values() if wanted and p.application_id.lower() == wanted), None)

    def groups_of(self, object_id: str) -> list[str]:
        """Object ids of the groups that ``object_id`` is a direct member of."""
        wanted = object_id.lower()
        return [p.object_id for p in self._principals.values() if wanted in (member.lower() for member in p.members)]

    def visible(self, object_id: str) -> bool:
        """Does the directory show this principal already? (eventual consistency, a switch)"""
        principal = self.by_object_id(object_id)
        if principal is None:
            return False
        if principal.created is None:
            return True
        delay = timedelta(seconds=self._world.part(Switches)["principal_visible_after_seconds"])
        return principal.created + delay <= self._world.clock.now()

    def issue_token(self, principal: Principal, audience: str, seconds: int = 3599) -> str:
        """A JWT as Entra issues it to an application or a managed identity. ``audience`` as it was asked for."""
        now = int(self._world.clock.now().timestamp())
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{self.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + seconds,
            "appid": principal.application_id,
            "appidacr": "1",
            "idtyp": "user" if principal.type == "User" else "app",
            "oid": principal.object_id,
            "sub": principal.object_id,
            "tid": self.tenant_id,
            "ver": "1.0",
        }
        if principal.user_principal_name:
            claims["upn"] = principal.user_principal_name
        if principal.alternative_names:
            claims["xms_mirid"] = principal.alternative_names[0]
        return jwt.encode(claims, _SIGNING_KEY, algorithm="HS256")

    def caller_of(self, principal: Principal, audience: str) -> Caller:
        """Who a request is from when ``principal`` itself acts, without a token on the wire (a running task)."""
        kinds = {"User": "User", "Group": "Application"}
        managed = principal.service_principal_type == "ManagedIdentity"
        return Caller(
            object_id=principal.object_id,
            application_id=principal.application_id,
            tenant_id=self.tenant_id,
            audience=audience,
            name=principal.user_principal_name or principal.application_id,
            kind="ManagedIdentity" if managed else kinds.get(principal.type, "Application"),
        )

    def snapshot(self) -> list[dict]:
        return [
            {
                "object_id": p.object_id,
                "application_id": p.application_id,
                "display_name": p.display_name,
                "type": p.type,
                "service_principal_type": p.service_principal_type,
                "alternative_names": p.alternative_names,
                "user_principal_name": p.user_principal_name,
            }
            for p in self._principals.values()
        ]
