# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of a task must not lose, and how that is known. Pure. Private to this collection.

Reads hide secrets, so a PUT over an existing task may delete them; and what a PATCH does to lists is known only in
part. `replace` makes the one safe body; the other functions look at what came of a change.
"""

from __future__ import annotations

import copy
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _ids, _task, _task_step, _task_trigger
from ansible_collections.acr.tasks.plugins.module_utils._diff import changed_fields
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

Json = dict[str, t.Any]

# What listDetails shows and a PUT must not send.
_READ_ONLY = ("id", "name", "type", "systemData")
_READ_ONLY_PROPERTIES = ("provisioningState", "creationDate")


def replace(details: Json, after: Json, params: t.Mapping[str, t.Any]) -> Json:
    """The body of a PUT over an existing task: everything of `create`, and whatever else the task holds.

    details: the task by listDetails. Raises InvalidOption if a secret in it is not shown, because it would be lost.
    """
    body = _task.create(after, params)
    kept = {
        key: copy.deepcopy(value)
        for key, value in details.items()
        if key not in (*_READ_ONLY, "location", "tags", "identity")
    }
    properties = kept.pop("properties", {})
    ours = {
        "step",
        "trigger",
        "credentials",
        "platform",
        "agentConfiguration",
        *(field.path[0] for field in _task.FIELDS),
    }
    for name, value in properties.items():
        if name not in ours and name not in _READ_ONLY_PROPERTIES and value is not None:
            body["properties"][name] = value
    custom = (properties.get("credentials") or {}).get("customRegistries") or {}
    hidden = sorted(server for server, entry in custom.items() if not is_complete(entry))
    if hidden:
        raise InvalidOption(
            f"The task must be replaced for this change, but Azure does not show the whole credential for "
            f"{', '.join(hidden)}, so it would be lost.",
            hint="Remove these credentials with acr.tasks.acr_task_credential, replace the task, and add them again.",
        )
    if custom:
        body["properties"].setdefault("credentials", {})["customRegistries"] = custom
    if after["context"] and after[_task_step.TOKEN] is None and params.get(_task_step.TOKEN) is None:
        raise InvalidOption(
            "The task must be replaced for this change, and Azure shows no token for its context. "
            "Give context_access_token, or '' if the context needs none."
        )
    return {**kept, **body}


def is_complete(entry: t.Any) -> bool:
    """Whether listDetails shows all of a custom credential: nothing in it is missing or masked."""
    if not isinstance(entry, dict):
        return False
    halves = [entry.get("userName"), entry.get("password")]
    given = [half for half in halves if half]
    if not given:
        return bool(entry.get("identity"))
    return all(isinstance(half, dict) and _task_step.is_shown(half.get("value")) for half in halves)


def without_effect(before: Json, after: Json, now: Json) -> list[str]:
    """Names of what Azure left as it was although it accepted the change. Hidden values prove nothing."""
    ignored = {*changed_fields(now, after)} & {*changed_fields(before, after)} - {*changed_fields(now, before)}
    secrets = (*_task_step.SECRET_OPTIONS, *_task_trigger.SECRET_NAMES)
    return sorted(name for name in ignored if not any(part in secrets for part in name.split(".")))


def removes_secrets(before: Json, after: Json) -> bool:
    """Whether secret entries are to go: ordinary reads do not show whether they went."""
    return any(
        {*before.get(each.secret_option, ())} - {*after.get(each.secret_option, ())} for each in _task_step.LISTS
    )


def kept_secrets(after: Json, now: Json) -> list[str]:
    """Secret entries that are still there though they should not be."""
    return [
        f"{each.secret_option}.{name}"
        for each in _task_step.LISTS
        for name in now.get(each.secret_option, ())
        if name not in after.get(each.secret_option, ())
    ]


def changed_by_others(seen: Json, now: Json) -> list[str]:
    """What differs between two looks, apart from secrets, which the first may not have shown."""
    secrets = (*_task_step.SECRET_OPTIONS, *_task_trigger.SECRET_NAMES, *_task_trigger.SIGN_IN_NAMES)
    return [name for name in changed_fields(seen, now) if not any(part in secrets for part in name.split("."))]


def lost(before: Json, now: Json, after: Json) -> list[str]:
    """What a replacement must have kept and did not: the system identity, custom credentials, triggers."""
    names = []
    old, new = before.get("identity") or {}, now.get("identity") or {}
    principal = old.get("principalId")
    if principal and "SystemAssigned" in after["identity"]["type"] and not _ids.same(principal, new.get("principalId")):
        names.append("its system-assigned identity (give the new one its rights)")
    keys = [
        ((each.get("properties") or {}).get("credentials") or {}).get("customRegistries") or {}
        for each in (before, now)
    ]
    missing = sorted({key.lower() for key in keys[0]} - {key.lower() for key in keys[1]})
    names += [f"its credential for {server}" for server in missing]
    form = _task.comparable(_task.TaskBody(now, True), {})
    for option in ("timer_triggers", "source_triggers"):
        names += [f"{option}.{name}" for name in after[option] if name not in form[option]]
    return names


def without_credentials(arm: Json, keys: t.Sequence[str]) -> Json:
    """A copy of a task without the credentials under these keys."""
    rest = copy.deepcopy(arm)
    custom = ((rest.get("properties") or {}).get("credentials") or {}).get("customRegistries") or {}
    for key in keys:
        custom.pop(key, None)
    return rest
