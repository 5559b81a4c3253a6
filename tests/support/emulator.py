# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The emulator as tests see it: one `azure-emulator serve` process and its control interface."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import httpx

# POST operations of ARM that only read. Everything else that is not GET or HEAD counts as a write.
READING_POSTS = ("/listdetails", "/listlogsasurl", "/listcredentials", "/listusages", "/checknameavailability")
SIGN_IN_PLANES = ("entra", "imds")


@dataclass(frozen=True)
class Request:
    """One line of the emulator's request log."""

    number: int
    time: Any
    plane: str
    method: str
    host: str
    path: str
    query: Any
    status: int
    route: str | None
    action: str | None
    caller: str | None
    milliseconds: float
    fault: Any = None

    @property
    def is_sign_in(self) -> bool:
        """Whether it got a token, or asked where to get one (a data plane's 401 challenge does not count)."""
        return self.plane in SIGN_IN_PLANES

    @property
    def is_write(self) -> bool:
        """Whether it could have changed something in Azure."""
        if self.is_sign_in or self.method in ("GET", "HEAD"):
            return False
        return not (self.method == "POST" and self.path.lower().endswith(READING_POSTS))

    def __str__(self) -> str:
        return f"{self.method} {self.host}{self.path} -> {self.status}"


class Requests(list[Request]):
    """Requests in order, sign-in apart."""

    @property
    def arm(self) -> Requests:
        """Those to Azure Resource Manager."""
        return Requests(request for request in self if request.plane == "arm")

    @property
    def writes(self) -> Requests:
        """Those that could have changed something."""
        return Requests(request for request in self if request.is_write)

    @property
    def methods(self) -> list[str]:
        """The methods, with the last word of the path for POST: ["GET", "POST listDetails", "PATCH"]."""
        return [
            f"POST {request.path.rstrip('/').rpartition('/')[2]}" if request.method == "POST" else request.method
            for request in self
        ]


class Emulator:
    """One emulator process with its state folder.

    Usable after start(). Every method raises httpx.HTTPError if the emulator does not answer, or answers an error.
    """

    def __init__(self, state_dir: Path, seeds: Path | None = None) -> None:
        self.state_dir = state_dir
        self.seeds = seeds
        self.log_file = state_dir.with_name(state_dir.name + ".log")
        self._process: subprocess.Popen[bytes] | None = None
        self._control: httpx.Client | None = None
        self._environment: dict[str, Any] = {}
        self._log_read = 0

    # --- the process

    def start(self, timeout: float = 60.0) -> Emulator:
        """Start `serve` and wait for its ready line."""
        command = [self._command, "serve", "--state-dir", str(self.state_dir)]
        if self.seeds:
            command += ["--seeds", str(self.seeds)]
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        ready, _writable, _broken = select.select([self._process.stdout], [], [], timeout)
        if not ready or not self._process.stdout.readline():
            self.stop()
            raise RuntimeError(f"The emulator did not start.\n{self.log()}")
        about = json.loads((self.state_dir / "emulator.json").read_text(encoding="utf-8"))
        self.port: int = about["port"]
        self.url: str = about["url"]
        self.certificate_authority: str = about["ca"]
        self._control = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/__emulator/", trust_env=False, timeout=30.0
        )
        answer = subprocess.run(
            [self._command, "env", "--state-dir", str(self.state_dir), "--json"], check=True, capture_output=True
        )
        self._environment = json.loads(answer.stdout)
        return self

    def stop(self) -> None:
        """End the process, and wait for it."""
        if self._control:
            self._control.close()
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()
            self._process = None

    @property
    def _command(self) -> str:
        return str(Path(sys.executable).with_name("azure-emulator"))

    def log(self) -> str:
        """What the process wrote to its standard error."""
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""

    # --- the environment that leads clients here

    @property
    def settings(self) -> dict[str, str]:
        """The variables that the emulator sets: proxy, certificate authority, service principal, subscription."""
        return dict(self._environment["set"])

    def env(self, base: dict[str, str] | None = None) -> dict[str, str]:
        """A whole environment for a client: base (default: this process's) with the emulator's block applied."""
        result = dict(os.environ if base is None else base)
        for name in self._environment["unset"]:
            result.pop(name, None)
        result.update(self.settings)
        return result

    # --- the control interface

    def _call(self, method: str, path: str, **keywords: Any) -> Any:
        assert self._control is not None
        answer = self._control.request(method, path, **keywords)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def reset(self, seeds: dict[str, Any] | None = None) -> None:
        """Forget all state, requests, faults and switches; then apply the default seeds, and these over them."""
        self._call("POST", "reset", json={"seeds": seeds} if seeds else {})

    def state(self) -> dict[str, Any]:
        """Everything that the emulated Azure holds, secrets redacted."""
        return self._call("GET", "state")

    def requests(self, after: int = 0, sign_in: bool = False) -> Requests:
        """The requests so far, those after a number; requests for tokens only if asked for."""
        known = {field.name for field in fields(Request)}
        answer = self._call("GET", "requests", params={"after": after})
        found = (Request(**{key: value for key, value in row.items() if key in known}) for row in answer["requests"])
        return Requests(request for request in found if sign_in or not request.is_sign_in)

    @contextlib.contextmanager
    def recorded(self) -> Iterator[Requests]:
        """The requests that are made inside the block; filled in at its end, sign-in left out."""
        everything = self.requests(sign_in=True)
        before = everything[-1].number if everything else 0
        recorded = Requests()
        yield recorded
        recorded.extend(self.requests(after=before))

    def complaints(self) -> list[str]:
        """What no client may do and no emulator may answer, since the last `clear_complaints`.

        Hosts that are no part of the emulated Azure, bodies that the real service's schema does not know, and errors
        inside the emulator.
        """
        refused = self._call("GET", "refused")["refused"]
        violations = self._call("GET", "violations")["violations"]
        defects = self.log()[self._log_read :].split("DEFECT of the emulator:")[1:]
        return [
            *(f"refused host {row['host']}:{row['port']}: {row['reason']}" for row in refused),
            *(f"wrong body in {row['method']} {row['path']}: {row['message']}" for row in violations),
            *(f"error inside the emulator: {text.strip()}" for text in defects),
        ]

    def clear_complaints(self) -> None:
        """For tests that provoke them: without this, a complaint fails the test."""
        self._call("DELETE", "complaints")
        self._log_read = len(self.log())

    def switch(self, name: str, value: Any) -> None:
        """Choose an alternative of a behaviour that is unknown of the real service."""
        self._call("PUT", "switches", json={name: value})

    def fault(
        self, *, method: str | None = None, host: str | None = None, path: str | None = None, **what: Any
    ) -> None:
        """Let matching requests fail: `when` before|after, `kind` status|reset|delay, `status`, `times`, `skip` …

        `host` is a glob, `path` a regular expression.
        """
        match = {key: value for key, value in {"method": method, "host": host, "path": path}.items() if value}
        self._call("POST", "faults", json={"match": match, **what})

    def clear_faults(self) -> None:
        """No further request fails on purpose."""
        self._call("DELETE", "faults")

    def advance(self, seconds: float) -> None:
        """Move the emulated clock forward."""
        self._call("POST", "clock", json={"advance": seconds})
