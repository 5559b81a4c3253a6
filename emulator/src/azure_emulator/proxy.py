# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The one port that clients see: a proxy that leads to the local Azure and nowhere else.

``CONNECT host:443`` to an emulated host reaches the TLS server, ``http://169.254.169.254/`` the identity endpoint,
``/__emulator/`` the control interface. Everything else is refused, counted and reported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from azure_emulator.tunnels import Inner, Tunnel, Tunnels, acknowledge_at_once

_LARGEST_HEAD = 65_536
_HEAD_TIMEOUT = 75.0  # seconds until a client that sends no request is let go
CONTROL_PREFIX = "/__emulator/"


@dataclass(frozen=True)
class Routes:
    """Where connections go. ``known(host)``: emulated at all? ``resolves(host)``: does the name exist now?"""

    tls_port: int
    plain_port: int
    known: Callable[[str], bool]
    resolves: Callable[[str], bool]
    plain_hosts: frozenset[str]
    refuse: Callable[[str, int, str], None]  # host, port, reason: counts and reports


class ProxyConnection(asyncio.Protocol):
    """One client connection: reads the first request's head, decides, then passes bytes."""

    def __init__(self, routes: Routes, tunnels: Tunnels, connections: set[ProxyConnection]) -> None:
        self._routes = routes
        self._tunnels = tunnels
        self._connections = connections
        self._head = b""
        self._inner: Inner | None = None
        self._tunnel: Tunnel | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._ended = False
        self._patience: asyncio.TimerHandle | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(self)
        self._patience = asyncio.get_running_loop().call_later(_HEAD_TIMEOUT, transport.close)
        acknowledge_at_once(transport)

    def data_received(self, data: bytes) -> None:
        acknowledge_at_once(self.transport)
        if self._inner and self._inner.transport:
            self._inner.transport.write(data)
            return
        self._head += data
        if self._connecting is None:
            self._read_head()

    def eof_received(self) -> bool:
        self._ended = True
        if self._inner:
            return self._inner.client_ended()
        return self._connecting is not None

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        if self._tunnel:
            self._tunnels.close(self._tunnel)
        if self._patience:
            self._patience.cancel()
        if self._connecting:
            self._connecting.cancel()
        if self._inner and self._inner.transport:
            self._inner.transport.close()

    def pause_writing(self) -> None:
        if self._inner and self._inner.transport and not self._inner.transport.is_closing():
            self._inner.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._inner and self._inner.transport and not self._inner.transport.is_closing():
            self._inner.transport.resume_reading()

    # -- the decision ----------------------------------------------------------------------------------------------

    def _read_head(self) -> None:
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            if len(self._head) > _LARGEST_HEAD:
                self._reply(431, "The head of the request is too large.")
            return
        if self._patience:
            self._patience.cancel()
        line = self._head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if len(line) != 3 or not line[2].startswith("HTTP/1."):
            self._reply(400, "This is no HTTP/1 request.")
            return
        method, target = line[0].upper(), line[1]
        if method == "CONNECT":
            rest = self._head[end + 4 :]
            self._head = b""
            self._connect(target, rest)
        elif target.startswith(CONTROL_PREFIX):
            self._pass_on("control", "", self._routes.plain_port, self._head)
        elif target.lower().startswith(("http://", "https://")):
            self._plain(target)
        else:
            self._reply(404, f"This is a proxy. Its own pages are below {CONTROL_PREFIX}.")

    def _connect(self, target: str, rest: bytes) -> None:
        host, _, port_text = target.rpartition(":")
        host = host.strip("[]").lower().rstrip(".")
        port = int(port_text) if port_text.isdigit() else 0
        if port != 443 or not self._routes.known(host) or host in self._routes.plain_hosts:
            self._refuse(host or target, port, "not a host of the local Azure")
        elif not self._routes.resolves(host):
            # As when the DNS does not know a name: there is no HTTP answer, only a failed connection.
            self._reply(502, f"The name {host} does not resolve: there is no such vault, registry or account.")
        else:
            self._pass_on("connect", host, self._routes.tls_port, rest)

    def _plain(self, target: str) -> None:
        parts = urlsplit(target)
        host = (parts.hostname or "").lower()
        if parts.scheme == "http" and host in self._routes.plain_hosts and parts.port in (None, 80):
            self._pass_on("plain", host, self._routes.plain_port, self._head)
        else:
            self._refuse(host, parts.port or 80, "unencrypted HTTP goes to the identity endpoint of a machine only")

    def _pass_on(self, kind: str, host: str, port: int, first: bytes) -> None:
        self._head = b""
        self._connecting = asyncio.get_running_loop().create_task(self._open(kind, host, port, first))

    async def _open(self, kind: str, host: str, port: int, first: bytes) -> None:
        assert self.transport is not None
        client = self.transport
        try:
            _, inner = await asyncio.get_running_loop().create_connection(lambda: Inner(client), "127.0.0.1", port)
        except OSError:
            self._reply(502, "The local Azure is stopping.")
            return
        assert inner.transport is not None
        self._inner = inner
        self._tunnel = Tunnel(kind, host, client)
        self._tunnels.open(inner.transport.get_extra_info("sockname")[1], port, self._tunnel)
        if client.is_closing():
            self._tunnels.close(self._tunnel)
            inner.transport.abort()
            return
        if kind == "connect":
            client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if first or self._head:
            inner.transport.write(first + self._head)
            self._head = b""
        if self._ended:
            inner.client_ended()
        self._connecting = None

    def _refuse(self, host: str, port: int, reason: str) -> None:
        self._routes.refuse(host, port, reason)
        self._reply(403, f"azure-emulator refuses {host}:{port}: {reason}. Nothing was sent to the real host.")

    def _reply(self, status: int, text: str) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        words = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 431: "Request Header Fields Too Large"}
        body = (text + "\n").encode()
        head = (
            f"HTTP/1.1 {status} {words.get(status, 'Bad Gateway')}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class Proxy:
    """The listening side."""

    def __init__(self, routes: Routes, tunnels: Tunnels) -> None:
        self._routes = routes
        self._tunnels = tunnels
        self._connections: set[ProxyConnection] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listens on 127.0.0.1 only. Port 0: any free one."""
        # create_server makes the socket itself: then asyncio switches Nagle's algorithm off on what it accepts.
        self._server = await asyncio.get_running_loop().create_server(
            lambda: ProxyConnection(self._routes, self._tunnels, self._connections), "127.0.0.1", port, backlog=128
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Closes the port and every tunnel that is still open."""
        if self._server:
            self._server.close()
        for connection in list(self._connections):
            if connection.transport:
                connection.transport.abort()
        await asyncio.sleep(0)
