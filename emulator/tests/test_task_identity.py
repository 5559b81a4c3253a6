# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The identity of a task."""

from __future__ import annotations

import pytest
from acr import Acr, encoded_task

SYSTEM, USER = {"type": "SystemAssigned"}, "UserAssigned"
GRAPH = "https://graph.microsoft.com"


@pytest.fixture
def acr(azure):
    return Acr(azure)


@pytest.fixture
def identities(azure, acr):
    return [make_identity(azure, f"id{number}") for number in (1, 2)]


def make_identity(azure, name):
    path = f"resourceGroups/rg1/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    return azure.arm("PUT", path, {"location": "eastus"}, version="2024-11-30").json()


def user(*bodies, system=False, **more):
    kind = "SystemAssigned, UserAssigned" if system else USER
    return {"type": kind, "userAssignedIdentities": {body["id"]: {} for body in bodies} | more}


def put(acr, identity=None):
    body = {"identity": identity} if identity else {}
    return acr.put_task(encoded_task("steps: []"), **body).get("identity")


def patch(acr, identity):
    return acr.patch_task({}, identity=identity).get("identity")


def shown(*bodies):
    return {body["id"]: {key: body["properties"][key] for key in ("principalId", "clientId")} for body in bodies}


def exists(azure, principal):
    url = f"{GRAPH}/v1.0/servicePrincipals/{principal}"
    return azure.send("GET", url, audience=GRAPH).status_code == 200


def test_system_identity_stays_until_it_is_switched_off(azure, acr):
    first = put(acr, SYSTEM)
    assert set(first) == {"principalId", "tenantId", "type"}
    assert first["tenantId"] == azure.seeds["tenant"]
    assert put(acr, SYSTEM) == first
    assert patch(acr, SYSTEM) == first
    assert acr.patch_task({"timeout": 600})["identity"] == first
    assert exists(azure, first["principalId"])
    assert patch(acr, {"type": "None"}) is None
    assert not exists(azure, first["principalId"])
    assert patch(acr, SYSTEM)["principalId"] != first["principalId"]


def test_put_without_identity_takes_it_away(azure, acr):
    first = put(acr, SYSTEM)
    assert put(acr) is None
    assert not exists(azure, first["principalId"])


def test_none_may_be_shown(acr):
    acr.azure.switch(identity_none_style="none")
    put(acr, SYSTEM)
    assert patch(acr, {"type": "None"}) == {"type": "None"}


def test_user_identities(acr, identities):
    first = put(acr, user(identities[0]))
    assert first == {"type": USER, "userAssignedIdentities": shown(identities[0])}


def test_adding_a_user_identity_keeps_the_system_identity(acr, identities):
    before = put(acr, SYSTEM)
    both = patch(acr, user(identities[0], system=True))
    assert both["principalId"] == before["principalId"]
    assert both["type"] == "SystemAssigned, UserAssigned"
    assert both["userAssignedIdentities"] == shown(identities[0])


def test_type_without_system_drops_it(acr, identities):
    put(acr, user(*identities, system=True))
    after = patch(acr, {"type": USER, "userAssignedIdentities": {identities[0]["id"]: None}})
    assert after == {"type": USER, "userAssignedIdentities": shown(identities[1])}


@pytest.mark.parametrize("how", ["merge", "replace"])
def test_patch_of_user_identities(acr, identities, how):
    acr.azure.switch(uai_patch=how)
    put(acr, user(identities[0]))
    after = patch(acr, user(identities[1]))
    assert after["userAssignedIdentities"] == (shown(*identities) if how == "merge" else shown(identities[1]))


def test_ids_match_in_any_casing(acr, identities):
    put(acr, user(identities[0]))
    other = identities[0]["id"].replace("resourcegroups", "resourceGroups")
    assert list(patch(acr, {"type": USER, "userAssignedIdentities": {other: {}}})["userAssignedIdentities"]) == [other]


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ({"type": USER}, "MissingIdentityIds"),
        ({"type": USER, "userAssignedIdentities": {"myidentity": {}}}, "LinkedInvalidPropertyId"),
        ({"type": "Sometimes"}, None),
    ],
)
def test_refused_blocks(acr, block, code):
    put(acr, SYSTEM)
    answer = acr.task("PATCH", body={"identity": block})
    assert answer.status_code == 400
    assert code in (None, answer.json()["error"]["code"])
    assert acr.get_task()["identity"]["type"] == "SystemAssigned"
    acr.azure.control("DELETE", "complaints")


def test_null_attaches_nothing(acr, identities):
    block = {"type": USER, "userAssignedIdentities": {identities[0]["id"]: None}}
    body = {"location": "eastus", "properties": encoded_task("steps: []"), "identity": block}
    assert acr.task("PUT", body=body).status_code == 400


def test_missing_identity(acr, identities):
    missing = identities[0]["id"].replace("id1", "nope")
    answer = acr.task(
        "PUT",
        body={
            "location": "eastus",
            "properties": encoded_task("steps: []"),
            "identity": {"type": USER, "userAssignedIdentities": {missing: {}}},
        },
    )
    assert answer.json()["error"]["code"] == "FailedIdentityOperation"
    assert missing in answer.json()["error"]["message"]


def test_attaching_needs_the_right_to_assign(azure, acr, identities):
    role = "fb382eab-e894-4461-af04-94435c366c3f"  # Container Registry Tasks Contributor
    reader = azure.seeds["applications"][1]["object_id"]
    azure.arm(
        "PUT",
        f"{acr.id}/providers/Microsoft.Authorization/roleAssignments/{azure.emulator.world.new_id()}",
        {
            "properties": {
                "roleDefinitionId": f"{azure.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
                "principalId": reader,
                "principalType": "ServicePrincipal",
            }
        },
        version="2022-04-01",
    )
    body = {"location": "eastus", "properties": encoded_task("steps: []"), "identity": SYSTEM}
    assert acr.task("PUT", body=body, application=1).status_code == 200
    answer = acr.task("PATCH", body={"identity": user(identities[0], system=True)}, application=1)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "LinkedAuthorizationFailed")
    assert "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action" in answer.json()["error"]["message"]
    assert "userAssignedIdentities" not in acr.get_task()["identity"]


def test_deleting_the_task_deletes_its_principal(azure, acr):
    principal = put(acr, SYSTEM)["principalId"]
    acr.task("DELETE")
    assert not exists(azure, principal)
