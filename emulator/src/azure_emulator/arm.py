# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The front door of Azure Resource Manager: the rules that hold for every resource provider."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from azure_emulator import arm_problems, locks, request_schemas
from azure_emulator.arm_ids import ArmId
from azure_emulator.clouds import CLOUDS, cloud_of
from azure_emulator.exchange import Answer, Call
from azure_emulator.gateway import FrontDoor, Trace
from azure_emulator.problems import Problem
from azure_emulator.providers import Providers
from azure_emulator.recorder import Recorder
from azure_emulator.routing import Route
from azure_emulator.service import ArmService
from azure_emulator.services.authorization.models import Authorization
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.entra.tokens import TokenError, read_caller
from azure_emulator.switches import Switches
from azure_emulator.throttling import Throttling

_GUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(-(preview|alpha|beta|privatepreview))?$")


class ArmDoor(FrontDoor):
    """Checks in this order: token, api-version, route, subscription, rights, registration, group, parent, locks,
    body; then the handler. Whoever has no right on a missing thing gets 403, not 404."""

    name = "arm"

    def __init__(self, services: Sequence[ArmService], recorder: Recorder) -> None:
        self._services = services
        self._recorder = recorder
        self._core = [service for service in services if not service.namespace]
        self.hosts = tuple(cloud.arm_host for cloud in CLOUDS)

    def handle(self, call: Call, trace: Trace) -> Answer:
        arm_id = ArmId.parse(call.path)
        found = self._find(call, arm_id)
        namespace = ""
        if found:
            trace.route, call.params, namespace = found
        self._authenticate(call)
        if not call.api_version:
            raise arm_problems.missing_api_version()
        if found is None or trace.route is None:
            raise self._no_route(call, arm_id)
        self._check_version(call, trace.route, arm_id)
        self._check_subscription(call, arm_id)
        rate_headers = call.world.part(Throttling).take(call, arm_id.subscription_id, _booked_as(call, trace.route))
        try:
            self._check(call, trace.route, arm_id, namespace)
            answer = trace.route.handler(call)
        except Problem as problem:
            problem.headers = rate_headers | problem.headers
            raise
        answer.headers = rate_headers | answer.headers
        return answer

    def _check(self, call: Call, route: Route, arm_id: ArmId, namespace: str) -> None:
        """What is decided by the state: rights, registration, existence, locks; last the body."""
        self._authorize(call, route, arm_id)
        if namespace not in ("", "Microsoft.Authorization"):
            call.world.part(Providers).require(namespace)
        self._check_existence(call, route, arm_id)
        locks.check(call, route, arm_id)
        if route.schema:
            request_schemas.check(call, route.schema, self._recorder)

    def envelope(self, problem: Problem) -> Answer:
        return Answer(problem.status, {"error": problem.error}, dict(problem.headers))

    def finish(self, call: Call, answer: Answer) -> None:
        request_id = str(uuid.uuid4())
        correlation_id = call.headers.get("x-ms-correlation-request-id", request_id)
        stamp = call.world.clock.now().strftime("%Y%m%dT%H%M%SZ")
        headers = {
            "Cache-Control": "no-cache",
            "Pragma": "no-cache",
            "Expires": "-1",
            "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
            "X-Content-Type-Options": "nosniff",
            "x-ms-request-id": request_id,
            "x-ms-correlation-request-id": correlation_id,
            "x-ms-routing-request-id": f"LOCAL:{stamp}:{correlation_id}",
        }
        if call.headers.get("x-ms-return-client-request-id", "").lower() == "true":
            headers["x-ms-client-request-id"] = call.headers.get("x-ms-client-request-id", "")
        answer.headers = headers | answer.headers

    # -- the rules, in their order ---------------------------------------------------------------------

    def _find(self, call: Call, arm_id: ArmId) -> tuple[Route, dict[str, str], str] | None:
        """The route, its path parameters, and the namespace of the provider that owns it."""
        for service in [*self._core, *self._serving(arm_id.namespace)]:
            if found := service.router.find(call.method, call.path):
                return *found, service.namespace
        return None

    def _serving(self, namespace: str) -> list[ArmService]:
        return [s for s in self._services if s.namespace and s.namespace.lower() == namespace.lower()]

    def _authenticate(self, call: Call) -> None:
        cloud = cloud_of(call.host)
        directory = call.world.part(Directory)
        authority = f"https://{cloud.login_host}/{directory.tenant_id}"
        try:
            call.caller = read_caller(call, cloud.arm_audiences)
        except TokenError as error:
            code, message = _token_error(error, cloud.arm_audiences, directory.tenant_id, authority)
            raise Problem(
                401,
                code,
                message,
                headers={
                    "WWW-Authenticate": f'Bearer authorization_uri="{authority}", error="invalid_token", '
                    f'error_description="{message}"'
                },
            ) from error

    def _no_route(self, call: Call, arm_id: ArmId) -> Problem:
        serving = self._serving(arm_id.namespace) if arm_id.namespace else self._core
        if any(service.router.knows_path(call.path) for service in [*self._core, *serving]):
            return Problem(
                405, "MethodNotAllowed", f"The requested resource does not support http method '{call.method}'."
            )
        if arm_id.namespace and not serving:
            return arm_problems.unknown_namespace(arm_id.namespace)
        if arm_id.namespace:
            kind = "/".join([*arm_id.types, *([arm_id.tail] if arm_id.tail else [])])
            return arm_problems.unknown_type(arm_id.namespace, kind, call.api_version)
        return Problem(404, "InvalidResourceType", f"The resource type could not be found at '{call.path}'.")

    def _check_version(self, call: Call, route: Route, arm_id: ArmId) -> None:
        version = call.api_version.lower()
        if (route.versions and version in route.versions) or (not route.versions and _VERSION.match(version)):
            return
        if not arm_id.namespace or not _VERSION.match(version):
            raise arm_problems.invalid_api_version(call.api_version, route.versions)
        parent = call.world.resources.get(arm_id.resource) or {}
        kind = "/".join(arm_id.types) or arm_id.tail
        location = parent.get("location") or "eastus"
        raise arm_problems.no_registered_provider(kind, call.api_version, route.versions, location)

    def _check_subscription(self, call: Call, arm_id: ArmId) -> None:
        subscription = arm_id.subscription_id
        if not subscription:
            return
        if not _GUID.match(subscription):
            raise arm_problems.invalid_subscription_id(subscription)
        if subscription.lower() != call.world.seeds["subscription"]["id"].lower():
            raise arm_problems.subscription_not_found(subscription)

    def _authorize(self, call: Call, route: Route, arm_id: ArmId) -> None:
        if not route.action or call.caller is None:
            return
        scope = authorization_scope(arm_id)
        caller = call.caller
        if not call.world.part(Authorization).allows(caller.object_id, route.action, scope):
            raise arm_problems.authorization_failed(
                caller.name or caller.application_id, caller.object_id, route.action, scope
            )

    def _check_existence(self, call: Call, route: Route, arm_id: ArmId) -> None:
        if not arm_id.resource_group or "no-resource-group" in route.attributes:
            return
        group = f"/subscriptions/{arm_id.subscription_id}/resourceGroups/{arm_id.resource_group}"
        if group not in call.world.resources:
            raise arm_problems.resource_group_not_found(arm_id.resource_group)
        # Of an extension (a role assignment, a lock) the resource that it is about must be there,
        # of a nested resource or an action the top-level resource. What lies deeper, handlers check.
        above = ArmId.parse(arm_id.scope)
        if above.names:
            top = top_level(above)
            if top.path not in call.world.resources:
                raise arm_problems.resource_not_found(top.path)
        if arm_id.names and (len(arm_id.names) > 1 or arm_id.tail):
            top = top_level(arm_id)
            if top.path not in call.world.resources:
                raise (
                    arm_problems.resource_not_found(top.path)
                    if len(arm_id.names) == 1
                    else arm_problems.parent_not_found(top)
                )


def top_level(arm_id: ArmId) -> ArmId:
    """The outermost resource of a nested one: the registry of a task."""
    return ArmId.parse(f"{arm_id.scope}/providers/{arm_id.namespace}/{arm_id.types[0]}/{arm_id.names[0]}")


def authorization_scope(arm_id: ArmId) -> str:
    """Where the caller needs the right: the resource; for a collection what holds it (group, subscription)."""
    if not arm_id.namespace:
        if arm_id.resource_group:
            return f"/subscriptions/{arm_id.subscription_id}/resourceGroups/{arm_id.resource_group}"
        return f"/subscriptions/{arm_id.subscription_id}" if arm_id.subscription_id else "/"
    return arm_id.resource if arm_id.names else (arm_id.scope or "/")


def _booked_as(call: Call, route: Route) -> str:
    """Which rate-limit bucket a request draws from. POST counts as a write, unless the route says otherwise
    (``booked-as-read``, ``booked-as-write-if:SWITCH``)."""
    for attribute in route.attributes:
        rule, _, switch = attribute.partition(":")
        if rule == "booked-as-write-if" and not call.world.part(Switches)[switch]:
            return "reads"
    if "booked-as-read" in route.attributes or route.method in ("GET", "HEAD"):
        return "reads"
    return "deletes" if route.method == "DELETE" else "writes"


def _token_error(error: TokenError, audiences: Sequence[str], tenant: str, authority: str) -> tuple[str, str]:
    if error.reason == "missing":
        return "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
    if error.reason == "expired":
        return "ExpiredAuthenticationToken", "The access token expiry UTC time is earlier than current UTC time."
    if error.reason == "tenant":
        return (
            "InvalidAuthenticationTokenTenant",
            f"The access token is from the wrong issuer '{error.claims.get('iss', '')}'. It must match the tenant "
            f"'https://sts.windows.net/{tenant}/' associated with this subscription. Please use the authority (URL) "
            f"'{authority}' to get the token.",
        )
    if error.reason == "audience":
        allowed = ",".join(f"'{name}/','{name}'" for name in audiences)
        return (
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for wrong audience or resource "
            f"'{error.claims.get('aud', '')}'. It should exactly match with one of the allowed audiences {allowed}.",
        )
    return "InvalidAuthenticationToken", "The access token is invalid."
