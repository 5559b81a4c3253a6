# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions as built-in roles: the smallest that fit, what is held already, what has to go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _role_assignment as role_assignment
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_policy import KINDS, PERMISSIONS
from ansible_collections.acr.tasks.plugins.module_utils._role_assignment import Held
from hypothesis import given
from hypothesis import strategies as st

PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000001"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.KeyVault/vaults/Kv1"
FIXTURES = Path(__file__).parents[2] / "fixtures/keyvault"
ASSIGNMENTS = json.loads((FIXTURES / "role_assignments.json").read_text(encoding="utf-8"))["value"]
BY_NAME = {role.name.removeprefix("Key Vault "): role for role in role_assignment.ROLES}


def options(state: str = "present", mode: str = "merge", **kinds: list[str] | None) -> dict[str, Any]:
    return {"state": state, "mode": mode, **dict.fromkeys(KINDS), **kinds}


def held(*names: str, direct: bool = True) -> list[Held]:
    scope = VAULT if direct else f"/subscriptions/{SUBSCRIPTION}"
    return [Held(BY_NAME[name], f"{scope}/x/{name}", scope, direct) for name in names]


def names(roles: Any) -> list[str]:
    return [getattr(one, "role", one).name.removeprefix("Key Vault ") for one in roles]


def after(params: dict[str, Any], now: list[Held]) -> list[str]:
    return names(role_assignment.desired(params, now, VAULT, PRINCIPAL))


# --- which role


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ({"secrets": ["get"]}, ["Secrets User"]),
        ({"secrets": ["Get", "LIST"]}, ["Secrets User"]),
        ({"secrets": ["list"]}, ["Reader"]),
        ({"secrets": ["get", "set"]}, ["Secrets Officer"]),
        ({"secrets": ["all"]}, ["Secrets Officer"]),
        ({"secrets": ["purge"]}, ["Secrets Officer"]),
        ({"keys": ["get", "list"]}, ["Reader"]),
        ({"keys": ["wrapKey", "unwrapKey"]}, ["Crypto Service Encryption User"]),
        ({"keys": ["release"]}, ["Crypto Service Release User"]),
        ({"keys": ["sign"]}, ["Crypto User"]),
        ({"keys": ["rotate"]}, ["Crypto Officer"]),
        ({"certificates": ["get"]}, ["Reader"]),
        ({"certificates": ["import"]}, ["Certificates Officer"]),
        ({"certificates": ["get"], "secrets": ["get"]}, ["Certificate User"]),
        ({"keys": ["sign"], "secrets": ["get"]}, ["Secrets User", "Crypto User"]),
        ({"storage": ["get"]}, ["Administrator"]),
        (
            {"keys": ["all"], "secrets": ["all"], "certificates": ["all"]},
            ["Certificates Officer", "Crypto Officer", "Secrets Officer"],
        ),
        ({kind: ["all"] for kind in KINDS}, ["Administrator"]),
        ({"secrets": []}, []),
    ],
)
def test_the_roles_with_the_least_surplus_are_chosen(kinds: dict[str, list[str]], expected: list[str]) -> None:
    assert names(role_assignment.roles_covering(role_assignment.wanted_words(options(**kinds)))) == expected


@given(st.fixed_dictionaries({kind: st.lists(st.sampled_from(PERMISSIONS[kind]), max_size=4) for kind in KINDS}))
def test_whatever_is_wanted_is_granted(kinds: dict[str, list[str]]) -> None:
    wanted = role_assignment.wanted_words(options(**kinds))
    after = role_assignment.desired(options(**kinds), [], VAULT, PRINCIPAL)
    assert all(wanted[kind] <= role_assignment.granted(after)[kind] for kind in KINDS)
    assert role_assignment.desired(options(**kinds), after, VAULT, PRINCIPAL) == after


# --- what is held


def test_roles_at_or_above_the_vault_count_and_only_this_principals() -> None:
    found = role_assignment.held_roles(ASSIGNMENTS, VAULT, PRINCIPAL.upper())
    assert [(one.role.name, one.direct, one.conditional) for one in found] == [
        ("Key Vault Certificates Officer", False, True),
        ("Key Vault Secrets User", False, False),
        ("Key Vault Crypto User", True, False),
    ]


def test_a_body_without_properties_is_no_role() -> None:
    assert role_assignment.held_roles([{"id": "x"}, {"id": "y", "properties": None}], VAULT, PRINCIPAL) == []


def test_an_inherited_or_bigger_role_satisfies() -> None:
    assert after(options(secrets=["get"]), held("Secrets User", direct=False)) == ["Secrets User"]
    assert after(options(secrets=["get"]), held("Administrator")) == ["Administrator"]


def test_only_what_is_missing_is_assigned() -> None:
    assert after(options(secrets=["get", "list"], keys=["sign"]), held("Secrets User")) == [
        "Secrets User",
        "Crypto User",
    ]


# --- what has to go


def test_exact_trades_a_bigger_role_for_the_one_that_fits() -> None:
    assert after(options(mode="exact", secrets=["get"]), held("Secrets Officer")) == ["Secrets User"]


def test_exact_leaves_what_grants_nothing_more_of_the_given_kind() -> None:
    assert after(options(mode="exact", secrets=["get"]), held("Secrets User", "Reader", "Crypto User")) == [
        "Secrets User",
        "Reader",
        "Crypto User",
    ]


def test_exact_cannot_take_away_what_is_inherited() -> None:
    assert after(options(mode="exact", secrets=["get"]), held("Secrets Officer", direct=False)) == ["Secrets Officer"]


def test_exact_refuses_to_take_rights_that_nobody_mentioned() -> None:
    with pytest.raises(role_assignment.RoleError, match=r"Key Vault Administrator.*keys and certificates and storage"):
        after(options(mode="exact", secrets=["get"]), held("Administrator"))
    assert after(
        options(mode="exact", secrets=["get"], keys=[], certificates=[], storage=[]), held("Administrator")
    ) == ["Secrets User"]


def test_an_empty_list_drops_the_roles_that_grant_its_kind() -> None:
    assert after(options(secrets=[]), held("Secrets User", "Crypto User")) == ["Crypto User"]


def test_absent_without_permissions_drops_every_data_role_at_the_vault() -> None:
    now = held("Secrets User", "Administrator") + held("Reader", direct=False)
    assert after(options("absent"), now) == ["Reader"]


def test_absent_of_permissions_drops_the_role_that_stands_for_them() -> None:
    now = held("Secrets User", "Secrets Officer", "Crypto User")
    assert after(options("absent", secrets=["get"]), now) == ["Secrets Officer", "Crypto User"]
    assert after(options("absent", secrets=["all", "purge"]), now) == ["Crypto User"]
    assert after(options("absent", secrets=[]), now) == names(now)


# --- on the wire


def test_the_name_of_an_assignment_is_the_same_every_time() -> None:
    role = BY_NAME["Secrets User"]
    name = role_assignment.assignment_name(VAULT, role, PRINCIPAL)
    assert UUID(name).version == 5
    assert name == role_assignment.assignment_name(VAULT.upper(), role, PRINCIPAL.upper())
    assert name != role_assignment.assignment_name(VAULT, BY_NAME["Reader"], PRINCIPAL)
    assert role_assignment.desired(options(secrets=["get"]), [], VAULT, PRINCIPAL)[0].id.endswith(
        f"/vaults/Kv1/providers/Microsoft.Authorization/roleAssignments/{name}"
    )


def test_the_body_carries_the_type_of_the_principal_if_it_is_known() -> None:
    role = BY_NAME["Secrets User"]
    definition = (
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
        "4633458b-17de-408a-b874-0445c86b69e6"
    )
    assert role_assignment.assignment_body(SUBSCRIPTION, role, PRINCIPAL, "ServicePrincipal") == {
        "properties": {
            "roleDefinitionId": definition,
            "principalId": PRINCIPAL,
            "principalType": "ServicePrincipal",
        }
    }
    assert role_assignment.assignment_body(SUBSCRIPTION, role, PRINCIPAL, None) == {
        "properties": {"roleDefinitionId": definition, "principalId": PRINCIPAL}
    }


def test_what_is_compared_and_shown_are_names_and_scopes() -> None:
    assert role_assignment.comparable(held("Secrets User") + held("Reader", direct=False)) == {
        "role_assignments": [
            {"role": "Key Vault Reader", "scope": f"/subscriptions/{SUBSCRIPTION}"},
            {"role": "Key Vault Secrets User", "scope": VAULT},
        ]
    }


@given(st.lists(st.sampled_from(list(BY_NAME)), unique=True))
def test_a_result_fed_back_changes_nothing(now: list[str]) -> None:
    fed_back = role_assignment.to_result(held(*now))
    assert fed_back.keys() == set(KINDS)
    for mode in ("merge", "exact"):
        assert after(options(mode=mode, **fed_back), held(*now)) == now
