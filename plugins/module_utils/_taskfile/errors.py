# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The one error that leaves this package."""

from __future__ import annotations


class TaskFileError(Exception):
    """A task file that the engine would refuse.

    message: the engine's fatal text, word for word where it is known, without a timestamp.
    reason: the same without what outer stages put before it.
    line: 1-based line of the author's file, or None where it is not known.
    subject: the value at fault, where the message does not show it.
    rendered: the file after aliases and template, or None if it did not get that far.
    """

    def __init__(self, message: str, line: int | None = None, subject: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.reason = message
        self.line = line
        self.subject = subject
        self.rendered: str | None = None

    def within(self, prefix: str) -> TaskFileError:
        """The same error as an outer stage words it: ``prefix: message``."""
        changed = type(self)(f"{prefix}: {self.message}", self.line, self.subject)
        changed.reason = self.reason
        changed.rendered = self.rendered
        return changed


class UnsupportedError(TaskFileError):
    """Valid for the engine, but not supported here: refused by name rather than done wrong."""
