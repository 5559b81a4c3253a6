# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The emulator's own tests run it in a thread and talk to it as clients do: through the proxy, over TLS."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from azure_emulator import certificates
from azure_emulator.server import Emulator

ARM = "https://management.azure.com"
RESOURCES_VERSION = "2022-09-01"


class LocalAzure:
    """A running emulator with raw HTTP clients."""

    def __init__(self, directory: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.emulator = self.on_loop(self._make(directory))
        self.on_loop(self.emulator.start())
        self.http = self.client()
        self.seeds: dict[str, Any] = self.emulator.world.seeds
        self.subscription: str = f"/subscriptions/{self.seeds['subscription']['id']}"
        self._tokens: dict[tuple[str, int], str] = {}

    @staticmethod
    async def _make(directory: Path) -> Emulator:
        return Emulator(directory)

    def on_loop(self, work: Any) -> Any:
        """Runs a coroutine where the emulator runs and returns its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def client(self, **options: Any) -> httpx.Client:
        """A client with nothing but the proxy and the emulator's authority."""
        context = certificates.client_context(self.emulator.ca)
        return httpx.Client(proxy=self.emulator.url, verify=context, trust_env=False, timeout=30, **options)

    def stop(self) -> None:
        self.http.close()
        self.on_loop(self.emulator.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)

    @property
    def environment(self) -> dict[str, str]:
        return self.emulator.environment()["set"]

    # -- requests --------------------------------------------------------------------------------------------------

    def token(self, audience: str = ARM, application: int = 0) -> str:
        """Signs in as the application with this index in the seeds, with its client secret."""
        if (audience, application) not in self._tokens:
            seed = self.seeds["applications"][application]
            answer = self.http.post(
                f"https://login.microsoftonline.com/{self.seeds['tenant']}/oauth2/v2.0/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": seed["client_id"],
                    "client_secret": seed["secret"],
                    "scope": f"{audience}/.default",
                },
            )
            assert answer.status_code == 200, answer.text
            self._tokens[audience, application] = answer.json()["access_token"]
        return self._tokens[audience, application]

    def send(
        self, method: str, url: str, *, audience: str | None = None, application: int = 0, **options: Any
    ) -> httpx.Response:
        """One request; with ``audience`` it carries a token."""
        headers = dict(options.pop("headers", {}))
        if audience:
            headers["Authorization"] = f"Bearer {self.token(audience, application)}"
        return self.http.request(method, url, headers=headers, **options)

    def arm(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str = RESOURCES_VERSION,
        application: int = 0,
        query: dict[str, str] | None = None,
    ) -> httpx.Response:
        """A request to Resource Manager. ``path`` starts at the subscription if it is relative."""
        path = path if path.startswith("/") else f"{self.subscription}/{path}".rstrip("/")
        parameters = {"api-version": version} | (query or {})
        return self.send(method, ARM + path, audience=ARM, application=application, params=parameters, json=body)

    def group(self, name: str = "rg1", location: str = "eastus") -> str:
        """Makes a resource group and returns its id."""
        answer = self.arm("PUT", f"resourceGroups/{name}", {"location": location})
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["id"]

    # -- control ---------------------------------------------------------------------------------------------------

    def control(self, method: str, name: str, body: Any = None, **options: Any) -> Any:
        with httpx.Client(trust_env=False, timeout=30) as client:
            answer = client.request(method, f"{self.emulator.url}/__emulator/{name}", json=body, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def switch(self, **values: Any) -> None:
        self.control("PUT", "switches", values)

    def fault(self, **description: Any) -> None:
        self.control("POST", "faults", description)

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def requests(self) -> list[dict[str, Any]]:
        return self.control("GET", "requests")["requests"]


@pytest.fixture(scope="session")
def running_azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """One emulator for all tests of this process."""
    local = LocalAzure(tmp_path_factory.mktemp("state"))
    yield local
    local.stop()


@pytest.fixture
def azure(running_azure: LocalAzure) -> Iterator[LocalAzure]:
    """The emulator as it is right after its start. The test fails if the emulator itself failed, refused a host or
    got a body that fits no schema; a test that provokes this calls ``azure.control("DELETE", "complaints")``."""
    running_azure.control("POST", "reset", {})
    running_azure.control("DELETE", "complaints")
    running_azure._tokens.clear()  # a test that moved the clock left some that never expire now
    yield running_azure
    recorder = running_azure.emulator.recorder
    assert not recorder.defects()
    assert not recorder.violations()
    assert not recorder.refused()


@pytest.fixture
def azure_environment(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment block in this process, for the SDK's clients."""
    block = azure.emulator.environment()
    for name in block["unset"]:
        monkeypatch.delenv(name, raising=False)
    for name, value in block["set"].items():
        monkeypatch.setenv(name, value)
    return block["set"]
