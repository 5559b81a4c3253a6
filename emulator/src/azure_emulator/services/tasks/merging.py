# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a PUT or a PATCH makes of a task's properties (acr-wire 2.3, 2.4, 6)."""

from __future__ import annotations

import copy

from azure_emulator.problems import Problem
from azure_emulator.services.tasks import credentials_merge
from azure_emulator.services.tasks.credentials_merge import without_nulls
from azure_emulator.switches import Switches

# Never taken from a request: the service owns them.
READ_ONLY = ("provisioningState", "creationDate")
_TRIGGER_LISTS = ("timerTriggers", "sourceTriggers")
_NAMED_LISTS = ("arguments", "values")


def put(old: dict | None, given: dict, switches: Switches) -> dict:
    """The stored properties after a PUT: what was given, and defaults. Only credentials may outlive it, by switch."""
    properties = without_nulls({key: value for key, value in given.items() if key not in (*READ_ONLY, "credentials")})
    credentials = credentials_merge.put((old or {}).get("credentials"), given.get("credentials"), switches)
    if credentials:
        properties["credentials"] = credentials
    (properties.get("step") or {}).pop("baseImageDependencies", None)
    return with_defaults(properties)


def patch(old: dict, given: dict, switches: Switches) -> dict:
    """The stored properties after a PATCH."""
    result = copy.deepcopy(old)
    for key, value in given.items():
        if key in READ_ONLY:
            continue
        if key == "credentials":
            _set(result, key, credentials_merge.patch(old.get("credentials"), value, switches))
        elif key == "step" and isinstance(value, dict) and value:
            result["step"] = _step(old.get("step"), value, switches)
        elif key == "trigger" and isinstance(value, dict):
            _set(result, key, _trigger(old.get("trigger") or {}, value, switches))
        else:
            _member(result, key, value, switches)
    return with_defaults(result)


def with_defaults(properties: dict) -> dict:
    """What the service fills in (acr-wire 2.3). System tasks have neither step nor platform."""
    properties.setdefault("status", "Enabled")
    properties.setdefault("timeout", 3600)
    properties.setdefault("isSystemTask", False)
    if not properties["isSystemTask"]:
        if isinstance(properties.get("platform"), dict):
            properties["platform"].setdefault("architecture", "amd64")
        if not properties.get("agentPoolName"):
            properties.setdefault("agentConfiguration", {}).setdefault("cpu", 2)
    step = properties.get("step") or {}
    if step.get("type") == "Docker":
        step.setdefault("isPushEnabled", True)
        step.setdefault("noCache", False)
    for name in _NAMED_LISTS:
        for entry in step.get(name) or []:
            entry.setdefault("isSecret", False)
    trigger = properties.get("trigger") or {}
    base_image = [trigger["baseImageTrigger"]] if trigger.get("baseImageTrigger") else []
    for entry in base_image:
        entry.setdefault("updateTriggerPayloadType", "Default")
    for entry in [*base_image, *(trigger.get("timerTriggers") or []), *(trigger.get("sourceTriggers") or [])]:
        entry.setdefault("status", "Enabled")
    return properties


def _step(old: dict | None, new: dict, switches: Switches) -> dict:
    new = {key: value for key, value in new.items() if key != "baseImageDependencies"}
    if not old or new.get("type") == old.get("type"):
        return _deep(old or {}, new, switches)
    if switches["step_type_change"] == "reject":
        raise Problem(
            400,
            "InvalidInputValue",
            f"The step type cannot be changed from '{old.get('type')}' to '{new.get('type')}'.",
        )
    return without_nulls(new)


def _trigger(old: dict, new: dict, switches: Switches) -> dict:
    result = copy.deepcopy(old)
    for key, value in new.items():
        if key in _TRIGGER_LISTS and isinstance(value, list):
            merged = _by_name(result.get(key) or [], value, switches)
            if merged or key in result:
                result[key] = merged
        else:
            _member(result, key, value, switches)
    return result


def _deep(old: dict, new: dict, switches: Switches) -> dict:
    result = copy.deepcopy(old)
    for key, value in new.items():
        _member(result, key, value, switches)
    return result


def _member(target: dict, key: str, value, switches: Switches) -> None:
    """One member of a merge: null removes, objects merge, lists and scalars replace."""
    if value is None:
        target.pop(key, None)
    elif isinstance(value, dict):
        target[key] = _deep(target.get(key) or {}, value, switches)
    elif isinstance(value, list) and key in _NAMED_LISTS and switches["list_merge"] == "by_name":
        target[key] = _by_name(target.get(key) or [], value, switches)
    else:
        target[key] = without_nulls(value)


def _by_name(old: list[dict], new: list[dict], switches: Switches) -> list[dict]:
    """Items with a known name are merged, others appended."""
    result = copy.deepcopy(old)
    for item in new:
        position = next((at for at, known in enumerate(result) if known.get("name") == item.get("name")), None)
        if position is None:
            result.append(without_nulls(item))
        else:
            result[position] = _deep(result[position], item, switches)
    return result


def _set(target: dict, key: str, value) -> None:
    if value:
        target[key] = value
    else:
        target.pop(key, None)
