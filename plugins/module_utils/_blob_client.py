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
from ansible_collections.acr.tasks.plugins.module_utils._retry import RetryPolicy

PIECE = 4 * 1024 * 1024  # bytes asked for at once
_SHRUNK = (412, 416)  # the blob was written anew by another agent and is shorter than our offset, or it is empty


class LogUnreadableError(Exception):
    """The log cannot be read now. The text is safe to show."""


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
    """A plain GET, in pieces.

    transport: see _transport.py. max_wait: seconds that the retry policy may wait in total.
    """

    def __init__(self, transport: Any, max_wait: float, user_agent: str) -> None:
        self._transport = transport
        self._max_wait = max_wait
        self._user_agent = user_agent
        self._pipeline: Any = None

    def read(self, link: str, limit: int, *, artifact: bool = False) -> Log | None:
        """The log behind ``link``: all of it, or its last ``limit`` bytes. None if it does not exist (yet).

        ``artifact``: the link is no blob; it is read in one piece and tells nothing about completeness.
        Raises LogUnreadableError.
        """
        if artifact:
            response = self._get(link, {})
            return Log(response.content[-limit:], max(0, len(response.content) - limit)) if response else None
        for _attempt in range(3):  # again from the start if the blob was written anew meanwhile
            log = self._read_pieces(link, limit)
            if log is not _CHANGED:
                return log
        raise LogUnreadableError("The log was written anew while it was read.")

    def _read_pieces(self, link: str, limit: int) -> Log | None:
        first = self._get(link, _range(0))
        if first is None:
            return None
        if first.status_code in _SHRUNK:
            return Log(b"", complete=_is_complete(first))
        total = _total(first)
        if first.status_code == 200 or total is None or total <= len(first.content):
            return Log(first.content[-limit:], max(0, len(first.content) - limit), _is_complete(first))
        data, start = (first.content, 0) if total <= limit else (b"", total - limit)
        position = start + len(data)
        complete = _is_complete(first)
        while position < total:
            piece = self._get(link, _range(position))
            if piece is None or piece.status_code in _SHRUNK or not piece.content:
                return _CHANGED
            data += piece.content
            position += len(piece.content)
            complete = _is_complete(piece)
            total = max(total, _total(piece) or 0)
        return Log(data[-limit:], start + max(0, len(data) - limit), complete)

    def _get(self, link: str, headers: dict[str, str]) -> Any:
        """The response of a success or of a range that does not exist; None for 404."""
        from azure.core.exceptions import AzureError as CoreError
        from azure.core.rest import HttpRequest

        host = urlsplit(link).hostname
        problem = ""
        try:
            response = self._connected().run(HttpRequest("GET", link, headers=headers)).http_response
        except (CoreError, AzureError) as error:
            problem = f"{host} gave no answer ({type(error).__name__})."
        if problem:  # outside of except: the cause's text holds the link, and must not be chained
            raise LogUnreadableError(problem)
        if response.status_code == 404:
            return None
        if response.status_code in _SHRUNK or response.status_code < 300:
            return response
        code = response.headers.get("x-ms-error-code")
        raise LogUnreadableError(f"{host} answered {response.status_code}{f' {code}' if code else ''}.")

    def _connected(self) -> Any:
        if self._pipeline is None:
            from azure.core.pipeline import Pipeline
            from azure.core.pipeline.policies import HeadersPolicy, UserAgentPolicy

            policies = [
                UserAgentPolicy(base_user_agent=self._user_agent),
                HeadersPolicy({"x-ms-version": "2021-08-06"}),
                RetryPolicy(self._max_wait),
            ]
            self._pipeline = Pipeline(self._transport, policies)
        return self._pipeline


_CHANGED = Log(b"", complete=False)


def _range(start: int) -> dict[str, str]:
    return {"x-ms-range": f"bytes={start}-{start + PIECE - 1}"}


def _total(response: Any) -> int | None:
    """The blob's size, from ``Content-Range: bytes 0-99/1234``."""
    match = re.search(r"/(\d+)$", response.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def _is_complete(response: Any) -> bool:
    """The store's mark, any value of it: a failed run's log is complete as well."""
    return bool(response.headers.get("x-ms-meta-complete"))
