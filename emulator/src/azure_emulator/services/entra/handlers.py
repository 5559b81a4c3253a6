# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Sign-in: discovery and the v2 token endpoint."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from azure_emulator.clouds import CLOUDS, cloud_of
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.entra.models import Directory, Principal

_GUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
# Authorities that name no tenant: discovery works there, signing in as an application does not.
_COMMON = {"common", "organizations", "consumers"}


def openid_configuration(call: Call) -> Answer:
    tenant = call.params["tenant"]
    _check_tenant(call, tenant)
    host = cloud_of(call.host).login_host
    base = f"https://{host}/{tenant}"
    cloud = cloud_of(call.host)
    return Answer(
        200,
        {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{base}/v2.0",
            "request_uri_parameter_supported": False,
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
            "tenant_region_scope": "NA",
            "cloud_instance_name": host.split(".", 1)[1],
            "cloud_graph_host_name": cloud.graph_host,
            "msgraph_host": cloud.graph_host,
        },
    )


def discover_instance(call: Call) -> Answer:
    """Which login hosts belong together. Clients ask only after a failure, or for a host they do not know."""
    authority = call.query.get("authorization_endpoint", "")
    match = re.match(r"https://([^/]+)/([^/]+)/", authority)
    tenant = match.group(2) if match else "common"
    if tenant.lower() not in _COMMON:
        _check_tenant(call, tenant)
    host = cloud_of(match.group(1) if match else call.host).login_host
    metadata = [
        {
            "preferred_network": cloud.login_host,
            "preferred_cache": cloud.login_hosts[1] if len(cloud.login_hosts) > 1 else cloud.login_host,
            "aliases": list(cloud.login_hosts),
        }
        for cloud in CLOUDS
    ]
    return Answer(
        200,
        {
            "tenant_discovery_endpoint": f"https://{host}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": metadata,
        },
    )


def token(call: Call) -> Answer:
    _check_tenant(call, call.params["tenant"])
    form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    grant = form.get("grant_type", "")
    if grant != "client_credentials":
        raise Problem(
            400,
            "unsupported_grant_type",
            f"AADSTS70003: The app requested an unsupported grant type '{grant}'. "
            "The local Azure knows client_credentials only.",
            extra={"error_codes": [70003]},
        )
    principal = _client(call, form)
    audience = _audience(form.get("scope", ""))
    # A client that says it can handle claims challenges gets a long-lived token.
    seconds = 86399 if "claims" in form else 3599
    answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds}
    if seconds > 3599:
        answer["refresh_in"] = 43199
    answer["access_token"] = call.world.part(Directory).issue_token(principal, audience, seconds)
    return Answer(200, answer, {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"})


def _check_tenant(call: Call, tenant: str) -> None:
    directory = call.world.part(Directory)
    if tenant.lower() in (directory.tenant_id.lower(), str(call.world.seeds.get("tenant_domain", "")).lower()):
        return
    if not _GUID.match(tenant) and "." not in tenant:
        raise Problem(
            400,
            "invalid_request",
            f"AADSTS900023: Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external "
            "domain.",
            extra={"error_codes": [900023]},
        )
    raise Problem(
        400,
        "invalid_tenant" if "openid-configuration" in call.path else "invalid_request",
        f"AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing "
        "into the correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant.",
        extra={"error_codes": [90002]},
    )


def _client(call: Call, form: dict[str, str]) -> Principal:
    client_id = form.get("client_id", "")
    principal = call.world.part(Directory).by_application_id(client_id)
    if principal is None or principal.service_principal_type != "Application":
        raise Problem(
            400,
            "unauthorized_client",
            f"AADSTS700016: Application with identifier '{client_id}' was not found in the directory "
            f"'{call.params['tenant']}'. This can happen if the application has not been installed by the "
            "administrator of the tenant or consented to by any user in the tenant. You may have sent your "
            "authentication request to the wrong tenant.",
            extra={"error_codes": [700016]},
        )
    if "client_assertion" in form:
        raise Problem(
            401,
            "invalid_client",
            "AADSTS700027: The local Azure does not verify client assertions (certificate, federated token) yet: "
            "sign in with a client secret.",
            extra={"error_codes": [700027]},
        )
    if not form.get("client_secret"):
        raise Problem(
            401,
            "invalid_client",
            "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the "
            "'client_credentials' grant type.",
            extra={"error_codes": [7000216]},
        )
    if not principal.secret or form["client_secret"] != principal.secret:
        raise Problem(
            401,
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client "
            f"secret value, not the client secret ID, for a secret added to app '{client_id}'.",
            extra={"error_codes": [7000215]},
        )
    return principal


def _audience(scope: str) -> str:
    suffix = "/.default"
    if not scope.endswith(suffix):
        raise Problem(
            400,
            "invalid_scope",
            f"AADSTS1002012: The provided value for scope {scope} is not valid. Client credential flows must have a "
            "scope value with /.default suffixed to the resource identifier (application ID URI).",
            extra={"error_codes": [1002012]},
        )
    audience = scope[: -len(suffix)]
    if audience.rstrip("/").lower() not in known_audiences():
        raise Problem(
            400,
            "invalid_resource",
            f"AADSTS500011: The resource principal named {audience} was not found in the tenant. This can happen if "
            "the application has not been installed by the administrator of the tenant or consented to by any user in "
            "the tenant. You might have sent your authentication request to the wrong tenant.",
            extra={"error_codes": [500011]},
        )
    return audience


def known_audiences() -> set[str]:
    """Resources that tokens are issued for, lower case, without trailing slash."""
    known = {"https://containerregistry.azure.net"}
    for cloud in CLOUDS:
        known |= {*cloud.arm_audiences, cloud.vault_audience, f"https://{cloud.graph_host}"}
    return known
