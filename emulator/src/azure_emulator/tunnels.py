# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Bytes from a client to the server behind the proxy and back, and who asked for what."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass

_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)  # Linux only


def acknowledge_at_once(transport: asyncio.BaseTransport | None) -> None:
    """Behind a proxy urllib3 leaves Nagle's algorithm on and sends headers and body apart: a delayed acknowledgement
    costs 40 ms per write. The option does not stick, so this is called after every read."""
    connection = transport.get_extra_info("socket") if transport else None
    if _QUICK_ACK is not None and connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)


def reset(transport: asyncio.Transport | None) -> None:
    """Closes with a TCP reset instead of an orderly end."""
    connection = transport.get_extra_info("socket") if transport else None
    if transport is None or connection is None:
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


@dataclass
class Tunnel:
    """One client connection. ``kind``: connect (TLS to ``host``) | plain (http:// to ``host``) | control."""

    kind: str
    host: str
    client: asyncio.Transport

    def reset(self) -> None:
        reset(self.client)


class Tunnels:
    """Open tunnels by the two ports of their inner connection: so the server knows which host was asked for.

    Both ports, as two connections may have the same source port if they go to different servers.
    """

    def __init__(self) -> None:
        self._by_ports: dict[tuple[int, int], Tunnel] = {}

    def open(self, source: int, server: int, tunnel: Tunnel) -> None:
        self._by_ports[source, server] = tunnel

    def close(self, tunnel: Tunnel) -> None:
        """Forgets this tunnel, and not one that has got its ports since."""
        self._by_ports = {ports: known for ports, known in self._by_ports.items() if known is not tunnel}

    def get(self, source: int, server: int) -> Tunnel | None:
        return self._by_ports.get((source, server))


class Inner(asyncio.Protocol):
    """The connection to the server behind the proxy: passes everything to the client."""

    def __init__(self, client: asyncio.Transport) -> None:
        self._client = client
        self._ended = {"client": False, "server": False}
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._client.write(data)

    def eof_received(self) -> bool:
        if not self._client.is_closing():
            self._client.write_eof()
        return self._end("server")

    def client_ended(self) -> bool:
        """The client has nothing more to send. Returns whether its connection stays open for the answer."""
        if self.transport and not self.transport.is_closing():
            self.transport.write_eof()
        return self._end("client")

    def _end(self, side: str) -> bool:
        # One side may still have something to say after the other has ended. When both have, nobody else would close.
        self._ended[side] = True
        if all(self._ended.values()):
            self._client.close()
            if self.transport:
                self.transport.close()
            return False
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self._client.close()

    def pause_writing(self) -> None:
        if not self._client.is_closing():
            self._client.pause_reading()

    def resume_writing(self) -> None:
        if not self._client.is_closing():
            self._client.resume_reading()
