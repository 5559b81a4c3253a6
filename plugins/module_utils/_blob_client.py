# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the log of a run from the link that Azure Resource Manager gave for it.

This is private to the acr.tasks collection; other collections must not use it.

The link carries its own signature, so no access token goes with the request (both together are an error), and neither
the link nor a library's exception that quotes it ever leaves this file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError

PIECE = 4 * 1024 * 1024  # bytes asked for at once
_SHRUNK = (412, 416)  # the blob was written anew by another agent and is shorter than our offset, or it is empty


class LogUnreadableError(Exception):
    """The log cannot be read now. The text is safe to show."""


class _ShrunkError(Exception):
    """There is nothing at the offset that was asked for."""


@dataclass(frozen=True)
class Log:
    """What there is of a log. ``complete`` is None where the store does not say (a log kept as registry artifact)."""

    data: bytes
    skipped: int = 0  # bytes left out at the beginning
    complete: bool | None = None

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", errors="replace")


class BlobClient:
    """A plain GET, in pieces. ``session``: see _session.py; its sign-in is not used here."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def read(self, link: str, limit: int, *, artifact: bool = False) -> Log | None:
        """The log behind ``link``: all of it, or its last ``limit`` bytes. None if it does not exist (yet).

        ``artifact``: the link is no blob; it is read in one piece and tells nothing about completeness.
        Raises LogUnreadableError.
        """
        if artifact:
            answer = self._get(link, {})
            return Log(answer.body[-limit:], max(0, len(answer.body) - limit)) if answer else None
        for _attempt in range(3):  # again from the start if the blob was written anew meanwhile
            try:
                return self._read_pieces(link, limit)
            except _ShrunkError:
                continue
        raise LogUnreadableError("The log was written anew while it was read.")

    def _read_pieces(self, link: str, limit: int) -> Log | None:
        try:
            first = self._get(link, _range(0))
        except _ShrunkError:
            return Log(b"", complete=False)  # nothing written yet
        if first is None:
            return None
        total, complete = _total(first), _is_complete(first)
        if first.status == 200 or total is None or total <= len(first.body):
            return Log(first.body[-limit:], max(0, len(first.body) - limit), complete)
        data, start = (first.body, 0) if total <= limit else (b"", total - limit)
        position = start + len(data)
        while position < total:
            piece = self._get(link, _range(position))
            if piece is None or not piece.body:
                raise _ShrunkError
            data += piece.body
            position += len(piece.body)
            complete = _is_complete(piece)
            total = max(total, _total(piece) or 0)
        return Log(data[-limit:], start + max(0, len(data) - limit), complete)

    def _get(self, link: str, headers: dict[str, str]) -> Any:
        """The Answer of a success or None for 404. Raises _ShrunkError for a range that does not exist."""
        host = urlsplit(link).hostname
        try:
            return self._session.request("GET", link, "read the log", headers=headers, scope=None, raw=True)
        except AzureError as error:
            status = error.status
        if status == 404:  # outside of except: a cause's text may hold the link, and must not be chained
            return None
        if status in _SHRUNK:
            raise _ShrunkError
        raise LogUnreadableError(f"{host} answered with status {status}." if status else f"{host} gave no answer.")


def _range(start: int) -> dict[str, str]:
    return {"x-ms-range": f"bytes={start}-{start + PIECE - 1}", "x-ms-version": "2021-08-06", "Accept": "*/*"}


def _total(answer: Any) -> int | None:
    """The blob's size, from ``Content-Range: bytes 0-99/1234``."""
    match = re.search(r"/(\d+)$", answer.headers.get("Content-Range") or "")
    return int(match[1]) if match else None


def _is_complete(answer: Any) -> bool:
    """The store's mark, any value of it: a failed run's log is complete as well."""
    return bool(answer.headers.get("x-ms-meta-complete"))
