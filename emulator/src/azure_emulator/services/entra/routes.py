# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What Entra answers to, and how it words errors."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from azure_emulator.clouds import CLOUDS
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route, Router
from azure_emulator.service import DataPlane
from azure_emulator.services.entra import handlers

router = Router()
router.add("GET", "/{tenant}/v2.0/.well-known/openid-configuration", handlers.openid_configuration)
router.add("GET", "/common/discovery/instance", handlers.discover_instance)
router.add("POST", "/{tenant}/oauth2/v2.0/token", handlers.token)


def prepare(call: Call, route: Route) -> None:
    """Nobody is signed in yet."""


def envelope(problem: Problem) -> Answer:
    trace_id, correlation_id = str(uuid.uuid4()), str(uuid.uuid4())
    time = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    codes = problem.extra.get("error_codes", [])
    body = {
        "error": problem.code,
        "error_description": f"{problem.message}\r\nTrace ID: {trace_id}\r\nCorrelation ID: {correlation_id}\r\n"
        f"Timestamp: {time}",
        "error_codes": codes,
        "timestamp": time,
        "trace_id": trace_id,
        "correlation_id": correlation_id,
    }
    if codes:
        body["error_uri"] = f"https://login.microsoftonline.com/error?code={codes[0]}"
    return Answer(problem.status, body, problem.headers)


PLANE = DataPlane(
    name="entra",
    hosts=tuple(host for cloud in CLOUDS for host in cloud.login_hosts),
    router=router,
    prepare=prepare,
    envelope=envelope,
)
