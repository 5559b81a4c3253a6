# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The ``$filter`` of resource and group lists: comparisons joined by ``and``."""

from __future__ import annotations

import re
from collections.abc import Callable

from azure_emulator.arm_ids import ArmId
from azure_emulator.exchange import Call
from azure_emulator.problems import Problem

_COMPARISON = re.compile(r"^(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'$", re.IGNORECASE)
_SUBSTRING = re.compile(r"^substringof\('((?:[^']|'')*)'\s*,\s*(\w+)\)$", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+(?=(?:[^']*'[^']*')*[^']*$)", re.IGNORECASE)


def matches(call: Call, body: dict) -> bool:
    """Does a resource fit the request's ``$filter``? Raises Problem for a filter that cannot be understood."""
    text = call.query.get("$filter", "").strip()
    if not text:
        return True
    terms = [term.strip() for term in _AND.split(text)]
    tag_name = tag_value = None
    for term in terms:
        if found := _SUBSTRING.match(term):
            wanted, field = found.group(1).replace("''", "'").lower(), found.group(2).lower()
            if wanted not in _field(field, text)(body).lower():
                return False
            continue
        found = _COMPARISON.match(term)
        if not found:
            raise _invalid(text)
        field, operator, wanted = found.group(1).lower(), found.group(2).lower(), found.group(3).replace("''", "'")
        if field == "tagname":
            tag_name = wanted
        elif field == "tagvalue":
            tag_value = wanted
        elif (_field(field, text)(body).lower() == wanted.lower()) != (operator == "eq"):
            return False
    return tag_name is None or _has_tag(body, tag_name, tag_value)


def listed_name(body: dict) -> str:
    """Generic lists print nested resources as ``parent/child``."""
    return "/".join(ArmId.parse(body["id"]).names) or body["name"]


def _field(field: str, text: str) -> Callable[[dict], str]:
    readers: dict[str, Callable[[dict], str]] = {
        "resourcetype": lambda body: body["type"],
        "name": listed_name,
        "location": lambda body: body.get("location", ""),
        "resourcegroup": lambda body: ArmId.parse(body["id"]).resource_group,
    }
    if field not in readers:
        raise _invalid(text)
    return readers[field]


def _has_tag(body: dict, name: str, value: str | None) -> bool:
    for key, content in (body.get("tags") or {}).items():
        if key.lower() == name.lower() and (value is None or content == value):
            return True
    return False


def _invalid(text: str) -> Problem:
    return Problem(400, "InvalidFilterInQueryString", f"Invalid $filter '{text}' specified in the query string.")
