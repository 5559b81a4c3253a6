# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""keyvault_policy's work on a vault in RBAC mode."""

from __future__ import annotations

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, InvalidOption
from support.small_vault import ADMINISTRATOR, GROUP, SECRETS_USER, VAULT, Azure, Run, assignment

# --- roles


def test_roles_unchanged_is_two_requests_and_changed_three() -> None:
    azure = Azure(rbac=True)
    run = Run(azure, secrets=["get"], authorization="auto", identity="id1")
    assert run.changed
    assert azure.requests == ["GET vault", "GET identity", "GET roleAssignments", "PUT roleAssignment"]
    assert azure.assignments[0]["properties"]["principalType"] == "ServicePrincipal"
    assert azure.assignments[0]["properties"]["roleDefinitionId"].endswith(SECRETS_USER)
    assert run.policy["authorization"] == "rbac"
    assert run.policy["secrets"] == ["get", "list"]
    assert [(one["role"], one["scope"]) for one in run.resource.role_assignments] == [("Key Vault Secrets User", VAULT)]
    again = Run(azure, secrets=["get"], authorization="rbac")
    assert (again.changed, azure.requests) == (False, ["GET vault", "GET roleAssignments"])
    gone = Run(azure, state="absent", authorization="auto")
    assert (gone.changed, azure.requests) == (True, ["GET vault", "GET roleAssignments", "DELETE roleAssignment"])
    assert gone.policy is None
    assert azure.assignments == []


def test_an_inherited_role_satisfies_and_stays() -> None:
    azure = Azure(rbac=True)
    azure.assignments = [assignment(scope=GROUP)]
    assert not Run(azure, secrets=["get"], authorization="rbac").changed
    run = Run(azure, state="absent", authorization="rbac")
    assert not run.changed
    assert "Key Vault Secrets User" in run.outcome.warnings[0]
    assert len(azure.assignments) == 1


def test_a_role_that_somebody_else_just_assigned_is_unchanged() -> None:
    azure = Azure(rbac=True)
    azure.errors = [AzureError("Could not assign.", "RoleAssignmentExists", status=409)]
    run = Run(azure, secrets=["get"], authorization="rbac")
    assert not run.changed
    assert run.outcome.diff["before"] == run.outcome.diff["after"]
    assert run.policy["secrets"] == ["get", "list"]


def test_a_role_whose_answer_got_lost_is_ours() -> None:
    azure = Azure(rbac=True)
    azure.late_errors = [AzureError("Lost.", "HTTP503", status=503)]
    run = Run(azure, secrets=["get"], authorization="rbac")
    assert run.changed
    assert len(azure.assignments) == 1
    assert azure.requests.count("PUT roleAssignment") == 1


def test_exact_assigns_before_it_removes() -> None:
    azure = Azure(rbac=True)
    azure.assignments = [assignment(role=ADMINISTRATOR)]
    kinds: dict[str, list[str]] = {"keys": [], "certificates": [], "storage": [], "secrets": ["get"]}
    run = Run(azure, mode="exact", authorization="rbac", **kinds)
    assert azure.requests[2:] == ["PUT roleAssignment", "DELETE roleAssignment"]
    assert [one["role"] for one in run.resource.role_assignments] == ["Key Vault Secrets User"]


def test_a_failure_between_two_roles_says_what_was_done() -> None:
    azure = Azure(rbac=True)
    azure.errors = [None, AzureError("No.", "AuthorizationFailed", status=403)]
    with pytest.raises(AzureError) as caught:
        Run(azure, authorization="rbac", secrets=["get"], keys=["sign"])
    assert len(caught.value.written) == 1
    assert "Key Vault Secrets User" in caught.value.written[0]


def test_exact_that_cannot_be_expressed_with_roles_is_refused() -> None:
    azure = Azure(rbac=True)
    azure.assignments = [assignment(role=ADMINISTRATOR)]
    with pytest.raises(InvalidOption, match="keys and certificates and storage"):
        Run(azure, mode="exact", authorization="rbac", secrets=["get"])


def test_a_conditional_or_inherited_surplus_is_told() -> None:
    azure = Azure(rbac=True)
    conditional = assignment()
    conditional["properties"]["condition"] = "(…)"
    azure.assignments = [conditional]
    assert "condition" in Run(azure, secrets=["get"], authorization="rbac").outcome.warnings[0]
    azure.assignments = [assignment(role=ADMINISTRATOR, scope=GROUP)]
    warning = Run(azure, secrets=["get"], mode="exact", authorization="rbac").outcome.warnings[0]
    assert "Key Vault Administrator" in warning
    assert "inherited" in warning
