# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Role assignments: make, read, list, delete (keyvault-wire, sections 5.1 and 5.2). What they give: test_rights.py."""

from __future__ import annotations

import re
import uuid

import pytest
from vaults import (
    ASSIGNMENT_VERSION,
    CONTRIBUTOR,
    OWNER,
    READER,
    SECRETS_USER,
    VAULT_CONTRIBUTOR,
    Vault,
    assign,
    message,
    named,
    problem,
    role_id,
)

from azure_emulator.services.authorization.models import LIMIT_PER_SUBSCRIPTION, Authorization

TYPE = "Microsoft.Authorization/roleAssignments"
STRANGER = "00000000-0000-0000-0000-000000000001"
TEAM = {"name": "team", "object_id": "5f0c2a7e-93b1-4d68-8e4a-17d9c3b60f25", "members": []}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")


@pytest.fixture
def group(azure):
    return azure.group("rg1")


def reader_of(azure):
    return azure.seeds["applications"][READER]["object_id"]


def listed(azure, scope, text=""):
    query = {"$filter": text} if text else {}
    answer = azure.arm("GET", f"{scope}/providers/{TYPE}", version=ASSIGNMENT_VERSION, query=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


# -- PUT -----------------------------------------------------------------------------------------------------------


def test_answer_prints_nulls(azure, group):
    name, principal = str(uuid.uuid4()), reader_of(azure)
    answer = assign(azure, group, SECRETS_USER, principal, name=name, principalType="ServicePrincipal")
    assert answer.status_code == 201
    body = answer.json()
    created, updated = body["properties"].pop("createdOn"), body["properties"].pop("updatedOn")
    assert MOMENT.fullmatch(created)
    assert MOMENT.fullmatch(updated)
    owner = azure.seeds["applications"][OWNER]["object_id"]
    assert body == {
        "properties": {
            "roleDefinitionId": role_id(azure, SECRETS_USER),
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "scope": group,
            "condition": None,
            "conditionVersion": None,
            "createdBy": None,
            "updatedBy": owner,
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
        "id": f"{group}/providers/{TYPE}/{name}",
        "type": TYPE,
        "name": name,
    }
    later = named(azure, group, name).json()
    assert later["properties"].pop("createdOn") == later["properties"].pop("updatedOn")
    body["properties"]["createdBy"] = owner
    assert later == body


@pytest.mark.parametrize("status", [201, 200])
def test_the_same_again(azure, group, status):
    azure.switch(ra_reput_status=status)
    name, principal = str(uuid.uuid4()), reader_of(azure)
    first = assign(azure, group, SECRETS_USER, principal, name=name, description="a")
    azure.advance(5)
    again = assign(azure, group.replace("rg1", "RG1"), SECRETS_USER, principal.upper(), name=name, description="b")
    assert again.status_code == status
    before, after = first.json()["properties"], named(azure, group, name).json()["properties"]
    assert (before["description"], after["description"]) == ("a", "b")
    assert after["createdOn"] == before["createdOn"]
    assert after["updatedOn"] > before["updatedOn"]
    more = {
        "condition": "@Resource[a] StringEquals 'b'",
        "conditionVersion": "2.0",
        "delegatedManagedIdentityResourceId": "/subscriptions/other",
    }
    assign(azure, group, SECRETS_USER, principal, name=name, **more)
    after = named(azure, group, name).json()["properties"]
    assert {key: after[key] for key in more} == more
    assert after["description"] is None


def test_what_an_assignment_is_about_cannot_change(azure, group):
    name, principal, owner = str(uuid.uuid4()), reader_of(azure), azure.seeds["applications"][OWNER]["object_id"]
    assign(azure, group, SECRETS_USER, principal, name=name)
    for scope, role, other in (
        (group, SECRETS_USER, owner),
        (group, CONTRIBUTOR, principal),
        (azure.subscription, SECRETS_USER, principal),
    ):
        answer = assign(azure, scope, role, other, name=name)
        assert problem(answer) == (400, "RoleAssignmentUpdateNotPermitted")
        assert message(answer) == ("Tenant ID, application ID, principal ID, and scope are not allowed to be updated.")


@pytest.mark.parametrize("style", ["with_id", "short"])
def test_the_same_under_another_name(azure, group, style):
    azure.switch(ra_exists_text=style)
    name, principal = str(uuid.uuid4()), reader_of(azure)
    assign(azure, group, SECRETS_USER, principal, name=name)
    answer = assign(azure, group.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), SECRETS_USER, principal.upper())
    assert problem(answer) == (409, "RoleAssignmentExists")
    more = f" The ID of the existing role assignment is {name.replace('-', '')}." if style == "with_id" else ""
    assert message(answer) == "The role assignment already exists." + more
    for scope, role in ((group, CONTRIBUTOR), (azure.subscription, SECRETS_USER)):
        assert assign(azure, scope, role, principal).status_code == 201


def test_unknown_principal(azure, group):
    answer = assign(azure, group, SECRETS_USER, STRANGER)
    assert problem(answer) == (400, "PrincipalNotFound")
    text = f"Principal {STRANGER.replace('-', '')} does not exist in the directory {azure.seeds['tenant']}."
    assert message(answer).startswith(text)
    for kind in ("ServicePrincipal", "User", "Group", "ForeignGroup", "Device"):
        made = assign(azure, group, SECRETS_USER, str(uuid.uuid4()), principalType=kind)
        assert (made.status_code, made.json()["properties"]["principalType"]) == (201, kind)


def test_a_fresh_principal_needs_its_type_said(azure, group):
    azure.switch(principal_visible_after_seconds=20)
    path = "resourceGroups/rg1/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
    identity = azure.arm("PUT", path, {"location": "eastus"}, version="2024-11-30").json()
    principal = identity["properties"]["principalId"]
    assert problem(assign(azure, group, SECRETS_USER, principal)) == (400, "PrincipalNotFound")
    assert assign(azure, group, SECRETS_USER, principal, principalType="ServicePrincipal").status_code == 201
    azure.advance(20)
    assert assign(azure, group, CONTRIBUTOR, principal).status_code == 201


def test_the_type_is_filled_in(azure, group):
    azure.control("POST", "reset", {"seeds": {"groups": [TEAM]}})
    group = azure.group("rg1")
    users = azure.seeds["users"][0]["object_id"]
    for principal, kind in ((reader_of(azure), "ServicePrincipal"), (users, "User"), (TEAM["object_id"], "Group")):
        made = assign(azure, group, SECRETS_USER, principal)
        assert made.json()["properties"]["principalType"] == kind
        assert assign(azure, group, CONTRIBUTOR, principal, principalType=kind.lower()).status_code == 201


def test_wrong_type(azure, group):
    principal = reader_of(azure)
    answer = assign(azure, group, SECRETS_USER, principal, principalType="User")
    assert problem(answer) == (400, "UnmatchedPrincipalType")
    assert message(answer) == (
        f"The PrincipalId '{principal.replace('-', '')}' has type 'ServicePrincipal' , which is different from "
        "specified PrinciaplType 'User'."
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"roleDefinitionId": None}, (400, "BadRequestFormat")),
        ({"principalId": None}, (400, "BadRequestFormat")),
        ({"principalType": "Robot"}, (400, "BadRequestFormat")),
        ({"principalId": "user@rehearsal.example"}, (400, "InvalidPrincipalId")),
        ({"roleDefinitionId": f"/x/roleDefinitions/{STRANGER}"}, (404, "RoleDefinitionDoesNotExist")),
        ({"roleDefinitionId": "Key Vault Secrets User"}, (404, "RoleDefinitionDoesNotExist")),
    ],
)
def test_assignments_refused(azure, group, change, expected):
    assert problem(assign(azure, group, SECRETS_USER, reader_of(azure), **change)) == expected


def test_names_are_guids(azure, group):
    answer = assign(azure, group, SECRETS_USER, reader_of(azure), name="mine")
    assert problem(answer) == (400, "InvalidRoleAssignmentId")


def test_the_scope_must_be_there(azure, group):
    principal = reader_of(azure)
    vault = f"{group}/providers/Microsoft.KeyVault/vaults/kv1"
    assert problem(assign(azure, f"{group}x", SECRETS_USER, principal)) == (404, "ResourceGroupNotFound")
    assert problem(assign(azure, vault, SECRETS_USER, principal)) == (404, "ResourceNotFound")
    Vault(azure, "kv1").put()
    for scope in (vault, f"{vault}/secrets/UserName"):
        assert assign(azure, scope, SECRETS_USER, principal).json()["properties"]["scope"] == scope


def test_limit(azure, group):
    async def fill():
        authorization = azure.emulator.world.part(Authorization)
        for number in range(LIMIT_PER_SUBSCRIPTION - authorization.count_in_subscription(group)):
            authorization.assign(group, CONTRIBUTOR, f"00000000-0000-0000-0000-{number:012}")

    azure.on_loop(fill())
    answer = assign(azure, group, SECRETS_USER, reader_of(azure))
    assert problem(answer) == (400, "RoleAssignmentLimitExceeded")
    # The list comes in pages meanwhile.
    url, found = f"https://management.azure.com{group}/providers/{TYPE}?api-version={ASSIGNMENT_VERSION}", []
    while url:
        page = azure.send("GET", url, audience="https://management.azure.com").json()
        found += [entry["id"] for entry in page["value"]]
        url = page.get("nextLink")
    assert len(found) == len(set(found)) == LIMIT_PER_SUBSCRIPTION
    named(azure, group, found[-1].rpartition("/")[2], "DELETE")
    assert assign(azure, group, SECRETS_USER, reader_of(azure)).status_code == 201


# -- GET, DELETE ---------------------------------------------------------------------------------------------------


def test_delete_shows_what_is_gone(azure, group):
    name = assign(azure, group, SECRETS_USER, reader_of(azure)).json()["name"]
    before = named(azure, group, name).json()
    gone = [named(azure, group, name, "DELETE") for _ in range(2)]
    assert [answer.status_code for answer in gone] == [200, 204]
    assert gone[0].json() == before
    assert gone[1].content == b""
    assert problem(named(azure, group, name)) == (404, "RoleAssignmentNotFound")
    assert assign(azure, group, SECRETS_USER, reader_of(azure)).status_code == 201


def test_an_assignment_is_only_at_its_own_scope(azure, group):
    name = assign(azure, group, SECRETS_USER, reader_of(azure)).json()["name"]
    for scope in (azure.subscription, Vault(azure).id if Vault(azure).put() else ""):
        assert named(azure, scope, name).status_code == 404
        assert named(azure, scope, name, "DELETE").status_code == 204
    assert named(azure, group.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), name).status_code == 200


def test_a_new_assignment_may_be_invisible_at_first(azure, group):
    azure.switch(ra_read_lag=2)
    name = assign(azure, group, SECRETS_USER, reader_of(azure)).json()["name"]
    assert [named(azure, group, name).status_code for _ in range(4)] == [404, 404, 200, 200]


def test_assignments_go_with_what_they_are_about(azure, group):
    vault = Vault(azure, "kv1")
    vault.put()
    below = assign(azure, f"{vault.id}/secrets/a", SECRETS_USER, reader_of(azure)).json()["id"]
    at = assign(azure, vault.id, SECRETS_USER, reader_of(azure)).json()["id"]
    kept = assign(azure, group, SECRETS_USER, reader_of(azure)).json()["id"]
    vault.request("DELETE")
    left = [entry["id"] for entry in listed(azure, azure.subscription)]
    assert kept in left
    assert not {at, below} & set(left)
    azure.arm("DELETE", group)
    azure.advance(300)
    assert kept not in [entry["id"] for entry in listed(azure, azure.subscription)]


# -- $filter -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tree(azure):
    """One assignment at each of four scopes for the reader, one of its group's at the vault, one of another's."""
    azure.control("POST", "reset", {"seeds": {"groups": [TEAM | {"members": [reader_of(azure)]}]}})
    vault = Vault(azure, "kv1")
    vault.put()
    azure.group("rg10")
    scopes = {"root": "/", "subscription": azure.subscription, "group": vault.group, "vault": vault.id}
    names = {}

    async def at_root():
        azure.emulator.world.part(Authorization).assign("/", VAULT_CONTRIBUTOR, reader_of(azure))

    azure.on_loop(at_root())
    for label, scope in scopes.items():
        if label != "root":
            names[assign(azure, scope, VAULT_CONTRIBUTOR, reader_of(azure)).json()["name"]] = label
    names[assign(azure, vault.id, VAULT_CONTRIBUTOR, TEAM["object_id"]).json()["name"]] = "team"
    names[assign(azure, vault.id, VAULT_CONTRIBUTOR, azure.seeds["users"][0]["object_id"]).json()["name"]] = "user"

    def find(scope, text=""):
        found = [e for e in listed(azure, scopes.get(scope, scope), text) if VAULT_CONTRIBUTOR in str(e)]
        return sorted(names.get(entry["name"], "root") for entry in found)

    return find


def test_filters(azure, tree):
    me = reader_of(azure)
    assert tree("group") == ["group", "root", "subscription", "team", "user", "vault"]
    assert tree("group", "atScope()") == ["group", "root", "subscription"]
    assert tree("vault", "atScope()") == ["group", "root", "subscription", "team", "user", "vault"]
    assert tree("group", f"principalId eq '{me}'") == ["group", "root", "subscription", "vault"]
    assert tree("subscription", f"principalId eq '{me.upper()}'") == ["group", "root", "subscription", "vault"]
    assert tree("group", f"assignedTo('{me}')") == ["group", "root", "subscription", "team", "vault"]
    assert tree("group", f"atScope() and assignedTo('{me}')") == ["group", "root", "subscription"]
    assert tree("vault", f"assignedTo('{me}') and atScope()") == ["group", "root", "subscription", "team", "vault"]
    assert tree("subscription", f"principalId eq '{STRANGER}'") == []
    assert tree(f"{azure.subscription}/resourceGroups/rg10") == ["root", "subscription"]


@pytest.mark.parametrize(
    "text", ["atScope() and principalId eq '{}'", "roleDefinitionId eq '{}'", "principalId ne '{}'", "below()"]
)
def test_filters_refused(azure, text):
    path, query = f"providers/{TYPE}", {"$filter": text.format(STRANGER)}
    answer = azure.arm("GET", path, version=ASSIGNMENT_VERSION, query=query)
    assert problem(answer) == (400, "UnsupportedQuery")


def test_the_role_is_named_below_where_one_asks(azure, tree):
    ids = {entry["properties"]["roleDefinitionId"] for entry in listed(azure, azure.subscription)}
    assert all(role.startswith(f"{azure.subscription}/providers/") for role in ids)
    roots = [entry for entry in listed(azure, azure.subscription) if entry["properties"]["scope"] == "/"]
    assert len(roots) == 1
    assert roots[0]["id"].startswith(f"/providers/{TYPE}/")
