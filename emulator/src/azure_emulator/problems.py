# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The one exception a handler raises when the answer is an error."""

from __future__ import annotations


class Problem(Exception):
    """An error answer as the real service words it.

    ``code`` and ``message`` go into the error envelope of the plane that the request came in on (the front door
    decides which: ARM, Key Vault data plane, Entra, Graph, registry data plane).
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str | None = None,
        details: list[dict] | None = None,
        inner: str | None = None,
        headers: dict[str, str] | None = None,
        extra: dict | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.details = details
        self.inner = inner  # Key Vault data plane: innererror.code
        self.headers = headers or {}
        self.extra = extra or {}  # further members of the error object (additionalInfo and the like)

    @property
    def error(self) -> dict:
        """The inside of ``{"error": …}`` as ARM and the resource providers print it."""
        body: dict = {"code": self.code, "message": self.message}
        if self.target is not None:
            body["target"] = self.target
        if self.details is not None:
            body["details"] = self.details
        if self.inner is not None:
            body["innererror"] = {"code": self.inner}
        return body | self.extra
