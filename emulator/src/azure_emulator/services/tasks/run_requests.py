# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""From the body of scheduleRun to what the agent has to do (acr-wire 8.1)."""

from __future__ import annotations

import base64
import binascii
import copy

from azure_emulator.agent import contexts
from azure_emulator.agent.contexts import NO_CONTEXT, Context
from azure_emulator.agent.run import Work
from azure_emulator.arm_ids import ArmId
from azure_emulator.clouds import cloud_of
from azure_emulator.exchange import Call
from azure_emulator.problems import Problem
from azure_emulator.services.blob.models import BlobStore
from azure_emulator.services.tasks.credentials_merge import without_nulls
from azure_emulator.services.tasks.models import TASK_TYPE
from azure_emulator.services.tasks.run_book import upload_place
from azure_emulator.switches import Switches

_QUICK_STEPS = {
    "DockerBuildRequest": (
        "Docker",
        ("dockerFilePath", "imageNames", "isPushEnabled", "noCache", "target", "arguments"),
    ),
    "EncodedTaskRunRequest": ("EncodedTask", ("encodedTaskContent", "encodedValuesContent", "values")),
    "FileTaskRunRequest": ("FileTask", ("taskFilePath", "valuesFilePath", "values")),
}


def work_of(call: Call, registry: dict) -> Work:
    """Raises Problem for a body that cannot be run, or that this emulator does not run (by name)."""
    given = without_nulls(call.json)
    kind = given.get("type")
    for name in ("agentPoolName", "logTemplate"):
        if given.get(name):
            raise not_emulated(f"Runs with {name}")
    if kind == "TaskRunRequest":
        return _of_task(call, registry, given)
    if kind in _QUICK_STEPS:
        return _of_quick_run(call, registry, given, kind)
    raise Problem(
        400,
        "InvalidRequestBody",
        "The request body is required and must be valid. Check the parameter 'runRequest' and the discriminator of "
        "its polymorphic types.",
        target="request",
    )


def not_emulated(what: str) -> Problem:
    return Problem(501, "NotEmulated", f"{what} are not part of this emulator.", target="request")


def decoded_token(text: str) -> str:
    """updateTriggerToken comes in base64 and is shown in clear."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Problem(400, "InvalidInputValue", "The updateTriggerToken is not valid base64.") from error


def _of_task(call: Call, registry: dict, given: dict) -> Work:
    switches = call.world.part(Switches)
    task_id = given.get("taskId") or ""
    task = call.world.resources.get(task_id)
    if task is None or task["type"] != TASK_TYPE or not task["id"].lower().startswith(registry["id"].lower() + "/"):
        name = (ArmId.parse(task_id).names or (task_id,))[-1]
        raise Problem(
            switches["missing_task_code"],
            "TaskNotFound",
            f"The task '{name}' was not found in the registry '{registry['name']}'.",
            target="request",
        )
    properties = task["properties"]
    if properties["status"].lower() == "disabled" and not switches["disabled_runs"]:
        raise Problem(400, "TaskDisabled", f"The task '{task['name']}' is disabled.", target="request")
    if properties.get("agentPoolName"):
        raise not_emulated("Runs in agent pools")
    if properties.get("logTemplate"):
        raise not_emulated("Runs with logTemplate")
    step = _overridden(properties["step"], given.get("overrideTaskStepProperties") or {})
    triggers = (properties.get("trigger") or {}).get("sourceTriggers") or []
    if not step.get("contextPath") and len(triggers) == 1:
        repository = triggers[0]["sourceRepository"]
        step["contextPath"] = f"{repository['repositoryUrl']}#{repository.get('branch') or ''}".rstrip("#")
    source = _source(call, registry, step)
    _check_step(step, properties["platform"], source)
    return Work(
        registry_id=registry["id"],
        login_server=registry["properties"]["loginServer"],
        step=step,
        credentials=copy.deepcopy(properties.get("credentials") or {}),
        identity=copy.deepcopy(task.get("identity") or {}),
        platform=dict(properties["platform"]),
        timeout=properties["timeout"],
        source=source,
        task_name=task["name"],
    )


def _of_quick_run(call: Call, registry: dict, given: dict, kind: str) -> Work:
    step_type, fields = _QUICK_STEPS[kind]
    platform = {"architecture": "amd64", **(given.get("platform") or {})}
    if not platform.get("os"):
        raise Problem(400, "InvalidInputValue", "The platform's os is required.", target="request")
    step = {"type": step_type, **{name: given[name] for name in fields if name in given}}
    if given.get("sourceLocation"):
        step["contextPath"] = given["sourceLocation"]
    if step_type == "Docker":
        step.setdefault("isPushEnabled", True)
        step.setdefault("noCache", False)
    source = _source(call, registry, step)
    _check_step(step, platform, source)
    return Work(
        registry_id=registry["id"],
        login_server=registry["properties"]["loginServer"],
        step=step,
        credentials=given.get("credentials") or {},
        identity={},
        platform=platform,
        timeout=given.get("timeout") or 3600,
        source=source,
        caller=call.caller,
    )


def _overridden(step: dict, override: dict) -> dict:
    """``file`` stands for the Dockerfile or the task file; arguments and values are laid over by name."""
    result = copy.deepcopy(step)
    if override.get("contextPath"):
        result["contextPath"] = override["contextPath"]
    if override.get("target") and step["type"] == "Docker":
        result["target"] = override["target"]
    if override.get("file"):
        path = {"Docker": "dockerFilePath", "FileTask": "taskFilePath"}.get(step["type"])
        if path is None:
            raise Problem(
                400, "InvalidInputValue", "An encoded task has no file that could be overridden.", target="request"
            )
        result[path] = override["file"]
    for name in ("arguments", "values"):
        if override.get(name):
            given = {entry["name"]: entry for entry in override[name]}
            kept = [entry for entry in result.get(name) or [] if entry["name"] not in given]
            result[name] = [*kept, *copy.deepcopy(list(given.values()))]
    return result


def _source(call: Call, registry: dict, step: dict) -> Context:
    """The step's source context. Raises Problem 400 for an upload that is not there."""
    context = step.get("contextPath") or ""
    if not context or context.lower() == "/dev/null":
        return NO_CONTEXT
    if contexts.is_remote(context):
        return contexts.remote(call.world, context)
    host, path = upload_place(registry, context, cloud_of(call.host).blob_suffix)
    blob = call.world.part(BlobStore).get(host, path)
    source = contexts.uploaded(bytes(blob.data)) if blob else None
    if source is None:
        raise Problem(
            400,
            "InvalidSourceLocation",
            f"The provided source location '{context}' is invalid or does not exist. Use the API "
            "GetBuildSourceUploadUrl to upload the source.",
            target="request",
        )
    return source


def _check_step(step: dict, platform: dict, source: Context) -> None:
    """What the simulated back end cannot do is refused by name before a run begins."""
    if platform["os"].lower() != "linux":
        raise not_emulated(f"Runs on {platform['os']}")
    if step["type"] != "EncodedTask" and source is NO_CONTEXT:
        raise Problem(400, "InvalidSourceLocation", "The source location is required.", target="request")
    if step["type"] == "FileTask" and not source.complete and source.read(step["taskFilePath"]) is None:
        raise not_emulated(
            f"FileTask runs of {step['taskFilePath']} in a remote context (it is not fetched, and no seed tells it)"
        )
