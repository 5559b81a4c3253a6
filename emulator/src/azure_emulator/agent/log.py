# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The log of a run: an append blob with the engine's time stamps and the service's line ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from azure_emulator.agent.run import Run
from azure_emulator.services.blob.models import Blob, BlobStore
from azure_emulator.world import World

_END = "\r\n"


class RunLog:
    """The blob begins to exist with ``open``, and grows with every line."""

    def __init__(self, world: World, run: Run) -> None:
        self._world = world
        self._run = run
        self._store = world.part(BlobStore)
        self._blob: Blob | None = None

    def open(self) -> None:
        self._blob = self._store.create(self._run.log_host, self._run.log_path, "AppendBlob")

    def line(self, text: str) -> None:
        """A line of the engine, with its time stamp."""
        self.raw(f"{self._world.clock.now():%Y/%m/%d %H:%M:%S} {text}")

    def raw(self, text: str) -> None:
        """Lines as they are: what containers print, and the engine's last word."""
        if self._blob is not None:
            lines = text.replace("\r\n", "\n").split("\n")
            self._store.append(self._blob, "".join(line + _END for line in lines).encode())

    def close(self, mark: str) -> None:
        """The end mark comes last, when all text is there. It ends the log for whoever follows it."""
        if self._blob is not None:
            self._store.set_metadata(self._blob, Complete=mark)


def duration(start: datetime, end: datetime) -> str:
    """Whole seconds as Go prints them: ``38s``, ``1m25s``, ``1h0m5s``."""
    seconds = max(0, round((end - start) / timedelta(seconds=1)))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes}m{seconds}s"
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"
