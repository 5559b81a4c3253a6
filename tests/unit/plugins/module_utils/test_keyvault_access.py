# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""keyvault_policy's work: requests, results, check mode, what is missing, wrong options."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, InvalidOption, ParentMissing
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from support.small_vault import (
    IDENTITY,
    OTHER,
    PRINCIPAL,
    SELF,
    TASK,
    TENANT,
    VAULT,
    Azure,
    Run,
    entry,
    not_found,
    token,
)

# --- requests per operation


def test_unchanged_is_one_request() -> None:
    azure = Azure(entry(secrets=["Get"]))
    run = Run(azure, secrets=["get"])
    assert (run.changed, azure.requests) == (False, ["GET vault"])


def test_an_addition_is_two_requests() -> None:
    azure = Azure(entry(OTHER, secrets=["set"]))
    run = Run(azure, secrets=["get"])
    assert (run.changed, azure.requests) == (True, ["GET vault", "PUT add"])
    assert azure.entries[0] == entry(OTHER, secrets=["set"]), "the others are left alone"
    assert not Run(azure, secrets=["get"]).changed


@pytest.mark.parametrize("params", [{"mode": "exact", "secrets": ["get"]}, {"state": "absent", "secrets": ["list"]}])
def test_exact_and_the_removal_of_a_part_are_three_requests(params: dict[str, Any]) -> None:
    azure = Azure(entry(secrets=["Get", "List"], keys=["Sign"]))
    run = Run(azure, **params)
    assert (run.changed, azure.requests) == (True, ["GET vault", "PUT replace", "GET vault"])
    assert run.policy["secrets"] == ["get"]
    assert azure.entries[0]["permissions"]["keys"] == ["Sign"]
    assert not Run(azure, **params).changed


def test_a_removal_is_three_requests() -> None:
    azure = Azure(entry(secrets=["Get"]), entry(OTHER, secrets=["get"]))
    run = Run(azure, state="absent")
    assert (run.changed, azure.requests) == (True, ["GET vault", "PUT remove", "GET vault"])
    assert run.policy is None
    assert azure.entries == [entry(OTHER, secrets=["get"])]
    assert Run(azure, state="absent").changed is False


@pytest.mark.parametrize(
    ("params", "request_"),
    [
        ({"identity": "id1"}, "GET identity"),
        ({"identity": IDENTITY}, "GET identity"),
        ({"registry_name": "myregistry", "task": "hello"}, "GET task"),
        ({"task": TASK}, "GET task"),
        ({"service_principal_name": "an-app"}, "GET servicePrincipals"),
        ({"user_principal_name": "me@example.org"}, "GET users"),
        ({"self": True}, None),
        ({"object_id": PRINCIPAL.upper()}, None),
    ],
)
def test_a_name_is_one_request_more(params: dict[str, Any], request_: str | None) -> None:
    azure = Azure(entry(secrets=["get"]))
    azure.people = {"an-app": PRINCIPAL, "me@example.org": PRINCIPAL}
    run = Run(azure, secrets=["get"], **params)
    assert not run.changed
    assert azure.requests == ["GET vault", *([request_] if request_ else [])]
    assert run.policy["object_id"].lower() == PRINCIPAL


# --- results and diff


def test_the_result_has_the_shape_of_the_options() -> None:
    run = Run(Azure(), secrets=["Get", "list"], keys=["wrapkey"])
    assert run.policy == {
        "id": VAULT,
        "resource_group": "rg1",
        "vault_name": "kv1",
        "authorization": "access_policy",
        "tenant_id": TENANT,
        "object_id": PRINCIPAL,
        "application_id": None,
        "keys": ["wrapKey"],
        "secrets": ["get", "list"],
        "certificates": [],
        "storage": [],
    }
    assert run.resource.role_assignments == []


def test_the_diff_shows_what_changes() -> None:
    run = Run(Azure(entry(secrets=["Get"])), secrets=["set"])
    empty: dict[str, list[str]] = {"keys": [], "certificates": [], "storage": []}
    assert run.outcome.diff["before"] == {**empty, "secrets": ["get"]}
    assert run.outcome.diff["after"] == {**empty, "secrets": ["get", "set"]}
    assert PRINCIPAL in run.outcome.diff["before_header"]
    assert VAULT in run.outcome.diff["before_header"]


def test_a_result_can_be_used_as_options_again() -> None:
    for azure in (Azure(entry(secrets=["all", "Purge"], keys=["Get"])), Azure(rbac=True)):
        first = Run(azure, secrets=["get"], authorization="auto").policy
        fed_back = {name: value for name, value in first.items() if name != "id"}
        for mode in ("merge", "exact"):
            again = Run(azure, mode=mode, **fed_back)
            assert not again.changed
            assert again.policy == first
            assert not Run(azure, mode=mode, **(fed_back | {"vault_name": first["id"], "resource_group": None})).changed


# --- check mode


@pytest.mark.parametrize("params", [{"secrets": ["get"]}, {"state": "absent"}, {"mode": "exact", "keys": ["sign"]}])
def test_check_mode_predicts_the_result_and_writes_nothing(params: dict[str, Any]) -> None:
    start = entry(secrets=["List"])
    predicted = Run(azure := Azure(start), check_mode=True, **params)
    assert azure.requests == ["GET vault"]
    done = Run(Azure(start), **params)
    assert (predicted.changed, predicted.outcome.diff) == (done.changed, done.outcome.diff)
    assert predicted.policy == done.policy


@pytest.mark.parametrize("authorization", ["access_policy", "rbac", "auto"])
def test_check_mode_predicts_for_a_vault_that_an_earlier_task_will_make(authorization: str) -> None:
    azure = Azure()
    azure.exists = False
    run = Run(azure, check_mode=True, secrets=["get"], authorization=authorization)
    assert run.changed
    assert len(run.outcome.warnings) == 1
    assert VAULT in run.outcome.warnings[0]
    assert run.outcome.diff["before"] == {}
    assert (run.policy["id"], run.policy["tenant_id"], run.policy["object_id"]) == (None, None, None)
    assert "get" in run.policy["secrets"]
    assert run.policy["authorization"] == authorization
    assert [one["id"] for one in run.resource.role_assignments] == ([None] if authorization == "rbac" else [])


@pytest.mark.parametrize(
    "params",
    [
        {"identity": "id9"},
        {"registry_name": "myregistry", "task": "other"},
        {"service_principal_name": "an-app"},
        {"user_principal_name": "me@example.org"},
    ],
)
def test_check_mode_predicts_for_a_principal_that_an_earlier_task_will_make(params: dict[str, Any]) -> None:
    run = Run(Azure(), check_mode=True, secrets=["get"], **params)
    assert run.changed
    assert len(run.outcome.warnings) == 1
    assert (run.policy["id"], run.policy["object_id"]) == (VAULT, None)
    with pytest.raises(ParentMissing):
        Run(Azure(), secrets=["get"], **params)


def test_a_task_without_a_system_identity_is_named() -> None:
    azure = Azure()
    azure.tasks[TASK.lower()] = {"identity": {"type": "UserAssigned"}}
    with pytest.raises(ParentMissing, match=r"system-assigned identity of the task .*tasks/hello"):
        Run(azure, task=TASK, secrets=["get"])


# --- what does not exist


def test_a_missing_vault_is_one_sentence_with_its_id() -> None:
    azure = Azure()
    azure.exists = False
    with pytest.raises(ParentMissing) as caught:
        Run(azure, secrets=["get"])
    assert caught.value.message == f"The key vault {VAULT} does not exist."


def test_a_deleted_vault_of_the_name_gives_the_choice() -> None:
    azure = Azure()
    azure.exists, azure.deleted = False, True
    with pytest.raises(ParentMissing) as caught:
        Run(azure, secrets=["get"])
    assert f"{VAULT} (deleted, but not purged)" in caught.value.message
    assert "az keyvault recover --name kv1" in (caught.value.hint or "")
    assert "az keyvault purge --name kv1" in (caught.value.hint or "")


def test_a_wrong_subscription_is_no_missing_vault() -> None:
    azure = Azure()
    azure.get_vault = lambda _vault: (x for x in ()).throw(not_found("SubscriptionNotFound"))  # type: ignore[method-assign]
    for state in ("present", "absent"):
        with pytest.raises(AzureError) as caught:
            Run(azure, secrets=["get"], state=state, check_mode=True)
        assert caught.value.code == "SubscriptionNotFound"


def test_absent_is_fulfilled_by_a_missing_vault() -> None:
    azure = Azure()
    azure.exists = False
    run = Run(azure, state="absent", identity="id1")
    assert (run.changed, azure.requests, run.outcome.warnings) == (False, ["GET vault"], [])


def test_absent_is_fulfilled_by_a_missing_principal_with_a_warning() -> None:
    run = Run(Azure(entry()), state="absent", identity="id9")
    assert not run.changed
    assert "object_id" in run.outcome.warnings[0]


# --- the vault's mode


def test_a_policy_is_refused_where_it_has_no_effect() -> None:
    azure = Azure(rbac=True)
    with pytest.raises(AzureError, match="kv1 is in RBAC mode") as caught:
        Run(azure, secrets=["get"])
    assert "authorization to rbac or auto" in (caught.value.hint or "")
    assert azure.requests == ["GET vault"]


def test_a_role_is_refused_where_it_has_no_effect() -> None:
    with pytest.raises(AzureError, match="kv1 uses access policies"):
        Run(Azure(), secrets=["get"], authorization="rbac")


def test_an_entry_can_be_removed_from_a_vault_in_rbac_mode() -> None:
    azure = Azure(entry(secrets=["get"]), rbac=True)
    assert Run(azure, state="absent").changed
    assert azure.entries == []


@pytest.mark.parametrize("flag", [None, False])
def test_a_vault_without_the_flag_uses_policies(flag: bool | None) -> None:
    azure = Azure()
    original = azure.get_vault

    def get_vault(vault: ArmId) -> dict[str, Any]:
        body = original(vault)
        body["properties"]["enableRbacAuthorization"] = flag
        return body

    azure.get_vault = get_vault  # type: ignore[method-assign]
    assert Run(azure, secrets=["get"], authorization="auto").policy["authorization"] == "access_policy"


# --- wrong options

GUID = "not-a-guid"


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"secrets": ["read"]}, "secrets has no permission 'read'. Known are all, backup, delete, get"),
        ({"keys": [" list", "sing"]}, "keys has no permission ' list' and 'sing'"),
        ({}, "At least one of keys, secrets"),
        ({"secrets": ["get"], "object_id": GUID}, "object_id must be a GUID"),
        ({"secrets": ["get"], "object_id": ""}, "Exactly one of object_id"),
        ({"secrets": ["get"], "self": False}, "Exactly one of object_id.*none is given"),
        ({"secrets": ["get"], "self": True, "object_id": PRINCIPAL}, "object_id and self is given"),
        ({"secrets": ["get"], "application_id": GUID}, "application_id must be a GUID"),
        ({"secrets": ["get"], "tenant_id": GUID}, "tenant_id must be a GUID"),
        ({"secrets": ["get"], "application_id": OTHER, "authorization": "rbac"}, "application_id cannot be used"),
        ({"secrets": ["get"], "vault_name": "k"}, "vault_name is not a valid name"),
        ({"secrets": ["get"], "vault_name": IDENTITY}, "vault_name is not a full resource id of the kind"),
        ({"secrets": ["get"], "resource_group": None}, "resource_group is needed"),
        ({"secrets": ["get"], "identity": VAULT}, "identity is not a full resource id"),
        ({"secrets": ["get"], "identity": "i d"}, "identity is not a valid name"),
        ({"secrets": ["get"], "task": "hello"}, "registry_name is needed"),
        ({"secrets": ["get"], "task": "he", "registry_name": "myregistry"}, "task is not a valid name"),
        ({"secrets": ["get"], "self": True, "registry_name": "myregistry"}, "registry_name only belongs to task"),
        ({"secrets": ["get"], "self": True, "principal_type": "User"}, "principal_type only belongs to object_id"),
        ({"secrets": ["get"], "user_principal_name": "me"}, "user_principal_name must look like"),
        ({"secrets": ["get"], "service_principal_name": "me@example.org"}, "service_principal_name must be"),
        ({"secrets": ["get"], "fresh_principal_wait": -1}, "fresh_principal_wait must not be negative"),
    ],
)
def test_wrong_options_are_found_before_any_request(params: dict[str, Any], says: str) -> None:
    azure = Azure()
    with pytest.raises(InvalidOption, match=says):
        Run(azure, **params)
    assert azure.requests == []


def test_a_foreign_directory_is_refused() -> None:
    with pytest.raises(InvalidOption, match=f"belongs to the directory {TENANT}"):
        Run(Azure(), secrets=["get"], tenant_id=OTHER)
    assert Run(Azure(), secrets=["get"], tenant_id=TENANT.upper()).changed


def test_an_application_is_refused_where_auto_means_roles() -> None:
    with pytest.raises(InvalidOption, match="application_id"):
        Run(Azure(rbac=True), secrets=["get"], authorization="auto", application_id=OTHER)


def test_the_entry_with_an_application_is_another_one() -> None:
    azure = Azure(entry(secrets=["get"]))
    run = Run(azure, secrets=["get"], application_id=OTHER)
    assert run.changed
    assert len(azure.entries) == 2
    assert run.policy["application_id"] == OTHER
    assert Run(azure, state="absent", application_id=OTHER).changed
    assert azure.entries == [entry(secrets=["get"])]


# --- the caller itself


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ({"idtyp": "app"}, "ServicePrincipal"),
        ({"idtyp": "user"}, "User"),
        ({"scp": "x"}, "User"),
        ({}, "ServicePrincipal"),
    ],
)
def test_self_is_who_the_token_names(claims: dict[str, str], kind: str) -> None:
    azure = Azure(rbac=True)
    azure.token = token(oid=OTHER, **claims)
    assert Run(azure, **SELF, secrets=["get"], authorization="rbac").policy["object_id"] == OTHER
    assert azure.assignments[0]["properties"]["principalType"] == kind


@pytest.mark.parametrize("text", ["opaque-token", "a.b.c", token(appid="x")])
def test_a_token_that_names_nobody_is_an_error_with_the_way_out(text: str) -> None:
    azure = Azure()
    azure.token = text
    with pytest.raises(AzureError) as caught:
        Run(azure, **SELF, secrets=["get"])
    assert "object_id" in (caught.value.hint or "")
