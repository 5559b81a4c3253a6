# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Look-ups of principals. Every caller may read: directory permissions are not modelled."""

from __future__ import annotations

import re

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.entra.models import Directory, Principal

_EQUALS = re.compile(r"^(\w+)\s+eq\s+'((?:[^']|'')*)'$", re.IGNORECASE)
_STARTS = re.compile(r"^startswith\((\w+)\s*,\s*'((?:[^']|'')*)'\)$", re.IGNORECASE)
_ANY_NAME = re.compile(
    r"^(servicePrincipalNames|alternativeNames)/any\((\w+):\s*\2\s+eq\s+'((?:[^']|'')*)'\)$", re.IGNORECASE
)
_KINDS = {
    "ServicePrincipal": ("servicePrincipal", "#microsoft.graph.servicePrincipal"),
    "User": ("user", "#microsoft.graph.user"),
    "Group": ("group", "#microsoft.graph.group"),
}


def me(call: Call) -> Answer:
    assert call.caller is not None  # prepare() saw to it
    if call.caller.kind != "User":
        raise Problem(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
    return Answer(200, _body(_one(call, call.caller.object_id, "User")))


def list_service_principals(call: Call) -> Answer:
    return _list(call, "ServicePrincipal", "servicePrincipals")


def list_users(call: Call) -> Answer:
    return _list(call, "User", "users")


def list_groups(call: Call) -> Answer:
    return _list(call, "Group", "groups")


def get_service_principal(call: Call) -> Answer:
    return Answer(200, _body(_one(call, call.params["id"], "ServicePrincipal")))


def get_user(call: Call) -> Answer:
    return Answer(200, _body(_one(call, call.params["id"], "User")))


def get_group(call: Call) -> Answer:
    return Answer(200, _body(_one(call, call.params["id"], "Group")))


def get_object(call: Call) -> Answer:
    principal = _one(call, call.params["id"], "")
    return Answer(200, {"@odata.type": _KINDS[principal.type][1]} | _body(principal))


def get_by_ids(call: Call) -> Answer:
    """Unknown ids are left out."""
    directory = call.world.part(Directory)
    ids = call.json.get("ids") or []
    if len(ids) > 1000:
        raise Problem(400, "Request_BadRequest", "Too many values in 'ids': at most 1000 are allowed.")
    kinds = {str(kind).lower() for kind in call.json.get("types") or []}
    found = [directory.by_object_id(str(one)) for one in ids if directory.visible(str(one))]
    value = [
        {"@odata.type": _KINDS[p.type][1]} | _body(p)
        for p in found
        if p and (not kinds or _KINDS[p.type][0].lower() in kinds or "directoryobject" in kinds)
    ]
    return Answer(200, {"@odata.context": _context(call, "directoryObjects"), "value": value})


def _list(call: Call, kind: str, collection: str) -> Answer:
    wanted = call.query.get("$filter", "").strip()
    value = [_body(p) for p in call.world.part(Directory).all() if p.type == kind and (not wanted or _fits(p, wanted))]
    return Answer(200, {"@odata.context": _context(call, collection), "value": value})


def _fits(principal: Principal, text: str) -> bool:
    if found := _ANY_NAME.match(text):
        body = _body(principal)
        names = [name.lower() for name in body.get(_spelling(body, found.group(1)), [])]
        return found.group(3).replace("''", "'").lower() in names
    if found := _EQUALS.match(text):
        body = _body(principal)
        return str(body.get(_spelling(body, found.group(1)), "")).lower() == found.group(2).replace("''", "'").lower()
    if found := _STARTS.match(text):
        body = _body(principal)
        actual = str(body.get(_spelling(body, found.group(1)), "")).lower()
        return actual.startswith(found.group(2).replace("''", "'").lower())
    raise Problem(400, "Request_UnsupportedQuery", f"Unsupported or invalid query filter clause: '{text}'.")


def _spelling(body: dict, member: str) -> str:
    for name in body:
        if name.lower() == member.lower():
            return name
    raise Problem(
        400, "BadRequest", f"Could not find a property named '{member}' on type 'microsoft.graph.directoryObject'."
    )


def _one(call: Call, wanted: str, kind: str) -> Principal:
    directory = call.world.part(Directory)
    for principal in directory.all():
        names = {principal.object_id.lower(), principal.user_principal_name.lower()}
        if wanted.lower() in names and principal.type == (kind or principal.type):
            return principal
    raise Problem(
        404,
        "Request_ResourceNotFound",
        f"Resource '{wanted}' does not exist or one of its queried reference-property objects are not present.",
    )


def _body(principal: Principal) -> dict:
    common = {"id": principal.object_id, "displayName": principal.display_name}
    if principal.type == "User":
        upn = principal.user_principal_name
        return common | {"userPrincipalName": upn, "mail": None, "givenName": None, "surname": None}
    if principal.type == "Group":
        return common | {"mailEnabled": False, "securityEnabled": True}
    names = [principal.application_id]
    if principal.service_principal_type == "ManagedIdentity":
        names.append(f"https://identity.azure.net/{principal.object_id}")
    return common | {
        "appId": principal.application_id,
        "accountEnabled": True,
        "alternativeNames": principal.alternative_names,
        "servicePrincipalNames": names,
        "servicePrincipalType": principal.service_principal_type,
    }


def _context(call: Call, collection: str) -> str:
    return f"https://{call.host}/v1.0/$metadata#{collection}"
