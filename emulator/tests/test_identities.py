# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""User-assigned identities, and looking principals up in Graph."""

from __future__ import annotations

import pytest

GRAPH = "https://graph.microsoft.com"
TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"
VERSION = "2024-11-30"


def put(azure, name="id1", **body):
    return azure.arm(
        "PUT", f"resourceGroups/rg1/providers/{TYPE}/{name}", {"location": "East US"} | body, version=VERSION
    )


def graph(azure, method, path, **options):
    return azure.send(method, f"{GRAPH}/v1.0/{path}", audience=GRAPH, **options)


def test_identity_is_made_once(azure):
    azure.group()
    first, again = put(azure), put(azure, tags={"a": "b"})
    assert (first.status_code, again.status_code) == (201, 200)
    body = first.json()
    # The service writes this segment in lower case, whatever the request said.
    assert body["id"] == f"{azure.subscription}/resourcegroups/rg1/providers/{TYPE}/id1"
    assert first.headers["location"] == body["id"]
    assert set(body) == {"id", "name", "type", "location", "tags", "properties"}
    assert set(body["properties"]) == {"tenantId", "principalId", "clientId"}
    assert again.json()["properties"] == body["properties"]
    assert again.json()["tags"] == {"a": "b"}


def test_delete_and_create_gives_a_new_principal(azure):
    azure.group()
    first = put(azure).json()
    assert azure.arm("DELETE", first["id"], version=VERSION).status_code == 200
    assert azure.arm("DELETE", first["id"], version=VERSION).status_code == 204
    assert graph(azure, "GET", f"servicePrincipals/{first['properties']['principalId']}").status_code == 404
    assert put(azure).json()["properties"]["principalId"] != first["properties"]["principalId"]


def test_identities_are_listed_by_group_and_subscription(azure):
    azure.group("rg1")
    azure.group("rg10")
    put(azure)
    for path, count in (("", 1), ("resourceGroups/rg1/", 1), ("resourceGroups/rg10/", 0)):
        assert len(azure.arm("GET", f"{path}providers/{TYPE}", version=VERSION).json()["value"]) == count


def test_identity_may_change_its_tags(azure):
    azure.group()
    made = put(azure, tags={"a": "b"}).json()
    assert azure.arm("PATCH", made["id"], {"tags": {"c": "d"}}, version=VERSION).json()["tags"] == {"c": "d"}


def test_identity_that_nobody_uses(azure):
    azure.group()
    made = put(azure).json()
    answer = azure.arm("POST", f"{made['id']}/listAssociatedResources", version="2022-01-31-preview")
    assert answer.json() == {"totalCount": 0, "value": []}


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("a b", {}, "InvalidResourceName"),
        ("id1", {"location": None}, "LocationRequired"),
    ],
)
def test_identity_refused(azure, name, body, code):
    azure.group()
    answer = put(azure, name, **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_identity_cannot_move(azure):
    azure.group()
    put(azure)
    assert put(azure, location="westus").status_code == 409


# -- Graph -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "servicePrincipalNames/any(c:c eq '{client_id}')",
        "appId eq '{client_id}'",
        "displayName eq '{name}'",
        "startswith(displayName,'rehearsal-dep')",
        "id eq '{object_id}'",
    ],
)
def test_service_principal_is_found(azure, text):
    seed = azure.seeds["applications"][0]
    answer = graph(azure, "GET", "servicePrincipals", params={"$filter": text.format(**seed)})
    [found] = answer.json()["value"]
    assert (found["id"], found["appId"]) == (seed["object_id"], seed["client_id"])
    assert found["servicePrincipalType"] == "Application"


def test_identity_is_a_service_principal(azure):
    azure.group()
    made = put(azure).json()
    text = f"servicePrincipalNames/any(c:c eq '{made['properties']['clientId']}')"
    [found] = graph(azure, "GET", "servicePrincipals", params={"$filter": text}).json()["value"]
    assert found["id"] == made["properties"]["principalId"]
    assert found["servicePrincipalType"] == "ManagedIdentity"
    assert found["alternativeNames"] == [made["id"]]


def test_fresh_principal_may_stay_invisible_for_a_while(azure):
    azure.group()
    azure.switch(principal_visible_after_seconds=30)
    principal = put(azure).json()["properties"]["principalId"]
    ids = {"ids": [principal], "types": ["servicePrincipal"]}
    assert graph(azure, "POST", "directoryObjects/getByIds", json=ids).json()["value"] == []
    azure.advance(31)
    [found] = graph(azure, "POST", "directoryObjects/getByIds", json=ids).json()["value"]
    assert (found["id"], found["@odata.type"]) == (principal, "#microsoft.graph.servicePrincipal")


def test_unknown_service_principal_is_an_empty_list(azure):
    assert graph(azure, "GET", "servicePrincipals", params={"$filter": "appId eq 'nope'"}).json()["value"] == []


def test_user_by_name(azure):
    user = azure.seeds["users"][0]
    by_filter = graph(
        azure, "GET", "users", params={"$filter": f"userPrincipalName eq '{user['user_principal_name']}'"}
    ).json()["value"]
    direct = graph(azure, "GET", f"users/{user['user_principal_name']}").json()
    assert [found["id"] for found in by_filter] == [direct["id"]] == [user["object_id"]]
    missing = graph(azure, "GET", "users/nobody@rehearsal.example")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "Request_ResourceNotFound")


def test_ids_of_another_kind_or_unknown_are_left_out(azure):
    user, application = azure.seeds["users"][0], azure.seeds["applications"][0]
    ids = [user["object_id"], application["object_id"], "00000000-0000-0000-0000-000000000001"]
    body = {"ids": ids, "types": ["user"]}
    [found] = graph(azure, "POST", "directoryObjects/getByIds", json=body).json()["value"]
    assert found["@odata.type"] == "#microsoft.graph.user"


def test_me_is_for_users(azure):
    answer = graph(azure, "GET", "me")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "/me request is only valid with delegated authentication flow."


def test_graph_wants_its_own_token(azure):
    answer = azure.send("GET", f"{GRAPH}/v1.0/me", audience="https://management.azure.com")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


def test_filter_that_graph_cannot_read(azure):
    answer = graph(azure, "GET", "users", params={"$filter": "nonsense"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "Request_UnsupportedQuery")
