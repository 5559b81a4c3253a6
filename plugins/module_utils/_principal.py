# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options that name a principal to its object id. Private to this collection.

Everything that can be wrong with the options is found by `read_principal`, before any request.
"""

from __future__ import annotations

import base64
import json
import typing as t
from dataclasses import dataclass

from ansible_collections.acr.tasks.plugins.module_utils._clients import Clients
from ansible_collections.acr.tasks.plugins.module_utils._errors import (
    AzureError,
    InvalidOption,
    ParentMissing,
    from_exception,
)
from ansible_collections.acr.tasks.plugins.module_utils._ids import IDENTITY, is_guid, locate, locate_task

OPTIONS = ("object_id", "service_principal_name", "user_principal_name", "identity", "task", "self")


@dataclass(frozen=True)
class Principal:
    """Who gets the rights. ``kind``: ServicePrincipal, User, Group ...; None if it is not known.

    ``tenant_id``: known only of the principal that signs in.
    """

    object_id: str
    kind: str | None
    title: str
    tenant_id: str | None = None


Finder = t.Callable[[Clients], Principal]


@dataclass(frozen=True)
class Named:
    """A principal as the options name it. ``find`` makes at most one request, and none for object_id and self.

    It raises ParentMissing if what is named does not exist.
    """

    title: str
    find: Finder


def read_principal(params: t.Mapping[str, t.Any], subscription: t.Callable[[], str]) -> Named:
    """Who the options mean. Raises InvalidOption.

    subscription: for identities and registries given by name; see _ids.locate.
    """
    given = [name for name in OPTIONS if params.get(name) not in (None, "", False)]
    if len(given) != 1:
        found = " and ".join(given) if given else "none"
        raise InvalidOption(f"Exactly one of {', '.join(OPTIONS)} must say who gets the rights; {found} is given.")
    if params.get("registry_name") and given != ["task"]:
        raise InvalidOption(f"registry_name only belongs to task, but the principal is given by {given[0]}.")
    if params.get("principal_type") and given != ["object_id"]:
        raise InvalidOption(f"principal_type only belongs to object_id; with {given[0]} it is known.")
    return _READERS[given[0]](params, subscription)


def check_guid(option: str, value: str | None, advice: str = "") -> str | None:
    """Hands back the GUID, an empty one as None. Raises InvalidOption."""
    if not value:
        return None
    if not is_guid(value):
        raise InvalidOption(
            f"{option} must be a GUID such as 00000000-0000-0000-0000-000000000000, not {value!r}.{advice}"
        )
    return value.strip()


def _read_object_id(params: t.Mapping[str, t.Any], _subscription: t.Callable[[], str]) -> Named:
    advice = " Give names by service_principal_name, user_principal_name or identity."
    object_id = t.cast(str, check_guid("object_id", params["object_id"], advice))
    principal = Principal(object_id, params.get("principal_type"), f"the principal {object_id}")
    return Named(principal.title, lambda _clients: principal)


def _read_service_principal(params: t.Mapping[str, t.Any], _subscription: t.Callable[[], str]) -> Named:
    name = params["service_principal_name"].strip()
    if "@" in name or name.startswith("/"):
        raise InvalidOption(
            "service_principal_name must be an application (client) id or a name such as https://example.org/app, not"
            f" {name!r}. Give a user by user_principal_name and a managed identity by identity."
        )
    return Named(f"the service principal {name}", lambda clients: _from_graph(clients, "service principal", name))


def _read_user(params: t.Mapping[str, t.Any], _subscription: t.Callable[[], str]) -> Named:
    name = params["user_principal_name"].strip()
    if "@" not in name.strip("@"):
        raise InvalidOption(f"user_principal_name must look like somebody@example.org, not {name!r}.")
    return Named(f"the user {name}", lambda clients: _from_graph(clients, "user", name))


def _read_identity(params: t.Mapping[str, t.Any], subscription: t.Callable[[], str]) -> Named:
    identity = locate("identity", params["identity"], IDENTITY, params.get("resource_group"), subscription)
    title = f"the managed identity {identity}"

    def find(clients: Clients) -> Principal:
        try:
            body = clients.arm.get_identity(identity)
        except AzureError as error:
            raise _missing(error, "managed identity", str(identity)) from None
        return Principal(body["properties"]["principalId"], "ServicePrincipal", title)

    return Named(title, find)


def _read_task(params: t.Mapping[str, t.Any], subscription: t.Callable[[], str]) -> Named:
    task = locate_task(params, "task", subscription)
    title = f"the system-assigned identity of the task {task}"

    def find(clients: Clients) -> Principal:
        body = clients.registry.get_task(task)
        if body is None:
            raise ParentMissing("task", str(task))
        object_id = (body.get("identity") or {}).get("principalId")
        if not object_id:
            # In check mode an earlier task of the play may be about to give it one.
            raise ParentMissing("system-assigned identity of the task", str(task))
        return Principal(object_id, "ServicePrincipal", title)

    return Named(title, find)


def _read_self(_params: t.Mapping[str, t.Any], _subscription: t.Callable[[], str]) -> Named:
    return Named("the signed-in principal", _caller)


_READERS: dict[str, t.Callable[[t.Mapping[str, t.Any], t.Callable[[], str]], Named]] = {
    "object_id": _read_object_id,
    "service_principal_name": _read_service_principal,
    "user_principal_name": _read_user,
    "identity": _read_identity,
    "task": _read_task,
    "self": _read_self,
}


def _from_graph(clients: Clients, kind: str, name: str) -> Principal:
    if kind == "user":
        found, principal_type = clients.graph.find_user(name), "User"
    else:
        found, principal_type = clients.graph.find_service_principal(name), "ServicePrincipal"
    if found is None:
        raise ParentMissing(kind, name)
    return Principal(found["id"], principal_type, f"the {kind} {name}")


def _caller(clients: Clients) -> Principal:
    """Who signs in, from the access token: its claim `oid` is what policies and roles name."""
    session = clients.session
    try:
        token = session.login.credential.get_token(session.cloud.arm_scope).token
    except Exception as error:  # pylint: disable=broad-except  # from_exception raises what it does not know
        raise from_exception(error, "sign in") from None
    claims = _claims(token)
    if not claims.get("oid"):
        raise AzureError(
            "The access token does not say who signs in, so self cannot be resolved.",
            "UnknownCaller",
            hint="Give object_id instead.",
        )
    # A token of an application has no scopes of a user (scp).
    is_user = claims.get("idtyp") == "user" or ("idtyp" not in claims and "scp" in claims)
    kind = "User" if is_user else "ServicePrincipal"
    return Principal(claims["oid"], kind, f"the signed-in principal {claims['oid']}", claims.get("tid"))


def _claims(token: str) -> dict[str, t.Any]:
    """The claims of a JSON Web Token, unverified: it is our own, and only looked at. {} if it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _missing(error: AzureError, kind: str, name: str) -> AzureError:
    """A 404 as what it means here; everything else as it is."""
    if error.is_missing and not error.has_code("SubscriptionNotFound"):
        return ParentMissing(kind, name, error)
    return error
