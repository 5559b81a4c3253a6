# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Built-in roles: ids, filters, and what they allow (keyvault-wire, section 5.3)."""

from __future__ import annotations

import pytest
from vaults import message, problem

from azure_emulator.services.authorization.builtin_roles import BUILTIN_ROLES, find_role
from azure_emulator.services.authorization.role_definitions import covers

TYPE = "Microsoft.Authorization/roleDefinitions"
VERSION = "2022-04-01"
VAULTS = "Microsoft.KeyVault/vaults"
REGISTRIES = "Microsoft.ContainerRegistry/registries"
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"
GUIDS = {
    "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
    "Key Vault Secrets Officer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "Key Vault Reader": "21090545-7ca7-4776-b22c-e363652d74d2",
    "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    "Key Vault Contributor": "f25e0fa2-a7c8-4377-a976-54943a77a395",
    "AcrPull": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "AcrPush": "8311e382-0749-4cb8-b61a-304f252e45ec",
    "AcrDelete": "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
    "Container Registry Repository Reader": "b93aa761-3e63-49ed-ac28-beffa264f7ac",
    "Container Registry Repository Writer": "2a1e307c-b015-4ebd-883e-5b7698a07328",
    "Container Registry Repository Contributor": "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
    "Container Registry Repository Catalog Lister": "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
    "Container Registry Tasks Contributor": "fb382eab-e894-4461-af04-94435c366c3f",
    "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
    "Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Owner": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
}


def listed(azure, text="", scope="", version=VERSION):
    answer = azure.arm("GET", f"{scope}providers/{TYPE}", version=version, query={"$filter": text} if text else {})
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


@pytest.mark.parametrize("name", GUIDS)
def test_ids_are_the_same_everywhere(azure, name):
    [role] = listed(azure, f"roleName eq '{name}'")
    assert (role["name"], role["properties"]["roleName"]) == (GUIDS[name], name)


def test_shape(azure):
    [role] = listed(azure, "roleName eq 'Key Vault Secrets User'")
    properties = role.pop("properties")
    guid = GUIDS["Key Vault Secrets User"]
    assert role == {"id": f"{azure.subscription}/providers/{TYPE}/{guid}", "type": TYPE, "name": guid}
    assert properties["permissions"] == [
        {
            "actions": [],
            "notActions": [],
            "dataActions": [f"{VAULTS}/secrets/getSecret/action", f"{VAULTS}/secrets/readMetadata/action"],
            "notDataActions": [],
        }
    ]
    assert (properties["type"], properties["assignableScopes"]) == ("BuiltInRole", ["/"])
    assert set(properties) == {
        "roleName", "type", "description", "assignableScopes", "permissions", "createdOn", "updatedOn", "createdBy",
        "updatedBy",
    }  # fmt: skip
    assert azure.arm("GET", role["id"], version=VERSION).json() == role | {"properties": properties}


def test_names_are_found_in_any_casing(azure):
    assert [role["properties"]["roleName"] for role in listed(azure, "roleName eq 'reader'")] == ["Reader"]
    assert listed(azure, "roleName eq 'No such role'") == []
    assert listed(azure, "roleName eq 'It''s none'") == []


def test_other_filters(azure):
    group = azure.group("rg1")[1:] + "/"
    everything = listed(azure)
    assert len(everything) == len(BUILTIN_ROLES)
    for text in ("type eq 'BuiltInRole'", "atScopeAndBelow()", "atScopeAndBelow() and type eq 'builtinrole'"):
        assert listed(azure, text) == everything
    assert listed(azure, "type eq 'CustomRole'") == []
    assert listed(azure, "atScopeAndBelow() and roleName eq 'AcrPull'", f"/{group}", "2022-05-01-preview") == listed(
        azure, "roleName eq 'acrpull'"
    )
    answer = azure.arm("GET", f"providers/{TYPE}", version=VERSION, query={"$filter": "description eq 'x'"})
    assert problem(answer) == (400, "UnsupportedQuery")


def test_ids_are_printed_below_where_one_asks(azure):
    guid, group = GUIDS["AcrPull"], azure.group("rg1")
    for scope, prefix in (("", ""), (azure.subscription, azure.subscription), (group, azure.subscription)):
        answer = azure.arm("GET", f"{scope}/providers/{TYPE}/{guid}", version=VERSION)
        if scope:
            assert answer.json()["id"] == f"{prefix}/providers/{TYPE}/{guid}"
        else:
            assert answer.status_code == 403  # nobody in the seeds has rights at the root


def test_unknown_role(azure):
    for name in ("00000000-0000-0000-0000-000000000001", "AcrPull"):
        answer = azure.arm("GET", f"providers/{TYPE}/{name}", version=VERSION)
        assert problem(answer) == (404, "RoleDefinitionDoesNotExist")
        assert name in message(answer)


# -- what they allow -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "allowed", "denied"),
    [
        ("Owner", [f"{VAULTS}/write", "Microsoft.Authorization/roleAssignments/write"], []),
        (
            "Contributor",
            [f"{VAULTS}/write", f"{VAULTS}/accessPolicies/write", f"{REGISTRIES}/tasks/listDetails/action",
             f"{IDENTITIES}/assign/action", "Microsoft.Authorization/roleAssignments/read"],
            ["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete",
             "Microsoft.Authorization/locks/write"],
        ),
        (
            "Reader",
            [f"{VAULTS}/read", f"{REGISTRIES}/tasks/read", "Microsoft.Authorization/roleAssignments/read"],
            [f"{VAULTS}/write", f"{REGISTRIES}/tasks/listDetails/action", f"{REGISTRIES}/scheduleRun/action"],
        ),
        (
            "User Access Administrator",
            ["Microsoft.Authorization/roleAssignments/write", f"{VAULTS}/read", "Microsoft.Authorization/locks/write"],
            [f"{VAULTS}/write", f"{VAULTS}/accessPolicies/write"],
        ),
        (
            "Role Based Access Control Administrator",
            ["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete"],
            ["Microsoft.Authorization/locks/write", f"{VAULTS}/write"],
        ),
        (
            "Key Vault Contributor",
            [f"{VAULTS}/write", f"{VAULTS}/accessPolicies/write", f"{VAULTS}/delete",
             "Microsoft.KeyVault/locations/deletedVaults/read"],
            ["Microsoft.KeyVault/locations/deletedVaults/purge/action", f"{REGISTRIES}/read",
             "Microsoft.Authorization/roleAssignments/write"],
        ),
        (
            "Managed Identity Operator",
            [f"{IDENTITIES}/read", f"{IDENTITIES}/assign/action"],
            [f"{IDENTITIES}/write", f"{IDENTITIES}/delete"],
        ),
        (
            "Container Registry Tasks Contributor",
            [f"{REGISTRIES}/tasks/write", f"{REGISTRIES}/tasks/listDetails/action", f"{REGISTRIES}/scheduleRun/action"],
            [f"{REGISTRIES}/write", f"{REGISTRIES}/delete"],
        ),
        ("AcrPull", [f"{REGISTRIES}/pull/read"], [f"{REGISTRIES}/push/write", f"{REGISTRIES}/tasks/read"]),
        ("AcrPush", [f"{REGISTRIES}/pull/read", f"{REGISTRIES}/push/write"], [f"{REGISTRIES}/artifacts/delete"]),
        ("AcrDelete", [f"{REGISTRIES}/artifacts/delete"], [f"{REGISTRIES}/pull/read"]),
    ],
)  # fmt: skip
def test_management(role, allowed, denied):
    definition = find_role(role)
    assert [action for action in allowed if not definition.allows(action)] == []
    assert [action for action in denied if definition.allows(action)] == []


GET_SECRET, SEE_SECRET = f"{VAULTS}/secrets/getSecret/action", f"{VAULTS}/secrets/readMetadata/action"
CHANGE_SECRET = [f"{VAULTS}/secrets/{right}" for right in ("setSecret/action", "delete", "purge/action")]
READ, WRITE, DELETE = (f"{REGISTRIES}/repositories/content/{right}" for right in ("read", "write", "delete"))


@pytest.mark.parametrize(
    ("role", "allowed", "denied"),
    [
        ("Key Vault Secrets User", [GET_SECRET, SEE_SECRET], CHANGE_SECRET),
        ("Key Vault Secrets Officer", [GET_SECRET, SEE_SECRET, *CHANGE_SECRET], [f"{VAULTS}/keys/read"]),
        ("Key Vault Reader", [SEE_SECRET, f"{VAULTS}/keys/read"], [GET_SECRET, *CHANGE_SECRET]),
        ("Key Vault Administrator", [GET_SECRET, SEE_SECRET, *CHANGE_SECRET, f"{VAULTS}/keys/read"], [READ]),
        ("Key Vault Contributor", [], [GET_SECRET, SEE_SECRET, *CHANGE_SECRET]),
        ("Owner", [], [GET_SECRET, SEE_SECRET, READ, WRITE]),
        ("Contributor", [], [GET_SECRET, READ]),
        ("Container Registry Repository Reader", [READ], [WRITE, DELETE]),
        ("Container Registry Repository Writer", [READ, WRITE], [DELETE]),
        ("Container Registry Repository Contributor", [READ, WRITE, DELETE], []),
        ("Container Registry Repository Catalog Lister", [f"{REGISTRIES}/catalog/read"], [READ, WRITE]),
        ("AcrPull", [], [READ]),
    ],
)
def test_data(role, allowed, denied):
    definition = find_role(role)
    assert [action for action in allowed if not definition.allows_data(action)] == []
    assert [action for action in denied if definition.allows_data(action)] == []


@pytest.mark.parametrize(
    ("pattern", "action", "covered"),
    [
        ("*", "Microsoft.X/y/read", True),
        ("*/read", "Microsoft.X/y/z/read", True),
        ("*/read", "Microsoft.X/y/write", False),
        ("Microsoft.X/*", "Microsoft.X/y/z/action", True),
        ("Microsoft.X/*", "Microsoft.XY/z/read", False),
        ("microsoft.x/Y/read", "Microsoft.X/y/Read", True),
        ("Microsoft.X/*/read", "Microsoft.X/y/z/read", True),
        ("Microsoft.X/y/*/read", "Microsoft.X/y/read", True),
        ("Microsoft.X/y/*/read", "Microsoft.X/yy/read", False),
        ("Microsoft.X/y/read", "Microsoft.X/y/read/more", False),
        ("Microsoft.X/y.z/read", "Microsoft.X/yaz/read", False),
    ],
)
def test_wildcards(pattern, action, covered):
    assert covers(pattern, action) is covered
