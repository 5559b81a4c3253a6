# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential of a task for one login server. Pure. Private to this collection.

On the wire it is one entry of ``properties.credentials.customRegistries``: a user name and a password, each plain
(``Opaque``) or the URL of a Key Vault secret (``Vaultsecret``), and the identity that reads the secrets; or an identity
alone, for other Azure registries. Ordinary reads show the key and hide the entry; listDetails may hide parts of it too.

Comparable form: the options' names, each with its value or None; UNKNOWN where Azure does not show it.
"""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _secrets, _task_identity
from ansible_collections.acr.tasks.plugins.module_utils._diff import UNKNOWN, Hidden
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption
from ansible_collections.acr.tasks.plugins.module_utils._task_step import is_shown

Json = dict[str, t.Any]

PLAIN, VAULT = "Opaque", "Vaultsecret"
# property -> its two options
_HALVES = {"userName": ("username", "username_secret"), "password": ("password", "password_secret")}
FORM = ("username", "username_secret", "password", "password_secret", "identity")


def check(params: Json) -> str:
    """The login server in the spelling to store. Raises InvalidOption for what is wrong whatever the task is like."""
    login_server = _secrets.read_login_server("login_server", params["login_server"])
    if params["state"] == "absent":
        return login_server
    for plain, secret in _HALVES.values():
        _check_half(params, plain, secret)
    given = [name for name in FORM[:4] if params[name] is not None]
    secrets = [name for name in given if name.endswith("_secret")]
    identity = params["identity"]
    if len(given) == 1:
        missing = (
            "a password (password or password_secret)"
            if given[0].startswith("user")
            else "a user name (username or username_secret)"
        )
        raise InvalidOption(f"{given[0]} is given without {missing}. A credential has both.")
    if not given and not identity:
        raise InvalidOption(
            "A credential needs a user name and a password (username or username_secret, password or password_secret), "
            "or, for an Azure registry, identity alone."
        )
    if secrets and not identity:
        raise InvalidOption(
            f"{', '.join(secrets)} can only be read by an identity of the task. Give identity, for example system."
        )
    if given and identity and not secrets:
        raise InvalidOption(
            "identity is only used to read Key Vault secrets, but username and password are both plain."
        )
    if not given and _secrets.same_login_server(login_server, _secrets.DOCKER_HUB):
        raise InvalidOption(f"{login_server} does not take an identity alone. Give a user name and a password as well.")
    if identity:
        _task_identity.check_form("identity", identity)
    return login_server


def _check_half(params: Json, plain: str, secret: str) -> None:
    """One half, the user name or the password."""
    if params[plain] is not None and params[secret] is not None:
        raise InvalidOption(f"{plain} and {secret} exclude each other.")
    if params[secret] is not None:
        _secrets.read_secret_url(secret, params[secret])
    if params[plain] is not None:
        if not params[plain]:
            raise InvalidOption(f"{plain} is empty, and runs would fail to sign in.")
        if _secrets.mentions_vault(params[plain]):
            raise InvalidOption(f"{plain} is the URL of a key vault. If its secret is meant, give it as {secret}.")


def advice(login_server: str, params: Json) -> list[str]:
    """Warnings about what is allowed but hardly meant."""
    found = [_secrets.docker_hub_advice(login_server)]
    alone = params["identity"] and all(params[name] is None for name in FORM[:4])
    if alone and not _secrets.is_azure_registry(login_server):
        found.append(
            f"An identity alone can only sign in to Azure registries, and {login_server} does not look like one."
        )
    return [sentence for sentence in found if sentence]


def stored_keys(arm: Json, login_server: str) -> list[str]:
    """The keys of a task under which this login server's credential is stored, the best match first.

    More than one only if somebody stored both names of Docker Hub.
    """
    custom = ((arm.get("properties") or {}).get("credentials") or {}).get("customRegistries") or {}
    keys = [key for key in custom if _secrets.same_login_server(key, login_server)]
    return sorted(keys, key=lambda key: (key.lower() != login_server, key))


def shows_keys(arm: Json) -> bool:
    """Whether a read tells which login servers have a credential, so that one that is missing there is not stored."""
    return bool(((arm.get("properties") or {}).get("credentials") or {}).get("customRegistries"))


def entry_of(arm: Json, key: str) -> Json:
    """The stored entry, {} if it is hidden."""
    custom = ((arm.get("properties") or {}).get("credentials") or {}).get("customRegistries") or {}
    return custom.get(key) or {}


def comparable(entry: Json) -> Json:
    """The comparable form of an entry as far as it is shown."""
    form: Json = {}
    known_halves = 0
    for wire, (plain, secret) in _HALVES.items():
        half = entry.get(wire) or {}
        value = half.get("value")
        vault = str(half.get("type") or "").lower() == VAULT.lower()
        form[plain] = form[secret] = None
        if half:
            known_halves += 1
            form[secret if vault else plain] = value if is_shown(value) else UNKNOWN
    if form["password"] not in (None, UNKNOWN):
        form["password"] = Hidden(form["password"])
    identity = entry.get("identity")
    form["identity"] = identity.lower() if identity else None
    if not known_halves and not identity:  # nothing of it is shown
        return dict.fromkeys(FORM, UNKNOWN)
    return form


def wanted(params: Json, before: Json | None, identity: str | None) -> Json:
    """The comparable form that the options ask for. identity: as the wire wants it.

    What is there but hidden counts as right, unless update_secret is always. Equal URLs keep their stored spelling.
    """
    form: Json = {name: params[name] for name in FORM[:4]}
    if form["password"] is not None:
        form["password"] = Hidden(form["password"])
    for name in ("username_secret", "password_secret"):
        if form[name] is not None:
            was = (before or {}).get(name)
            form[name] = (
                was if _secrets.same_secret_url(was, form[name]) else str(_secrets.read_secret_url(name, form[name]))
            )
    form["identity"] = identity
    if before is None or params["update_secret"] == "always":
        return form
    if all(value == UNKNOWN for value in before.values()):
        return before
    return {name: UNKNOWN if before[name] == UNKNOWN and value is not None else value for name, value in form.items()}


def entry(params: Json, identity: str | None, stored: Json) -> Json:
    """The entry for a PATCH: always all of it, with a null for each part that is stored and shall go."""
    body: Json = {}
    for wire, (plain, secret) in _HALVES.items():
        if params[secret] is not None:
            body[wire] = {"type": VAULT, "value": str(_secrets.read_secret_url(secret, params[secret]))}
        elif params[plain] is not None:
            body[wire] = {"type": PLAIN, "value": params[plain]}
        elif stored.get(wire):
            body[wire] = None
    if identity or stored.get("identity"):
        body["identity"] = identity
    return body


def patch(entries: t.Mapping[str, Json | None]) -> Json:
    """The body of a PATCH that touches nothing but these keys. None removes one."""
    return {"properties": {"credentials": {"customRegistries": dict(entries)}}}


def leftovers(after: Json, shown: Json) -> list[str]:
    """Parts that Azure shows although they should have gone with the change."""
    return [name for name in FORM if after[name] is None and shown.get(name) not in (None, UNKNOWN)]


def removes_parts(before: Json | None, after: Json) -> bool:
    """Whether parts of a stored entry are to go, of which nobody knows whether a PATCH takes them away."""
    return before is not None and any(before[name] is not None and after[name] is None for name in FORM)


def to_result(form: Json, login_server: str) -> Json:
    """The result, in the shape of the options; a plain password is left out, and so is what Azure does not show."""
    identity = form["identity"]
    shown = {name: None if form[name] == UNKNOWN else form[name] for name in FORM if name != "password"}
    shown["identity"] = "system" if identity == _task_identity.SYSTEM else shown["identity"]
    return {"login_server": login_server, **shown}
