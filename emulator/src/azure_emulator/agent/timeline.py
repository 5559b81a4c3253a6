# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""How time passes in a run: little of it really, the rest by moving the world's clock."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

declare("run_queue_seconds", default=0.05, evidence="acr-wire 8.3: how long a run stays Queued; really up to minutes")
declare("run_step_seconds", default=0.05, evidence="how long a simulated step really takes; the log shows more")


class TimedOutError(Exception):
    """The time that was given is used up."""


class Timeline:
    """Waiting, with an end. One per run, and one per step (``until``).

    When the world is reset, whoever waits is cancelled: the run belongs to a world that is gone.
    """

    def __init__(self, world: World, end: datetime | None = None) -> None:
        self._world = world
        self._clock = world.clock
        self._end = end

    @property
    def now(self) -> datetime:
        return self._clock.now()

    def until(self, seconds: float) -> Timeline:
        """The same time, with an end in ``seconds`` or at this one's end, whichever is first."""
        end = self.now + timedelta(seconds=seconds)
        return Timeline(self._world, min(end, self._end) if self._end else end)

    @property
    def is_over(self) -> bool:
        return self._end is not None and self.now >= self._end

    async def work(self) -> None:
        """As long as a simulated piece of work takes."""
        await self._until(self.now)

    async def wait(self, seconds: float) -> None:
        """``seconds`` pass: the clock is moved, so that nobody has to wait for them.

        Waits that run side by side pass side by side. Raises TimedOutError when the end comes first.
        """
        await self._until(self.now + timedelta(seconds=seconds))

    async def _until(self, target: datetime) -> None:
        cut = self._end is not None and target > self._end
        if cut and self._end is not None:
            target = self._end
        await asyncio.sleep(self._world.part(Switches)["run_step_seconds"])
        if self._world.clock is not self._clock:
            raise asyncio.CancelledError
        missing = (target - self.now).total_seconds()
        if missing > 0:
            self._clock.advance(missing)
        if cut or self.is_over:
            raise TimedOutError
