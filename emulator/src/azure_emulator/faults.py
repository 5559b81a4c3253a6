# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Failures on demand: an error status, a connection reset or a delay, before or after a request took effect."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from azure_emulator.exchange import Call
from azure_emulator.problems import Problem
from azure_emulator.world import World

_DEFAULT_ERRORS = {
    408: ("RequestTimeout", "The request timed out."),
    409: ("Conflict", "The request conflicts with another operation."),
    412: ("PreconditionFailed", "A condition of the request is not met."),
    429: ("TooManyRequests", "The request is being throttled."),
    500: ("InternalServerError", "Encountered internal server error."),
    502: ("BadGateway", "The gateway did not receive a response from the service."),
    503: ("ServiceUnavailable", "The service is unavailable. Please try again later."),
    504: ("GatewayTimeout", "The gateway did not receive a response within the specified time period."),
}


@dataclass
class Fault:
    """``match``: method, host (glob), path (regular expression, searched, any casing). All given ones must fit.

    ``skip``: matching requests that pass first. ``times``: how many then fail; None: all.
    ``when``: before (the request has no effect) or after (it took effect, the answer is lost or replaced;
    only requests that succeeded count).
    ``kind``: status | reset | delay (``seconds``; the request then goes on).
    """

    match: dict[str, str] = field(default_factory=dict)
    skip: int = 0
    times: int | None = 1
    when: str = "before"
    kind: str = "status"
    status: int = 503
    code: str = ""
    message: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    seen: int = 0
    fired: int = 0

    def __post_init__(self) -> None:
        if unknown := set(self.match) - {"method", "host", "path"}:
            raise ValueError(f"A fault matches by method, host and path, not by {', '.join(sorted(unknown))}.")
        if self.when not in ("before", "after") or self.kind not in ("status", "reset", "delay"):
            raise ValueError("A fault is of kind status, reset or delay, and comes before or after.")
        try:
            self._path = re.compile(self.match.get("path", ""), re.IGNORECASE)
        except re.error as error:
            raise ValueError(f"The path of a fault is a regular expression: {error}.") from error

    def takes(self, call: Call) -> bool:
        """Does this fault fire for this request? Counts the request."""
        if "method" in self.match and self.match["method"].upper() != call.method:
            return False
        if "host" in self.match and not fnmatch.fnmatchcase(call.host, self.match["host"].lower()):
            return False
        if not self._path.search(call.path):
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.times is not None and self.fired >= self.times):
            return False
        self.fired += 1
        return True

    @property
    def problem(self) -> Problem:
        code, message = _DEFAULT_ERRORS.get(self.status, ("Error", "The request failed."))
        return Problem(self.status, self.code or code, self.message or message, headers=dict(self.headers))

    @property
    def label(self) -> str:
        """What the request log shows, e.g. ``after status 503``."""
        detail = {"status": f" {self.status}", "delay": f" {self.seconds}", "reset": ""}[self.kind]
        return f"{self.when} {self.kind}{detail}"


class Faults:
    """The faults that are set. Part of the world, so a reset clears them."""

    def __init__(self, world: World) -> None:
        self._faults: list[Fault] = []

    def add(self, description: dict[str, Any]) -> Fault:
        """Raises ValueError or TypeError when the description is no fault."""
        known = {"match", "skip", "times", "when", "kind", "status", "code", "message", "headers", "seconds"}
        if unknown := set(description) - known:
            raise ValueError(f"A fault has no '{', '.join(sorted(unknown))}'.")
        fault = Fault(**description)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def firing(self, call: Call, when: str) -> list[Fault]:
        """Delays that apply, then at most one status or reset (the first that was set)."""
        firing: list[Fault] = []
        for fault in self._faults:
            if fault.when == when and fault.takes(call):
                firing.append(fault)
                if fault.kind != "delay":
                    break
        return firing

    def snapshot(self) -> list[dict]:
        return [asdict(fault) for fault in self._faults]
