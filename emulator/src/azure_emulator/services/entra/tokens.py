# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Reads the access token of a request. Each plane words a bad one in its own way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import jwt

from azure_emulator.exchange import Call, Caller
from azure_emulator.services.entra.models import Directory


class TokenError(Exception):
    """``reason``: missing | malformed | expired | tenant | audience. ``claims``: what could be read."""

    def __init__(self, reason: str, claims: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.claims = claims or {}


def read_caller(call: Call, audiences: Iterable[str]) -> Caller:
    """The caller that the bearer token names; raises TokenError.

    ``audiences`` without trailing slashes: ``https://vault.azure.net``. Signatures are not verified, because clients
    keep tokens over a restart of the emulator; expiry, tenant and audience are.
    """
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenError("missing")
    try:
        claims = jwt.decode(token.strip(), options={"verify_signature": False})
        expires = float(claims["exp"])
        caller = Caller(
            object_id=str(claims["oid"]),
            application_id=str(claims.get("appid", "")),
            tenant_id=str(claims["tid"]),
            audience=str(claims["aud"]),
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise TokenError("malformed") from error
    directory = call.world.part(Directory)
    if expires <= call.world.clock.now().timestamp():
        raise TokenError("expired", claims)
    if caller.tenant_id.lower() != directory.tenant_id.lower():
        raise TokenError("tenant", claims)
    if caller.audience.rstrip("/").lower() not in {audience.rstrip("/").lower() for audience in audiences}:
        raise TokenError("audience", claims)
    principal = directory.by_object_id(caller.object_id)
    return directory.caller_of(principal, caller.audience) if principal else caller
