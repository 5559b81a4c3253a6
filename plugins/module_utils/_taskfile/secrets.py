# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Key Vault secret URLs as the engine reads them."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass

from .errors import TaskFileError


@dataclass(frozen=True)
class SecretUrl:
    """vault: the vault's base URL; version: "" for the current one; resource: what the access token is for."""

    vault: str
    name: str
    version: str
    resource: str


def parse_secret_url(url: str) -> SecretUrl:
    """https://HOST/secrets/NAME[/VERSION], lower-cased as a whole. Raises TaskFileError with the engine's text."""
    lowered = url.lower().strip().rstrip("/")
    try:
        parts = urllib.parse.urlsplit(lowered)
        host = parts.netloc
    except ValueError as error:
        raise TaskFileError(f"unable to parse secret URL: {error}") from error
    if parts.scheme != "https":
        raise TaskFileError("invalid azure keyvault secret URL scheme. Expected Https")
    segments = urllib.parse.unquote(parts.path).split("/")
    if len(segments) not in (3, 4):
        raise TaskFileError(f"invalid azure keyvault secret URL. Bad number of URL segments: {len(segments)}")
    if segments[1] != "secrets":
        raise TaskFileError(
            f"invalid azure keyvault secret URL. Expected 'secrets' collection, but found: {segments[1]}"
        )
    label, dot, domain = host.partition(".")
    if not label or not dot or not domain:
        raise TaskFileError("invalid azure keyvault secret URL")
    return SecretUrl(
        vault=f"https://{host}",
        name=segments[2],
        version=segments[3] if len(segments) == 4 else "",
        resource=f"https://{domain}",
    )
