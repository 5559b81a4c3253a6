# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Lists in pages, with an absolute nextLink while there is more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from azure_emulator.exchange import Call
from azure_emulator.problems import Problem
from azure_emulator.switches import Switches

_MARK = "$skiptoken"


def page(call: Call, items: list, render: Callable[[Any], dict], limit: int | None = None) -> dict:
    """``{"value": [...]}`` from where the request's skip token says; ``limit`` bounds the whole list ($top)."""
    try:
        start = int(call.query.get(_MARK, "0"))
    except ValueError as error:
        raise Problem(400, "InvalidQueryParameter", f"The {_MARK} is invalid.") from error
    if limit is not None:
        items = items[:limit]
    size = max(1, call.world.part(Switches)["page_size"])
    answer: dict = {"value": [render(item) for item in items[start : start + size]]}
    if start + size < len(items):
        query = {**call.query, _MARK: str(start + size)}
        answer["nextLink"] = f"https://{call.host}{quote(call.path)}?{urlencode(query, safe='$', quote_via=quote)}"
    return answer
