# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The rules of Resource Manager that hold for every resource provider."""

from __future__ import annotations

import pytest

ARM = "https://management.azure.com"
READER = 1
IDENTITY = "providers/Microsoft.ManagedIdentity/userAssignedIdentities"
IDENTITY_VERSION = "2023-01-31"


def error(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_every_answer_can_be_traced(azure):
    answer = azure.send(
        "GET",
        f"{ARM}/subscriptions?api-version=2022-12-01",
        audience=ARM,
        headers={"x-ms-client-request-id": "abc", "x-ms-return-client-request-id": "true"},
    )
    assert answer.headers["x-ms-request-id"]
    assert answer.headers["x-ms-correlation-request-id"]
    assert answer.headers["x-ms-client-request-id"] == "abc"


def test_token_is_required(azure):
    answer = azure.send("GET", f"{ARM}/subscriptions?api-version=2022-12-01")
    assert error(answer) == (401, "AuthenticationFailed")
    assert answer.headers["www-authenticate"].startswith('Bearer authorization_uri="https://login.microsoftonline.com/')


def test_token_for_another_plane_is_refused(azure):
    answer = azure.send("GET", f"{ARM}/subscriptions?api-version=2022-12-01", audience="https://vault.azure.net")
    assert error(answer) == (401, "InvalidAuthenticationTokenAudience")


def test_both_arm_audiences_are_taken(azure):
    answer = azure.send(
        "GET", f"{ARM}/subscriptions?api-version=2022-12-01", audience="https://management.core.windows.net/"
    )
    assert answer.status_code == 200


def test_token_expires_with_the_clock(azure):
    azure.token()
    azure.advance(3600)
    answer = azure.arm("GET", "")
    assert error(answer) == (401, "ExpiredAuthenticationToken")


def test_token_that_is_none(azure):
    answer = azure.send("GET", f"{ARM}/subscriptions?api-version=2022-12-01", headers={"Authorization": "Bearer x"})
    assert error(answer) == (401, "InvalidAuthenticationToken")


def test_api_version_is_required(azure):
    answer = azure.send("GET", f"{ARM}/subscriptions", audience=ARM)
    assert error(answer) == (400, "MissingApiVersionParameter")


def test_unknown_api_version_lists_the_known_ones(azure):
    azure.group()
    answer = azure.arm("GET", f"resourceGroups/rg1/{IDENTITY}/id1", version="2001-01-01")
    assert error(answer) == (400, "NoRegisteredProviderFound")
    assert "'2001-01-01' for type 'userAssignedIdentities'" in answer.json()["error"]["message"]
    assert IDENTITY_VERSION in answer.json()["error"]["message"]


@pytest.mark.parametrize("version", ["latest", "2022-9-1"])
def test_malformed_api_version(azure, version):
    assert error(azure.arm("GET", "resourceGroups", version=version)) == (400, "InvalidApiVersionParameter")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/subscriptions/00000000-0000-0000-0000-000000000001", (404, "SubscriptionNotFound")),
        ("/subscriptions/mine", (400, "InvalidSubscriptionId")),
        ("resourceGroups/nope", (404, "ResourceGroupNotFound")),
        (f"resourceGroups/nope/{IDENTITY}/id1", (404, "ResourceGroupNotFound")),
        (f"resourceGroups/rg1/{IDENTITY}/nope", (404, "ResourceNotFound")),
        (f"resourceGroups/rg1/{IDENTITY}/nope/listAssociatedResources", (405, "MethodNotAllowed")),
        ("resourceGroups/rg1/providers/Microsoft.Microsoft.ManagedIdentity/x/y", (404, "InvalidResourceNamespace")),
        ("resourceGroups/rg1/providers/Microsoft.ManagedIdentity/nonsense/y", (404, "InvalidResourceType")),
    ],
)
def test_things_that_are_not_there(azure, path, expected):
    azure.group()
    assert error(azure.arm("GET", path, version="2018-11-30" if "Identity/user" in path else "2022-09-01")) == expected


def test_missing_resource_is_named_as_the_gateway_does(azure):
    azure.group()
    answer = azure.arm("GET", f"resourceGroups/rg1/{IDENTITY}/nope", version=IDENTITY_VERSION)
    assert answer.json()["error"]["message"] == (
        "The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/nope' under resource group 'rg1' was not "
        "found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    assert answer.headers["x-ms-failure-cause"] == "gateway"


def test_extension_of_a_missing_resource(azure):
    azure.group()
    answer = azure.arm(
        "PUT",
        f"resourceGroups/rg1/{IDENTITY}/nope/providers/Microsoft.Authorization/locks/l1",
        {"properties": {"level": "ReadOnly"}},
        version="2016-09-01",
    )
    assert error(answer) == (404, "ResourceNotFound")


def test_who_has_no_right_gets_403_and_not_404(azure):
    answer = azure.arm("DELETE", "resourceGroups/nope", application=READER)
    reader = azure.seeds["applications"][READER]
    assert error(answer) == (403, "AuthorizationFailed")
    message = answer.json()["error"]["message"]
    assert f"with object id '{reader['object_id']}'" in message
    assert "'Microsoft.Resources/subscriptions/resourceGroups/delete'" in message


def test_reader_reads(azure):
    azure.group()
    assert azure.arm("GET", "resourceGroups/rg1", application=READER).status_code == 200
    answer = azure.arm("PUT", "resourceGroups/rg2", {"location": "eastus"}, application=READER)
    assert error(answer) == (403, "AuthorizationFailed")


def test_body_that_is_no_json(azure):
    answer = azure.send(
        "PUT",
        f"{ARM}{azure.subscription}/resourcegroups/rg1?api-version=2022-09-01",
        audience=ARM,
        content=b"{",
    )
    assert error(answer) == (400, "InvalidRequestContent")


def test_unknown_property_is_an_error_and_counted(azure):
    answer = azure.arm("PUT", "resourceGroups/rg1", {"location": "eastus", "tag": {"a": "b"}})
    assert error(answer) == (400, "InvalidRequestContent")
    assert "Could not find member 'tag' on object of type 'ResourceGroup'. Path 'tag'." in answer.text
    [violation] = azure.control("GET", "violations")["violations"]
    assert (violation["schema"], violation["json_path"]) == ("resource_group", "tag")
    azure.control("DELETE", "complaints")


def test_wrong_type_is_named_by_its_path_and_never_shown(azure):
    answer = azure.arm("PUT", "resourceGroups/rg1", {"location": "eastus", "tags": {"a": 4711}})
    assert "Path 'tags.a'." in answer.json()["error"]["message"]
    assert "4711" not in answer.text
    azure.control("DELETE", "complaints")


def test_rate_limit_headers_say_what_is_left(azure):
    first = azure.arm("GET", "resourceGroups")
    assert int(first.headers["x-ms-ratelimit-remaining-subscription-reads"]) < 250
    write = azure.arm("PUT", "resourceGroups/rg1", {"location": "eastus"})
    assert write.headers["x-ms-ratelimit-remaining-subscription-writes"] == "199"
    assert write.headers["x-ms-ratelimit-remaining-subscription-global-writes"] == "2999"
    assert "x-ms-ratelimit-remaining-subscription-deletes" in azure.arm("DELETE", "resourceGroups/rg1").headers


def test_throttling_can_be_switched_on(azure):
    azure.group()
    azure.switch(arm_throttling=True)
    answers = [azure.arm("DELETE", f"resourceGroups/rg{number}") for number in range(260)]
    throttled = [answer for answer in answers if answer.status_code == 429]
    assert throttled
    assert throttled[0].json()["error"]["code"] == "SubscriptionRequestsThrottled"
    assert int(throttled[0].headers["retry-after"]) >= 1
    azure.advance(30)
    assert azure.arm("DELETE", "resourceGroups/rg1").status_code != 429


def test_unregistered_provider_until_somebody_registers_it(azure):
    azure.group()
    azure.switch(unregistered_providers=["Microsoft.ManagedIdentity"])
    path = f"resourceGroups/rg1/{IDENTITY}/id1"
    answer = azure.arm("PUT", path, {"location": "eastus"}, version=IDENTITY_VERSION)
    assert error(answer) == (409, "MissingSubscriptionRegistration")
    assert answer.json()["error"]["details"][0]["target"] == "Microsoft.ManagedIdentity"

    provider = "providers/Microsoft.ManagedIdentity"
    assert azure.arm("GET", provider).json()["registrationState"] == "NotRegistered"
    assert azure.arm("POST", f"{provider}/register").json()["registrationState"] == "Registering"
    assert azure.arm("GET", provider).json()["registrationState"] == "Registered"
    assert azure.arm("PUT", path, {"location": "eastus"}, version=IDENTITY_VERSION).status_code == 201


def test_paths_match_in_any_casing(azure):
    azure.group("Rg1")
    body = azure.arm("GET", f"{azure.subscription.upper()}/RESOURCEGROUPS/rG1").json()
    assert body["name"] == "Rg1"
    assert body["id"] == f"{azure.subscription}/resourceGroups/Rg1"


def test_sovereign_clouds_show_the_same_state(azure):
    azure.group()
    for host in ("management.chinacloudapi.cn", "management.usgovcloudapi.net"):
        answer = azure.send(
            "GET",
            f"https://{host}{azure.subscription}/resourceGroups/rg1?api-version=2022-09-01",
            audience=f"https://{host}",
        )
        assert answer.status_code == 200
    wrong = azure.send("GET", "https://management.chinacloudapi.cn/subscriptions?api-version=2022-09-01", audience=ARM)
    assert error(wrong) == (401, "InvalidAuthenticationTokenAudience")
