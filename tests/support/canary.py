# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Searches everything that runs have left for secrets.

A test makes up secrets with `canary()`, uses them, and then asserts that `found(...)` is empty.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from .emulator import Emulator
from .playbook import PlayRun


def canary(prefix: str = "canary") -> str:
    """A secret that occurs nowhere else, with characters that quoting would change."""
    return f"{prefix}-{secrets.token_hex(8)}/+&="


def _spellings(secret: str) -> set[bytes]:
    """The secret plain, URL-quoted, JSON- and HTML-quoted, and in base64 at each of the three alignments."""
    plain = secret.encode()
    spellings = {plain, quote(secret).encode(), quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode()}
    spellings.add(plain.replace(b"&", b"&amp;"))
    for offset in range(3):
        # The characters at both ends depend on the neighbours: only those between are ours alone.
        encoded = base64.b64encode(b"\0" * offset + plain + b"\0" * 2)
        spellings.add(encoded[4 if offset else 0 : -8])
    return spellings


def _left_behind(run: PlayRun) -> Iterator[tuple[str, bytes]]:
    yield "stdout", run.stdout.encode()
    yield "stderr", run.stderr.encode()
    yield "process arguments", run.arguments.encode()
    yield "results", json.dumps([result.result for result in run.results], ensure_ascii=False, default=str).encode()
    yield from _files(run.folder)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path), path.read_bytes()


def found(secrets_to_find: Iterable[str], runs: Iterable[PlayRun], emulator: Emulator | None = None) -> list[str]:
    """Where the secrets occur: "<secret's start> in <place>", empty if nowhere.

    Looks at the output, the results that tasks returned, the arguments of the module processes, every file that the
    runs left, and the emulator's log, request log and state.
    """
    places = [place for run in runs for place in _left_behind(run)]
    if emulator:
        places.append(("the emulator's log", emulator.log().encode()))
        places.append(("the emulator's requests", "\n".join(map(repr, emulator.requests(sign_in=True))).encode()))
        places.append(("the emulator's state", json.dumps(emulator.state(), ensure_ascii=False).encode()))
        places.extend(_files(emulator.state_dir))
    return [
        f"{secret[:8]}… in {place}"
        for secret in secrets_to_find
        for place, content in places
        if any(spelling in content for spelling in _spellings(secret))
    ]
