# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP for azure-core's pipelines, made of the standard library. Private to this collection.

azure-core's own transport imports `requests`, which takes longer than all the requests of an unchanged task
together. This one does what a module needs: kept-alive connections, HTTP proxies from the environment, the
certificate variables that users of the Azure SDK know (REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_FILE), and a
clear difference between "never sent" and "sent, but no answer", which the retry rules need.

Proxies that speak anything but plain HTTP are left to azure-core's transport (see `make_transport`).
"""

from __future__ import annotations

import os
import threading
import time
import typing as t
from urllib.parse import urlsplit

_CONNECT_SECONDS = 30.0
_ANSWER_SECONDS = 120.0
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def make_transport(verify: bool = True) -> t.Any:
    """A transport for azure-core pipelines and azure-identity credentials. `verify`: check server certificates."""
    from urllib.request import getproxies

    schemes = {urlsplit(url).scheme for name, url in getproxies().items() if name in ("http", "https", "all")}
    if schemes - {"http", ""}:
        from azure.core.pipeline.transport import RequestsTransport

        return RequestsTransport(connection_verify=verify)
    return Transport(verify)


class Response:
    """One answer, read to its end. Speaks both of azure-core's response dialects (`rest` and the older one)."""

    def __init__(self, request: t.Any, status: int, reason: str, headers: t.Any, body: bytes) -> None:
        self.request = request
        self.status_code = status
        self.reason = reason
        self.headers = headers
        self.content = body
        self.encoding: str | None = None
        self.internal_response = None
        self.block_size = 4096
        self.is_closed = True
        self.is_stream_consumed = True

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type") or ""

    @property
    def url(self) -> str:
        return self.request.url

    def body(self) -> bytes:
        return self.content

    def read(self) -> bytes:
        return self.content

    def text(self, encoding: str | None = None) -> str:
        return self.content.decode(encoding or "utf-8-sig", errors="replace")

    def json(self) -> t.Any:
        import json

        return json.loads(self.text())

    def iter_bytes(self, **_kwargs: t.Any) -> t.Iterator[bytes]:
        yield self.content

    iter_raw = iter_bytes

    def stream_download(self, _pipeline: t.Any, **_kwargs: t.Any) -> t.Iterator[bytes]:
        yield self.content

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            from azure.core.exceptions import HttpResponseError

            raise HttpResponseError(response=self)

    def close(self) -> None:
        """Nothing is left open."""

    def __enter__(self) -> Response:
        return self

    def __exit__(self, *_details: t.Any) -> None:
        return None


class Transport:
    """Sends requests over kept-alive connections. May be used by several threads."""

    def __init__(self, verify: bool = True) -> None:
        self._verify = verify
        self._tls: t.Any = None
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str], list[t.Any]] = {}

    def send(self, request: t.Any, **_options: t.Any) -> Response:
        """One answer, or azure-core's ServiceRequestError (not sent) or ServiceResponseError (lost)."""
        from http.client import HTTPException

        from azure.core.exceptions import ServiceRequestError, ServiceResponseError
        from azure.core.utils import case_insensitive_dict

        parts = urlsplit(request.url)
        body = _body_of(request)
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() != "transfer-encoding"}
        headers["Content-Length"] = str(len(body or b""))
        if body is None and request.method in ("GET", "HEAD", "DELETE"):
            del headers["Content-Length"]
        proxy = _proxy_for(parts)
        if proxy is not None and parts.scheme == "http":
            headers.update(_proxy_headers(proxy))  # with https they go with the request for a tunnel
        try:
            connection, target = self._connection(parts, proxy)
        except (OSError, HTTPException) as error:
            raise ServiceRequestError(f"{parts.netloc}: {error}", error=error) from error
        try:
            connection.request(request.method, target, body=body, headers=headers)
            raw = connection.getresponse()
            content = raw.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise ServiceResponseError(f"{parts.netloc}: {error or type(error).__name__}", error=error) from error
        if raw.will_close:
            connection.close()
        else:
            with self._lock:
                self._idle.setdefault((parts.scheme, parts.netloc), []).append(connection)
        return Response(request, raw.status, raw.reason, case_insensitive_dict(raw.getheaders()), content)

    def _connection(self, parts: t.Any, proxy: t.Any) -> tuple[t.Any, str]:
        """An open connection, and what stands in its request line."""
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if proxy is not None and parts.scheme == "http":
            target = f"http://{parts.netloc}{target}"
        with self._lock:
            idle = self._idle.get((parts.scheme, parts.netloc), [])
            while idle:
                connection = idle.pop()
                if _is_usable(connection):
                    return connection, target
                connection.close()
        return self._open(parts, proxy), target

    def _open(self, parts: t.Any, proxy: t.Any) -> t.Any:
        from http.client import HTTPConnection, HTTPSConnection

        host, port = (proxy.hostname, proxy.port or 8080) if proxy is not None else (parts.hostname, parts.port)
        if parts.scheme == "https":
            connection: t.Any = HTTPSConnection(host, port, timeout=_CONNECT_SECONDS, context=self._tls_context())
            if proxy is not None:
                connection.set_tunnel(parts.hostname, parts.port or 443, headers=_proxy_headers(proxy))
        else:
            connection = HTTPConnection(host, port, timeout=_CONNECT_SECONDS)
        connection.connect()
        connection.sock.settimeout(_ANSWER_SECONDS)
        return connection

    def _tls_context(self) -> t.Any:
        with self._lock:
            if self._tls is None:
                self._tls = _make_tls_context(self._verify)
            return self._tls

    def open(self) -> None:
        """Connections are opened when they are needed."""

    def close(self) -> None:
        with self._lock:
            for connections in self._idle.values():
                for connection in connections:
                    connection.close()
            self._idle.clear()

    def sleep(self, duration: float) -> None:
        time.sleep(duration)

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *_details: t.Any) -> None:
        self.close()


def _body_of(request: t.Any) -> bytes | None:
    """The body as bytes. The SDKs hand over bytes, text, an open file-like object, or a form as a mapping."""
    body = getattr(request, "data", None)
    if body is None:
        body = getattr(request, "content", None)
    if body is None:
        return None
    if hasattr(body, "read"):
        body.seek(0)  # an earlier attempt may have read it
        body = body.read()
    if isinstance(body, dict):
        from urllib.parse import urlencode

        body = urlencode(body)
        request.headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return body.encode() if isinstance(body, str) else bytes(body)


def _proxy_for(parts: t.Any) -> t.Any:
    """The proxy's URL, parsed, or None for a direct connection."""
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    url = proxies.get(parts.scheme) or proxies.get("all")
    if not url or proxy_bypass(parts.netloc):
        return None
    return urlsplit(url if "://" in url else f"http://{url}")


def _proxy_headers(proxy: t.Any) -> dict[str, str]:
    if proxy.username is None:
        return {}
    from base64 import b64encode
    from urllib.parse import unquote

    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + b64encode(pair.encode()).decode()}


def _is_usable(connection: t.Any) -> bool:
    """Whether an idle connection is still open. A readable one was closed by the other end, or is out of step."""
    import select

    if connection.sock is None:
        return False
    try:
        poll = select.poll() if hasattr(select, "poll") else None
        if poll is None:
            return not select.select([connection.sock], [], [], 0)[0]
        poll.register(connection.sock, select.POLLIN)
        return not poll.poll(0)
    except (OSError, ValueError):
        return False


def _make_tls_context(verify: bool) -> t.Any:
    import ssl

    bundle = next((os.environ[name] for name in _CA_VARIABLES if os.environ.get(name)), None)
    if bundle is None:
        context = ssl.create_default_context()
        defaults = ssl.get_default_verify_paths()
        if defaults.cafile is None and defaults.capath is None:  # no system store, as in some containers
            _load_certifi(context)
    elif not os.path.exists(bundle):
        raise FileNotFoundError(f"the certificate authority file {bundle} does not exist")
    elif os.path.isdir(bundle):
        context = ssl.create_default_context(capath=bundle)
    else:
        context = ssl.create_default_context(cafile=bundle)
    # Certificate authorities of company proxies often lack what the strict mode of newer Pythons asks for.
    context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _load_certifi(context: t.Any) -> None:
    try:
        import certifi
    except ImportError:
        return
    context.load_verify_locations(certifi.where())
