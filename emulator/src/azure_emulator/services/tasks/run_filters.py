# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""``$filter`` of the list of runs: comparisons and contains(), joined by ``and`` (acr-wire 8.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from azure_emulator.agent.run import Run
from azure_emulator.problems import Problem

_COMPARISON = re.compile(r"^(\w+)\s+(eq|ne|gt|ge|lt|le)\s+(.+)$", re.IGNORECASE | re.DOTALL)
_CONTAINS = re.compile(r"^contains\(\s*(\w+)\s*,\s*(.+?)\s*\)$", re.IGNORECASE | re.DOTALL)
_AND = re.compile(r"\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)", re.IGNORECASE)  # not inside quotes

_FIELDS: dict[str, Callable[[Run], object]] = {
    "runid": lambda run: run.run_id,
    "runtype": lambda run: "QuickRun",
    "status": lambda run: run.status,
    "createtime": lambda run: run.created,
    "finishtime": lambda run: run.finished,
    "isarchiveenabled": lambda run: run.archive,
    "taskname": lambda run: run.work.task_name,
    "agentpoolname": lambda run: "",
    "outputimagemanifests": lambda run: ",".join(
        f"{image['repository']}@{image['digest']}" for image in run.output_images
    ),
}


def matches(run: Run, text: str) -> bool:
    """Raises Problem 400 for a filter that the service does not support."""
    return all(_term(run, term.strip()) for term in _AND.split(text.strip())) if text.strip() else True


def _term(run: Run, term: str) -> bool:
    if match := _CONTAINS.match(term):
        return _literal(match[2]).lower() in str(_value(run, match[1])).lower()
    if match := _COMPARISON.match(term):
        return _compare(_value(run, match[1]), match[2].lower(), match[3].strip())
    raise _unsupported(term)


def _compare(value: object, operator: str, text: str) -> bool:
    left: Any
    right: Any
    if isinstance(value, bool):
        left, right = value, text.lower() == "true"
    elif isinstance(value, datetime) or value is None:
        try:
            moment = datetime.fromisoformat(_literal(text).replace("Z", "+00:00"))
        except ValueError as error:
            raise _unsupported(text) from error
        if value is None:
            return operator == "ne"
        left, right = value.timestamp(), moment.timestamp()
    else:
        left, right = str(value).lower(), _literal(text).lower()
    return {
        "eq": left == right,
        "ne": left != right,
        "gt": left > right,
        "ge": left >= right,
        "lt": left < right,
        "le": left <= right,
    }[operator]


def _value(run: Run, name: str) -> object:
    if name.lower() not in _FIELDS:
        raise _unsupported(name)
    return _FIELDS[name.lower()](run)


def _literal(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


def _unsupported(text: str) -> Problem:
    return Problem(400, "InvalidFilter", f"The filter is not supported at '{text}'.", target="request")
