# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The proxy: what it lets through, what it refuses, and the traps of real clients."""

from __future__ import annotations

import contextlib
import socket
import ssl
import statistics
import time

import httpx
import pytest
import requests

ARM = "https://management.azure.com"


def dial(azure):
    return socket.create_connection(("127.0.0.1", azure.emulator.port), timeout=10)


def read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        received = connection.recv(4096)
        if not received:
            break
        data += received
    return data.decode("latin-1")


def tunnel(azure, host="management.azure.com", version="1.1"):
    """A TLS connection to ``host`` through CONNECT."""
    connection = dial(azure)
    connection.sendall(f"CONNECT {host}:443 HTTP/{version}\r\nHost: {host}:443\r\n\r\n".encode())
    assert " 200 " in read_head(connection).split("\r\n")[0]
    context = ssl.create_default_context(cafile=str(azure.emulator.ca))
    return context.wrap_socket(connection, server_hostname=host)


def get(connection, path="/subscriptions?api-version=2022-12-01", host="management.azure.com"):
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return read_head(connection).split("\r\n")[0]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_connect_in_both_versions_of_http(azure, version):
    with tunnel(azure, version=version) as connection:
        assert get(connection) == "HTTP/1.1 401 Unauthorized"


def test_one_certificate_for_all_names(azure):
    names = (
        "management.azure.com",
        "login.microsoftonline.com",
        "login.windows.net",
        "graph.microsoft.com",
        "management.chinacloudapi.cn",
        "login.chinacloudapi.cn",
        "management.usgovcloudapi.net",
        "login.microsoftonline.us",
    )
    for name in names:
        tunnel(azure, name).close()


@pytest.mark.parametrize(
    "target", ["example.com:443", "management.azure.com:80", "evil.management.azure.com:443", "169.254.169.254:443"]
)
def test_other_hosts_are_refused_counted_and_reported(azure, target, capsys):
    with dial(azure) as connection:
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        assert read_head(connection).startswith("HTTP/1.1 403 ")
    host, port = target.split(":")
    [refused] = azure.control("GET", "refused")["refused"]
    assert (refused["host"], refused["port"], refused["count"]) == (host, int(port), 1)
    assert f"REFUSED {target}" in capsys.readouterr().err
    azure.control("DELETE", "complaints")


def test_refusals_survive_a_reset(azure):
    with contextlib.suppress(httpx.ProxyError):
        azure.http.get("https://example.com/")
    azure.control("POST", "reset", {})
    assert azure.control("GET", "refused")["refused"][0]["host"] == "example.com"
    azure.control("DELETE", "complaints")


def test_plain_http_goes_to_the_identity_endpoint_only(azure):
    assert azure.http.get("http://169.254.169.254/metadata/instance").status_code == 404
    assert azure.http.get("http://example.com/").status_code == 403
    assert azure.http.get("http://management.azure.com/").status_code == 403
    assert len(azure.control("GET", "refused")["refused"]) == 2
    azure.control("DELETE", "complaints")


def test_host_must_be_the_one_of_the_tunnel(azure):
    with tunnel(azure) as connection:
        assert get(connection, host="graph.microsoft.com") == "HTTP/1.1 421 Misdirected Request"
    assert azure.control("GET", "refused")["refused"][0]["host"] == "graph.microsoft.com"
    azure.control("DELETE", "complaints")


def test_inner_port_is_for_the_proxy_only(azure):
    port = azure.emulator._proxy._routes.plain_port
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"http://127.0.0.1:{port}/__emulator/health").status_code == 403


def test_control_interface_cannot_be_reached_through_the_proxy(azure):
    assert azure.http.get("http://169.254.169.254/__emulator/health").status_code == 404
    answer = azure.send("GET", f"{ARM}/__emulator/health?api-version=2022-12-01", audience=ARM)
    assert answer.status_code == 404


def test_pages_that_the_proxy_does_not_have(azure):
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{azure.emulator.url}/").status_code == 404
        assert client.get(f"{azure.emulator.url}/__emulator/nope").status_code == 404


def test_nonsense_ends_the_connection(azure):
    with dial(azure) as connection:
        connection.sendall(b"hello\r\n\r\n")
        assert read_head(connection).startswith("HTTP/1.1 400 ")


def test_head_may_come_in_pieces_and_the_handshake_along_with_it(azure):
    with dial(azure) as connection:
        for byte in b"CONNECT management.azure.com:443 HTTP/1.1\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert " 200 " in read_head(connection)


def test_client_may_stop_sending_and_still_be_answered(azure):
    with dial(azure) as connection:
        connection.sendall(b"GET /__emulator/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while received := connection.recv(4096):
            answer += received
    assert answer.endswith(b'"status":"ready","version":"0.1.0"}')


def test_nothing_is_left_of_connections_that_ended(azure):
    proxy, tunnels = azure.emulator._proxy, azure.emulator._tunnels
    # Clients of other tests in this process may still hold theirs.
    others, ports_of_others = set(proxy._connections), set(tunnels._by_ports)
    for _ in range(5):
        azure.control("GET", "health")
        with azure.client() as client:
            client.get(f"{ARM}/subscriptions")
    with dial(azure) as connection:
        connection.sendall(b"CONNECT management.azure.com:443 HTTP/1.1\r\n\r\n")
    with dial(azure) as connection:
        connection.sendall(b"CONN")
    azure.http.close()
    azure.http = azure.client()
    patience = time.monotonic() + 5
    while proxy._connections - others and time.monotonic() < patience:
        time.sleep(0.02)
    assert proxy._connections - others == set()
    assert set(tunnels._by_ports) - ports_of_others == set()


def test_large_bodies_pass(azure):
    content = b"x" * 3_000_000
    answer = azure.send("POST", f"{ARM}/nothing?api-version=2022-12-01", audience=ARM, content=content)
    assert answer.status_code == 404


def test_expect_continue(azure):
    with tunnel(azure) as connection:
        connection.sendall(
            b"POST /nothing?api-version=2022-12-01 HTTP/1.1\r\nHost: management.azure.com\r\n"
            b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        assert read_head(connection).startswith("HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert read_head(connection).startswith("HTTP/1.1 401 ")


def test_keep_alive_answers_do_not_wait_for_acknowledgements(azure):
    """A delayed acknowledgement or Nagle's algorithm would cost 40 ms per request; urllib3 leaves the latter on."""
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"https": azure.emulator.url}
    session.verify = str(azure.emulator.ca)
    headers = {"Authorization": f"Bearer {azure.token()}"}
    url = f"{ARM}{azure.subscription}/resourcegroups/rg1?api-version=2022-09-01"
    times = []
    for _ in range(30):
        started = time.perf_counter()
        answer = session.put(url, json={"location": "eastus"}, headers=headers)
        times.append(time.perf_counter() - started)
        assert answer.status_code in (200, 201)
    assert statistics.median(times) < 0.03


def test_time_is_the_worlds(azure):
    azure.advance(86400 * 365)
    answer = azure.http.get(f"{ARM}/subscriptions")
    year = time.gmtime(time.time() + 86400 * 365).tm_year
    assert f" {year} " in answer.headers["date"]
