# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the body and the headers of a failing answer. Pure. Private to this collection."""

from __future__ import annotations

import json
import re
import typing as t
from datetime import UTC

_TEXT_LIMIT = 2000


class Problem(t.NamedTuple):
    """An error body, flattened. `inner_codes` are those of `details`, `innererror` and nested JSON, outermost first."""

    code: str | None
    message: str | None
    target: str | None
    inner_codes: tuple[str, ...]


def parse_problem(text: str) -> Problem:
    """Reads ARM's, Entra's, Key Vault's and Graph's error bodies, JSON inside JSON strings, and plain text."""
    codes: list[str] = []
    messages: list[str] = []
    targets: list[str] = []
    _collect(_loads(text), codes, messages, targets, 0)
    if not messages and text.strip() and not codes:
        messages.append(_plain(text))
    message = ". ".join(_without_repeats(part.rstrip(". ") for part in messages))
    return Problem(
        codes[0] if codes else None,
        f"{message[:_TEXT_LIMIT]}." if message else None,
        targets[0] if targets else None,
        tuple(codes[1:]),
    )


def parse_retry_after(headers: t.Mapping[str, str]) -> float | None:
    """Seconds to wait, from whichever header gives them. None without one, or when it cannot be read."""
    for name, scale in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = _header(headers, name)
        if not text:
            continue
        try:
            return max(0.0, float(text) * scale)
        except ValueError:
            return _seconds_until(text)
    return None


def _collect(value: t.Any, codes: list[str], messages: list[str], targets: list[str], depth: int) -> None:
    """Walks an error body of any known shape, outermost facts first. `depth` guards against hostile nesting."""
    if depth > 8:
        return
    if isinstance(value, list):
        for item in value[:20]:
            _collect(item, codes, messages, targets, depth + 1)
        return
    if isinstance(value, str):
        inner = _loads(value)
        if inner is None:
            messages.append(_plain(value))
        _collect(inner, codes, messages, targets, depth + 1)
    elif isinstance(value, dict):
        _collect_object({str(key).lower(): item for key, item in value.items()}, codes, messages, targets, depth)


def _collect_object(
    facts: dict[str, t.Any], codes: list[str], messages: list[str], targets: list[str], depth: int
) -> None:
    error = facts.get("error")
    if isinstance(error, str) and "error_description" in facts:  # Entra's token endpoint
        codes.append(error)
        messages.append(_plain(str(facts["error_description"])))
        return
    for key, found in (("code", codes), ("target", targets)):
        if isinstance(facts.get(key), (str, int)) and str(facts[key]).strip():
            found.append(str(facts[key]))
    for key in ("error", "odata.error", "message", "value", "details", "innererror"):
        if key in facts:
            _collect(facts[key], codes, messages, targets, depth + 1)


def _loads(text: str) -> t.Any:
    stripped = text.strip().lstrip("﻿")
    if not stripped.startswith(("{", "[")):
        return None
    try:
        return json.loads(stripped)
    except ValueError:
        # Some services put words around the JSON: take what lies between the outer braces.
        end = stripped.rfind("}")
        try:
            return json.loads(stripped[: end + 1]) if 0 < end < len(stripped) - 1 else None
        except ValueError:
            return None


def _plain(text: str) -> str:
    """One line without markup: proxies answer in HTML, storage in XML."""
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:_TEXT_LIMIT]


def _without_repeats(parts: t.Iterable[str]) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if part and not any(part in other for other in kept):
            kept.append(part)
    return kept


def request_id(headers: t.Mapping[str, str]) -> str | None:
    for name in ("x-ms-request-id", "x-ms-correlation-request-id", "request-id", "x-ms-client-request-id"):
        value = _header(headers, name)
        if value:
            return value
    return None


def _header(headers: t.Mapping[str, str], name: str) -> str | None:
    for key, value in headers.items():
        if key.lower() == name:
            return value
    return None


def _seconds_until(text: str) -> float | None:
    from datetime import datetime
    from email.utils import parsedate_to_datetime  # rare: only for a Retry-After that is a date

    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
