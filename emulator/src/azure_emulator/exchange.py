# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""One request as a handler sees it, and one answer as a handler gives it. Nothing here knows a web framework."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from azure_emulator.problems import Problem

if TYPE_CHECKING:
    from azure_emulator.world import World


@dataclass(frozen=True)
class Caller:
    """Who signed the request, as the access token says."""

    object_id: str  # of the principal: what access policies and role assignments name
    application_id: str
    tenant_id: str
    audience: str
    name: str = ""  # what systemData.createdBy shows
    kind: str = "Application"  # systemData.createdByType: Application | User | ManagedIdentity


@dataclass
class Call:
    """One request. ``params`` are the template's path parameters, in the spelling of the request."""

    world: World
    method: str
    host: str  # lower case, without port
    path: str  # percent-decoded
    query: dict[str, str]  # the last value of each parameter; names in lower case
    headers: dict[str, str]  # names in lower case
    body: bytes = b""
    params: dict[str, str] = field(default_factory=dict)
    caller: Caller | None = None  # set by the front door of planes that need a token

    @property
    def api_version(self) -> str:
        return self.query.get("api-version", "")

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object. An empty body is ``{}``."""
        if not self.body.strip():
            return {}
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise Problem(
                400,
                "InvalidRequestContent",
                f"The request content was invalid and could not be deserialized: '{error}'.",
            ) from error
        if not isinstance(value, dict):
            raise Problem(400, "InvalidRequestContent", "The request content was invalid: a JSON object is expected.")
        return value


@dataclass
class Answer:
    """What goes back. ``body``: a JSON value, or bytes as they are, or None for a zero-length body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
