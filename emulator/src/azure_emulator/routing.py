# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Tables of (method, path template) -> handler. ARM paths match in any casing; parameters keep their spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from azure_emulator.exchange import Answer, Call

Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    method: str
    template: str
    handler: Handler
    pattern: re.Pattern[str]
    action: str | None = None  # the ARM action the caller needs, e.g. Microsoft.KeyVault/vaults/write
    schema: str | None = None  # name of the committed request-body schema (schemas/<name>/<api-version>.json)
    versions: tuple[str, ...] = ()  # api-versions of the type; empty: any
    attributes: frozenset[str] = frozenset()  # words for the front door, e.g. "no-resource-group", "booked-as-write"


def compile_template(template: str) -> re.Pattern[str]:
    """``{name}`` takes one segment, ``{name*}`` any number of them (used for scopes)."""
    expression = ""
    for part in re.split(r"(\{\w+\*?\})", template):
        if part.startswith("{") and part.endswith("*}"):
            expression += f"(?P<{part[1:-2]}>.*)"
        elif part.startswith("{"):
            expression += f"(?P<{part[1:-1]}>[^/]+)"
        else:
            expression += re.escape(part)
    return re.compile(f"^{expression}/?$", re.IGNORECASE)


class Router:
    """An ordered list of routes; the first that fits wins, so put the specific before the general."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(
        self,
        method: str,
        template: str,
        handler: Handler,
        *,
        action: str | None = None,
        schema: str | None = None,
        versions: tuple[str, ...] = (),
        attributes: tuple[str, ...] = (),
    ) -> None:
        self._routes.append(
            Route(
                method, template, handler, compile_template(template), action, schema, versions, frozenset(attributes)
            )
        )

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route for this request with its path parameters, or None."""
        for route in self._routes:
            if route.method == method and (match := route.pattern.match(path)):
                return route, match.groupdict()
        return None

    def knows_path(self, path: str) -> bool:
        """Is there any method for this path? (404 or 405)"""
        return any(route.pattern.match(path) for route in self._routes)
