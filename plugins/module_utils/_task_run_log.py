# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the log of a run says. Pure: text in, facts out.

This is private to the acr.tasks collection; other collections must not use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "********"  # the mask that Ansible itself uses

_STAMP = re.compile(r"^\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2} ")
_VERDICT = re.compile(r"^Run ID: \S+ (was successful|failed|timed out|was canceled|canceled)\b")
_STEP_BEGINS = re.compile(r"^Executing step ID: (?P<step>[^\s.]+(?:\.[^\s.]+)*)\. Timeout")
_STEP_FAILS = (
    re.compile(r"failed to run step ID: (?P<step>[^:\s]+)"),
    re.compile(r"Container failed during run: (?P<step>\S+)\. No retries remaining"),
)
_URL_SIGN_IN = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/\s@]+@", re.IGNORECASE)
_SAS_SIGNATURE = re.compile(r"(?P<name>[?&]sig=)[^&\s'\"]+", re.IGNORECASE)


def split_lines(text: str) -> list[str]:
    """The log as lines. Empty lines at the end are dropped; a progress line (``\\r`` inside) becomes its last state."""
    lines = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def scrub(text: str, secrets: Iterable[str]) -> str:
    """``text`` without the given values, without sign-ins in URLs and without SAS signatures.

    Values of up to three characters are masked where they stand alone: they occur inside of many words.
    """
    pieces = {piece for secret in secrets for piece in (secret, *secret.splitlines()) if piece.strip()}
    for piece in sorted(pieces, key=len, reverse=True):  # the longest first: one secret may be part of another
        if len(piece) > 3:
            text = text.replace(piece, MASK)
        else:
            text = re.sub(rf"(?<!\w){re.escape(piece)}(?!\w)", MASK, text)
    text = _URL_SIGN_IN.sub(rf"\g<scheme>{MASK}@", text)
    return _SAS_SIGNATURE.sub(rf"\g<name>{MASK}", text)


def without_stamp(line: str) -> str:
    return _STAMP.sub("", line)


def a_step_began(lines: Iterable[str]) -> bool:
    return any(_STEP_BEGINS.match(without_stamp(line)) for line in lines)


def failing_step(lines: list[str]) -> str | None:
    """The id of the step that ended the run, or None if it failed outside of the steps."""
    for line in reversed(lines):
        for pattern in _STEP_FAILS:
            if match := pattern.search(line):
                return match["step"]
    return None


def engine_text(lines: list[str]) -> str:
    """The engine's last word before the service's verdict: the reason in its own terms. Empty if there is none."""
    end = next((i for i in range(len(lines) - 1, -1, -1) if _VERDICT.match(lines[i])), None)
    if end is None:
        return ""
    return next((without_stamp(line).strip() for line in reversed(lines[:end]) if without_stamp(line).strip()), "")


def tail(lines: list[str], count: int = 12) -> list[str]:
    """The last lines that say something."""
    return [line for line in lines if line.strip()][-count:]
