# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""keyvault_policy on vaults in RBAC mode: built-in roles in the place of access policies."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.arm import Witness
from support.emulator import Emulator
from support.given import GROUP, IDENTITY, VAULT, VAULT_PATH, Given
from support.playbook import Playbook

READER = "1a94e5b7-d08c-4263-b5f1-7c3e9d20a8f6"  # the seeds' second application
READER_CLIENT = "80c6f2d1-3a5e-4c7b-8d92-e4f7a1b06c53"
USER_NAME = "user@rehearsal.example"
ROLE_ASSIGNMENTS = "2022-04-01"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"


def policy(name: str = "Policy", *, ignore: bool = False, check: bool = False, **options: Any) -> dict[str, Any]:
    """A task with authorization=auto. ignore: go on if it fails. check: in check mode."""
    defaults = {"resource_group": GROUP, "vault_name": VAULT, "authorization": "auto"}
    return {
        "name": name,
        "acr.tasks.keyvault_policy": defaults | options,
        "ignore_errors": ignore,
        **({"check_mode": True} if check else {}),
    }


def thrice(**options: Any) -> list[dict[str, Any]]:
    """Check, apply, apply again."""
    return [policy("Check", check=True, **options), policy("Apply", **options), policy("Again", **options)]


def roles(witness: Witness, principal: str) -> list[tuple[str, str, str]]:
    """What an independent client reads: (role's GUID, last word of the scope, type of principal), sorted.

    What the seeds assign at the subscription is left out.
    """
    listed = witness.get(
        f"{VAULT_PATH}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId eq '{principal}'",
        version=ROLE_ASSIGNMENTS,
    )["value"]
    return sorted(
        (
            one["properties"]["roleDefinitionId"].rpartition("/")[2],
            one["properties"]["scope"].rpartition("/")[2],
            one["properties"]["principalType"],
        )
        for one in listed
        if not one["properties"]["scope"].endswith(witness.subscription_id)
    )


def assign(witness: Witness, scope: str, role: str, principal: str) -> None:
    """A role assignment as somebody else would make it."""
    witness.put(
        f"{scope}/providers/Microsoft.Authorization/roleAssignments/11111111-aaaa-bbbb-cccc-222222222222",
        {
            "properties": {
                "roleDefinitionId": f"/subscriptions/{witness.subscription_id}/providers/Microsoft.Authorization"
                f"/roleDefinitions/{role}",
                "principalId": principal,
            }
        },
        version=ROLE_ASSIGNMENTS,
    )


@pytest.fixture
def vault(given: Given) -> Given:
    """The scenario's vault in RBAC mode."""
    given.group()
    given.vault(rbac=True)
    return given


def test_the_matching_role_is_assigned_and_removed(
    playbook: Playbook, emulator: Emulator, witness: Witness, vault: Given
) -> None:
    principal = vault.identity()["properties"]["principalId"]
    with emulator.recorded() as requests:
        done = playbook(
            [
                *thrice(identity=IDENTITY, secrets=["get"]),
                policy("Remove", object_id=principal, state="absent"),
                policy("Remove again", object_id=principal, state="absent"),
            ],
            diff=True,
        ).succeeded()
        assert roles(witness, principal) == []
    assert done.changed == ["Check", "Apply", "Remove"]
    assert requests.arm.methods[:-1] == [
        *["GET"] * 3,  # the identity, the vault, the roles: predicted
        *["GET"] * 3, "PUT",
        *["GET"] * 3,
        "GET", "GET", "DELETE",
        "GET", "GET",
    ]  # fmt: skip
    assert done["Check"]["policy"] == done["Apply"]["policy"] == done["Again"]["policy"]
    assert done["Check"]["diff"] == done["Apply"]["diff"]
    assert done["Apply"]["policy"]["authorization"] == "rbac"
    assert done["Apply"]["policy"]["secrets"] == ["get", "list"]
    (assignment,) = done["Apply"]["role_assignments"]
    assert assignment["role"] == "Key Vault Secrets User"
    assert assignment == done["Again"]["role_assignments"][0]
    assert done["Apply"]["diff"]["after"] == {
        "role_assignments": [{"role": "Key Vault Secrets User", "scope": assignment["scope"]}]
    }


def test_the_role_has_effect(playbook: Playbook, emulator: Emulator, vault: Given) -> None:
    """The caller gives itself the right to write secrets, and can."""
    emulator_client = vault.witness
    assert emulator_client.secret("PUT", VAULT, "UserName", {"value": "hubuser"}).status_code == 403
    playbook([policy(self=True, secrets=["get", "set"])]).succeeded()
    assert emulator_client.set_secret(VAULT, "UserName", "hubuser")


def test_the_type_of_the_principal_is_sent(playbook: Playbook, witness: Witness, vault: Given) -> None:
    done = playbook(
        [
            policy("Application", service_principal_name=READER_CLIENT, secrets=["get"]),
            policy("User", user_principal_name=USER_NAME, secrets=["get"]),
            policy("By object id", object_id=READER, principal_type="ServicePrincipal", keys=["sign"]),
        ]
    ).succeeded()
    assert len(done.changed) == 3
    user = done["User"]["policy"]["object_id"]
    assert roles(witness, user) == [(SECRETS_USER, VAULT, "User")]
    assert {kind for _role, _scope, kind in roles(witness, READER)} == {"ServicePrincipal"}
    assert len(roles(witness, READER)) == 2


def test_an_inherited_role_satisfies_and_is_left(
    playbook: Playbook, emulator: Emulator, witness: Witness, vault: Given
) -> None:
    principal = vault.identity()["properties"]["principalId"]
    group = f"/subscriptions/{witness.subscription_id}/resourceGroups/{GROUP}"
    assign(witness, group, SECRETS_OFFICER, principal)
    with emulator.recorded() as requests:
        done = playbook(
            [
                policy("Get", object_id=principal, secrets=["get"]),
                policy("Remove", object_id=principal, state="absent"),
            ]
        ).succeeded()
    assert (done.changed, requests.writes) == ([], [])
    assert "Key Vault Secrets Officer" in done["Remove"]["warnings"][0]
    assert roles(witness, principal) == [(SECRETS_OFFICER, GROUP, "ServicePrincipal")]


def test_an_assignment_under_another_name_is_the_same_role(playbook: Playbook, witness: Witness, vault: Given) -> None:
    path = f"/subscriptions/{witness.subscription_id}/resourceGroups/{VAULT_PATH}"
    assign(witness, path, SECRETS_USER, READER)
    done = playbook(
        [policy("There", object_id=READER, secrets=["get"]), policy("Remove", object_id=READER, state="absent")]
    ).succeeded()
    assert done.changed == ["Remove"]
    assert roles(witness, READER) == []


def test_somebody_else_assigns_it_at_the_same_moment(playbook: Playbook, emulator: Emulator, vault: Given) -> None:
    emulator.fault(
        method="PUT", path="/roleAssignments/", kind="status", status=409, code="RoleAssignmentExists", message="There."
    )
    done = playbook([policy(object_id=READER, secrets=["get"])]).succeeded()
    assert done.changed == []


def test_exact_trades_a_bigger_role(playbook: Playbook, witness: Witness, vault: Given) -> None:
    path = f"/subscriptions/{witness.subscription_id}/resourceGroups/{VAULT_PATH}"
    assign(witness, path, SECRETS_OFFICER, READER)
    done = playbook(thrice(object_id=READER, mode="exact", secrets=["get"])).succeeded()
    assert done.changed == ["Check", "Apply"]
    assert roles(witness, READER) == [(SECRETS_USER, VAULT, "ServicePrincipal")]


def test_the_wrong_way_is_refused_with_the_fix(playbook: Playbook, emulator: Emulator, vault: Given) -> None:
    vault.vault("policyvault1")
    done = playbook(
        [
            policy("Policy", ignore=True, object_id=READER, secrets=["get"], authorization="access_policy"),
            policy(
                "Checked", ignore=True, check=True, object_id=READER, secrets=["get"], authorization="access_policy"
            ),
            policy(
                "Role", ignore=True, vault_name="policyvault1", object_id=READER, secrets=["get"], authorization="rbac"
            ),
        ]
    )
    for name in ("Policy", "Checked"):
        assert "is in RBAC mode" in done[name].message
        assert "authorization to rbac or auto" in done[name].message
        assert done[name]["failure"]["code"] == "VaultUsesRoles"
    assert "uses access policies" in done["Role"].message
    assert not [request for request in emulator.requests().writes if request.path.endswith(("/add", "/replace"))]


def test_a_missing_right_is_named(playbook: Playbook, vault: Given) -> None:
    as_reader = {
        "AZURE_CLIENT_ID": READER_CLIENT,
        "AZURE_SECRET": "rehearsal-reader-secret",
        "AZURE_CLIENT_SECRET": "rehearsal-reader-secret",
    }
    failure = playbook([policy(object_id=READER, secrets=["get"])], environment=as_reader).failure()
    assert "Microsoft.Authorization/roleAssignments/write" in failure.message
    assert "Role Based Access Control Administrator" in failure.message


@pytest.mark.parametrize("status", [201, 200])
def test_the_same_assignment_by_several_at_once(
    playbook: Playbook, emulator: Emulator, witness: Witness, vault: Given, status: int
) -> None:
    """All give the assignment the same name, so the later ones repeat what the first did."""
    emulator.switch("ra_reput_status", status)
    emulator.fault(method="GET", path="/roleAssignments", times=3, kind="delay", seconds=1.0)
    hosts = {"name": "Hosts", "ansible.builtin.add_host": {"name": "host{{ item }}"}, "loop": [1, 2, 3]}
    play: dict[str, Any] = {"gather_facts": False}
    playbook(
        [
            {"name": "Hosts", "hosts": "localhost", **play, "tasks": [hosts]},
            {"name": "At once", "hosts": "all", **play, "tasks": [policy(object_id=READER, secrets=["get"])]},
        ]
    ).succeeded()
    assert roles(witness, READER) == [(SECRETS_USER, VAULT, "ServicePrincipal")]


@pytest.mark.parametrize("text", ["with_id", "short"])
def test_another_name_for_the_same_role_comes_first(
    playbook: Playbook, emulator: Emulator, witness: Witness, vault: Given, text: str
) -> None:
    """Our request is on its way when somebody else's takes effect; Azure then refuses ours."""
    emulator.switch("ra_exists_text", text)
    emulator.fault(method="PUT", path="/roleAssignments/(?!11111111)", kind="delay", seconds=4.0)
    path = f"/subscriptions/{witness.subscription_id}/resourceGroups/{VAULT_PATH}"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(playbook, [policy(object_id=READER, secrets=["get"])])
        wait_for(lambda: any("roleAssignments" in request.path for request in emulator.requests()))
        assign(witness, path, SECRETS_USER, READER)
        done = running.result().succeeded()
    assert [request.status for request in emulator.requests().writes if "/roleAssignments/" in request.path] == [
        201,
        409,
    ]
    assert done.changed == []
    assert roles(witness, READER) == [(SECRETS_USER, VAULT, "ServicePrincipal")]


def wait_for(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Until the condition holds; an error if it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
