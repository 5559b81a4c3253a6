# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The control interface: plain HTTP on the proxy's port, below ``/__emulator/``. Proxied requests cannot reach it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from azure_emulator import __version__, switches
from azure_emulator.exchange import Answer, Call
from azure_emulator.faults import Faults
from azure_emulator.gateway import Gateway
from azure_emulator.problems import Problem
from azure_emulator.routing import Router
from azure_emulator.seeds import SeedsError


class Control:
    """Its own little front door: no sign-in (it listens on loopback), no faults, no log."""

    def __init__(self, gateway: Gateway, environment: Callable[[], dict[str, Any]]) -> None:
        self._gateway = gateway
        self._environment = environment
        self._router = Router()
        for method, name, handler in (
            ("GET", "health", self._health),
            ("POST", "reset", self._reset),
            ("GET", "environment", self._show_environment),
            ("GET", "requests", self._requests),
            ("DELETE", "requests", self._clear_requests),
            ("GET", "state", self._state),
            ("GET", "refused", self._refused),
            ("GET", "violations", self._violations),
            ("GET", "defects", self._defects),
            ("DELETE", "complaints", self._clear_complaints),
            ("GET", "switches", self._switches),
            ("GET", "switches/described", self._described_switches),
            ("PUT", "switches", self._set_switches),
            ("POST", "faults", self._add_fault),
            ("GET", "faults", self._faults),
            ("DELETE", "faults", self._clear_faults),
            ("POST", "clock", self._clock),
        ):
            self._router.add(method, f"/__emulator/{name}", handler)

    def answer(self, call: Call) -> Answer:
        """A wrong request gets 400 with ``{"error": "why"}``."""
        found = self._router.find(call.method, call.path)
        if found is None:
            return Answer(404, {"error": f"The control interface has no {call.method} {call.path}."})
        try:
            return found[0].handler(call)
        except (ValueError, TypeError, SeedsError) as error:
            return Answer(400, {"error": str(error)})
        except Problem as problem:
            return Answer(400, {"error": problem.message})

    def _health(self, call: Call) -> Answer:
        return Answer(200, {"status": "ready", "version": __version__})

    def _reset(self, call: Call) -> Answer:
        self._gateway.reset(call.json.get("seeds"))
        return Answer(200, {"status": "ready"})

    def _show_environment(self, call: Call) -> Answer:
        return Answer(200, self._environment())

    def _requests(self, call: Call) -> Answer:
        return Answer(200, {"requests": self._gateway.recorder.requests(int(call.query.get("after", "0")))})

    def _clear_requests(self, call: Call) -> Answer:
        self._gateway.recorder.clear_requests()
        return Answer(200, {"requests": []})

    def _state(self, call: Call) -> Answer:
        return Answer(200, self._gateway.world.snapshot())

    def _refused(self, call: Call) -> Answer:
        return Answer(200, {"refused": self._gateway.recorder.refused()})

    def _violations(self, call: Call) -> Answer:
        return Answer(200, {"violations": self._gateway.recorder.violations()})

    def _defects(self, call: Call) -> Answer:
        return Answer(200, {"defects": self._gateway.recorder.defects()})

    def _clear_complaints(self, call: Call) -> Answer:
        self._gateway.recorder.clear_complaints()
        return Answer(200, {"refused": [], "violations": [], "defects": []})

    def _switches(self, call: Call) -> Answer:
        return Answer(200, self._gateway.world.part(switches.Switches).values())

    def _described_switches(self, call: Call) -> Answer:
        return Answer(200, {"switches": switches.describe()})

    def _set_switches(self, call: Call) -> Answer:
        for name, value in call.json.items():
            self._gateway.world.part(switches.Switches).set(name, value)
        return self._switches(call)

    def _add_fault(self, call: Call) -> Answer:
        self._gateway.world.part(Faults).add(call.json)
        return self._faults(call)

    def _faults(self, call: Call) -> Answer:
        return Answer(200, {"faults": self._gateway.world.part(Faults).snapshot()})

    def _clear_faults(self, call: Call) -> Answer:
        self._gateway.world.part(Faults).clear()
        return self._faults(call)

    def _clock(self, call: Call) -> Answer:
        self._gateway.world.clock.advance(float(call.json.get("advance", 0)))
        return Answer(200, {"now": self._gateway.world.clock.now().isoformat(timespec="milliseconds")})
