# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Scopes: what lies at, above or below what. A scope is an ARM id without trailing slash; the tenant root is ``/``."""

from __future__ import annotations


def key(scope: str) -> str:
    """The form to compare: lower case, no trailing slash; the tenant root is the empty string."""
    return scope.rstrip("/").lower()


def contains(outer: str, inner: str) -> bool:
    """Is ``inner`` the scope ``outer`` or below it?"""
    outer_key, inner_key = key(outer), key(inner)
    return outer_key == inner_key or inner_key.startswith(outer_key + "/")


def printed(scope: str) -> str:
    """As ARM prints a scope."""
    return scope.rstrip("/") or "/"
