# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""keyvault_policy's work in trouble, and on every service that the real one may turn out to be."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from support.small_vault import OTHER, Azure, Run, entry

# --- fresh principals, conflicts, lost answers

UNKNOWN = [
    AzureError("Invalid value found at accessPolicies[3].ObjectId: x.", "BadRequest", status=400),
    AzureError("An invalid value was provided for 'accessPolicies'.", "BadRequest", status=400),
    AzureError("Principal x does not exist in the directory y.", "PrincipalNotFound", status=400),
]


@pytest.mark.parametrize("error", UNKNOWN)
@pytest.mark.parametrize("rbac", [False, True])
def test_a_principal_that_is_not_known_yet_is_waited_for(error: AzureError, rbac: bool) -> None:
    azure = Azure(rbac=rbac)
    azure.errors = [error] * 3
    run = Run(azure, identity="id1", secrets=["get"], authorization="auto")
    assert run.changed
    assert run.slept == [2.0, 4.0, 8.0]
    assert sum(request.startswith("PUT") for request in azure.requests) == 4


def test_the_wait_for_a_principal_ends() -> None:
    azure = Azure()
    azure.errors = [UNKNOWN[0]] * 99
    with pytest.raises(AzureError) as caught:
        Run(azure, secrets=["get"], fresh_principal_wait=17)
    assert len(azure.errors) == 99 - 5, "at 0, 2, 6, 14 and 17 seconds"
    assert "fresh_principal_wait (17 s now)" in (caught.value.hint or "")
    assert "principalId" in (caught.value.hint or "")
    azure.errors = [UNKNOWN[0]]
    with pytest.raises(AzureError):
        Run(azure, secrets=["get"], fresh_principal_wait=0)
    assert azure.requests == ["GET vault", "PUT add"]


def test_another_bad_request_is_not_waited_for() -> None:
    azure = Azure()
    azure.errors = [AzureError("Invalid value found at accessPolicies[0].TenantId: x", "BadRequest", status=400)] * 2
    with pytest.raises(AzureError):
        Run(azure, secrets=["get"])
    assert len(azure.errors) == 1


@pytest.mark.parametrize(
    "error",
    [AzureError("Changed.", "ConflictError", status=409), AzureError("Condition.", "ConditionNotMet", status=412)],
)
def test_a_conflict_is_retried_after_a_fresh_look(error: AzureError) -> None:
    azure = Azure()
    azure.errors = [error]
    assert Run(azure, secrets=["get"]).changed
    assert azure.requests == ["GET vault", "PUT add", "GET vault", "PUT add"]


@pytest.mark.parametrize("code", ["ScopeLocked", "AmbiguousPolicyEvaluationPaths"])
def test_other_conflicts_are_not_retried(code: str) -> None:
    azure = Azure()
    azure.errors = [AzureError("No.", code, status=409)] * 2
    with pytest.raises(AzureError):
        Run(azure, secrets=["get"])
    assert azure.requests == ["GET vault", "PUT add"]


def test_a_write_whose_answer_got_lost_is_not_repeated() -> None:
    azure = Azure()
    azure.late_errors = [AzureError("Lost.", "NoAnswer")]
    run = Run(azure, secrets=["get"])
    assert run.changed
    assert azure.requests.count("PUT add") == 1
    assert run.policy["secrets"] == ["get"]


def test_a_conflict_with_somebody_who_wrote_the_same_is_unchanged() -> None:
    azure = Azure()

    def conflict(_vault: ArmId, kind: str, _body: dict[str, Any]) -> Any:
        azure.entries.append(entry(secrets=["get"]))
        raise AzureError("Changed.", "ConflictError", status=409)

    azure.update_access_policy = conflict  # type: ignore[method-assign]
    run = Run(azure, secrets=["get"])
    assert not run.changed
    assert run.outcome.diff["before"] == run.outcome.diff["after"]


def test_the_diff_after_a_conflict_is_that_of_the_last_look() -> None:
    azure = Azure()
    original = azure.update_access_policy

    def conflict(vault: ArmId, kind: str, body: dict[str, Any]) -> Any:
        azure.update_access_policy = original  # type: ignore[method-assign]
        azure.entries.append(entry(secrets=["list"]))
        raise AzureError("Changed.", "ConflictError", status=409)

    azure.update_access_policy = conflict  # type: ignore[method-assign]
    run = Run(azure, secrets=["get"])
    assert run.outcome.diff["before"]["secrets"] == ["list"]
    assert run.outcome.diff["after"]["secrets"] == ["get", "list"]
    assert run.policy["secrets"] == ["get", "list"]


# --- the open questions of the service


@pytest.mark.parametrize("answer", ["list", "entry"])
@pytest.mark.parametrize("case_sensitive", [True, False])
@pytest.mark.parametrize("remove_whole", [True, False])
@pytest.mark.parametrize("drop_empty", [True, False])
def test_every_way_the_service_may_be(answer: str, case_sensitive: bool, remove_whole: bool, drop_empty: bool) -> None:
    azure = Azure(entry(OTHER, secrets=["All"]))
    azure.answer, azure.case_sensitive = answer, case_sensitive
    azure.remove_whole, azure.drop_empty = remove_whole, drop_empty
    azure.entries.append(entry(secrets=["Get", "SET"], keys=["all"]))
    for params in (
        {"secrets": ["List"]},
        {"state": "absent", "secrets": ["get"]},
        {"state": "absent", "keys": ["sign"]},
        {"mode": "exact", "keys": ["get"]},
        {"secrets": []},
        {"state": "absent"},
    ):
        run = Run(azure, **params)
        assert run.changed, params
        assert not Run(azure, **params).changed, params
    assert run.policy is None
    assert azure.entries[0] == entry(OTHER, secrets=["All"])


def test_a_vault_that_shows_its_old_self_is_looked_at_three_times() -> None:
    azure = Azure(entry(secrets=["Get"]))
    azure.stale_reads = 0
    original = azure.update_access_policy

    def lagging(vault: ArmId, kind: str, body: dict[str, Any]) -> Any:
        answer = original(vault, kind, body)
        azure.stale_reads = 2
        return answer

    azure.update_access_policy = lagging  # type: ignore[method-assign]
    run = Run(azure, state="absent")
    assert run.changed
    assert sum(run.slept) <= 10
    assert azure.requests == ["GET vault", "PUT remove", *["GET vault"] * 3]


def test_a_removal_that_did_nothing_is_an_error_that_says_what_is_left() -> None:
    azure = Azure(entry(secrets=["Get"]))
    azure.update_access_policy = lambda _vault, _kind, _body: {}  # type: ignore[method-assign]
    with pytest.raises(AzureError, match=r"still shows .*: secrets get") as caught:
        Run(azure, state="absent")
    assert caught.value.code == "NotVerified"
    assert caught.value.written
