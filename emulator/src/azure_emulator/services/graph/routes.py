# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What Microsoft Graph answers to, how it authenticates, how it words errors."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from azure_emulator.clouds import CLOUDS, cloud_of
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route, Router
from azure_emulator.service import DataPlane
from azure_emulator.services.entra.tokens import TokenError, read_caller
from azure_emulator.services.graph import handlers

router = Router()
router.add("GET", "/v1.0/me", handlers.me)
router.add("GET", "/v1.0/servicePrincipals", handlers.list_service_principals)
router.add("GET", "/v1.0/servicePrincipals/{id}", handlers.get_service_principal)
router.add("GET", "/v1.0/users", handlers.list_users)
router.add("GET", "/v1.0/users/{id}", handlers.get_user)
router.add("GET", "/v1.0/groups", handlers.list_groups)
router.add("GET", "/v1.0/groups/{id}", handlers.get_group)
router.add("GET", "/v1.0/directoryObjects/{id}", handlers.get_object)
router.add("POST", "/v1.0/directoryObjects/getByIds", handlers.get_by_ids)

_TEXTS = {
    "missing": "Access token is empty.",
    "malformed": "CompactToken parsing failed with error code: 80049217",
    "expired": "Lifetime validation failed, the token is expired.",
    "tenant": "Access token validation failure. Invalid issuer.",
    "audience": "Access token validation failure. Invalid audience.",
}


def prepare(call: Call, route: Route) -> None:
    try:
        call.caller = read_caller(call, [f"https://{cloud_of(call.host).graph_host}"])
    except TokenError as error:
        raise Problem(401, "InvalidAuthenticationToken", _TEXTS[error.reason]) from error


def envelope(problem: Problem) -> Answer:
    request_id = str(uuid.uuid4())
    inner = {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": request_id,
        "client-request-id": request_id,
    }
    body = {"error": {"code": problem.code, "message": problem.message, "innerError": inner}}
    return Answer(problem.status, body, {"request-id": request_id} | problem.headers)


PLANE = DataPlane(
    name="graph",
    hosts=tuple(cloud.graph_host for cloud in CLOUDS),
    router=router,
    prepare=prepare,
    envelope=envelope,
)
