# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Paths with forward slashes, and chance, as sprig 2.22 defines them."""

from __future__ import annotations

import posixpath
import secrets
import string
import uuid

from ..signatures import FunctionError, signature


def clean(path: str) -> str:
    """Go's path.Clean."""
    normal = posixpath.normpath(path) if path else "."
    return "/" + normal.lstrip("/") if normal.startswith("/") else normal


def _base(path: str) -> str:
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def _directory(path: str) -> str:
    head, slash, _tail = path.rpartition("/")
    return clean(head + slash)


def _extension(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rindex(".") :] if "." in name else ""


def _random(alphabet: str, count: int) -> str:
    if count < 0:
        raise FunctionError(f"requested random string length {count} is less than 0.")
    return "".join(map(secrets.choice, [alphabet] * count))


_ASCII = "".join(chr(code) for code in range(32, 127))

FUNCTIONS = {
    "base": signature("string", _base),
    "dir": signature("string", _directory),
    "clean": signature("string", clean),
    "ext": signature("string", _extension),
    "isAbs": signature("string", lambda path: path.startswith("/")),
    "randAlpha": signature("int", lambda count: _random(string.ascii_letters, count)),
    "randAlphaNum": signature("int", lambda count: _random(string.ascii_letters + string.digits, count)),
    "randNumeric": signature("int", lambda count: _random(string.digits, count)),
    "randAscii": signature("int", lambda count: _random(_ASCII, count)),
    "uuidv4": signature("", lambda: str(uuid.uuid4())),
}
