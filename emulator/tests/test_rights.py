# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What role assignments give, where, to whom and from when on (keyvault-wire, sections 2.5 and 5)."""

from __future__ import annotations

from vaults import (
    CONTRIBUTOR,
    READER,
    SECRETS_USER,
    VAULT_CONTRIBUTOR,
    Vault,
    assign,
    message,
    named,
    only_roles,
    problem,
)

TYPE = "Microsoft.Authorization/roleAssignments"
READER_ROLE = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
TEAM = {"name": "team", "object_id": "5f0c2a7e-93b1-4d68-8e4a-17d9c3b60f25", "members": []}


def reader_of(azure):
    return azure.seeds["applications"][READER]["object_id"]


def test_who_may_assign(azure):
    only_roles(azure, {"role": CONTRIBUTOR})
    group, me = azure.group("rg1"), reader_of(azure)
    name = assign(azure, group, SECRETS_USER, me).json()["name"]
    for answer, action in (
        (assign(azure, group, READER_ROLE, me, application=READER), "write"),
        (named(azure, group, name, "DELETE", application=READER), "delete"),
    ):
        assert problem(answer) == (403, "AuthorizationFailed")
        assert f"'{TYPE}/{action}'" in message(answer)
    assert named(azure, group, name, application=READER).status_code == 200
    for role in ("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"):
        only_roles(azure, {"role": role})
        group = azure.group("rg1")
        name = assign(azure, group, SECRETS_USER, me, application=READER).json()["name"]
        assert named(azure, group, name, "DELETE", application=READER).status_code == 200


def test_rights_are_inherited_downwards_only(azure):
    only_roles(azure)
    vault = Vault(azure, "kv1")
    vault.put()
    other = azure.group("rg10")

    def may_patch():
        return vault.patch(application=READER).status_code == 200

    assert not may_patch()
    for scope in (azure.subscription, vault.group, vault.id):
        name = assign(azure, scope, VAULT_CONTRIBUTOR, reader_of(azure)).json()["name"]
        assert may_patch()
        named(azure, scope, name, "DELETE")
        assert not may_patch()
    for scope in (other, f"{vault.id}/secrets/a"):
        assign(azure, scope, VAULT_CONTRIBUTOR, reader_of(azure))
    assert not may_patch()


def test_rights_of_a_group_are_its_members(azure):
    seeds = {"groups": [TEAM | {"members": [reader_of(azure)]}]}
    azure.control("POST", "reset", {"seeds": seeds})
    vault = Vault(azure, "kv1")
    vault.put()
    assert vault.patch(application=READER).status_code == 403
    assign(azure, vault.id, VAULT_CONTRIBUTOR, TEAM["object_id"])
    assert vault.patch(application=READER).status_code == 200


def test_rights_take_their_time(azure):
    vault = Vault(azure, "kv1")
    vault.put()
    azure.switch(role_delay_s=60)
    name = assign(azure, vault.id, VAULT_CONTRIBUTOR, reader_of(azure)).json()["name"]
    assert vault.patch(application=READER).status_code == 403
    azure.advance(60)
    assert vault.patch(application=READER).status_code == 200
    named(azure, vault.id, name, "DELETE")
    assert vault.patch(application=READER).status_code == 200
    azure.advance(60)
    assert vault.patch(application=READER).status_code == 403


def test_conditions_are_not_evaluated(azure):
    """Whoever has a role under a condition gets nothing here: rather a refusal too many than a right too many."""
    vault = Vault(azure, "kv1")
    vault.put()
    condition = {"condition": "@Resource[a] StringEquals 'b'", "conditionVersion": "2.0"}
    assign(azure, vault.id, VAULT_CONTRIBUTOR, reader_of(azure), **condition)
    assert vault.patch(application=READER).status_code == 403
