# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""From a request to an answer: picks the front door by host, applies faults, writes the request log."""

from __future__ import annotations

import asyncio
import math
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from azure_emulator import redaction, seeds
from azure_emulator.exchange import Answer, Call
from azure_emulator.faults import Fault, Faults
from azure_emulator.problems import Problem
from azure_emulator.recorder import Recorder
from azure_emulator.routing import Route
from azure_emulator.world import World


class ConnectionReset(Exception):
    """Ask the transport to reset the client's connection instead of answering."""


@dataclass
class Trace:
    """What the front door found out, for the request log."""

    route: Route | None = None
    faults: list[Fault] = field(default_factory=list)


class FrontDoor:
    """One way in: ARM, or one data plane."""

    name: str
    hosts: tuple[str, ...]

    def handle(self, call: Call, trace: Trace) -> Answer:
        """Answers, or raises Problem. Sets ``trace.route`` as soon as it is known."""
        raise NotImplementedError

    def envelope(self, problem: Problem) -> Answer:
        raise NotImplementedError

    def finish(self, call: Call, answer: Answer) -> None:
        """Adds the headers that every answer of this door has."""

    def resolves(self, world: World, host: str) -> bool:
        """Does the DNS know ``host``, which fits ``hosts``?"""
        return True


class Gateway:
    """All front doors over one world."""

    def __init__(self, world: World, doors: Sequence[FrontDoor], recorder: Recorder) -> None:
        self.world = world
        self.recorder = recorder
        self._doors = tuple(doors)
        self._exact = {host: door for door in doors for host in door.hosts if not host.startswith("*.")}
        self._suffixes = {host[1:]: door for door in doors for host in door.hosts if host.startswith("*.")}

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every name and ``*.suffix`` that the emulator answers for."""
        return tuple(host for door in self._doors for host in door.hosts)

    def door_for(self, host: str) -> FrontDoor | None:
        """``host`` in lower case, without port."""
        if host in self._exact:
            return self._exact[host]
        label, dot, suffix = host.partition(".")
        return self._suffixes.get(dot + suffix) if label else None

    def reset(self, new_seeds: dict | None = None) -> None:
        """Back to the start, with the request log empty. ``new_seeds`` are merged over the present ones."""
        self.world.reset()
        if new_seeds:
            self.world.seeds = seeds.merge(self.world.seeds, new_seeds)
        seeds.plant(self.world)
        self.recorder.clear_requests()

    async def answer(self, call: Call) -> Answer:
        """Raises ConnectionReset when a fault says so."""
        door = self.door_for(call.host)
        if door is None:
            raise LookupError(call.host)
        started, clock = time.perf_counter(), self.world.clock.now()
        trace = Trace()
        answer: Answer | None = None
        try:
            answer = await self._with_faults(door, call, trace)
            door.finish(call, answer)
            self._common_headers(answer)
            return answer
        finally:
            self._record(door, call, answer, trace, clock, time.perf_counter() - started)

    async def _with_faults(self, door: FrontDoor, call: Call, trace: Trace) -> Answer:
        faults = self.world.part(Faults)
        replaced = await self._apply(door, faults.firing(call, "before"), trace)
        if replaced:
            trace.route = trace.route or None
            return replaced
        answer = self._handled(door, call, trace)
        if answer.status < 400:
            replaced = await self._apply(door, faults.firing(call, "after"), trace)
        return replaced or answer

    async def _apply(self, door: FrontDoor, firing: list[Fault], trace: Trace) -> Answer | None:
        for fault in firing:
            trace.faults.append(fault)
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "reset":
                raise ConnectionReset(fault.label)
            else:
                return door.envelope(fault.problem)
        return None

    def _handled(self, door: FrontDoor, call: Call, trace: Trace) -> Answer:
        try:
            return door.handle(call, trace)
        except Problem as problem:
            return door.envelope(problem)
        except Exception:
            self.recorder.defect(f"{call.method} https://{call.host}{call.path}\n{traceback.format_exc()}")
            return door.envelope(Problem(500, "InternalServerError", "The local Azure failed: see its standard error."))

    def _common_headers(self, answer: Answer) -> None:
        for name in answer.headers:
            if name.lower() == "retry-after":
                # Azure's clients take 0 for "absent" and wait 30 s; one of them crashes on a fraction.
                answer.headers[name] = str(max(1, math.ceil(float(answer.headers[name]))))
        # The service's own time, which tests may have moved.
        answer.headers.setdefault("Date", format_datetime(self.world.clock.now(), usegmt=True))

    def _record(
        self, door: FrontDoor, call: Call, answer: Answer | None, trace: Trace, clock: datetime, seconds: float
    ) -> None:
        self.recorder.request(
            {
                "time": clock.isoformat(timespec="milliseconds"),
                "plane": door.name,
                "method": call.method,
                "host": call.host,
                "path": call.path,
                "query": redaction.query(call.query),
                "status": answer.status if answer else None,
                "route": trace.route.template if trace.route else None,
                "action": trace.route.action if trace.route else None,
                "caller": call.caller.object_id if call.caller else None,
                "milliseconds": round(seconds * 1000, 2),
                "fault": "; ".join(fault.label for fault in trace.faults) or None,
            }
        )
