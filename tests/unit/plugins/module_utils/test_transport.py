# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP without `requests`: what reaches a real socket, and what is told apart when it breaks."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._transport import Transport, make_transport
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline.transport import HttpRequest as OldRequest
from azure.core.rest import HttpRequest


class Handler(BaseHTTPRequestHandler):
    """Echoes; /close answers and closes, /drop closes without an answer."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body, self.client_address))  # type: ignore[attr-defined]
        if self.path == "/drop":
            self.close_connection = True
            return
        text = b"\xef\xbb\xbf" + body if self.path == "/bom" else body
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Mixed-Case", "yes")
        if self.path == "/close":
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An HTTP server on loopback; `seen` holds what came."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.seen = []  # type: ignore[attr-defined]
    http.url = f"http://127.0.0.1:{http.server_port}"  # type: ignore[attr-defined]
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield http
    http.shutdown()
    http.server_close()


BODIES: dict[str, tuple[dict[str, Any], bytes]] = {
    "bytes": ({"content": b"raw"}, b"raw"),
    "text": ({"content": "ü"}, "ü".encode()),
    "json": ({"json": {"a": 1}}, b'{"a": 1}'),
    "form": ({"data": {"a": "1 2", "b": "&"}}, b"a=1+2&b=%26"),
    "stream": ({"content": io.BytesIO(b"stream")}, b"stream"),
}


@pytest.mark.parametrize("kind", BODIES)
def test_each_kind_of_body(server: Any, kind: str) -> None:
    """With its length, never in chunks; the same again when it is sent again."""
    given, expected = BODIES[kind]
    with Transport() as transport:
        request = HttpRequest("PUT", f"{server.url}/x", **given)
        for _time in range(2):
            assert transport.send(request).body() == expected
    for _method, _path, headers, body, _client in server.seen:
        assert body == expected
        assert headers["Content-Length"] == str(len(expected))
        assert "Transfer-Encoding" not in headers
    if kind == "form":
        assert server.seen[0][2]["Content-Type"] == "application/x-www-form-urlencoded"


def test_the_older_kind_of_request(server: Any) -> None:
    request = OldRequest("POST", f"{server.url}/x?a=b")
    request.set_json_body({"a": 1})
    answer = Transport().send(request)
    assert answer.json() == {"a": 1}
    assert server.seen[0][1] == "/x?a=b"


def test_a_get_has_no_length(server: Any) -> None:
    Transport().send(HttpRequest("GET", server.url))
    method, path, headers, _body, _client = server.seen[0]
    assert (method, path) == ("GET", "/")
    assert "Content-Length" not in headers


def test_connections_are_kept(server: Any) -> None:
    with Transport() as transport:
        for path in ("/a", "/b", "/close", "/c"):
            transport.send(HttpRequest("GET", server.url + path))
    clients = [row[4] for row in server.seen]
    assert clients[0] == clients[1] == clients[2] != clients[3]


def test_a_connection_that_was_closed_meanwhile_is_not_used(server: Any) -> None:
    """It would lose the request, and nobody could tell whether it arrived."""
    transport = Transport()
    transport.send(HttpRequest("GET", f"{server.url}/a"))
    idle = next(iter(transport._idle.values()))
    idle[0].sock.shutdown(socket.SHUT_RDWR)
    assert transport.send(HttpRequest("GET", f"{server.url}/b")).status_code == 200


def test_answers(server: Any) -> None:
    transport = Transport()
    answer = transport.send(HttpRequest("POST", f"{server.url}/bom", content=b'{"a": 1}'))
    assert answer.json() == {"a": 1}
    assert answer.headers["x-mixed-case"] == "yes"
    missing = transport.send(HttpRequest("GET", f"{server.url}/missing"))
    with pytest.raises(HttpResponseError):
        missing.raise_for_status()
    assert transport.send(HttpRequest("HEAD", f"{server.url}/x")).body() == b""


def test_what_broke_is_told_apart(server: Any) -> None:
    """No connection: certainly not sent. A connection that ends: perhaps."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(ServiceRequestError):
            Transport().send(HttpRequest("GET", nowhere))
    with pytest.raises(ServiceResponseError):
        Transport().send(HttpRequest("POST", f"{server.url}/drop", content=b"x"))
    assert len(server.seen) == 1


def test_a_proxy_for_plain_http(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole URL is in the request line; hosts of NO_PROXY are asked directly."""
    monkeypatch.setenv("http_proxy", server.url.replace("http://", "http://user:pass@"))
    monkeypatch.setenv("no_proxy", "")
    Transport().send(HttpRequest("GET", "http://example.invalid/x?y=z"))
    assert server.seen[0][1] == "http://example.invalid/x?y=z"
    assert server.seen[0][2]["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    Transport().send(HttpRequest("GET", f"{server.url}/direct"))
    assert server.seen[1][1] == "/direct"


def test_other_proxies_are_left_to_azure_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://127.0.0.1:1")
    assert not isinstance(make_transport(), Transport)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    assert isinstance(make_transport(), Transport)


def test_a_missing_certificate_file(monkeypatch: pytest.MonkeyPatch, server: Any) -> None:
    """Said as a failure to connect, with the file's name."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/does/not/exist.pem")
    with pytest.raises(ServiceRequestError, match=r"/does/not/exist\.pem"):
        Transport().send(HttpRequest("GET", server.url.replace("http:", "https:")))
