# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What an access policy may hold, for whom, and how many there may be (keyvault-wire, sections 2.2 and 2.3)."""

from __future__ import annotations

import pytest
from vaults import OWNER, POLICY_WORDS, READER, Vault, message, problem

STRANGER = "00000000-0000-0000-0000-000000000001"
OLD_TEXT = "An invalid value was provided for 'accessPolicies'."


@pytest.fixture
def vault(azure):
    vault = Vault(azure)
    vault.put()
    return vault


@pytest.mark.parametrize("kind", POLICY_WORDS)
def test_words(vault, kind):
    for words in (
        POLICY_WORDS[kind].split(),
        [word.capitalize() for word in POLICY_WORDS[kind].split()],
        [POLICY_WORDS[kind].split()[0]],
    ):
        entry = vault.entry(READER, **{kind: words})
        assert vault.policies("replace", entry) == [entry]


@pytest.mark.parametrize(
    "permissions",
    [{"secrets": [" list"]}, {"secrets": ["sign"]}, {"keys": ["set"]}, {"secrets": ["none"]}, {"secrets": [None]}],
    ids=str,
)
@pytest.mark.parametrize("operation", ["add", "replace", "remove", "PUT", "PATCH"])
def test_words_refused(vault, permissions, operation):
    before = vault.policies("add", vault.entry(OWNER, secrets=["get"]))
    assert message(write(vault, operation, vault.entry(READER, **permissions))) == OLD_TEXT
    assert vault.stored() == before


def write(vault, operation, *entries):
    """By any of the five ways."""
    if operation == "PUT":
        return vault.put(accessPolicies=list(entries))
    if operation == "PATCH":
        return vault.patch(accessPolicies=list(entries))
    return vault.send_policies(operation, *entries)


@pytest.mark.parametrize("operation", ["add", "replace", "remove", "PUT", "PATCH"])
def test_entries_refused(vault, operation):
    good = vault.entry(OWNER, secrets=["get"])
    tenant = good | {"tenantId": STRANGER}
    wrong = {
        f"Invalid value found at accessPolicies[0].TenantId: {STRANGER}": [tenant],
        f"Invalid value found at accessPolicies[1].TenantId: {STRANGER}": [
            good,
            vault.entry() | {"tenantId": STRANGER},
        ],
        OLD_TEXT: [vault.entry("somebody@example.com", secrets=["get"])],
    }
    if operation != "remove":
        text = f"Invalid value found at accessPolicies[1].ObjectId: {STRANGER}"
        wrong[text] = [good, vault.entry(STRANGER, secrets=["get"])]
    for text, entries in wrong.items():
        answer = write(vault, operation, *entries)
        assert (problem(answer), message(answer)) == ((400, "BadRequest"), text)
    for entries in ([None], [{}], [{"tenantId": vault.tenant}]):
        assert problem(write(vault, operation, *entries)) == (400, "BadRequest")
    assert vault.stored() == []


@pytest.mark.parametrize("operation", ["add", "replace", "PUT", "PATCH"])
def test_object_ids_may_go_unchecked(vault, operation):
    vault.azure.switch(validate_object_id=False)
    assert write(vault, operation, vault.entry(STRANGER, secrets=["get"])).status_code == 200
    assert vault.stored() == [vault.entry(STRANGER, secrets=["get"])]


def identity(azure):
    """The object id of a new identity."""
    path = "resourceGroups/rg1/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
    return azure.arm("PUT", path, {"location": "eastus"}, version="2024-11-30").json()


def test_a_fresh_principal_is_not_known_at_once(vault):
    vault.azure.switch(principal_visible_after_seconds=20)
    entry = vault.entry(identity(vault.azure)["properties"]["principalId"], secrets=["get"])
    assert "accessPolicies[0].ObjectId" in message(vault.send_policies("add", entry))
    vault.azure.advance(20)
    assert vault.policies("add", entry) == [entry]


def test_entries_of_gone_principals_stay(vault):
    made = identity(vault.azure)
    entry = vault.entry(made["properties"]["principalId"], secrets=["get"])
    vault.policies("add", entry)
    vault.azure.arm("DELETE", made["id"], version="2024-11-30")
    assert vault.stored() == [entry]
    for operation in ("add", "replace", "PUT", "PATCH"):
        assert write(vault, operation, entry).status_code == 200
    assert vault.policies("remove", entry) == []
    assert problem(vault.send_policies("add", entry)) == (400, "BadRequest")


# -- limits, modes, conflicts --------------------------------------------------------------------------------------


def entries(vault, count, first=0):
    return [
        vault.entry(f"00000000-0000-0000-0000-{number:012}", secrets=["get"]) for number in range(first, first + count)
    ]


def test_most_entries(vault):
    vault.azure.switch(validate_object_id=False)
    assert problem(write(vault, "PUT", *entries(vault, 1025))) == (400, "BadRequest")
    assert write(vault, "PUT", *entries(vault, 1024)).status_code == 200
    assert problem(vault.send_policies("add", *entries(vault, 1, 1024))) == (400, "BadRequest")
    assert vault.send_policies("replace", *entries(vault, 1, 1023)).status_code == 200
    assert len(vault.stored()) == 1024


@pytest.mark.parametrize(("limit", "status"), [(1024, 200), (16, 400)])
def test_most_entries_of_a_patch(vault, limit, status):
    vault.azure.switch(validate_object_id=False, patch_policy_limit=limit)
    assert write(vault, "PATCH", *entries(vault, 16)).status_code == 200
    assert write(vault, "PATCH", *entries(vault, 17)).status_code == status
    assert write(vault, "PUT", *entries(vault, 17)).status_code == 200


@pytest.mark.parametrize("operation", ["add", "replace", "remove"])
def test_vault_in_rbac_mode(vault, operation):
    vault.policies("add", vault.entry(OWNER, secrets=["get"]))
    vault.patch(enableRbacAuthorization=True)
    vault.azure.switch(ap_on_rbac="reject")
    assert problem(vault.send_policies(operation, vault.entry(READER, secrets=["get"]))) == (400, "BadRequest")
    vault.azure.switch(ap_on_rbac="store")
    held = {"add": ["get"], "replace": ["get"], "remove": None}
    vault.policies(operation, vault.entry(READER, secrets=["get"]))
    assert vault.secrets_of() == held[operation]


def test_a_conflict_on_demand(vault):
    vault.azure.fault(
        match={"method": "PUT", "path": "accessPolicies"}, times=1, kind="status", status=409, code="ConflictError",
        message="A conflict occurred that prevented the operation from completing.",
    )  # fmt: skip
    assert problem(vault.send_policies("add", vault.entry(secrets=["get"]))) == (409, "ConflictError")
    assert vault.stored() == []
    assert vault.policies("add", vault.entry(secrets=["get"])) == [vault.entry(secrets=["get"])]
