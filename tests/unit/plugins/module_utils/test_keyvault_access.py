# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's work against a small vault of the test's own: requests, outcomes, errors, every open question."""

from __future__ import annotations

import base64
import copy
import json
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._clouds import PUBLIC
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, InvalidOption, ParentMissing
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_access import KeyVaultAccess
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_policy import KINDS
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome, reconcile

TENANT = "99999999-8888-7777-6666-555555555555"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PRINCIPAL = "aaaaaaaa-0000-0000-0000-000000000001"
OTHER = "aaaaaaaa-0000-0000-0000-000000000002"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg1"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv1"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
TASK = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/myregistry/tasks/hello"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
ADMINISTRATOR = "00482a5a-887f-4fb3-b363-3b7fe8e74483"

SELF = {"self": True}
DEFAULTS: dict[str, Any] = {
    "resource_group": "rg1",
    "vault_name": "kv1",
    "state": "present",
    "mode": "merge",
    "authorization": "access_policy",
    "object_id": None,
    "principal_type": None,
    "service_principal_name": None,
    "user_principal_name": None,
    "identity": None,
    "registry_name": None,
    "task": None,
    "self": None,
    "application_id": None,
    "tenant_id": None,
    **dict.fromkeys(KINDS),
    "fresh_principal_wait": 60,
}


def not_found(code: str = "ResourceNotFound") -> AzureError:
    return AzureError("Could not read: not found.", code, status=404)


class Azure:
    """A vault, its directory and its role assignments. Attributes are the open questions, set as a test wants them."""

    def __init__(self, *entries: dict[str, Any], rbac: bool = False) -> None:
        self.requests: list[str] = []
        self.errors: list[AzureError | None] = []  # for the next writes, in order; None: let it pass
        self.late_errors: list[AzureError] = []  # the same, but the write takes effect
        self.entries = [copy.deepcopy(entry) for entry in entries]
        self.rbac = rbac
        self.exists = True
        self.deleted = False
        self.people: dict[str, str] = {}
        self.identities = {IDENTITY.lower(): PRINCIPAL}
        self.tasks: dict[str, dict[str, Any]] = {TASK.lower(): {"identity": {"principalId": PRINCIPAL}}}
        self.assignments: list[dict[str, Any]] = []
        self.answer = "list"
        self.case_sensitive = True
        self.remove_whole = False
        self.drop_empty = True
        self.stale_reads = 0
        self.before: list[dict[str, Any]] = []
        self.token = token(oid=PRINCIPAL, idtyp="app")
        self.keyvault = self.arm = self.graph = self.registry = self
        credential = SimpleNamespace(get_token=lambda *_scopes: SimpleNamespace(token=self.token))
        self.session = SimpleNamespace(login=SimpleNamespace(credential=credential), cloud=PUBLIC)

    def _sent(self, what: str, error_before: bool = False) -> None:
        self.requests.append(what)
        if error_before and self.errors and (error := self.errors.pop(0)):
            raise error

    # vaults

    def get_vault(self, vault: ArmId) -> dict[str, Any]:
        self._sent("GET vault")
        if not self.exists:
            raise not_found()
        shown = self.before if self.stale_reads > 0 else self.entries
        self.stale_reads -= 1
        properties: dict[str, Any] = {"tenantId": TENANT, "accessPolicies": copy.deepcopy(shown)}
        if self.rbac:
            properties["enableRbacAuthorization"] = True
        return {"id": str(vault), "name": vault.name, "properties": properties}

    def is_deleted(self, _vault: ArmId) -> bool:
        self._sent("GET deletedVaults")
        return self.deleted

    def update_access_policy(self, _vault: ArmId, kind: str, body: dict[str, Any]) -> Any:
        self._sent(f"PUT {kind}", error_before=True)
        self.before = copy.deepcopy(self.entries)
        (sent,) = body["properties"]["accessPolicies"]
        mine = [entry for entry in self.entries if key(entry) == key(sent)]
        entry = mine[0] if mine else {**sent, "permissions": {}}
        if kind == "replace":
            entry["permissions"] = dict(sent["permissions"])
        for name in KINDS if kind != "replace" else ():
            have, words = entry["permissions"].get(name) or [], sent["permissions"].get(name) or []
            entry["permissions"][name] = self._fold(kind, have, words)
        if kind == "remove" and self.remove_whole:
            entry["permissions"] = {}
        if not mine and kind != "remove":
            self.entries.append(entry)
        if self.drop_empty:
            self.entries = [item for item in self.entries if any((item["permissions"] or {}).values())]
        if self.late_errors:
            raise self.late_errors.pop(0)
        shown = self.entries if self.answer == "list" else [item for item in self.entries if key(item) == key(sent)]
        return {"id": f"{VAULT}/accessPolicies/", "properties": {"accessPolicies": copy.deepcopy(shown)}}

    def _fold(self, kind: str, have: list[str], words: list[str]) -> list[str]:
        lower = {word.lower() for word in (have if kind == "add" else words)}
        if kind == "add":
            return have + [word for word in words if word.lower() not in lower]
        return [word for word in have if (word not in words if self.case_sensitive else word.lower() not in lower)]

    # roles, identities, directory

    def list_role_assignments(self, _scope: str, _principal_id: str) -> list[dict[str, Any]]:
        self._sent("GET roleAssignments")
        return copy.deepcopy(self.assignments)

    def put_role_assignment(self, assignment_id: str, body: dict[str, Any]) -> dict[str, Any]:
        self._sent("PUT roleAssignment", error_before=True)
        scope = assignment_id.partition("/providers/Microsoft.Authorization/")[0]
        assignment = {"id": assignment_id, "properties": {**body["properties"], "scope": scope}}
        self.assignments.append(assignment)
        if self.late_errors:
            raise self.late_errors.pop(0)
        return assignment

    def delete_role_assignment(self, assignment_id: str) -> None:
        self._sent("DELETE roleAssignment", error_before=True)
        self.assignments = [one for one in self.assignments if one["id"] != assignment_id]

    def get_identity(self, identity: ArmId) -> dict[str, Any]:
        self._sent("GET identity")
        if str(identity).lower() not in self.identities:
            raise not_found()
        return {"properties": {"principalId": self.identities[str(identity).lower()]}}

    def get_task(self, task: ArmId) -> dict[str, Any] | None:
        self._sent("GET task")
        return self.tasks.get(str(task).lower())

    def find_user(self, name: str) -> dict[str, Any] | None:
        self._sent("GET users")
        return {"id": self.people[name]} if name in self.people else None

    def find_service_principal(self, name: str) -> dict[str, Any] | None:
        self._sent("GET servicePrincipals")
        return {"id": self.people[name]} if name in self.people else None


def key(item: dict[str, Any]) -> tuple[str, str]:
    return item["objectId"].lower(), (item.get("applicationId") or "").lower()


def token(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.x"


def entry(object_id: str = PRINCIPAL, **permissions: list[str]) -> dict[str, Any]:
    return {"tenantId": TENANT, "objectId": object_id, "permissions": permissions}


def assignment(role: str = SECRETS_USER, scope: str = VAULT, name: str = "made-by-hand") -> dict[str, Any]:
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "properties": {"roleDefinitionId": f"/x/{role}", "principalId": PRINCIPAL, "scope": scope},
    }


class Run:
    """One module call."""

    def __init__(self, azure: Azure, /, *, check_mode: bool = False, **params: Any) -> None:
        if not {"service_principal_name", "user_principal_name", "identity", "task", "self"} & params.keys():
            params.setdefault("object_id", PRINCIPAL)
        self.azure = azure
        self.slept: list[float] = []
        azure.requests.clear()
        self.resource = KeyVaultAccess(
            DEFAULTS | params,
            azure,  # type: ignore[arg-type]
            lambda: SUBSCRIPTION,
            sleep=self.slept.append,
        )
        self.outcome: Outcome = reconcile(self.resource, check_mode, 5.0)

    @property
    def changed(self) -> bool:
        return self.outcome.changed

    @property
    def policy(self) -> dict[str, Any]:
        return self.outcome.result


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
