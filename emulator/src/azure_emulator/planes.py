# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The front door of services that have host names of their own."""

from __future__ import annotations

from azure_emulator import request_schemas
from azure_emulator.exchange import Answer, Call
from azure_emulator.gateway import FrontDoor, Trace
from azure_emulator.problems import Problem
from azure_emulator.recorder import Recorder
from azure_emulator.service import DataPlane
from azure_emulator.world import World


class PlaneDoor(FrontDoor):
    """Finds the route, lets the plane authenticate, checks the body, calls the handler."""

    def __init__(self, plane: DataPlane, recorder: Recorder) -> None:
        self._plane = plane
        self._recorder = recorder
        self.name = plane.name
        self.hosts = plane.hosts

    def handle(self, call: Call, trace: Trace) -> Answer:
        found = self._plane.router.find(call.method, call.path)
        if found is None:
            if self._plane.router.knows_path(call.path):
                raise Problem(
                    405, "MethodNotAllowed", f"The requested resource does not support http method '{call.method}'."
                )
            raise Problem(404, "NotFound", f"There is nothing at '{call.path}'.")
        trace.route, call.params = found
        self._plane.prepare(call, trace.route)
        if trace.route.schema:
            request_schemas.check(call, trace.route.schema, self._recorder)
        return trace.route.handler(call)

    def envelope(self, problem: Problem) -> Answer:
        return self._plane.envelope(problem)

    def resolves(self, world: World, host: str) -> bool:
        return self._plane.resolves is None or self._plane.resolves(world, host)
