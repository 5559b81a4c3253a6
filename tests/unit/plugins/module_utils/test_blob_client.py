# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a log blob from a small real HTTP server: pieces, missing, rewritten, broken; the link stays secret."""

from __future__ import annotations

import re
import threading
import traceback
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _blob_client
from ansible_collections.acr.tasks.plugins.module_utils._auth import Login
from ansible_collections.acr.tasks.plugins.module_utils._blob_client import BlobClient, LogUnreadableError
from ansible_collections.acr.tasks.plugins.module_utils._clouds import PUBLIC
from ansible_collections.acr.tasks.plugins.module_utils._session import Session
from ansible_collections.acr.tasks.plugins.module_utils._transport import make_transport

SECRET = "sig=TOP-SECRET"
Scripted = Callable[["Store", dict[str, str]], tuple[int, dict[str, str], bytes]]


class Store:
    """One blob. ``script`` may answer instead of it."""

    def __init__(self) -> None:
        self.blob: bytes | None = b""
        self.metadata = {"x-ms-meta-Complete": "successful"}
        self.requests: list[dict[str, str]] = []
        self.script: Scripted | None = None

    def answer(self, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.requests.append(headers)
        if self.script:
            return self.script(self, headers)
        return self.serve(headers)

    def serve(self, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self.blob is None:
            return 404, {"x-ms-error-code": "BlobNotFound"}, b""
        wanted = re.match(r"bytes=(\d+)-(\d+)", headers.get("x-ms-range", ""))
        if not wanted:
            return 200, self.metadata, self.blob
        first, last = int(wanted[1]), int(wanted[2])
        piece = self.blob[first : last + 1]
        if not piece:
            return 416, {"x-ms-error-code": "InvalidRange"}, b""
        extent = f"bytes {first}-{first + len(piece) - 1}/{len(self.blob)}"
        return 206, self.metadata | {"Content-Range": extent}, piece


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    store = Store()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = store.answer({name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    store.link = f"http://127.0.0.1:{server.server_port}/account/container/logs/cf3/rawtext.log?{SECRET}"  # type: ignore[attr-defined]
    yield store
    server.shutdown()
    server.server_close()
    thread.join()


def unsigned_session(retry_max_wait: float = 60.0) -> Session:
    """A session whose credential must never be asked."""
    return Session(Login(None, "s", PUBLIC, True, make_transport(), "tests"), retry_max_wait)


def read(store: Store, limit: int = 1000, **keywords: bool) -> _blob_client.Log | None:
    return BlobClient(unsigned_session()).read(store.link, limit, **keywords)  # type: ignore[attr-defined]


def test_a_short_log_is_one_request_without_a_token(store: Store) -> None:
    store.blob = "Run ID: cf3 was successful — ok\r\n".encode()
    log = read(store)
    assert log is not None
    assert (log.text, log.skipped, log.complete) == ("Run ID: cf3 was successful — ok\r\n", 0, True)
    assert len(store.requests) == 1
    assert "authorization" not in store.requests[0]


def test_a_long_log_comes_in_pieces(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_blob_client, "PIECE", 10)
    store.blob = b"0123456789abcdefghijABCDE"
    log = read(store)
    assert log is not None
    assert log.data == store.blob
    assert [request["x-ms-range"] for request in store.requests] == ["bytes=0-9", "bytes=10-19", "bytes=20-29"]


def test_of_a_huge_log_only_the_end_is_fetched(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_blob_client, "PIECE", 10)
    store.blob = b"x" * 500 + b"the end"
    log = read(store, limit=7)
    assert log is not None
    assert (log.data, log.skipped) == (b"the end", 500)
    assert len(store.requests) == 2


def test_an_empty_log_is_a_log(store: Store) -> None:
    log = read(store)
    assert log is not None
    assert (log.data, log.complete) == (b"", False)


def test_no_blob_yet_is_none(store: Store) -> None:
    store.blob = None
    assert read(store) is None


def test_a_growing_log_is_not_complete(store: Store) -> None:
    store.blob, store.metadata = b"2026/01/02 03:04:27 Logging in", {}
    log = read(store)
    assert log is not None
    assert log.complete is False


def test_a_store_that_ignores_ranges_is_read_all_the_same(store: Store) -> None:
    store.blob = b"0123456789"
    store.script = lambda store, _headers: store.serve({})
    log = read(store, limit=4)
    assert log is not None
    assert (log.data, log.skipped) == (b"6789", 6)


def test_a_log_written_anew_while_read_is_read_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_blob_client, "PIECE", 10)
    store.blob = b"first agent's long log"

    def restart_at_second_request(store: Store, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if len(store.requests) == 2:
            store.blob = b"new"
        return store.serve(headers)

    store.script = restart_at_second_request
    log = read(store)
    assert log is not None
    assert log.data == b"new"


def test_a_log_artifact_is_read_in_one_piece(store: Store) -> None:
    store.blob = b"line 1\nline 2\n"
    log = read(store, limit=7, artifact=True)
    assert log is not None
    assert (log.data, log.skipped, log.complete) == (b"line 2\n", 7, None)
    assert "x-ms-range" not in store.requests[0]


def test_a_short_failure_of_the_store_is_survived(store: Store) -> None:
    store.blob = b"here it is"
    store.script = lambda store, headers: (503, {}, b"") if len(store.requests) == 1 else store.serve(headers)
    log = read(store)
    assert log is not None
    assert log.data == b"here it is"


def test_a_refusal_is_told_without_the_link(store: Store) -> None:
    store.script = lambda _store, _headers: (403, {"x-ms-error-code": "AuthenticationFailed"}, b"<Error/>")
    with pytest.raises(LogUnreadableError, match=r"127\.0\.0\.1 answered with status 403") as raised:
        read(store)
    assert "TOP-SECRET" not in str(raised.value)


def test_an_unreachable_store_is_told_without_the_link() -> None:
    with pytest.raises(LogUnreadableError, match=r"nowhere\.invalid gave no answer") as raised:
        BlobClient(unsigned_session(retry_max_wait=0)).read(f"http://nowhere.invalid/log?{SECRET}", 100)
    assert "TOP-SECRET" not in "".join(traceback.format_exception(raised.value))
