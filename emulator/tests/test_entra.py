# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Sign-in."""

from __future__ import annotations

import re

import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, EnvironmentCredential, ManagedIdentityCredential

LOGIN = "https://login.microsoftonline.com"
ARM_SCOPE = "https://management.azure.com/.default"


def ask(azure, tenant=None, **form):
    seed = azure.seeds["applications"][0]
    form = {
        "grant_type": "client_credentials",
        "client_id": seed["client_id"],
        "client_secret": seed["secret"],
        "scope": ARM_SCOPE,
    } | form
    return azure.http.post(f"{LOGIN}/{tenant or azure.seeds['tenant']}/oauth2/v2.0/token", data=form)


def test_discovery_names_the_endpoints_of_the_tenant(azure):
    tenant = azure.seeds["tenant"]
    body = azure.http.get(f"{LOGIN}/{tenant}/v2.0/.well-known/openid-configuration").json()
    assert body["token_endpoint"] == f"{LOGIN}/{tenant}/oauth2/v2.0/token"
    assert body["authorization_endpoint"] == f"{LOGIN}/{tenant}/oauth2/v2.0/authorize"


def test_instance_discovery_lists_aliases_of_the_login_host(azure):
    answer = azure.http.get(
        f"{LOGIN}/common/discovery/instance",
        params={"api-version": "1.1", "authorization_endpoint": f"{LOGIN}/common/oauth2/v2.0/authorize"},
    )
    aliases = [set(entry["aliases"]) for entry in answer.json()["metadata"]]
    assert any({"login.microsoftonline.com", "login.windows.net"} <= names for names in aliases)


@pytest.mark.parametrize(
    ("host", "scope", "audience"),
    [
        (
            "login.microsoftonline.com",
            "https://management.core.windows.net//.default",
            "https://management.core.windows.net/",
        ),
        ("login.microsoftonline.com", "https://vault.azure.net/.default", "https://vault.azure.net"),
        ("login.chinacloudapi.cn", "https://vault.azure.cn/.default", "https://vault.azure.cn"),
        ("login.microsoftonline.us", "https://graph.microsoft.us/.default", "https://graph.microsoft.us"),
    ],
)
def test_token_is_for_the_resource_of_the_scope(azure, host, scope, audience):
    seed = azure.seeds["applications"][0]
    answer = azure.http.post(
        f"https://{host}/{azure.seeds['tenant']}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": seed["client_id"],
            "client_secret": seed["secret"],
            "scope": scope,
        },
    )
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["aud"] == audience
    assert claims["oid"] == seed["object_id"]
    assert claims["appid"] == seed["client_id"]
    assert claims["tid"] == azure.seeds["tenant"]
    assert claims["iss"] == f"https://sts.windows.net/{azure.seeds['tenant']}/"


def test_token_lives_longer_for_a_client_that_takes_claims_challenges(azure):
    assert ask(azure).json()["expires_in"] == 3599
    assert "refresh_in" not in ask(azure).json()
    long_lived = ask(azure, claims='{"access_token":{"xms_cc":{"values":["CP1"]}}}').json()
    assert (long_lived["expires_in"], long_lived["refresh_in"]) == (86399, 43199)


@pytest.mark.parametrize(
    ("form", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "00000000-0000-0000-0000-000000000001"}, 400, "unauthorized_client", 700016),
        ({"scope": "https://management.azure.com/user_impersonation"}, 400, "invalid_scope", 1002012),
        ({"scope": "https://example.com/.default"}, 400, "invalid_resource", 500011),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"client_assertion": "x", "client_secret": ""}, 401, "invalid_client", 700027),
    ],
)
def test_refusals_have_the_status_and_number_of_entra(azure, form, status, error, number):
    answer = ask(azure, **form)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert body["error_uri"] == f"https://login.microsoftonline.com/error?code={number}"
    assert re.search(r"\r\nTrace ID: .*\r\nCorrelation ID: .*\r\nTimestamp: ", body["error_description"])


@pytest.mark.parametrize(("tenant", "number"), [("00000000-0000-0000-0000-000000000001", 90002), ("nonsense", 900023)])
def test_unknown_tenant(azure, tenant, number):
    discovered = azure.http.get(f"{LOGIN}/{tenant}/v2.0/.well-known/openid-configuration")
    assert (discovered.status_code, discovered.json()["error_codes"]) == (400, [number])
    assert ask(azure, tenant=tenant).json()["error_codes"] == [number]


def test_sdk_signs_in_from_the_environment(azure_environment):
    assert EnvironmentCredential().get_token(ARM_SCOPE).token


def test_sdk_reports_a_wrong_secret_and_does_not_crash(azure, azure_environment):
    credential = ClientSecretCredential(
        azure_environment["AZURE_TENANT_ID"], azure_environment["AZURE_CLIENT_ID"], "wrong"
    )
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        credential.get_token(ARM_SCOPE)


# -- the identity endpoint of a machine ------------------------------------------------------------------------------

IMDS = "http://169.254.169.254/metadata/identity/oauth2/token"


def test_machine_identity_through_the_sdk(azure, azure_environment):
    token = ManagedIdentityCredential().get_token("https://vault.azure.net/.default").token
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["oid"] == azure.seeds["machine_identity"]["object_id"]


def test_machine_identity_prints_numbers_as_strings(azure):
    body = azure.http.get(
        IMDS, params={"api-version": "2018-02-01", "resource": "https://vault.azure.net"}, headers={"Metadata": "true"}
    ).json()
    assert body["client_id"] == azure.seeds["machine_identity"]["client_id"]
    assert isinstance(body["expires_in"], str)
    assert int(body["expires_on"]) - int(body["not_before"]) == int(body["expires_in"])


def test_attached_identity_is_chosen_by_client_id(azure):
    attached = {
        "name": "id1",
        "client_id": "11111111-2222-3333-4444-555555555555",
        "object_id": "66666666-7777-8888-9999-000000000000",
        "resource_id": "/subscriptions/s/resourcegroups/rg1/providers/x/y/id1",
        "roles": [],
    }
    azure.control("POST", "reset", {"seeds": {"machine_identity": {"user_assigned": [attached]}}})
    for choice in ({"client_id": attached["client_id"].upper()}, {"mi_res_id": attached["resource_id"]}):
        parameters = {"api-version": "2018-02-01", "resource": "https://vault.azure.net"} | choice
        body = azure.http.get(IMDS, params=parameters, headers={"Metadata": "true"}).json()
        assert body["client_id"] == attached["client_id"]


@pytest.mark.parametrize(
    ("headers", "extra", "text"),
    [
        ({}, {}, "Required metadata header not specified"),
        ({"Metadata": "true", "X-Forwarded-For": "10.0.0.1"}, {}, "Required metadata header not specified"),
        ({"Metadata": "true"}, {"client_id": "00000000-0000-0000-0000-000000000001"}, "Identity not found"),
        ({"Metadata": "true"}, {"resource": ""}, "Required query variable 'resource' is missing"),
    ],
)
def test_machine_identity_refusals(azure, headers, extra, text):
    parameters = {"api-version": "2018-02-01", "resource": "https://vault.azure.net"} | extra
    answer = azure.http.get(IMDS, params=parameters, headers=headers)
    assert (answer.status_code, answer.json()["error_description"]) == (400, text)
