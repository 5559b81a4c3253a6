# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What the service refuses when a task is written (acr-wire 2.5, 3, 6.1, 11). What it does not check is not checked."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from azure_emulator.problems import Problem
from azure_emulator.services.registry.identity_block import SYSTEM, kinds
from azure_emulator.services.tasks.cron import is_schedule
from azure_emulator.switches import Switches

STEP_FIELDS = {
    "Docker": "dockerFilePath",
    "FileTask": "taskFilePath",
    "EncodedTask": "encodedTaskContent",
}
_NAME = re.compile(r"^[a-zA-Z0-9\-_]{5,50}$")
_NO_CONTEXT = "/dev/null"
_STATUS = ("Enabled", "Disabled")
_WORDS = {
    "os": ("Linux", "Windows"),
    "architecture": ("amd64", "x86", "386", "arm", "arm64"),
    "variant": ("v6", "v7", "v8"),
    "baseImageTriggerType": ("All", "Runtime"),
    "updateTriggerPayloadType": ("Default", "Token"),
    "sourceControlType": ("Github", "VisualStudioTeamService"),
    "tokenType": ("PAT", "OAuth"),
    "loginMode": ("None", "Default"),
    "status": _STATUS,
}
_EVENTS = ("commit", "pullrequest")


def invalid_input(inner: str, parameters: str = "taskCreateParameters") -> Problem:
    return Problem(
        400,
        "InvalidInputValue",
        f"Some of the properties of '{parameters}' are invalid.. InnerErrors: {inner}",
        target="request",
    )


def check_name(name: str) -> None:
    if not _NAME.match(name):
        raise invalid_input(
            f"TaskName:The task name '{name}' is invalid. It must be 5 to 50 characters long and may contain "
            "alphanumeric characters, '-' and '_'."
        )


def check_location(location: str | None, registry: dict) -> None:
    """A task lives where its registry lives; elsewhere the service does not find the registry."""
    if not location:
        raise Problem(400, "LocationRequired", "The location property is required for this definition.")
    if location.replace(" ", "").lower() != registry["location"]:
        raise Problem(
            404,
            "RegistryNotFound",
            f"The registry '{registry['name']}' cannot be found in the location '{location}'.",
            target="request",
        )


def check_step_body(step: dict | None, parameters: str) -> None:
    """The discriminator must be there and known, else the body cannot be read at all."""
    if step is not None and step.get("type") not in STEP_FIELDS:
        raise Problem(
            400,
            "InvalidRequestBody",
            f"The request body is required and must be valid. Check the parameter '{parameters}' and the "
            "discriminator of its polymorphic types.",
            target="request",
        )


def check_task(name: str, properties: dict, identity: dict | None, switches: Switches, parameters: str) -> None:
    """The task as it would be stored, defaults filled in."""
    if properties["isSystemTask"]:
        raise Problem(501, "NotEmulated", "System tasks (isSystemTask) are not part of this emulator.")
    if properties.get("agentPoolName") and properties.get("agentConfiguration"):
        raise invalid_input("AgentProperties:agentPoolName and agentConfiguration exclude each other.", parameters)
    cpu = (properties.get("agentConfiguration") or {}).get("cpu", 2)
    if cpu != 2:
        raise invalid_input(
            "AgentProperties:Invalid value for CPU core count. The supported values are (2)", parameters
        )
    if not 300 <= properties["timeout"] <= 28800:
        raise invalid_input("Timeout:The timeout must be between 300 and 28800 seconds.", parameters)
    if not (properties.get("platform") or {}).get("os"):
        raise invalid_input("Platform:The operating system is required.", parameters)
    _check_words("Task", properties, ("status",), parameters)
    _check_words("Platform", properties["platform"], ("os", "architecture", "variant"), parameters)
    step = properties.get("step")
    if not step:
        raise invalid_input("Step:The step is required.", parameters)
    check_step_body(step, parameters)
    _check_step(step, parameters)
    trigger = properties.get("trigger") or {}
    _check_triggers(trigger, switches, parameters)
    _check_context(name, step, trigger)
    _check_credentials(properties.get("credentials") or {}, identity, switches, parameters)


def _check_words(where: str, body: dict, names: tuple[str, ...], parameters: str) -> None:
    """Enumerations match in any casing and are stored as they came."""
    for name in names:
        value = body.get(name)
        if value is not None and str(value).lower() not in (word.lower() for word in _WORDS[name]):
            allowed = ", ".join(_WORDS[name])
            raise invalid_input(f"{where}:Invalid value '{value}' of {name}. The values are ({allowed})", parameters)


def _check_step(step: dict, parameters: str) -> None:
    required = STEP_FIELDS[step["type"]]
    if not step.get(required):
        raise invalid_input(f"Step:Missing required property '{required[0].upper()}{required[1:]}'", parameters)
    for entry in [*(step.get("arguments") or []), *(step.get("values") or [])]:
        if not entry.get("name") or entry.get("value") is None:
            raise invalid_input("Step:An argument needs a name and a value.", parameters)


def _check_context(name: str, step: dict, trigger: dict) -> None:
    context = step.get("contextPath")
    if context and context.lower() != _NO_CONTEXT:
        address = urlsplit(context)
        if address.scheme not in ("https", "oci") or not address.netloc:
            raise Problem(
                400,
                "InvalidUri",
                f"Uri property '{context}' is invalid. Please check if it is well formed Https Url.",
                target="request",
            )
        return
    if step["type"] != "EncodedTask" and len(trigger.get("sourceTriggers") or []) != 1:
        raise Problem(
            400,
            "ContextUndefined",
            f"Cannot determine the build context for the step of the task '{name}'. Either the context should be a "
            "well formed absolute URI or there should be only one source trigger for the task.",
            target="request",
        )


def _check_triggers(trigger: dict, switches: Switches, parameters: str) -> None:
    base_image = trigger.get("baseImageTrigger") or {}
    timers, sources = trigger.get("timerTriggers") or [], trigger.get("sourceTriggers") or []
    for kind, entry in [
        *([("BaseImageTrigger", base_image)] if base_image else []),
        *(("TimerTrigger", timer) for timer in timers),
        *(("SourceTrigger", source) for source in sources),
    ]:
        if not entry.get("name"):
            raise invalid_input(f"{kind}:Missing required property 'Name'", parameters)
        _check_words(kind, entry, ("status", "baseImageTriggerType", "updateTriggerPayloadType"), parameters)
    for kind, entries in (("TimerTrigger", timers), ("SourceTrigger", sources)):
        names = [entry["name"].lower() for entry in entries]
        if len(set(names)) != len(names):
            raise invalid_input(f"{kind}:The trigger names must be unique.", parameters)
    if base_image and not base_image.get("baseImageTriggerType"):
        raise invalid_input("BaseImageTrigger:Missing required property 'BaseImageTriggerType'", parameters)
    for timer in timers:
        if not is_schedule(timer.get("schedule") or ""):
            problem = invalid_input(
                f"TimerTrigger:The schedule '{timer.get('schedule')}' of the trigger '{timer['name']}' is not a valid "
                "cron expression.",
                parameters,
            )
            raise Problem(400, switches["bad_cron_code"], problem.message, target="request")
    for source in sources:
        _check_source_trigger(source, parameters)


def _check_source_trigger(source: dict, parameters: str) -> None:
    if not source.get("sourceTriggerEvents"):
        raise invalid_input("SourceTrigger:Missing required property 'SourceTriggerEvents'", parameters)
    repository = source.get("sourceRepository") or {}
    for field in ("sourceControlType", "repositoryUrl"):
        if not repository.get(field):
            raise invalid_input(f"SourceTrigger:Missing required property '{field[0].upper()}{field[1:]}'", parameters)
    for event in source["sourceTriggerEvents"]:
        if event.lower() not in _EVENTS:
            raise invalid_input(f"SourceTrigger:Invalid value '{event}' of sourceTriggerEvents", parameters)
    sign_in = repository.get("sourceControlAuthProperties") or {}
    _check_words("SourceTrigger", repository, ("sourceControlType",), parameters)
    _check_words("SourceTrigger", sign_in, ("tokenType",), parameters)
    if not sign_in.get("token"):
        # The service signs in to the repository with it to make the webhook.
        raise invalid_input("SourceTrigger:Missing required property 'SourceControlAuthProperties'", parameters)


def _check_credentials(credentials: dict, identity: dict | None, switches: Switches, parameters: str) -> None:
    _check_words("Credentials", credentials.get("sourceRegistry") or {}, ("loginMode",), parameters)
    for host, entry in (credentials.get("customRegistries") or {}).items():
        for field in ("userName", "password"):
            kind = (entry.get(field) or {}).get("type")
            if kind not in (None, "Opaque", "Vaultsecret"):
                raise invalid_input(f"Credentials:The type '{kind}' of '{field}' is unknown.", parameters)
        wanted = entry.get("identity")
        if wanted and switches["validate_identity"] and not attached(wanted, identity):
            raise invalid_input(
                f"Credentials:The identity '{wanted}' of the custom registry '{host}' is not assigned to the task.",
                parameters,
            )


def attached(wanted: str, identity: dict | None) -> bool:
    """Does the task have the identity that a credential names: ``[system]`` or a client id?"""
    identity = identity or {}
    if wanted.lower() in ("[system]", "system"):
        return SYSTEM in kinds(identity.get("type"))
    clients = [entry["clientId"] for entry in (identity.get("userAssignedIdentities") or {}).values()]
    return wanted.lower() in (client.lower() for client in clients)
