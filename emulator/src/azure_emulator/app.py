# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The web application behind the proxy: HTTP in, Call out; Answer in, HTTP out."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from azure_emulator.control.interface import Control
from azure_emulator.exchange import Answer, Call
from azure_emulator.gateway import ConnectionReset, Gateway
from azure_emulator.proxy import CONTROL_PREFIX
from azure_emulator.tunnels import Tunnel, Tunnels


class App:
    """An ASGI application. Handlers run on the event loop, one at a time, so the state needs no lock."""

    def __init__(self, gateway: Gateway, control: Control, tunnels: Tunnels) -> None:
        self._gateway = gateway
        self._control = control
        self._tunnels = tunnels

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        request = Request(scope, receive)
        tunnel = self._tunnels.get(request.client.port, scope["server"][1]) if request.client else None
        if tunnel is None:
            # Somebody found the inner port. Only the proxy may use it: it knows which host was asked for.
            await _response(Answer(403, {"error": "Use the proxy's port."}))(scope, receive, send)
            return
        try:
            answer = await self._answer(request, tunnel)
        except (ConnectionReset, ClientDisconnect):
            tunnel.reset()
            return
        await _response(answer)(scope, receive, send)

    async def _answer(self, request: Request, tunnel: Tunnel) -> Answer:
        call = Call(
            world=self._gateway.world,
            method=request.method,
            host=_host(request),
            path=_path(request),
            query={name.lower(): value for name, value in _query(request)},
            headers=dict(request.headers),
            body=await request.body(),
        )
        if tunnel.kind == "control":
            return self._control.answer(call) if call.path.startswith(CONTROL_PREFIX) else Answer(404)
        if call.host != tunnel.host:
            self._gateway.recorder.refuse(
                call.host,
                443 if tunnel.kind == "connect" else 80,
                f"asked for in a connection to {tunnel.host}",
                self._gateway.world.clock.now().isoformat(timespec="milliseconds"),
            )
            return Answer(421, {"error": {"code": "MisdirectedRequest", "message": "Host is not the tunnel's host."}})
        return await self._gateway.answer(call)


def _host(request: Request) -> str:
    return request.headers.get("host", "").lower().split(":")[0].rstrip(".")


def _path(request: Request) -> str:
    """Percent-decoded. A proxied plain request has the whole URL in its request line."""
    path = request.scope["path"]
    if path.lower().startswith("http://"):
        path = "/" + path[len("http://") :].partition("/")[2]
    return path


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(None, answer.status, answer.headers)
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, answer.headers)
    content = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, answer.status, {"Content-Type": "application/json; charset=utf-8"} | answer.headers)
