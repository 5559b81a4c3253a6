# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""keyvault_policy under load and trouble, and on every service that the real one may turn out to be.

Most of this runs the module's work in the test's own process, with its real clients, because it takes many calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._auth import sign_in
from ansible_collections.acr.tasks.plugins.module_utils._clients import Clients
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_access import KeyVaultAccess
from ansible_collections.acr.tasks.plugins.module_utils._keyvault_policy import KINDS
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome, reconcile
from ansible_collections.acr.tasks.plugins.module_utils._session import Session
from ansible_collections.acr.tasks.plugins.modules.keyvault_policy import ARGUMENT_SPEC
from support.arm import Witness
from support.emulator import Emulator
from support.given import GROUP, IDENTITY, VAULT, VAULT_PATH, Given
from support.playbook import Playbook

READER = "1a94e5b7-d08c-4263-b5f1-7c3e9d20a8f6"  # the seeds' second application: a principal that exists
USER = "94d2b6f0-7e1c-4a35-8c9d-5b3f0a6e2d71"
WRITERS = 30
FORKS: dict[str, Any] = {"environment": {"ANSIBLE_FORKS": str(WRITERS)}, "timeout": 600}


def policy(name: str, **options: Any) -> dict[str, Any]:
    return {"name": name, "acr.tasks.keyvault_policy": {"resource_group": GROUP, "vault_name": VAULT, **options}}


def at_once(task: dict[str, Any], hosts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Plays that run the task on so many hosts in parallel, all of them this machine, each with its variables."""
    add = {"name": "host{{ number }}", "groups": "writers"}
    add |= {name: f"{{{{ item.{name} }}}}" for name in hosts[0]}
    return [
        {
            "name": "Hosts",
            "hosts": "localhost",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "Add",
                    "ansible.builtin.add_host": add,
                    "loop": hosts,
                    "loop_control": {"index_var": "number"},
                }
            ],
        },
        {"name": "At once", "hosts": "writers", "gather_facts": False, "tasks": [task]},
    ]


def entries(witness: Witness) -> dict[str, dict[str, list[str]]]:
    """What an independent client reads: object id -> permissions; entries and kinds without any are left out."""
    found = {
        entry["objectId"]: {kind: words for kind, words in entry["permissions"].items() if words}
        for entry in witness.get(VAULT_PATH)["properties"]["accessPolicies"]
    }
    return {principal: kinds for principal, kinds in found.items() if kinds}


Apply = Callable[..., Outcome]


@pytest.fixture
def apply(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apply]:
    """Does what the module does with these options, without Ansible around it."""
    for name, value in emulator.settings.items():
        monkeypatch.setenv(name, value)
    session = Session(sign_in({}), retry_max_wait=60)

    def work(**options: Any) -> Outcome:
        defaults = {name: rule.get("default") for name, rule in ARGUMENT_SPEC.items()}
        params = defaults | {"resource_group": GROUP, "vault_name": VAULT} | options
        clients = Clients(lambda: session, lambda _sentence: None)
        return reconcile(KeyVaultAccess(params, clients, lambda: session.subscription_id), False, 60)

    yield work
    session.close()


@pytest.fixture
def foreign(given: Given) -> dict[str, Any]:
    """The scenario's vault with an entry of somebody else."""
    given.group()
    given.vault(policies=[given.policy(USER, secrets=["Get", "List"], keys=["all"])])
    return {USER: {"secrets": ["Get", "List"], "keys": ["all"]}}


def test_many_writers_at_once_lose_nothing(
    playbook: Playbook, emulator: Emulator, given: Given, witness: Witness, foreign: dict[str, Any]
) -> None:
    """Half of them add an entry, half take theirs away, while the service conflicts, throttles and breaks off."""
    principals = [given.identity(f"writer{number:02}")["properties"]["principalId"] for number in range(WRITERS)]
    leaving, coming = principals[::2], principals[1::2]
    for principal in leaving:
        witness.put(
            f"{VAULT_PATH}/accessPolicies/add",
            {"properties": {"accessPolicies": [given.policy(principal, secrets=["Get"])]}},
        )
    puts: dict[str, Any] = {"method": "PUT", "path": "/accessPolicies/"}
    emulator.fault(**puts, times=12, kind="status", status=409, code="ConflictError", message="A conflict occurred …")
    emulator.fault(**puts, skip=12, times=4, kind="status", status=412, code="ConditionNotMet", message="…")
    emulator.fault(**puts, skip=16, times=4, kind="status", status=429, headers={"Retry-After": "1"})
    emulator.fault(**puts, skip=20, times=2, when="after", kind="status", status=503)
    emulator.fault(**puts, skip=22, times=2, when="after", kind="reset")
    writers = [{"id": principal, "state": "absent"} for principal in leaving]
    writers += [{"id": principal, "state": "present"} for principal in coming]
    done = playbook(
        at_once(policy("Write", object_id="{{ id }}", state="{{ state }}", secrets=["get"]), writers), **FORKS
    )
    assert [result.changed for result in done.succeeded().results if result.task == "Write"] == [True] * WRITERS
    assert entries(witness) == foreign | {principal: {"secrets": ["get"]} for principal in coming}


@pytest.mark.parametrize(
    "fault", [{"kind": "status", "status": 503}, {"kind": "status", "status": 500}, {"kind": "reset"}]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_trouble_with_a_write_is_looked_into_before_it_is_repeated(
    apply: Apply, emulator: Emulator, witness: Witness, foreign: dict[str, Any], when: str, fault: dict[str, Any]
) -> None:
    emulator.fault(method="PUT", path="/accessPolicies/", when=when, **fault)
    assert apply(object_id=READER, secrets=["get"]).changed
    assert entries(witness) == foreign | {READER: {"secrets": ["get"]}}
    sent = [request for request in emulator.requests().writes if "/accessPolicies/" in request.path]
    assert len(sent) == (1 if when == "after" else 2)


def test_a_lock_is_not_fought(
    playbook: Playbook, witness: Witness, emulator: Emulator, foreign: dict[str, Any]
) -> None:
    witness.arm(
        "PUT",
        f"{VAULT_PATH}/providers/Microsoft.Authorization/locks/keep",
        {"properties": {"level": "ReadOnly"}},
        version="2016-09-01",
    )
    failure = playbook([policy("Give", object_id=READER, secrets=["get"])]).failure()
    assert failure["failure"]["code"] == "ScopeLocked"
    assert "az lock list" in failure.message
    assert len([request for request in emulator.requests().writes if "/accessPolicies/" in request.path]) == 1


def test_throttling_beyond_the_patience_is_told_with_its_figure(
    playbook: Playbook, emulator: Emulator, foreign: dict[str, Any]
) -> None:
    emulator.fault(method="PUT", path="/accessPolicies/", kind="status", status=429, headers={"Retry-After": "372"})
    failure = playbook([policy("Give", object_id=READER, secrets=["get"], retry_max_wait=5)]).failure()
    assert "372" in failure.message
    assert "retry_max_wait" in failure.message


@pytest.mark.parametrize("rbac", [False, True])
def test_a_principal_that_is_not_visible_yet_is_waited_for(
    apply: Apply, emulator: Emulator, given: Given, rbac: bool
) -> None:
    given.group()
    given.vault(rbac=rbac)
    emulator.switch("principal_visible_after_seconds", 4)
    principal = given.identity()["properties"]["principalId"]
    # By object id without a type, so that the service looks the principal up in both modes.
    assert apply(object_id=principal, secrets=["get"], authorization="auto").changed
    refused = [request.status for request in emulator.requests().writes if request.status == 400]
    assert refused, "the principal was visible too early for this test"


def test_a_fresh_identity_gets_its_role_at_once(apply: Apply, emulator: Emulator, given: Given) -> None:
    """Its type is known and sent, so that the service does not look it up."""
    given.group()
    given.vault(rbac=True)
    emulator.switch("principal_visible_after_seconds", 600)
    given.identity()
    assert apply(identity=IDENTITY, secrets=["get"], authorization="auto").changed
    assert not [request for request in emulator.requests() if request.status == 400]


ALTERNATIVES: list[tuple[str, Any]] = [
    ("ap_answer", "entry"),
    ("ap_create_status", 201),
    ("ap_remove", "whole"),
    ("ap_drop_empty", False),
    ("ap_remove_missing", "reject"),
    ("ap_remove_case_sensitive", False),
    ("ap_add_casefold", False),
    ("ap_all_remove", "expand"),
    ("ap_replace_missing_kind", "keep"),
    ("ap_dup", "merge"),
    ("validate_object_id", False),
    ("policy_delay_s", 600),
]


@pytest.mark.parametrize(("name", "value"), ALTERNATIVES, ids=[name for name, _value in ALTERNATIVES])
def test_every_service_that_the_real_one_may_be(
    apply: Apply, emulator: Emulator, witness: Witness, foreign: dict[str, Any], name: str, value: Any
) -> None:
    emulator.switch(name, value)
    steps: dict[str, dict[str, Any]] = {
        "Add": {"object_id": READER, "secrets": ["get"]},
        "Foreign casing": {"object_id": USER, "secrets": ["get", "LIST", "set"]},
        "A kind more": {"object_id": READER, "certificates": ["all"]},
        "Exact": {"object_id": READER, "mode": "exact", "secrets": ["list"]},
        "Out of all": {"object_id": USER, "state": "absent", "keys": ["sign"]},
        "Part": {"object_id": READER, "state": "absent", "certificates": ["get"]},
        "Clear": {"object_id": READER, "certificates": []},
        "Last one": {"object_id": READER, "state": "absent", "secrets": ["list"]},
        "Foreign": {"object_id": USER, "state": "absent"},
    }
    results = {}
    for step, options in steps.items():
        outcome = apply(**options)
        assert outcome.changed, step
        assert not apply(**options).changed, f"{step}, again"
        results[step] = outcome.result
    assert "sign" not in results["Out of all"]["keys"]
    assert {"verify", "get"} <= set(results["Out of all"]["keys"])
    assert results["Exact"] | dict.fromkeys(KINDS) == results["Clear"] | dict.fromkeys(KINDS)
    assert entries(witness) == {}


def test_a_vault_that_shows_its_old_self_for_a_while(
    apply: Apply, emulator: Emulator, witness: Witness, foreign: dict[str, Any]
) -> None:
    emulator.switch("read_lag", 1)
    assert apply(object_id=USER, state="absent").changed
    emulator.switch("read_lag", 0)
    assert entries(witness) == {}


@pytest.mark.parametrize("answer", ["store", "reject"])
def test_an_entry_left_in_a_vault_that_went_to_rbac(
    apply: Apply, emulator: Emulator, given: Given, witness: Witness, answer: str
) -> None:
    given.group()
    given.vault(rbac=True, policies=[given.policy(USER, secrets=["Get"])])
    emulator.switch("ap_on_rbac", answer)
    if answer == "store":
        assert apply(object_id=USER, state="absent").changed
        assert entries(witness) == {}
    else:
        with pytest.raises(AzureError) as caught:
            apply(object_id=USER, state="absent")
        assert caught.value.status in (400, 409)
        assert not caught.value.written


@pytest.mark.parametrize("printed", [True, False])
def test_a_vault_that_is_in_rbac_mode_by_default(
    apply: Apply, emulator: Emulator, given: Given, witness: Witness, printed: bool
) -> None:
    """Today's API makes such vaults; whether it says so afterwards is not known."""
    given.group()
    emulator.switch("rbac_echo_default", printed)
    properties = {
        "tenantId": witness.tenant_id,
        "sku": {"family": "A", "name": "standard"},
        "accessPolicies": [],
    }
    witness.put(VAULT_PATH, {"location": "eastus", "properties": properties})
    if printed:
        with pytest.raises(AzureError, match="is in RBAC mode"):
            apply(object_id=READER, secrets=["get"])
    else:
        # Nothing in the answer tells this vault from one with access policies: its entry is written, as az does.
        assert apply(object_id=READER, secrets=["get"]).changed
        assert entries(witness) == {READER: {"secrets": ["get"]}}
