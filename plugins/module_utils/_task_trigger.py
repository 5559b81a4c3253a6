# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts a task: timers, source code, base images. Pure. Private to this collection.

Triggers have names. A PATCH merges by name and cannot remove one; that takes a PUT. What a webhook signs in with (the
token of a source trigger) and the endpoint of a base image trigger are hidden in ordinary reads.
"""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._diff import UNKNOWN, Hidden
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption
from ansible_collections.acr.tasks.plugins.module_utils._task_step import is_shown

Json = dict[str, t.Any]

OPTIONS = ("timer_triggers", "source_triggers", "base_image_trigger")
DEFAULT_BASE_IMAGE_NAME = "defaultBaseimageTriggerName"

# suboption -> property. Those of the repository and of its sign-in are one and two levels further down.
_TIMER = {"schedule": "schedule", "status": "status"}
_SOURCE = {"status": "status", "events": "sourceTriggerEvents"}
_REPOSITORY = {"type": "sourceControlType", "repository_url": "repositoryUrl", "branch": "branch"}
_SIGN_IN = {"token_type": "tokenType", "scope": "scope", "expires_in": "expiresIn"}
_SIGN_IN_SECRETS = {"token": "token", "refresh_token": "refreshToken"}
_BASE_IMAGE = {
    "name": "name",
    "type": "baseImageTriggerType",
    "status": "status",
    "update_trigger_payload_type": "updateTriggerPayloadType",
}
_ENDPOINT, _ENDPOINT_WIRE = "update_trigger_endpoint", "updateTriggerEndpoint"
SECRET_NAMES = (*_SIGN_IN_SECRETS, _ENDPOINT)  # suboptions
SIGN_IN_NAMES = tuple(_SIGN_IN)  # hidden along with them
_WORDS = {  # Azure's spelling of words that it may give back in another casing
    word.lower(): word
    for word in (
        "Enabled",
        "Disabled",
        "Runtime",
        "All",
        "Default",
        "Token",
        "Github",
        "VisualStudioTeamService",
        "PAT",
        "OAuth",
    )
}


def wants_secrets(params: t.Mapping[str, t.Any]) -> bool:
    """Whether the options name something that only listDetails shows."""
    secrets = (*_SIGN_IN_SECRETS, *_SIGN_IN)
    if any(item.get(name) is not None for item in params.get("source_triggers") or [] for name in secrets):
        return True
    return (params.get("base_image_trigger") or {}).get(_ENDPOINT) is not None


def check(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidOption for what can be seen without knowing the task."""
    for option in ("timer_triggers", "source_triggers"):
        names = [item["name"] for item in params.get(option) or []]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidOption(f"{option} has the name {', '.join(twice)} more than once.")
    for item in params.get("timer_triggers") or []:
        from ansible_collections.acr.tasks.plugins.module_utils import _cron

        problem = _cron.problem(item["schedule"]) if item.get("schedule") is not None else None
        if problem:
            raise InvalidOption(
                f"timer_triggers: the schedule {item['schedule']!r} of {item['name']} is no cron expression: {problem}."
            )
    for item in params.get("source_triggers") or []:
        if item.get("events") is not None and not item["events"]:
            raise InvalidOption(
                f"source_triggers: {item['name']} needs at least one of the events commit and pullrequest."
            )


def comparable(trigger: Json | None, detailed: bool, params: t.Mapping[str, t.Any]) -> Json:
    """The comparable form of a task's `trigger`. detailed, params: see _task_step.comparable."""
    trigger = trigger or {}
    asked = {item["name"]: item for item in params.get("source_triggers") or []}
    base = trigger.get("baseImageTrigger")
    return {
        "timer_triggers": {item["name"]: _plain(item, _TIMER) for item in trigger.get("timerTriggers") or []},
        "source_triggers": {
            item["name"]: _source_form(item, detailed, asked.get(item["name"]) or {})
            for item in trigger.get("sourceTriggers") or []
        },
        "base_image_trigger": None if not base else _base_form(base, detailed, params.get("base_image_trigger") or {}),
    }


def wanted(params: t.Mapping[str, t.Any], before: Json) -> Json:
    """The comparable form that the options ask for. Within a trigger of a known name, what is left out stays."""
    always = params.get("update_secret") == "always"
    timers, sources, base = before["timer_triggers"], before["source_triggers"], before["base_image_trigger"]
    if params.get("timer_triggers") is not None:
        timers = {item["name"]: _timer_wanted(item, timers.get(item["name"])) for item in params["timer_triggers"]}
    if params.get("source_triggers") is not None:
        sources = {
            item["name"]: _source_wanted(item, sources.get(item["name"]), always) for item in params["source_triggers"]
        }
    if params.get("base_image_trigger") is not None:
        base = _base_wanted(params["base_image_trigger"], base, always)
    return {"timer_triggers": timers, "source_triggers": sources, "base_image_trigger": base}


def needs_put(before: Json, after: Json) -> list[str]:
    """Options whose change a PATCH cannot make: removals, and an endpoint that is cleared."""
    names = [name for name in ("timer_triggers", "source_triggers") if {*before[name]} - {*after[name]}]
    was, will = before["base_image_trigger"], after["base_image_trigger"]
    if was and (not will or (will[_ENDPOINT] is None and was[_ENDPOINT] is not None)):
        names.append("base_image_trigger")
    return names


def patch(before: Json, after: Json, params: t.Mapping[str, t.Any]) -> Json:
    """The `trigger` of a PATCH; {} if nothing differs. Only triggers that differ are in it."""
    body: Json = {}
    timers = [
        _timer_wire(name, form)
        for name, form in after["timer_triggers"].items()
        if before["timer_triggers"].get(name) != form
    ]
    sources = [
        _source_wire(name, form, params)
        for name, form in after["source_triggers"].items()
        if before["source_triggers"].get(name) != form
    ]
    if timers:
        body["timerTriggers"] = timers
    if sources:
        body["sourceTriggers"] = sources
    was, will = before["base_image_trigger"], after["base_image_trigger"]
    if will and will != was:
        changed = {key: value for key, value in will.items() if (was or {}).get(key) != value}
        body["baseImageTrigger"] = {"name": will["name"], **_base_wire(changed, params)}
    return body


def put(after: Json, params: t.Mapping[str, t.Any]) -> Json:
    """The whole `trigger` for a PUT; {} without triggers."""
    body: Json = {}
    if after["timer_triggers"]:
        body["timerTriggers"] = [_timer_wire(name, form) for name, form in after["timer_triggers"].items()]
    if after["source_triggers"]:
        body["sourceTriggers"] = [_source_wire(name, form, params) for name, form in after["source_triggers"].items()]
    if after["base_image_trigger"]:
        body["baseImageTrigger"] = _base_wire(after["base_image_trigger"], params)
    return body


def to_result(form: Json) -> Json:
    """The three options, in their shape, without secrets."""
    base = form["base_image_trigger"]
    hidden = (*_SIGN_IN_SECRETS, _ENDPOINT)
    return {
        "timer_triggers": [{"name": name, **item} for name, item in form["timer_triggers"].items()],
        "source_triggers": [
            {"name": name, **{key: value for key, value in item.items() if key not in hidden}}
            for name, item in form["source_triggers"].items()
        ],
        "base_image_trigger": None if base is None else {key: value for key, value in base.items() if key != _ENDPOINT},
    }


def _plain(item: Json, names: t.Mapping[str, str]) -> Json:
    form = {option: item.get(wire) for option, wire in names.items()}
    form = {key: _WORDS.get(value.lower(), value) if isinstance(value, str) else value for key, value in form.items()}
    if "status" in form:
        form["status"] = form["status"] or "Enabled"
    return form


def _hidden(value: t.Any, detailed: bool, asked: t.Any) -> t.Any:
    if is_shown(value):
        return Hidden(value)
    return UNKNOWN if not detailed and asked else None


def _source_form(item: Json, detailed: bool, asked: Json) -> Json:
    repository = item.get("sourceRepository") or {}
    sign_in = repository.get("sourceControlAuthProperties") or {}
    form = {**_plain(item, _SOURCE), **_plain(repository, _REPOSITORY), **_plain(sign_in, _SIGN_IN)}
    form["events"] = sorted(str(event).lower() for event in form["events"] or [])
    for option, wire in _SIGN_IN_SECRETS.items():
        form[option] = _hidden(sign_in.get(wire), detailed, asked.get(option))
    if not detailed:  # the whole sign-in is left out of ordinary reads
        form.update({key: asked[key] for key in _SIGN_IN if form[key] is None and asked.get(key) is not None})
    return form


def _base_form(base: Json, detailed: bool, asked: Json) -> Json:
    form = _plain(base, _BASE_IMAGE)
    form["update_trigger_payload_type"] = form["update_trigger_payload_type"] or "Default"
    form[_ENDPOINT] = _hidden(base.get(_ENDPOINT_WIRE), detailed, asked.get(_ENDPOINT))
    return form


def _timer_wanted(item: Json, before: Json | None) -> Json:
    form = {**(before or {"schedule": None, "status": "Enabled"}), **_given(item, _TIMER)}
    if form["schedule"] is None:
        raise InvalidOption(f"timer_triggers: {item['name']} is new, so it needs a schedule.")
    return form


def _source_wanted(item: Json, before: Json | None, always: bool) -> Json:
    empty = dict.fromkeys((*_SOURCE, *_REPOSITORY, *_SIGN_IN, *_SIGN_IN_SECRETS))
    form = {**empty, "status": "Enabled", **(before or {})}
    form.update(_given(item, {**_SOURCE, **_REPOSITORY, **_SIGN_IN}))
    form["events"] = sorted(form["events"] or [])
    for option in _SIGN_IN_SECRETS:
        form[option] = _secret_wanted(item.get(option), form[option], always)
    if form["token"] is not None and form["token_type"] is None:
        form["token_type"] = "PAT"
    missing = [name for name in ("type", "repository_url", "events") if not form[name]]
    if missing:
        raise InvalidOption(f"source_triggers: {item['name']} is new, so it needs {', '.join(missing)}.")
    return form


def _base_wanted(option: Json, before: Json | None, always: bool) -> Json | None:
    given = {key: value for key, value in option.items() if value is not None}
    if not given:
        return None  # {} removes it
    new = {
        "name": DEFAULT_BASE_IMAGE_NAME,
        "type": "Runtime",
        "status": "Enabled",
        "update_trigger_payload_type": "Default",
    }
    form = {**new, _ENDPOINT: None, **(before or {}), **_given(option, _BASE_IMAGE)}
    form[_ENDPOINT] = _secret_wanted(option.get(_ENDPOINT), form[_ENDPOINT], always)
    return form


def _given(item: Json, names: t.Mapping[str, str]) -> Json:
    return {key: item[key] for key in names if item.get(key) is not None}


def _secret_wanted(given: str | None, before: t.Any, always: bool) -> t.Any:
    if given is None:
        return before
    if given == "":
        return None
    return before if before == UNKNOWN and not always else Hidden(given)


def _timer_wire(name: str, form: Json) -> Json:
    return {"name": name, **{wire: form[option] for option, wire in _TIMER.items()}}


def _source_wire(name: str, form: Json, params: t.Mapping[str, t.Any]) -> Json:
    """Sent whole: Azure makes the webhook anew, and needs the token for it."""
    asked: Json = next((item for item in params.get("source_triggers") or [] if item["name"] == name), {})
    sign_in = {wire: form[option] for option, wire in _SIGN_IN.items() if form[option] is not None}
    for option, wire in _SIGN_IN_SECRETS.items():
        value = form[option].reveal() if isinstance(form[option], Hidden) else asked.get(option)
        if value:
            sign_in[wire] = value
    if "token" not in sign_in:
        raise InvalidOption(
            f"source_triggers: {name} must be sent to Azure, which needs its token and does not show it. Give token."
        )
    sign_in.setdefault("tokenType", "PAT")
    repository = {wire: form[option] for option, wire in _REPOSITORY.items() if form[option] is not None}
    return {
        "name": name,
        "status": form["status"],
        "sourceTriggerEvents": form["events"],
        "sourceRepository": {**repository, "sourceControlAuthProperties": sign_in},
    }


def _base_wire(form: Json, params: t.Mapping[str, t.Any]) -> Json:
    body = {wire: form[option] for option, wire in _BASE_IMAGE.items() if form.get(option) is not None}
    endpoint = form.get(_ENDPOINT)
    if endpoint is not None:
        asked = (params.get("base_image_trigger") or {}).get(_ENDPOINT)
        value = endpoint.reveal() if isinstance(endpoint, Hidden) else asked
        if not value:
            raise InvalidOption(
                "base_image_trigger.update_trigger_endpoint is not shown by Azure. Give its value as well."
            )
        body[_ENDPOINT_WIRE] = value
    return body
