# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The identity endpoint of a machine: tokens for its managed identities, over plain HTTP."""

from __future__ import annotations

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route, Router
from azure_emulator.service import DataPlane
from azure_emulator.services.entra.handlers import known_audiences
from azure_emulator.services.entra.models import Directory

ADDRESS = "169.254.169.254"
_LIFE = 86399


def prepare(call: Call, route: Route) -> None:
    """The header keeps requests out that a web page or a redirect made the machine send."""
    if call.headers.get("metadata", "").lower() != "true" or "x-forwarded-for" in call.headers:
        raise Problem(400, "invalid_request", "Required metadata header not specified")


def token(call: Call) -> Answer:
    if not call.api_version:
        raise Problem(400, "invalid_request", "Required query variable 'api-version' is missing")
    resource = call.query.get("resource", "")
    if not resource:
        raise Problem(400, "invalid_request", "Required query variable 'resource' is missing")
    identity = _chosen(call)
    directory = call.world.part(Directory)
    principal = directory.by_object_id(identity.get("object_id", ""))
    if principal is None:
        raise Problem(400, "invalid_request", "Identity not found")
    if resource.rstrip("/").lower() not in known_audiences():
        raise Problem(
            400,
            "invalid_resource",
            f"AADSTS500011: The resource principal named {resource} was not found in the tenant.",
        )
    now = int(call.world.clock.now().timestamp())
    return Answer(
        200,
        {
            "access_token": directory.issue_token(principal, resource, _LIFE),
            "client_id": principal.application_id,
            # This endpoint writes numbers as strings.
            "expires_in": str(_LIFE),
            "expires_on": str(now + _LIFE),
            "ext_expires_in": str(_LIFE),
            "not_before": str(now),
            "resource": resource,
            "token_type": "Bearer",
        },
    )


def _chosen(call: Call) -> dict:
    """The system-assigned identity, or the attached one that the request names."""
    machine = call.world.seeds.get("machine_identity") or {}
    attached = [machine, *(machine.get("user_assigned") or [])]
    names = {
        "client_id": "client_id",
        "object_id": "object_id",
        "mi_res_id": "resource_id",
        "msi_res_id": "resource_id",
    }
    for parameter, member in names.items():
        wanted = call.query.get(parameter, "").lower()
        if wanted:
            found = [seed for seed in attached if str(seed.get(member, "")).lower() == wanted]
            if not found:
                raise Problem(400, "invalid_request", "Identity not found")
            return found[0]
    if machine.get("client_id"):
        return machine
    only = machine.get("user_assigned") or []
    if len(only) == 1:
        return only[0]
    if only:
        raise Problem(
            400,
            "invalid_request",
            "Multiple user assigned identities exist, please specify the clientId / resourceId "
            "of the identity in the token request",
        )
    raise Problem(400, "invalid_request", "Identity not found")


def envelope(problem: Problem) -> Answer:
    return Answer(problem.status, {"error": problem.code, "error_description": problem.message}, problem.headers)


router = Router()
router.add("GET", "/metadata/identity/oauth2/token", token)

PLANE = DataPlane(name="imds", hosts=(ADDRESS,), router=router, prepare=prepare, envelope=envelope, plain_http=True)
