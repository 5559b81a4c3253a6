# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""One emulator: its state, its servers, its place on disk."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import uvicorn

from azure_emulator import certificates, environment, seeds
from azure_emulator.app import App
from azure_emulator.arm import ArmDoor
from azure_emulator.control.interface import Control
from azure_emulator.gateway import Gateway
from azure_emulator.planes import PlaneDoor
from azure_emulator.proxy import Proxy, Routes
from azure_emulator.recorder import Recorder
from azure_emulator.services import ARM_SERVICES, DATA_PLANES
from azure_emulator.tunnels import Tunnels
from azure_emulator.world import World

RUNNING_FILE = "emulator.json"
LOG_FILE = "log.jsonl"
STATE_FILE = "state.json"


class StateDirectoryInUse(Exception):
    """Another emulator uses this state directory."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to the command line, which also has a command to end."""
        yield


class Emulator:
    """``start()``, use, ``stop()``. ``state_directory`` is made if need be and holds the certificate authority."""

    def __init__(self, state_directory: Path, own_seeds: dict[str, Any] | None = None) -> None:
        self.directory = state_directory.absolute()
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = self._take_lock()
        self.recorder = Recorder(self.directory / LOG_FILE)
        self.world = World(own_seeds or seeds.load())
        doors = [ArmDoor(ARM_SERVICES, self.recorder), *(PlaneDoor(plane, self.recorder) for plane in DATA_PLANES)]
        self.gateway = Gateway(self.world, doors, self.recorder)
        self.gateway.reset()
        self._tunnels = Tunnels()
        self._app = App(self.gateway, Control(self.gateway, self.environment), self._tunnels)
        self._servers: list[tuple[_Server, asyncio.Task[None]]] = []
        self._proxy: Proxy | None = None

    @property
    def ca(self) -> Path:
        return self.directory / certificates.CA_FILE

    @property
    def port(self) -> int:
        return self._proxy.port if self._proxy else 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, Any]:
        return environment.block(self.port, self.ca, self.directory / "azure-config", self.world.seeds)

    async def start(self, port: int = 0) -> None:
        """Listens and writes emulator.json. Port 0: any free one."""
        plain_hosts = frozenset(host for plane in DATA_PLANES if plane.plain_http for host in plane.hosts)
        authority = certificates.authority(self.directory)
        names = [host for host in self.gateway.hosts if host not in plain_hosts]
        chain, key = certificates.server_context(authority, names, self.directory)
        tls_port = await self._serve(ssl_certfile=str(chain), ssl_keyfile=str(key))
        plain_port = await self._serve()
        routes = Routes(
            tls_port=tls_port,
            plain_port=plain_port,
            known=lambda host: self.gateway.door_for(host) is not None,
            resolves=self._resolves,
            plain_hosts=plain_hosts,
            refuse=lambda host, number, reason: self.recorder.refuse(host, number, reason, self._time()),
        )
        self._proxy = Proxy(routes, self._tunnels)
        await self._proxy.start(port)
        self._fresh_azure_config()
        running = {"pid": os.getpid(), "port": self.port, "url": self.url, "ca": str(self.ca)}
        (self.directory / RUNNING_FILE).write_text(json.dumps(running) + "\n", encoding="utf-8")

    async def stop(self) -> None:
        """Closes everything, also connections in use, and keeps the last state for ``azure-emulator state``."""
        if self._proxy:
            await self._proxy.stop()
        for server, _ in self._servers:
            server.should_exit = True
        await asyncio.gather(*(task for _, task in self._servers))
        (self.directory / RUNNING_FILE).unlink(missing_ok=True)
        snapshot = json.dumps(self.world.snapshot(), indent=1, ensure_ascii=False)
        (self.directory / STATE_FILE).write_text(snapshot + "\n", encoding="utf-8")
        shutil.rmtree(self.directory / "azure-config", ignore_errors=True)
        self.recorder.close()
        self._lock.close()

    async def _serve(self, **tls: str) -> int:
        # With the protocol given, asyncio switches Nagle's algorithm off on accepted connections.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            self._app,
            log_config=None,
            log_level="critical",
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
            backlog=128,
            ws="none",
            proxy_headers=False,
            **tls,  # type: ignore[arg-type]
        )
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.005)
        self._servers.append((server, task))
        return listening.getsockname()[1]

    def _resolves(self, host: str) -> bool:
        door = self.gateway.door_for(host)
        return door is not None and door.resolves(self.world, host)

    def _time(self) -> str:
        return self.world.clock.now().isoformat(timespec="milliseconds")

    def _fresh_azure_config(self) -> None:
        """az keeps sign-ins here: never those of the user's real account, never those of an earlier rehearsal."""
        directory = self.directory / "azure-config"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(mode=0o700)

    def _take_lock(self) -> IO[str]:
        lock = (self.directory / "lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise StateDirectoryInUse(
                f"Another emulator uses {self.directory}. Stop it, or give --state-dir another directory."
            ) from error
        return lock
