# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""acr_task's pure functions over ARM JSON: comparable forms, request bodies, results."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _ids, _task, _task_guard, _task_identity
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption
from ansible_collections.acr.tasks.plugins.module_utils._task import TaskBody
from ansible_collections.acr.tasks.plugins.modules.acr_task import ARGUMENT_SPEC
from hypothesis import given
from hypothesis import strategies as st

BODIES = json.loads((Path(__file__).parents[2] / "fixtures/task/tasks.json").read_text(encoding="utf-8"))
TASK = _ids.ArmId("s", "g", _ids.TASK, ("myregistry", "mytask"))
SECRETS = ("git-token", "secret-value", "hook-token", "hook.example", "custom-password")
NOTHING: dict[str, Any] = {name: rule.get("default") for name, rule in ARGUMENT_SPEC.items()}


def params(**options: Any) -> dict[str, Any]:
    """All options as a module has them, these ones given."""
    return {**NOTHING, "name": "mytask", **options}


def forms(name: str, detailed: bool = False, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The comparable forms of a stored task and of what these options want of it."""
    given_options = params(**options)
    before = _task.comparable(TaskBody(BODIES[name], detailed), given_options)
    return before, _task.wanted(given_options, before, TASK, None)


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("detailed", [False, True])
def test_without_options_nothing_differs(name: str, detailed: bool) -> None:
    before, after = forms(name, detailed)
    assert before == after
    assert _task.patch(before, after, params()) == {}
    assert _task.needs_put(before, after) == []


@pytest.mark.parametrize("name", ["made by az", "with secrets"])
def test_a_result_can_be_given_back(name: str) -> None:
    """What is returned is in the shape of the options, and means what is there."""
    result = _task.to_result(TaskBody(BODIES[name], True), TASK)
    back = {
        key: result[key]
        for key in ARGUMENT_SPEC
        if key in result and key not in ("name", "registry_name", "resource_group")
    }
    if back["agent_pool"]:
        back["cpu"] = None
    before, after = forms(name, True, **back)
    assert before == after


@pytest.mark.parametrize("name", BODIES)
def test_results_have_the_same_keys_and_no_secrets(name: str) -> None:
    result = _task.to_result(TaskBody(BODIES[name], True), TASK)
    assert {*result} == {*_task.to_result(TaskBody({}, form=_new({"content": "x"})), TASK)}
    assert not any(secret in json.dumps(result) for secret in SECRETS)


def _new(options: dict[str, Any]) -> dict[str, Any]:
    """The comparable form of a new task."""
    return _task.wanted(params(**options), None, TASK, "West US")


def test_a_new_task_has_nothing_unasked() -> None:
    after = _new({"content": "steps: []\n"})
    assert _task.create(after, params(content="steps: []\n")) == {
        "location": "westus",
        "properties": {
            "status": "Enabled",
            "timeout": 3600,
            "platform": {"os": "linux", "architecture": "amd64"},
            "agentConfiguration": {"cpu": 2},
            "step": {"type": "EncodedTask", "encodedTaskContent": "c3RlcHM6IFtdCg==", "values": []},
        },
    }


def test_a_new_task_with_everything() -> None:
    options: dict[str, Any] = {
        "context": "https://github.com/me/app",
        "context_access_token": "git",
        "dockerfile": "Dockerfile",
        "images": ["app:v2", "app:v1"],
        "push": False,
        "cache": False,
        "target": "final",
        "arguments": {"A": True},
        "secret_arguments": {"B": "s"},
        "platform": "Windows/AMD64",
        "agent_pool": "pool1",
        "identity": {"type": None, "user_assigned_identities": {"id": ["mine"], "append": True}},
        "source_registry": {"login_mode": "None", "identity": None},
        "tags": {"n": 1},
        "timer_triggers": [{"name": "t", "schedule": "0 1 * * *", "status": None}],
        "base_image_trigger": {
            "name": None,
            "type": "All",
            "status": None,
            "update_trigger_endpoint": "https://h",
            "update_trigger_payload_type": None,
        },
    }
    body = _task.create(_new(options), params(**options))
    mine = "/subscriptions/s/resourcegroups/g/providers/microsoft.managedidentity/userassignedidentities/mine"
    assert body["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {mine: {}}}
    assert body["tags"] == {"n": "1"}
    assert body["properties"] == {
        "status": "Enabled",
        "timeout": 3600,
        "platform": {"os": "windows", "architecture": "amd64"},
        "agentPoolName": "pool1",
        "step": {
            "type": "Docker",
            "contextPath": "https://github.com/me/app",
            "contextAccessToken": "git",
            "dockerFilePath": "Dockerfile",
            "imageNames": ["app:v1", "app:v2"],
            "isPushEnabled": False,
            "noCache": True,
            "target": "final",
            "arguments": [
                {"name": "A", "value": "true", "isSecret": False},
                {"name": "B", "value": "s", "isSecret": True},
            ],
        },
        "trigger": {
            "timerTriggers": [{"name": "t", "schedule": "0 1 * * *", "status": "Enabled"}],
            "baseImageTrigger": {
                "name": "defaultBaseimageTriggerName",
                "baseImageTriggerType": "All",
                "status": "Enabled",
                "updateTriggerPayloadType": "Default",
                "updateTriggerEndpoint": "https://h",
            },
        },
        "credentials": {"sourceRegistry": {"loginMode": "None"}},
    }


MINE = "/subscriptions/s/resourcegroups/g/providers/microsoft.managedidentity/userassignedidentities/mine"
PATCHES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "status": ("made by az", {"status": "Disabled"}, {"properties": {"status": "Disabled"}}),
    "push alone": ("made by az", {"push": False}, {"properties": {"step": {"type": "Docker", "isPushEnabled": False}}}),
    "platform": (
        "made by az",
        {"platform": "Linux/ARM64"},
        {"properties": {"platform": {"os": "linux", "architecture": "arm64"}}},
    ),
    "tags": ("with secrets", {"tags": {"c": 2}}, {"tags": {"a": "b", "c": "2"}}),
    "no tags": ("with secrets", {"tags": {}, "append_tags": False}, {"tags": {}}),
    "system only": (
        "made by az",
        {"identity": {"type": "SystemAssigned", "user_assigned_identities": None}},
        {"identity": {"type": "SystemAssigned"}},
    ),
    "user only": (
        "made by az",
        {"identity": {"type": "UserAssigned", "user_assigned_identities": None}},
        {"identity": {"type": "UserAssigned", "userAssignedIdentities": {MINE: {}}}},
    ),
    "exchanged": (
        "made by az",
        {
            "identity": {
                "type": None,
                "user_assigned_identities": {"id": [MINE.replace("mine", "other")], "append": False},
            }
        },
        {
            "identity": {
                "type": "SystemAssigned, UserAssigned",
                "userAssignedIdentities": {MINE.replace("mine", "other"): {}, MINE: None},
            }
        },
    ),
    "none": (
        "made by az",
        {"identity": {"type": "None", "user_assigned_identities": None}},
        {"identity": {"type": "None"}},
    ),
    "one timer of two": (
        "made by az",
        {"timer_triggers": [{"name": "t2", "schedule": "0 1 * * *"}, {"name": "t1", "schedule": None, "status": None}]},
        {"properties": {"trigger": {"timerTriggers": [{"name": "t2", "schedule": "0 1 * * *", "status": "Enabled"}]}}},
    ),
    "base image status": (
        "made by az",
        {"base_image_trigger": {"status": "Disabled"}},
        {
            "properties": {
                "trigger": {"baseImageTrigger": {"name": "defaultBaseimageTriggerName", "status": "Disabled"}}
            }
        },
    ),
    "login mode": (
        "made by az",
        {"source_registry": {"login_mode": "None", "identity": None}},
        {"properties": {"credentials": {"sourceRegistry": {"loginMode": "None", "identity": "[system]"}}}},
    ),
    "no source identity": (
        "made by az",
        {"source_registry": {"login_mode": None, "identity": None}},
        {"properties": {"credentials": {"sourceRegistry": {"loginMode": "Default", "identity": None}}}},
    ),
    "plain argument": (
        "made by az",
        {"arguments": {"LEVEL": 4}},
        {"properties": {"step": {"type": "Docker", "arguments": [{"name": "LEVEL", "value": "4", "isSecret": False}]}}},
    ),
    "no images": ("made by az", {"images": []}, {"properties": {"step": {"type": "Docker", "imageNames": []}}}),
}


@pytest.mark.parametrize("case", PATCHES)
def test_a_patch_has_only_what_differs(case: str) -> None:
    name, options, expected = PATCHES[case]
    before, after = forms(name, **options)
    assert _task.needs_put(before, after) == []
    assert _task.patch(before, after, params(**options)) == expected


@pytest.mark.parametrize(
    ("name", "options", "named"),
    [
        ("made by az", {"timer_triggers": []}, "timer_triggers"),
        ("made by az", {"base_image_trigger": {}}, "base_image_trigger"),
        ("made by az", {"content": "steps: []", "context": ""}, "content"),
        ("with secrets", {"agent_pool": ""}, "agent_pool"),
        ("with secrets", {"log_template": ""}, "log_template"),
        ("with secrets", {"platform": "linux/arm"}, "platform"),
        ("with secrets", {"source_triggers": []}, "source_triggers"),
        ("with secrets", {"context": ""}, "context"),
        ("with secrets", {"context_access_token": ""}, "context_access_token"),
        ("with secrets", {"base_image_trigger": {"update_trigger_endpoint": ""}}, "base_image_trigger"),
    ],
)
def test_what_only_a_put_can_do(name: str, options: dict[str, Any], named: str) -> None:
    before, after = forms(name, True, **options)
    assert _task.needs_put(before, after) == [named]


def test_a_put_over_a_task_keeps_everything() -> None:
    """Built from listDetails: secrets, credentials, unknown properties and all; without what only Azure may write."""
    details = BODIES["with secrets"]
    before, after = forms("with secrets", True, log_template="")
    body = _task_guard.replace(details, after, params(log_template=""))
    expected = copy.deepcopy(details)
    for name in ("id", "name"):
        del expected[name]
    del expected["properties"]["logTemplate"]
    expected["location"] = "westus"
    expected["properties"]["platform"]["os"] = "linux"
    expected["properties"]["trigger"]["baseImageTrigger"]["updateTriggerPayloadType"] = "Default"
    assert body == expected
    assert before["log_template"] == "logs"


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("step", "values", 1, "value"), None, "hidden"),
        (("step", "values", 1, "value"), "*****", "hidden"),
        (("step", "contextAccessToken"), None, "context_access_token"),
        (("trigger", "sourceTriggers", 0, "sourceRepository", "sourceControlAuthProperties"), None, "token"),
        (("credentials", "customRegistries", "a.example.io", "password", "value"), None, "a.example.io"),
        (("credentials", "customRegistries", "a.example.io"), None, "a.example.io"),
        (("credentials", "customRegistries", "a.example.io", "userName"), None, "a.example.io"),
    ],
)
def test_a_put_that_would_lose_a_secret_is_refused(path: tuple[Any, ...], value: Any, named: str) -> None:
    details = copy.deepcopy(BODIES["with secrets"])
    target = details["properties"]
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value
    after = _task.comparable(TaskBody(details, True), params())
    with pytest.raises(InvalidOption, match=named):
        _task_guard.replace(details, after, params())


def test_what_a_put_lost_is_noticed() -> None:
    details = BODIES["made by az"]
    after = _task.comparable(TaskBody(details, True), params())
    now = copy.deepcopy(details)
    assert _task_guard.lost(details, now, after) == []
    now["identity"]["principalId"] = "55555555-5555-5555-5555-555555555555"
    del now["properties"]["credentials"]["customRegistries"]
    del now["properties"]["trigger"]["timerTriggers"]
    lost = _task_guard.lost(details, now, after)
    assert [word in " ".join(lost) for word in ("system-assigned identity", "docker.io", "timer_triggers.t1")] == [
        True
    ] * 3


def test_hidden_secrets_and_update_secret() -> None:
    """A value that Azure hides counts as right, unless it shall always be written."""
    details = copy.deepcopy(BODIES["with secrets"])
    details["properties"]["step"]["values"][1].pop("value")
    given_options = params(secret_values={"hidden": "x"})
    before = _task.comparable(TaskBody(details, True), given_options)
    assert _task.wanted(given_options, before, TASK, None) == before
    always = {**given_options, "update_secret": "always"}
    assert _task.wanted(always, before, TASK, None) != before


def test_a_different_shown_secret_differs() -> None:
    before, after = forms("with secrets", True, secret_values={"hidden": "other"})
    assert before != after
    assert _task.patch(before, after, params())["properties"]["step"]["values"] == [
        {"name": "open", "value": "1", "isSecret": False},
        {"name": "hidden", "value": "other", "isSecret": True},
    ]


@pytest.mark.parametrize("text", ["system", "[SYSTEM]", " System "])
def test_the_system_identity(text: str) -> None:
    assert _task_identity.resolve("o", text, BODIES["made by az"]["identity"], "t") == "[system]"
    with pytest.raises(_task_identity.NotAttached, match="Attached: none"):
        _task_identity.resolve("o", text, None, "t")


@pytest.mark.parametrize("text", ["mine", "MINE", MINE, MINE.upper(), "44444444-4444-4444-4444-444444444444"])
def test_a_user_assigned_identity(text: str) -> None:
    block = BODIES["made by az"]["identity"]
    assert _task_identity.resolve("o", text, block, "t") == "44444444-4444-4444-4444-444444444444"


def test_a_principal_id_is_no_client_id() -> None:
    with pytest.raises(_task_identity.NotAttached, match="Attached: system, "):
        _task_identity.resolve("o", "33333333-3333-3333-3333-333333333333", BODIES["made by az"]["identity"], "t")


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
OPTIONS = st.fixed_dictionaries(
    {"content": TEXT},
    optional={
        "status": st.sampled_from(["Enabled", "Disabled"]),
        "timeout": st.integers(300, 28800),
        "platform": st.sampled_from(["linux", "windows/amd64", "linux/arm/v7"]),
        "values": st.dictionaries(st.text("ab", min_size=1), st.one_of(TEXT, st.integers(), st.booleans()), max_size=3),
        "secret_values": st.dictionaries(st.text("cd", min_size=1), st.just("canary-secret"), max_size=3),
        "values_content": TEXT,
        "tags": st.dictionaries(TEXT, TEXT, max_size=3),
        "context": st.sampled_from(["https://github.com/me/app", ""]),
        "agent_pool": st.sampled_from(["pool1", ""]),
        "log_template": TEXT,
        "timer_triggers": st.lists(
            st.fixed_dictionaries({"name": TEXT, "schedule": st.just("0 1 * * *"), "status": st.none()}),
            max_size=3,
            unique_by=lambda item: item["name"],
        ),
    },
)


@given(OPTIONS)
def test_what_is_created_is_what_was_wanted(options: dict[str, Any]) -> None:
    """Options -> body -> comparable is the wish, and the same options then want nothing more."""
    given_options = params(**options)
    after = _task.wanted(given_options, None, TASK, "westus")
    body = _task.create(after, given_options)
    read = _task.comparable(TaskBody(body, True), given_options)
    assert read == after
    assert _task.wanted(given_options, read, TASK, None) == read
    assert "canary-secret" not in json.dumps(_task.to_result(TaskBody(body, True), TASK))
