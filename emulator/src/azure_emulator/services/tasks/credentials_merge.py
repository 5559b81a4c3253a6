# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What a PUT or a PATCH does to a task's ``credentials`` (acr-wire 5.4)."""

from __future__ import annotations

import copy

from azure_emulator.problems import Problem
from azure_emulator.switches import Switches


def put(old: dict | None, given: dict | None, switches: Switches) -> dict | None:
    """The stored credentials after a PUT. An empty result is None."""
    given = given or {}
    if not given and old and not switches["put_drops_credentials"]:
        return copy.deepcopy(old)
    hosts: dict = {}
    for host, entry in (given.get("customRegistries") or {}).items():
        if entry is None:
            if switches["put_null_host"] == "reject":
                raise Problem(
                    400,
                    "InvalidInputValue",
                    "Some of the properties of 'taskCreateParameters' are invalid.. InnerErrors: "
                    f"Credentials:The credential of the custom registry '{host}' is missing.",
                )
            continue
        hosts[_key(host, switches)] = without_nulls(entry)
    return _parts(without_nulls(given.get("sourceRegistry") or {}), hosts)


def patch(old: dict | None, given: dict | None, switches: Switches) -> dict | None:
    """The stored credentials after a PATCH. An empty result is None."""
    old, given = old or {}, given or {}
    source = dict(old.get("sourceRegistry") or {})
    if given.get("sourceRegistry") is not None:
        source = _source(source, given["sourceRegistry"], switches)
    hosts = copy.deepcopy(old.get("customRegistries") or {})
    for host, entry in (given.get("customRegistries") or {}).items():
        key = _key(host, switches)
        if entry is None:
            if switches["patch_null_removes"]:
                hosts.pop(key, None)
        elif switches["custom_entry_merge"] == "merge" and key in hosts:
            hosts[key] = _merged(hosts[key], entry)
        else:
            hosts[key] = without_nulls(entry)
    return _parts(source, hosts)


def _source(old: dict, given: dict, switches: Switches) -> dict:
    """An absent identity clears it; an absent loginMode keeps it. Both seen in traffic with an empty object."""
    result = {}
    login_mode = given.get("loginMode") or old.get("loginMode")
    identity = given.get("identity")
    only_login_mode = "loginMode" in given and "identity" not in given
    if only_login_mode and not switches["loginmode_clears_identity"]:
        identity = old.get("identity")
    if login_mode:
        result["loginMode"] = login_mode
    if identity:
        result["identity"] = identity
    return result


def _merged(old: dict, new: dict) -> dict:
    result = copy.deepcopy(old)
    for key, value in new.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def _key(host: str, switches: Switches) -> str:
    return host.lower() if switches["host_key_case"] == "lower" else host


def _parts(source: dict, hosts: dict) -> dict | None:
    parts = {}
    if source:
        parts["sourceRegistry"] = source
    if hosts:
        parts["customRegistries"] = hosts
    return parts or None


def without_nulls(value):
    """A deep copy without members that are null. Empty arrays and objects stay."""
    if isinstance(value, dict):
        return {key: without_nulls(member) for key, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_nulls(member) for member in value]
    return value
