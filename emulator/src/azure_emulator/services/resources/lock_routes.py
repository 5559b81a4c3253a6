# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Management locks at any scope."""

from __future__ import annotations

from azure_emulator.arm_bodies import page
from azure_emulator.exchange import Answer, Call
from azure_emulator.locks import Locks
from azure_emulator.problems import Problem
from azure_emulator.routing import Router

_TYPE = "Microsoft.Authorization/locks"
_LIST = "{scope*}/providers/Microsoft.Authorization/locks"
_ONE = _LIST + "/{name}"
_VERSIONS = ("2015-01-01", "2016-09-01", "2017-04-01", "2020-05-01")


def put(call: Call) -> Answer:
    properties = call.json.get("properties") or {}
    if properties.get("level") not in ("CanNotDelete", "ReadOnly"):
        raise Problem(400, "InvalidLockLevel", "The lock level must be one of 'CanNotDelete' and 'ReadOnly'.")
    lock_id = f"{call.params['scope']}/providers/{_TYPE}/{call.params['name']}"
    locks = call.world.part(Locks)
    status = 200 if locks.get(lock_id) else 201
    body = {"properties": properties, "id": lock_id, "type": _TYPE, "name": call.params["name"]}
    locks.put(body)
    return Answer(status, body)


def get(call: Call) -> Answer:
    body = call.world.part(Locks).get(_lock_id(call))
    if body is None:
        raise Problem(404, "LockNotFound", f"The lock '{call.params['name']}' could not be found.")
    return Answer(200, body)


def list_locks(call: Call) -> Answer:
    return Answer(200, page(call, call.world.part(Locks).below(call.params["scope"])))


def delete(call: Call) -> Answer:
    return Answer(200 if call.world.part(Locks).delete(_lock_id(call)) else 204)


def _lock_id(call: Call) -> str:
    return f"{call.params['scope']}/providers/{_TYPE}/{call.params['name']}"


router = Router()
router.add("GET", _LIST, list_locks, action=f"{_TYPE}/read", versions=_VERSIONS)
router.add("GET", _ONE, get, action=f"{_TYPE}/read", versions=_VERSIONS)
router.add("PUT", _ONE, put, action=f"{_TYPE}/write", versions=_VERSIONS, schema="lock")
router.add("DELETE", _ONE, delete, action=f"{_TYPE}/delete", versions=_VERSIONS)
