# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What happened: requests, refused connections, requests with a body that no real service would take."""

from __future__ import annotations

import json
import sys
from collections import deque
from pathlib import Path
from typing import IO

# Old records go when a long rehearsal makes more than this; numbers keep counting.
_KEPT = 100_000


class Recorder:
    """Requests since the last reset; refusals and violations since the start (a reset does not forgive them)."""

    def __init__(self, file: Path | None = None, loud: bool = True) -> None:
        self._requests: deque[dict] = deque(maxlen=_KEPT)
        self._number = 0
        self._refused: dict[tuple[str, int, str], int] = {}
        self._violations: list[dict] = []
        self._defects: list[str] = []
        self._loud = loud
        self._file: IO[str] | None = file.open("w", encoding="utf-8") if file else None

    def request(self, record: dict) -> None:
        """Adds one record (without its number)."""
        self._number += 1
        record = {"number": self._number} | record
        self._requests.append(record)
        self._write({"kind": "request"} | record)

    def refuse(self, host: str, port: int, reason: str, time: str) -> None:
        key = (host, port, reason)
        self._refused[key] = self._refused.get(key, 0) + 1
        self._write({"kind": "refused", "time": time, "host": host, "port": port, "reason": reason})
        self._say(f"REFUSED {host}:{port}: {reason}")

    def violation(self, record: dict) -> None:
        """A request body against its schema: {time, method, path, schema, json_path, message}."""
        self._violations.append(record)
        self._write({"kind": "violation"} | record)
        self._say(f"WRONG BODY {record['method']} {record['path']}: {record['message']}")

    def defect(self, text: str) -> None:
        """The emulator itself failed; the request got a 500."""
        self._defects.append(text)
        self._write({"kind": "defect", "text": text})
        self._say(f"DEFECT of the emulator:\n{text}")

    def requests(self, after: int = 0) -> list[dict]:
        return [record for record in self._requests if record["number"] > after]

    def clear_requests(self) -> None:
        """Numbers start at 1 again."""
        self._requests.clear()
        self._number = 0

    def clear_complaints(self) -> None:
        """Forgets refusals, violations and defects: for tests that provoke them."""
        self._refused.clear()
        self._defects.clear()
        self._violations.clear()

    def refused(self) -> list[dict]:
        return [
            {"host": host, "port": port, "reason": reason, "count": count}
            for (host, port, reason), count in self._refused.items()
        ]

    def violations(self) -> list[dict]:
        return list(self._violations)

    def defects(self) -> list[str]:
        return list(self._defects)

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _write(self, record: dict) -> None:
        if self._file:
            self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
            self._file.flush()

    def _say(self, text: str) -> None:
        if self._loud:
            print(f"azure-emulator: {text}", file=sys.stderr, flush=True)
