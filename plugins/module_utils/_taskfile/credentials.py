# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Registry credentials in the three shapes that the engine knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import TaskFileError

OPAQUE = "opaque"
VAULT_SECRET = "vaultsecret"
MSI_USER = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class RegistryCredential:
    """username_type, password_type: opaque or vaultsecret (the value is then a secret's URL); both "" if an identity
    signs in by itself. identity: client id."""

    registry: str
    username: str = ""
    username_type: str = ""
    password: str = field(default="", repr=False)
    password_type: str = ""
    identity: str = ""
    aad_resource_id: str = ""

    @property
    def is_msi(self) -> bool:
        return not self.username_type and not self.password_type


_KEYS = {
    "registry": "registry",
    "username": "username",
    "usernameprovidertype": "username_type",
    "password": "password",
    "passwordprovidertype": "password_type",
    "identity": "identity",
    "aadresourceid": "aad_resource_id",
}


def parse_credential(credential: str | Mapping[str, str]) -> RegistryCredential:
    """A credential as JSON text or as the object that the text stands for. Keys match in any casing.

    Raises TaskFileError with the engine's text; the password is never part of it.
    """
    if isinstance(credential, str):
        try:
            document = json.loads(credential)
        except ValueError as error:
            raise TaskFileError("unable to unmarshal Credentials from string: invalid JSON") from error
    else:
        document = credential
    if not isinstance(document, Mapping):
        raise TaskFileError("unable to unmarshal Credentials from string: a JSON object is expected")
    found: dict[str, str] = {}
    for key, value in document.items():
        attribute = _KEYS.get(str(key).lower())
        if attribute and value is not None:
            if not isinstance(value, str):
                raise TaskFileError(f"unable to unmarshal Credentials from string: {key} must be a string")
            found[attribute] = value
    return _classified(RegistryCredential(**{"registry": "", **found}))


def _classified(given: RegistryCredential) -> RegistryCredential:
    types = given.username_type.lower(), given.password_type.lower()
    if not given.registry:
        raise TaskFileError("registry name can't be empty")
    if types == ("", ""):
        _require(given, "identity", "aad_resource_id")
        return RegistryCredential(given.registry, identity=given.identity, aad_resource_id=given.aad_resource_id)
    if types != (OPAQUE, OPAQUE) and VAULT_SECRET not in types:
        raise TaskFileError("unable to classify credential into opaque, vault or msi")
    _require(given, "username", "password")
    if VAULT_SECRET in types:
        _require(given, "identity")
    return RegistryCredential(
        given.registry,
        given.username,
        types[0],
        given.password,
        types[1],
        identity=given.identity if VAULT_SECRET in types else "",
    )


def _require(given: RegistryCredential, *attributes: str) -> None:
    for attribute in attributes:
        if not getattr(given, attribute):
            shown = "aadResourceId" if attribute == "aad_resource_id" else attribute
            raise TaskFileError(f"{shown} can't be empty")
