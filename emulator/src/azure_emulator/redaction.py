# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Keeps secrets out of everything the emulator shows: request log, state, messages on stderr."""

from __future__ import annotations

from typing import Any

HIDDEN = "(hidden)"
# Query parameters that give access by themselves: shared access signatures, tokens, sign-in data.
_SECRET_PARAMETERS = {
    "sig", "token", "access_token", "refresh_token", "client_secret", "client_assertion", "assertion", "password",
    "code", "secret",
}  # fmt: skip
# Members of ARM bodies that hold a secret whatever stands around them.
_SECRET_MEMBERS = {"token", "refreshtoken", "password", "secret", "contextaccesstoken", "clientsecret", "accesstoken"}


def query(parameters: dict[str, str]) -> dict[str, str]:
    """The query parameters as the request log shows them."""
    return {name: HIDDEN if name.lower() in _SECRET_PARAMETERS else value for name, value in parameters.items()}


def body(value: Any) -> Any:
    """A copy of an ARM body without secrets: credential objects of type Opaque, secret arguments, tokens."""
    if isinstance(value, list):
        return [body(item) for item in value]
    if not isinstance(value, dict):
        return value
    secret_value = value.get("isSecret") is True or str(value.get("type", "")).lower() == "opaque"
    shown = {}
    for name, member in value.items():
        hide = name.lower() in _SECRET_MEMBERS and not isinstance(member, dict | list)
        hide = hide or (name == "value" and secret_value)
        shown[name] = HIDDEN if hide and member is not None else body(member)
    return shown
