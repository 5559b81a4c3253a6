# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""keyvault_policy on vaults with access policies: check, apply, apply again, read back by somebody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.arm import Witness
from support.emulator import Emulator
from support.given import GROUP, IDENTITY, REGISTRY, TASK, VAULT, VAULT_PATH, Given
from support.playbook import Playbook

READER = "1a94e5b7-d08c-4263-b5f1-7c3e9d20a8f6"  # the seeds' second application: a principal that exists
READER_CLIENT = "80c6f2d1-3a5e-4c7b-8d92-e4f7a1b06c53"
READER_SECRET = "rehearsal-reader-secret"
USER = "94d2b6f0-7e1c-4a35-8c9d-5b3f0a6e2d71"
USER_NAME = "user@rehearsal.example"
NOBODY = "00000000-1111-2222-3333-444444444444"


def policy(name: str = "Policy", *, ignore: bool = False, check: bool = False, **options: Any) -> dict[str, Any]:
    """A task. ignore: go on if it fails. check: in check mode."""
    return {
        "name": name,
        "acr.tasks.keyvault_policy": {"resource_group": GROUP, "vault_name": VAULT, **options},
        "ignore_errors": ignore,
        **({"check_mode": True} if check else {}),
    }


def thrice(**options: Any) -> list[dict[str, Any]]:
    """Check, apply, apply again."""
    return [policy("Check", check=True, **options), policy("Apply", **options), policy("Again", **options)]


def entries(witness: Witness, vault: str = VAULT_PATH) -> dict[str, dict[str, list[str]]]:
    """What an independent client reads: object id -> permissions, empty kinds left out, words as they are stored."""
    found = witness.get(vault)["properties"]["accessPolicies"]
    return {
        entry["objectId"]: {kind: words for kind, words in entry["permissions"].items() if words} for entry in found
    }


@pytest.fixture
def foreign(given: Given) -> dict[str, Any]:
    """The scenario's vault with an entry of somebody else, in the casing that the portal writes."""
    given.group()
    given.vault(policies=[given.policy(USER, secrets=["Get", "List", "Set"], keys=["all"])])
    return {USER: {"secrets": ["Get", "List", "Set"], "keys": ["all"]}}


def test_an_identity_is_given_a_permission(
    playbook: Playbook, emulator: Emulator, given: Given, witness: Witness, foreign: dict[str, Any]
) -> None:
    principal = given.identity()["properties"]["principalId"]
    with emulator.recorded() as requests:
        done = playbook(thrice(identity=IDENTITY, secrets=["get"]), diff=True).succeeded()
    assert done.changed == ["Check", "Apply"]
    # One request for the identity's name beside those of the contract: 1 predicted, 2 changed, 1 unchanged.
    assert requests.arm.methods == ["GET", "GET", "GET", "GET", "PUT", "GET", "GET"]
    assert [request.path.rpartition("/")[2] for request in requests.writes] == ["add"]
    assert entries(witness) == foreign | {principal: {"secrets": ["get"]}}
    assert done["Check"]["policy"] == done["Apply"]["policy"] == done["Again"]["policy"]
    assert done["Check"]["diff"] == done["Apply"]["diff"]
    assert done["Apply"]["diff"]["after"]["secrets"] == ["get"]
    assert done["Apply"]["policy"]["object_id"] == principal
    assert done["Apply"]["policy"]["id"].endswith(f"/vaults/{VAULT}")
    assert done["Apply"]["role_assignments"] == []


def test_permissions_are_merged_narrowed_and_removed(
    playbook: Playbook, emulator: Emulator, witness: Witness, foreign: dict[str, Any]
) -> None:
    steps = [
        policy("New", object_id=READER, secrets=["GET", "list"], keys=["wrapkey"]),
        policy("Merge", object_id=READER.upper(), secrets=["set"], certificates=["all"]),
        policy("Covered", object_id=READER, certificates=["import", "GetIssuers"]),
        policy("Exact", object_id=READER, mode="exact", secrets=["get"]),
        policy("Part", object_id=READER, state="absent", certificates=["delete"]),
        policy("Part again", object_id=READER, state="absent", certificates=["delete"]),
        policy("Clear", object_id=READER, certificates=[]),
        policy("Gone", object_id=READER, state="absent"),
        policy("Still gone", object_id=READER, state="absent"),
    ]
    with emulator.recorded() as requests:
        done = playbook(steps).succeeded()
    assert done.changed == ["New", "Merge", "Exact", "Part", "Clear", "Gone"]
    assert done["New"]["policy"]["keys"] == ["wrapKey"]
    assert done["Merge"]["policy"]["secrets"] == ["get", "list", "set"]
    assert done["Exact"]["policy"]["secrets"] == ["get"]
    assert done["Exact"]["policy"]["certificates"] == ["all"]
    assert "delete" not in done["Part"]["policy"]["certificates"]
    assert "import" in done["Part"]["policy"]["certificates"]
    assert done["Clear"]["policy"]["certificates"] == []
    assert done["Clear"]["policy"]["keys"] == ["wrapKey"]
    assert done["Gone"]["policy"] is None
    assert entries(witness) == foreign
    added, exact, gone = ["GET", "PUT"], ["GET", "PUT", "GET"], ["GET", "PUT", "GET"]
    unchanged = ["GET"]
    assert requests.arm.methods == [
        *added, *added, *unchanged, *exact, *exact, *unchanged, *exact, *gone, *unchanged,
    ]  # fmt: skip
    assert [request.path.rpartition("/")[2] for request in requests.writes] == [
        "add", "add", "replace", "replace", "replace", "remove",
    ]  # fmt: skip


def test_foreign_casing_is_compared_and_removed(playbook: Playbook, witness: Witness, foreign: dict[str, Any]) -> None:
    done = playbook(
        [
            policy("As it is", object_id=USER.upper(), mode="exact", secrets=["list", "get", "set"], keys=["all"]),
            policy("Remove", object_id=USER.upper(), state="absent"),
        ]
    ).succeeded()
    assert done.changed == ["Remove"]
    assert entries(witness) == {}


def test_every_way_to_name_a_principal(
    playbook: Playbook, emulator: Emulator, given: Given, witness: Witness, foreign: dict[str, Any]
) -> None:
    identity = given.identity()
    given.identity("otherIdentity")
    given.registry()
    task = given.task(identity={"type": "SystemAssigned"})
    assert task["identity"]["principalId"]
    ways: dict[str, dict[str, Any]] = {
        "object id": {"object_id": READER},
        "application id": {"service_principal_name": READER_CLIENT},
        "user": {"user_principal_name": USER_NAME},
        "identity id": {"identity": identity["id"]},
        "identity name": {"identity": "otherIdentity"},
        "task": {"registry_name": REGISTRY, "task": TASK},
        "task id": {"task": task["id"]},
        "self": {"self": True},
    }
    done = playbook([policy(name, secrets=["get"], **way) for name, way in ways.items()]).succeeded()
    ids = {name: done[name]["policy"]["object_id"] for name in ways}
    assert ids["object id"] == ids["application id"] == READER
    assert ids["user"] == USER
    assert ids["identity id"] == identity["properties"]["principalId"]
    assert ids["identity name"] not in (None, ids["identity id"])
    assert ids["task"] == ids["task id"] == task["identity"]["principalId"]
    assert ids["self"] == given.own_object_id()
    assert done.changed == ["object id", "identity id", "identity name", "task", "self"]
    assert set(entries(witness)) == {ids[name] for name in ways}
    names = [request.plane for request in emulator.requests() if request.plane == "graph"]
    assert len(names) == 2, "one look-up for each of the two names that need one"


def test_a_compound_entry_is_one_of_its_own(playbook: Playbook, witness: Witness, foreign: dict[str, Any]) -> None:
    options: dict[str, Any] = {"object_id": USER, "application_id": READER_CLIENT}
    done = playbook(
        [
            *thrice(secrets=["delete"], **options),
            policy("Remove", state="absent", **options),
        ]
    ).succeeded()
    assert done.changed == ["Check", "Apply", "Remove"]
    assert done["Apply"]["policy"]["application_id"] == READER_CLIENT
    assert entries(witness) == foreign


def test_a_result_is_an_input(playbook: Playbook, foreign: dict[str, Any]) -> None:
    done = playbook(
        [
            {**policy("First", object_id=USER, secrets=["get"]), "register": "first"},
            {
                "name": "Fed back",
                "acr.tasks.keyvault_policy": "{{ first.policy | dict2items | rejectattr('key', 'eq', 'id') | items2dict"
                " | combine({'mode': 'exact'}) }}",
            },
        ]
    ).succeeded()
    assert done.changed == []
    assert done["Fed back"]["policy"] == done["First"]["policy"]


def test_permission_words_are_no_secrets(playbook: Playbook, given: Given) -> None:
    given.group("targets-list")
    given.vault("getaway", group="targets-list")
    done = playbook(
        [policy(resource_group="targets-list", vault_name="getaway", object_id=READER, secrets=["get", "list"])],
        verbosity=3,
        diff=True,
    ).succeeded()
    assert done["Policy"]["policy"]["resource_group"] == "targets-list"
    assert "targets-list" in done.stdout
    shown = json.dumps(done["Policy"].result)
    assert '"secrets": ["get", "list"]' in shown
    assert "****" not in shown


def test_the_action_group_signs_in(playbook: Playbook, emulator: Emulator, foreign: dict[str, Any]) -> None:
    settings = emulator.settings
    nothing = {name: None for name in settings if name.startswith("AZURE_")}
    sign_in = {
        "client_id": settings["AZURE_CLIENT_ID"],
        "secret": settings["AZURE_SECRET"],
        "tenant": settings["AZURE_TENANT"],
        "subscription_id": settings["AZURE_SUBSCRIPTION_ID"],
    }
    done = playbook(
        [policy(object_id=READER, secrets=["get"])],
        play={"module_defaults": {"group/acr.tasks.azure": sign_in}},
        environment=nothing,
    ).succeeded()
    assert done.changed == ["Policy"]


# --- check mode before anything exists


def test_check_mode_from_nothing_predicts_and_writes_nothing(
    playbook: Playbook, emulator: Emulator, given: Given
) -> None:
    steps = [
        policy("No group", identity=IDENTITY, secrets=["get"], authorization="auto"),
        policy("No group, roles", identity=IDENTITY, secrets=["get"], authorization="rbac"),
        policy("No group, absent", identity=IDENTITY, state="absent"),
    ]
    done = playbook(steps, check=True, diff=True).succeeded()
    given.group()
    given.vault()
    given.registry()
    ready = len(emulator.requests().writes)
    more = [
        policy("No identity", identity=IDENTITY, secrets=["get"]),
        policy("No task", registry_name=REGISTRY, task=TASK, secrets=["get"]),
        policy("No user", user_principal_name="nobody@rehearsal.example", secrets=["get"]),
        policy("No application", service_principal_name=NOBODY, secrets=["get"]),
    ]
    later = playbook(more, check=True, diff=True).succeeded()
    assert done.changed == ["No group", "No group, roles"]
    assert later.changed == [step["name"] for step in more]
    assert len(emulator.requests().writes) == ready, "check mode wrote something"
    for result in [*done.results[:2], *later.results]:
        assert len(result["warnings"]) == 1, result.task
        assert "does not exist yet" in result["warnings"][0]
        assert result["diff"]["before"] == {}
        assert result["policy"]["object_id"] is None
        assert "get" in result["policy"]["secrets"]
    assert done["No group"]["policy"]["id"] is None
    assert later["No task"]["policy"]["id"].endswith(f"/vaults/{VAULT}")


# --- bad input, missing things, missing rights


def test_wrong_options_fail_before_any_request(playbook: Playbook, emulator: Emulator) -> None:
    steps = {
        "secrets has no permission 'read'": {"object_id": READER, "secrets": ["get", "read"]},
        "keys has no permission ' list'": {"object_id": READER, "keys": [" list"]},
        "object_id must be a GUID": {"object_id": "myACRTasksId", "secrets": ["get"]},
        "vault_name is not a valid name": {"object_id": READER, "secrets": ["get"], "vault_name": "my_vault"},
        "vault_name is not a full resource id": {"object_id": READER, "secrets": ["get"], "vault_name": "/a/b"},
        "identity is not a full resource id": {"identity": "/subscriptions/x", "secrets": ["get"]},
        "registry_name is needed": {"task": TASK, "secrets": ["get"]},
        "one of the following is required: object_id": {"secrets": ["get"]},
        "any of the following are missing: keys, secrets": {"object_id": READER},
        "mutually exclusive": {"object_id": READER, "identity": IDENTITY, "secrets": ["get"]},
        "application_id cannot be used": {
            "object_id": READER,
            "application_id": READER_CLIENT,
            "authorization": "rbac",
            "secrets": ["get"],
        },
    }
    done = playbook([policy(says, ignore=True, **options) for says, options in steps.items()])
    for says in steps:
        assert done[says].status == "ignored", str(done)
        assert says in done[says].message
    assert emulator.requests(sign_in=True) == []
    assert "Traceback" not in done.stdout + done.stderr


def test_what_is_missing_is_named_in_one_sentence(
    playbook: Playbook, given: Given, witness: Witness, emulator: Emulator
) -> None:
    given.group()
    given.vault("oldvault1")
    given.vault()
    witness.delete(f"{GROUP}/providers/Microsoft.KeyVault/vaults/oldvault1")
    done = playbook(
        [
            policy("No vault", ignore=True, vault_name="novault1", object_id=READER, secrets=["get"]),
            policy("Deleted vault", ignore=True, vault_name="oldvault1", object_id=READER, secrets=["get"]),
            policy("No identity", ignore=True, identity="noIdentity", secrets=["get"]),
            policy("No task", ignore=True, registry_name=REGISTRY, task="notask", secrets=["get"]),
            policy("No user", ignore=True, user_principal_name="nobody@rehearsal.example", secrets=["get"]),
            policy("Absent, no vault", vault_name="novault1", object_id=READER, state="absent"),
            policy("Absent, no identity", identity="noIdentity", state="absent"),
        ]
    )
    group = f"/subscriptions/{witness.subscription_id}/resourceGroups/{GROUP}"
    assert (
        f"The key vault {group}/providers/Microsoft.KeyVault/vaults/novault1 does not exist."
        in done["No vault"].message
    )
    assert done["No vault"]["failure"]["status"] == 404
    for way in ("az keyvault recover --name oldvault1", "az keyvault purge --name oldvault1"):
        assert way in done["Deleted vault"].message
    assert "userAssignedIdentities/noIdentity does not exist." in done["No identity"].message
    assert "tasks/notask does not exist." in done["No task"].message
    assert "nobody@rehearsal.example does not exist." in done["No user"].message
    assert done.changed == []
    assert done["Absent, no vault"].status == done["Absent, no identity"].status == "ok"
    assert "noIdentity" in done["Absent, no identity"]["warnings"][0]
    assert "Traceback" not in done.stdout + done.stderr


def test_a_missing_right_is_named(playbook: Playbook, emulator: Emulator, foreign: dict[str, Any]) -> None:
    as_reader = {"AZURE_CLIENT_ID": READER_CLIENT, "AZURE_SECRET": READER_SECRET, "AZURE_CLIENT_SECRET": READER_SECRET}
    with emulator.recorded() as requests:
        failure = playbook([policy(object_id=READER, secrets=["get"])], environment=as_reader).failure()
    assert failure["failure"]["status"] == 403
    assert failure["failure"]["code"] == "AuthorizationFailed"
    assert "Microsoft.KeyVault/vaults/accessPolicies/write" in failure.message
    assert "Key Vault Contributor" in failure.message
    assert len(requests.writes) == 1, "a refusal is not repeated"


def test_a_principal_that_nobody_knows_is_explained(playbook: Playbook, foreign: dict[str, Any]) -> None:
    failure = playbook([policy(object_id=NOBODY, secrets=["get"], fresh_principal_wait=0)]).failure()
    assert "fresh_principal_wait" in failure.message
    assert "principalId" in failure.message


def test_a_foreign_directory_is_refused(playbook: Playbook, emulator: Emulator, foreign: dict[str, Any]) -> None:
    failure = playbook([policy(object_id=READER, tenant_id=NOBODY, secrets=["get"])]).failure()
    assert emulator.settings["AZURE_TENANT"] in failure.message
    assert not [request for request in emulator.requests().writes if "accessPolicies" in request.path]
