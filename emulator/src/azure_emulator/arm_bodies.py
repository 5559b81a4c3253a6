# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Pieces of ARM answers that several resource providers print alike."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from azure_emulator.exchange import Call

DEFAULT_PAGE = 1000


def page(call: Call, items: Sequence[dict], size: int = DEFAULT_PAGE, *, open_ended: bool = False) -> dict:
    """One page of a list: ``{"value": […]}`` and, if more follow, ``nextLink``.

    ``size`` is the largest page; ``$top`` makes it smaller. The link holds all other parameters of the request.
    ``open_ended``: every page that is not empty has a link, so the last one leads to an empty page.
    """
    start = _start(call.query.get("$skiptoken", ""))
    top = call.query.get("$top", "")
    size = min(size, int(top)) if top.isdigit() and int(top) > 0 else size
    answer: dict = {"value": list(items[start : start + size])}
    if start + size < len(items) or (open_ended and answer["value"]):
        token = base64.urlsafe_b64encode(str(start + size).encode()).decode().rstrip("=")
        parameters = urlencode(call.query | {"$skiptoken": token}, safe="$")
        answer["nextLink"] = f"https://{call.host}{quote(call.path)}?{parameters}"
    return answer


def _start(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        return 0


def normal_location(location: str) -> str:
    """``West US`` and ``westus`` are the same region; answers print the second."""
    return location.replace(" ", "").lower()
