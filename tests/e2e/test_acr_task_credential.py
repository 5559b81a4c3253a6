# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task_credential: one login server's credential, whole and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from support.acr_task import DETAILS, assert_thrice, credential, only_our_arm, stored_credentials, thrice
from support.arm import Witness
from support.canary import canary, found
from support.emulator import Emulator
from support.given import IDENTITY, TASK_PATH, Given
from support.playbook import Playbook

USER_SECRET = "https://mykeyvault.vault.azure.net/secrets/UserName"
PASSWORD_SECRET = "https://mykeyvault.vault.azure.net/secrets/Password"
SECRETS = {"username_secret": USER_SECRET, "password_secret": PASSWORD_SECRET, "identity": "system"}
FOREIGN = {
    "b.example.io": {"userName": {"type": "Opaque", "value": "b"}, "password": {"type": "Opaque", "value": "bb"}}
}


def vault_entry(identity: str = "[system]") -> dict[str, Any]:
    """What the service must hold for SECRETS."""
    return {
        "userName": {"type": "Vaultsecret", "value": USER_SECRET},
        "password": {"type": "Vaultsecret", "value": PASSWORD_SECRET},
        "identity": identity,
    }


def plain_entry(password: str) -> dict[str, Any]:
    """What the service must hold for a plain credential."""
    return {"userName": {"type": "Opaque", "value": "hubuser"}, "password": {"type": "Opaque", "value": password}}


@pytest.fixture
def task(given: Given) -> dict[str, Any]:
    """The scenario's task with both kinds of identity, and somebody else's credential on it."""
    given.group()
    given.registry()
    mine = given.identity()["id"]
    both = {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {mine: {}}}
    return given.task(identity=both, credentials={"customRegistries": FOREIGN})


def client_id(task: dict[str, Any]) -> str:
    """The client id of the task's user-assigned identity."""
    return next(iter(task["identity"]["userAssignedIdentities"].values()))["clientId"]


def test_vault_secrets_are_added_once(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """Predicted without a write, added in two requests, unchanged in one; the other login server is untouched."""
    with emulator.recorded() as requests:
        run = playbook(thrice(credential, **SECRETS)).succeeded()
    assert_thrice(run, "credential")
    assert only_our_arm(requests) == [DETAILS, *[DETAILS, "PATCH"], DETAILS]
    assert stored_credentials(witness) == {**FOREIGN, "docker.io": vault_entry()}
    assert run["Check"]["credential"] == run["Apply"]["credential"] == run["Again"]["credential"]
    assert run["Apply"]["credential"] == {
        "id": task["id"],
        "resource_group": "myResourceGroup",
        "registry_name": "myregistry",
        "task": "dockerhubtask",
        "login_server": "docker.io",
        "username": None,
        "username_secret": USER_SECRET,
        "password_secret": PASSWORD_SECRET,
        "identity": "system",
    }


def test_removal_is_proved(playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator) -> None:
    """Three requests, the last of which proves it; once more finds nothing to do; a task that is not there is fine."""
    playbook([credential(**SECRETS)]).succeeded()
    with emulator.recorded() as requests:
        run = playbook(thrice(credential, state="absent")).succeeded()
    assert [run[name].changed for name in ("Check", "Apply", "Again")] == [True, True, False]
    assert only_our_arm(requests) == [DETAILS, *[DETAILS, "PATCH", DETAILS], DETAILS]
    assert run["Apply"]["credential"] is None
    assert stored_credentials(witness) == FOREIGN
    assert not playbook([credential(state="absent", task="othertask")]).succeeded().last.changed


def test_every_way_to_name_the_identity(playbook: Playbook, task: dict[str, Any], witness: Witness) -> None:
    """Name, resource id and client id mean the same; system is another one; the wire gets the client id."""
    mine = next(iter(task["identity"]["userAssignedIdentities"]))
    ways = {"name": IDENTITY, "upper name": IDENTITY.upper(), "id": mine.upper(), "client": client_id(task).upper()}
    run = playbook(
        [
            *(credential(title, **SECRETS | {"identity": identity}) for title, identity in ways.items()),
            credential("system", **SECRETS),
            credential("wire", **SECRETS | {"identity": "[system]"}),
        ]
    ).succeeded()
    assert run.changed == ["name", "system"]
    assert run["name"]["credential"]["identity"] == client_id(task)
    assert stored_credentials(witness)["docker.io"] == vault_entry()


def test_an_identity_that_is_not_attached(
    playbook: Playbook, task: dict[str, Any], given: Given, emulator: Emulator
) -> None:
    """Nothing is sent; the message names what is attached. In check mode an earlier task may be going to attach it."""
    other = given.identity("otherIdentity")
    with emulator.recorded() as requests:
        for identity in ("otherIdentity", other["id"], other["properties"]["clientId"]):
            failure = playbook([credential(**SECRETS | {"identity": identity})]).failure()
            assert "identity" in failure.message
            assert IDENTITY in failure.message
    assert requests.writes == []
    checked = playbook([credential(**SECRETS | {"identity": "otherIdentity"})], check=True).succeeded()
    assert checked.last.changed
    assert "otherIdentity" in "".join(checked.last["warnings"])


def test_system_needs_a_system_identity(playbook: Playbook, given: Given) -> None:
    given.group()
    given.registry()
    given.task()
    failure = playbook([credential(**SECRETS)]).failure()
    assert "system-assigned identity is not attached" in failure.message


def test_a_plain_password(playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator) -> None:
    """Compared where Azure shows it; a new one is written and never shown."""
    first, second = canary(), canary()
    run = playbook(thrice(credential, username="hubuser", password=first), verbosity=4).succeeded()
    assert_thrice(run, "credential")
    with emulator.recorded() as requests:
        run = playbook([credential(username="hubuser", password=second)], verbosity=4).succeeded()
    assert run.last.changed
    assert run.last["diff"]["before"]["password"] != run.last["diff"]["after"]["password"]
    assert only_our_arm(requests) == [DETAILS, "PATCH"]
    assert stored_credentials(witness)["docker.io"] == plain_entry(second)
    assert found([first, second], playbook.runs, emulator) == []


@pytest.mark.parametrize("shown", ["no_opaque_password", "keys_only"])
def test_a_password_that_azure_hides(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator, shown: str
) -> None:
    """Taken for right by default; written each time if asked to."""
    emulator.switch("details_secrets", shown)
    options = {"username": "hubuser", "password": "one"}
    run = playbook([*thrice(credential, **options), credential("Other", **options | {"password": "two"})]).succeeded()
    assert [result.changed for result in run.results] == [True, True, False, False]
    run = playbook([credential(**options | {"password": "two"}, update_secret="always")]).succeeded()
    assert run.last.changed
    emulator.switch("details_secrets", "all")
    assert stored_credentials(witness)["docker.io"] == plain_entry("two")


@pytest.mark.parametrize(("mask", "case"), [("null", "kept"), ("empty", "kept"), ("drop", "kept"), ("null", "lower")])
def test_either_way_to_mask_and_to_spell(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator, mask: str, case: str
) -> None:
    """Added, found again under any spelling, changed and removed, however the service shows and stores keys."""
    emulator.switch("mask_style", mask)
    emulator.switch("host_key_case", case)
    mixed = {"properties": {"credentials": {"customRegistries": {"Registry.Example.IO": plain_entry("x")}}}}
    witness.patch(TASK_PATH, mixed)
    server = {"login_server": "registry.example.io"}
    run = playbook(
        [
            credential("Known", **server, username="hubuser", password="x"),
            credential("Changed", **server, username="hubuser", password="y"),
            credential("Gone", **server, state="absent"),
            *thrice(credential, **SECRETS),
        ]
    ).succeeded()
    assert [run[name].changed for name in ("Known", "Changed", "Gone")] == [False, True, True]
    assert_thrice(run, "credential")
    assert {*stored_credentials(witness)} == {"b.example.io", "docker.io"}


@pytest.mark.parametrize(("merge", "validate"), [("replace", False), ("merge", False), ("replace", True)])
def test_from_each_shape_to_each_other(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator, merge: str, validate: bool
) -> None:
    """Vault, plain, mixed and identity alone: after each change the entry is exactly the one that was asked for."""
    emulator.switch("custom_entry_merge", merge)
    emulator.switch("validate_identity", validate)
    server = {"login_server": "other.azurecr.io"}
    shapes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "vault": (SECRETS, vault_entry()),
        "plain": ({"username": "hubuser", "password": "p"}, plain_entry("p")),
        "mixed": (
            {"username": "hubuser", "password_secret": PASSWORD_SECRET, "identity": IDENTITY},
            {
                "userName": {"type": "Opaque", "value": "hubuser"},
                "password": {"type": "Vaultsecret", "value": PASSWORD_SECRET},
                "identity": client_id(task),
            },
        ),
        "identity": ({"identity": "system"}, {"identity": "[system]"}),
    }
    # Each to each other, by one walk.
    order = [
        "vault",
        "plain",
        "vault",
        "mixed",
        "vault",
        "identity",
        "plain",
        "mixed",
        "identity",
        "mixed",
        "plain",
        "identity",
        "vault",
    ]
    for shape in order[:1] if validate else order:
        options, expected = shapes[shape]
        run = playbook([credential(**server, **options), credential("Again", **server, **options)]).succeeded()
        assert [result.changed for result in run.results] == [True, False], shape
        assert stored_credentials(witness)["other.azurecr.io"] == expected, shape


def test_docker_hub_has_two_names(playbook: Playbook, task: dict[str, Any], witness: Witness) -> None:
    """A credential under the other name is the one that is meant; hosts that docker keeps apart are warned about."""
    entry = {"properties": {"credentials": {"customRegistries": {"index.docker.io": vault_entry()}}}}
    witness.patch(TASK_PATH, entry)
    run = playbook(
        [
            credential("Same", **SECRETS),
            credential("Upper", **SECRETS, login_server="Docker.IO"),
            credential("Url", **SECRETS, login_server="https://index.docker.io/v1/"),
            credential("Changed", **SECRETS | {"identity": IDENTITY}),
            credential("Host", username="u", password="p", login_server="registry.hub.docker.com"),
            credential("Gone", state="absent"),
        ]
    ).succeeded()
    assert run.changed == ["Changed", "Host", "Gone"]
    assert run["Changed"]["credential"]["login_server"] == "index.docker.io"
    assert "docker.io" in "".join(run["Host"]["warnings"])
    assert {*stored_credentials(witness)} == {"b.example.io", "registry.hub.docker.com"}


def test_removal_that_azure_ignores(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """Should a PATCH with null not remove: said clearly; done by replacing the task if that is allowed."""
    playbook([credential(**SECRETS)]).succeeded()
    principal = witness.get(TASK_PATH)["identity"]["principalId"]
    emulator.switch("patch_null_removes", False)
    failure = playbook([credential(state="absent")]).failure()
    assert failure["failure"]["code"] == "NotVerified"
    assert "still there" in failure.message
    run = playbook([credential(state="absent", allow_replace=True), credential("Again", state="absent")]).succeeded()
    assert [result.changed for result in run.results] == [True, False]
    assert stored_credentials(witness) == FOREIGN
    assert witness.get(TASK_PATH)["identity"]["principalId"] == principal


@pytest.mark.parametrize("refusal", [(403, "AuthorizationFailed"), (409, "ScopeLocked")])
def test_without_the_right_to_list_details(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator, refusal: tuple[int, str]
) -> None:
    """One more request and a warning; login servers are still told apart, added and removed."""
    status, code = refusal
    emulator.fault(
        method="POST", path="/listDetails$", status=status, code=code, message="No.", times=99, when="before"
    )
    with emulator.recorded() as requests:
        run = playbook([credential(**SECRETS)]).succeeded()
    assert run.last.changed
    assert only_our_arm(requests) == [DETAILS, "GET", "PATCH"]
    assert code in "".join(run.last["warnings"])
    with emulator.recorded() as requests:
        run = playbook([credential(**SECRETS)]).succeeded()
    assert not run.last.changed
    assert only_our_arm(requests) == [DETAILS, "GET"]
    assert playbook([credential(state="absent")]).succeeded().last.changed
    emulator.clear_faults()
    assert stored_credentials(witness) == FOREIGN


def test_a_missing_task(playbook: Playbook, given: Given, emulator: Emulator) -> None:
    """Check mode assumes that it will be made; else one sentence with its full id."""
    with emulator.recorded() as requests:
        run = playbook([credential(**SECRETS)], check=True).succeeded()
    assert run.last.changed
    assert TASK_PATH in "".join(run.last["warnings"])
    assert requests.writes == []
    failure = playbook([credential(**SECRETS)]).failure()
    assert f"/resourceGroups/{TASK_PATH} does not exist." in failure.message


def test_a_lost_answer_is_looked_after(
    playbook: Playbook, task: dict[str, Any], witness: Witness, emulator: Emulator
) -> None:
    """The PATCH took effect but its answer was lost: seen by reading again, and not sent twice."""
    emulator.fault(method="PATCH", path="/tasks/dockerhubtask$", kind="reset", when="after", times=1)
    with emulator.recorded() as requests:
        run = playbook([credential(**SECRETS)]).succeeded()
    assert run.last.changed
    assert only_our_arm(requests) == [DETAILS, "PATCH", DETAILS]
    assert stored_credentials(witness)["docker.io"] == vault_entry()
