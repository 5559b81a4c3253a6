# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task as a whole: options to comparable form to request bodies to result. Pure. Private to this collection.

FIELDS has one row for each plain property; step, triggers and identity have files of their own. A new property is one
more row there or here, and its option in the module.
"""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _ids, _task_identity, _task_step, _task_trigger
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

Json = dict[str, t.Any]


class TaskBody(t.NamedTuple):
    """What was read, or is predicted.

    detailed: read by listDetails, so with whatever Azure shows of secrets. form: in a prediction, what shall be.
    """

    arm: Json
    detailed: bool = False
    form: Json | None = None


class Field(t.NamedTuple):
    """A plain property. path: below `properties`. default: what its absence means."""

    option: str
    path: tuple[str, ...]
    default: t.Any = None
    only_put_clears: bool = False


FIELDS = (
    Field("status", ("status",), "Enabled"),
    Field("timeout", ("timeout",), 3600),
    Field("cpu", ("agentConfiguration", "cpu")),
    Field("agent_pool", ("agentPoolName",), only_put_clears=True),
    Field("log_template", ("logTemplate",), only_put_clears=True),
)
_DEFAULT_CPU = 2
_DEFAULT_PLATFORM = "linux/amd64"


def check(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidOption for what is wrong whatever the task is like now."""
    kind = _task_step.type_wanted(params)
    _task_trigger.check(params)
    if params.get("platform") is not None:
        _read_platform(params["platform"])
    timeout = params.get("timeout")
    if timeout is not None and not 300 <= timeout <= 28800:
        raise InvalidOption(f"timeout must be 300 to 28800 seconds, not {timeout}.")
    if params.get("cpu") is not None and params.get("agent_pool"):
        raise InvalidOption("cpu and agent_pool exclude each other: the pool decides about its machines.")
    if params.get("identity"):
        _task_identity.check_option(params["identity"])
    source = (params.get("source_registry") or {}).get("identity")
    if source:
        _task_identity.check_form("source_registry.identity", source)
    context = params.get("context") or ""
    if context and not context.lower().startswith(("https://", "oci://")):
        raise InvalidOption(
            f"context must be an https URL (or oci://), not {context!r}. Leave it out if the task needs no source."
        )
    if kind == _task_step.DOCKER and params.get("images") == [] and params.get("push"):
        raise InvalidOption("push is true, but images is empty: there is nothing to push.")


def wants_secrets(params: t.Mapping[str, t.Any]) -> bool:
    """Whether the options can only be compared with what listDetails shows."""
    return any(params.get(name) is not None for name in _task_step.SECRET_OPTIONS) or _task_trigger.wants_secrets(
        params
    )


def comparable(body: TaskBody, params: t.Mapping[str, t.Any]) -> Json:
    """The comparable form of a task. One flat dict; its keys are the options' names."""
    arm = body.arm
    properties = arm.get("properties") or {}
    form: Json = {
        "location": _location(arm.get("location")),
        "tags": dict(arm.get("tags") or {}),
        "identity": _task_identity.comparable(arm.get("identity")),
        "platform": _platform_form(properties.get("platform")),
        "source_registry": _source_form(((properties.get("credentials") or {}).get("sourceRegistry")) or {}),
    }
    for field in FIELDS:
        value = _at(properties, field.path)
        form[field.option] = field.default if value in (None, "") else value
    form["status"] = str(form["status"]).capitalize()
    if form["cpu"] is None and not form["agent_pool"]:
        form["cpu"] = _DEFAULT_CPU
    form.update(_task_step.comparable(properties.get("step"), body.detailed, params))
    form.update(_task_trigger.comparable(properties.get("trigger"), body.detailed, params))
    return form


def wanted(params: t.Mapping[str, t.Any], before: Json | None, task: _ids.ArmId, location: str | None) -> Json:
    """The comparable form that the options ask for.

    before: that of the task that is there, or None. location: the registry's, needed only for a new task.
    """
    old = before or _empty(location)
    given_location = _location(params.get("location"))
    if before is not None and given_location not in (None, before["location"]):
        raise InvalidOption(
            f"location is {params['location']}, but the task {task} is in {before['location']}. A task cannot be moved."
        )
    form: Json = {
        "location": given_location or old["location"],
        "tags": _tags(params, old["tags"]),
        "identity": _task_identity.wanted(params.get("identity"), old["identity"], task.parent),
        "platform": old["platform"] if params.get("platform") is None else _read_platform(params["platform"]),
        "source_registry": _source_wanted(params.get("source_registry"), old["source_registry"]),
    }
    for field in FIELDS:
        given = params.get(field.option)
        form[field.option] = old[field.option] if given is None else (field.default if given == "" else given)
    if form["agent_pool"] and params.get("cpu") is None:
        form["cpu"] = None
    elif form["cpu"] is None:
        form["cpu"] = _DEFAULT_CPU
    form.update(_task_step.wanted(params, before))
    form.update(_task_trigger.wanted(params, old))
    _check_context(form, task)
    return form


def needs_put(before: Json, after: Json) -> list[str]:
    """Options whose change a PATCH cannot make; each is in the table of the design with `cleared by PUT`."""
    names = [
        field.option
        for field in FIELDS
        if field.only_put_clears and after[field.option] is None and before[field.option]
    ]
    if before["platform"].count("/") > after["platform"].count("/"):
        names.append("platform")  # a variant is to go
    return names + _task_step.needs_put(before, after) + _task_trigger.needs_put(before, after)


def changed_secret_lists(before: Json, after: Json) -> list[str]:
    """The options of secrets that stand in lists that differ, and so are sent whole."""
    return [
        each.secret_option
        for each in _task_step.LISTS
        if any(before.get(name) != after.get(name) for name in (each.option, each.secret_option))
    ]


def needs_details(before: Json, after: Json) -> bool:
    """Whether the change sends lists that may hold secrets, so that these must be known."""
    return bool(changed_secret_lists(before, after))


def with_secret_names(form: Json, after: Json) -> Json:
    """A form from an ordinary read, which may leave out secret entries, with those that were just written."""
    names = (each.secret_option for each in _task_step.LISTS)
    return {**form, **{name: after[name] for name in names if name in form and after.get(name)}}


def patch(before: Json, after: Json, params: t.Mapping[str, t.Any]) -> Json:
    """The body of a PATCH that turns one form into the other."""
    body: Json = {}
    properties: Json = {}
    if before["tags"] != after["tags"]:
        body["tags"] = after["tags"]
    if before["identity"] != after["identity"]:
        body["identity"] = _task_identity.patch(before["identity"], after["identity"])
    for field in FIELDS:
        if before[field.option] != after[field.option] and after[field.option] is not None:
            _set(properties, field.path, after[field.option])
    if before["platform"] != after["platform"]:
        properties["platform"] = _platform_wire(after["platform"])
    if before["source_registry"] != after["source_registry"]:
        # Always both: a part that is left out may be cleared or kept, nobody knows which.
        properties["credentials"] = {"sourceRegistry": _source_wire(after["source_registry"])}
    step = _task_step.patch(before, after, params)
    trigger = _task_trigger.patch(before, after, params)
    properties.update({name: value for name, value in (("step", step), ("trigger", trigger)) if value})
    if properties:
        body["properties"] = properties
    return body


def create(after: Json, params: t.Mapping[str, t.Any]) -> Json:
    """The body of a PUT for a new task. Custom credentials are not this module's business."""
    properties: Json = {"status": after["status"], "platform": _platform_wire(after["platform"])}
    for field in FIELDS:
        if after[field.option] is not None:
            _set(properties, field.path, after[field.option])
    properties["step"] = _task_step.put(after, params)
    trigger = _task_trigger.put(after, params)
    if trigger:
        properties["trigger"] = trigger
    if after["source_registry"] != _source_form({}):
        wire = {name: value for name, value in _source_wire(after["source_registry"]).items() if value is not None}
        properties["credentials"] = {"sourceRegistry": wire}
    body: Json = {"location": after["location"], "properties": properties}
    identity = _task_identity.put(after["identity"])
    if identity:
        body["identity"] = identity
    if after["tags"]:
        body["tags"] = after["tags"]
    return body


def to_result(body: TaskBody, task: _ids.ArmId) -> Json:
    """The result: the options' shape, ids, and what Azure adds; nothing secret. The same keys always."""
    arm = body.arm
    properties = arm.get("properties") or {}
    form = body.form or comparable(body, {})
    return {
        "id": arm.get("id") or str(task),
        "name": task.name,
        "resource_group": task.group,
        "registry_name": task.parent.name,
        **{name: form[name] for name in (*(field.option for field in FIELDS), "platform", "source_registry", "tags")},
        "location": arm.get("location") or form["location"],
        **_task_identity.to_result(form["identity"], arm.get("identity")),
        **_task_step.to_result(form, properties.get("step")),
        **_task_trigger.to_result(form),
        "login_servers": sorted((properties.get("credentials") or {}).get("customRegistries") or {}),
        "provisioning_state": properties.get("provisioningState"),
        "creation_date": properties.get("creationDate"),
    }


def _empty(location: str | None) -> Json:
    """The comparable form of a new task before any option."""
    fields = {field.option: field.default for field in FIELDS}
    return {
        "location": _location(location),
        "tags": {},
        "identity": _task_identity.comparable(None),
        "platform": _DEFAULT_PLATFORM,
        "source_registry": _source_form({}),
        **fields,
        **_task_trigger.comparable(None, True, {}),
    }


def _check_context(form: Json, task: _ids.ArmId) -> None:
    if (
        form["step_type"] in (_task_step.FILE, _task_step.DOCKER)
        and not form["context"]
        and len(form["source_triggers"]) != 1
    ):
        raise InvalidOption(
            f"The step of the task {task.name} is in a source context: give context, or exactly one of source_triggers."
        )


def _tags(params: t.Mapping[str, t.Any], before: Json) -> Json:
    given = params.get("tags")
    if given is None:
        return before
    given = {str(name): _task_step.as_text(f"tags.{name}", value) for name, value in given.items()}
    return {**before, **given} if params.get("append_tags", True) else given


def _location(text: str | None) -> str | None:
    return text.replace(" ", "").lower() if text else None


def _read_platform(text: str) -> str:
    parts = text.strip().lower().split("/")
    if not 1 <= len(parts) <= 3 or not all(parts) or parts[0] not in ("linux", "windows"):
        raise InvalidOption(f"platform must be os/architecture/variant with the os linux or windows, not {text!r}.")
    return "/".join([*parts, "amd64"] if len(parts) == 1 else parts)


def _platform_form(platform: Json | None) -> str:
    platform = platform or {}
    parts = [platform.get("os") or "linux", platform.get("architecture") or "amd64", platform.get("variant")]
    return "/".join(part.lower() for part in parts if part)


def _platform_wire(text: str) -> Json:
    return dict(zip(("os", "architecture", "variant"), text.split("/"), strict=False))


def _source_form(source: Json) -> Json:
    identity = source.get("identity")
    return {"login_mode": source.get("loginMode"), "identity": identity.lower() if identity else None}


def _source_wanted(option: Json | None, before: Json) -> Json:
    """`source_registry`; {} clears the identity. The identity was resolved before (see _task_resource.py)."""
    if option is None:
        return before
    given = {name: value for name, value in option.items() if value is not None}
    if not given:
        return {**before, "identity": None}
    identity = given.get("identity", before["identity"])
    return {"login_mode": given.get("login_mode", before["login_mode"]), "identity": identity or None}


def _source_wire(form: Json) -> Json:
    wire = {"loginMode": form["login_mode"], "identity": form["identity"]}
    return {name: value for name, value in wire.items() if name == "identity" or value is not None}


def _at(properties: Json, path: tuple[str, ...]) -> t.Any:
    value: t.Any = properties
    for name in path:
        value = (value or {}).get(name)
    return value


def _set(properties: Json, path: tuple[str, ...], value: t.Any) -> None:
    for name in path[:-1]:
        properties = properties.setdefault(name, {})
    properties[path[-1]] = value
