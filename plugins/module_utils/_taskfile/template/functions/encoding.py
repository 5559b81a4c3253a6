# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Encodings, checksums and JSON, as sprig 2.22 defines them; b64enc as the engine overrides it."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

from ...errors import UnsupportedError
from ..literals import json_text
from ..signatures import signature
from ..values import type_name


def _base64_encode(value: Any) -> str:
    # The engine's own b64enc: nil gives "", and whatever is no string gives its type's name.
    if value is None:
        return ""
    text = value if isinstance(value, str) else f"<{type_name(value)} Value>"
    return base64.b64encode(text.encode()).decode()


def _base64_decode(text: str) -> str:
    # Go skips line breaks and names the first byte at fault; the function returns that text.
    compact = text.replace("\r", "").replace("\n", "")
    try:
        return base64.b64decode(compact, validate=True).decode(errors="replace")
    except ValueError:
        return f"illegal base64 data at input byte {_fault(compact)}"


def _fault(text: str) -> int:
    """Where Go's decoder stops: the first byte outside the alphabet, or behind the last whole group."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for position, character in enumerate(text):
        if character not in alphabet:
            return len(text[:position].encode())
    return len(text) - len(text) % 4


def _base32_decode(text: str) -> str:
    try:
        return base64.b32decode(text).decode(errors="replace")
    except ValueError as error:
        raise UnsupportedError("b32dec of a text that is not base32 is not supported here") from error


def _json(value: Any) -> str:
    try:
        return json_text(value)
    except TypeError:
        return ""


FUNCTIONS = {
    "b64enc": signature("any", _base64_encode),
    "b64dec": signature("string", _base64_decode),
    "b32enc": signature("string", lambda text: base64.b32encode(text.encode()).decode()),
    "b32dec": signature("string", _base32_decode),
    "sha1sum": signature("string", lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()),
    "sha256sum": signature("string", lambda text: hashlib.sha256(text.encode()).hexdigest()),
    "adler32sum": signature("string", lambda text: str(zlib.adler32(text.encode()))),
    "toJson": signature("any", _json),
}
