# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Checks request bodies against the committed schemas, which are generated from the SDKs' models.

The real service refuses some unknown properties and silently ignores others. Here all are refused: a misspelt
property must not look as if it worked.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import jsonschema

from azure_emulator.exchange import Call
from azure_emulator.problems import Problem
from azure_emulator.recorder import Recorder


def check(call: Call, schema: str, recorder: Recorder) -> None:
    """Raises Problem 400 naming the JSON path, and counts a violation, if the body does not fit ``schema``."""
    validator = _validator(schema, call.api_version)
    error = jsonschema.exceptions.best_match(validator.iter_errors(call.json))
    if error is None:
        return
    path = json_path(error)
    message = f"The request content was invalid and could not be deserialized: '{_words(error)}. Path '{path}'.'"
    recorder.violation(
        {
            "time": call.world.clock.now().isoformat(timespec="milliseconds"),
            "method": call.method,
            "path": call.path,
            "schema": schema,
            "json_path": path,
            "message": message,
        }
    )
    raise Problem(400, "InvalidRequestContent", message)


def json_path(error: Any) -> str:
    """``properties.step.values[0].isSecret``: where in the body the error (a jsonschema ValidationError) is."""
    steps: list[Any] = list(error.absolute_path)
    if error.validator == "additionalProperties":
        steps.append(_unknown(error)[0])
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.lstrip(".")


def _words(error: Any) -> str:
    """Never shows a value: it may be a secret."""
    if error.validator == "additionalProperties":
        return f"Could not find member '{_unknown(error)[0]}' on object of type '{_title(error)}'"
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"Required property '{missing[0]}' not found in JSON"
    if error.validator == "type":
        wanted = error.validator_value
        wanted = wanted if isinstance(wanted, str) else " or ".join(kind for kind in wanted if kind != "null")
        return f"Error converting value of type '{type(error.instance).__name__}': '{wanted}' is expected"
    if error.validator == "enum":
        return f"The value is none of {', '.join(str(value) for value in error.validator_value)}"
    return f"The value does not fit '{error.validator}'"


def _title(error: Any) -> str:
    return error.schema.get("title", "object") if isinstance(error.schema, dict) else "object"


def _unknown(error: Any) -> list[str]:
    return [name for name in error.instance if name not in error.schema.get("properties", {})]


@cache
def _validator(schema: str, version: str) -> jsonschema.protocols.Validator:
    folder = resources.files("azure_emulator") / "schemas" / schema
    versions = sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    # The newest that is not newer than the request; a request older than all of them gets the oldest.
    chosen = [known for known in versions if known <= version] or versions[:1]
    document = json.loads((folder / f"{chosen[-1]}.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(document)
