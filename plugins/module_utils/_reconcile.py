# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""THE algorithm: read, compare, (check mode?) write, verify. Private to this collection.

Every resource goes through it. A new resource is a class with the methods of `Resource`: requests only in its `read`
and in its writes (through a client), pure functions behind the rest. It never asks for check mode, never compares for
itself, never retries a write: all of that happens here, once.
"""

from __future__ import annotations

import typing as t
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from ansible_collections.acr.tasks.plugins.module_utils._diff import make_diff
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, ParentMissing
from ansible_collections.acr.tasks.plugins.module_utils._retry import Patience

Body = t.Any  # what a client read: mostly ARM JSON


@dataclass
class Outcome:
    """What a module reports.

    result: goes under `key`; None when the thing is absent. diff: as Ansible wants it.
    """

    key: str
    changed: bool
    result: t.Any
    diff: t.Any = None
    warnings: list[str] = field(default_factory=list)
    extra: dict[str, t.Any] = field(default_factory=dict)  # further result keys


class AlreadySo(Exception):  # noqa: N818  nothing is wrong
    """Raised by `write` if Azure says that somebody else has just made it as wanted. body: what is there now."""

    def __init__(self, body: Body) -> None:
        super().__init__("somebody else made it so")
        self.body = body


class Resource(ABC):
    """One thing in Azure, as one module call wants it.

    key: the result key ("task"). title: what diffs and messages call it, for example its id.
    conflict_codes: error codes after which a write is worth another try (see Patience).
    warnings: the resource adds sentences here; they reach the user whatever happens.
    """

    key: str
    conflict_codes: t.Sequence[str] = ()
    # Set in check mode, after ParentMissing: from then on the parent is to be taken for what an earlier task will make.
    parent_assumed = False

    def __init__(self) -> None:
        self.warnings: list[str] = []

    @property
    @abstractmethod
    def title(self) -> str:
        """What diffs and messages call it."""

    @abstractmethod
    def read(self) -> Body | None:
        """What is there now; None if it does not exist. Raises ParentMissing if its parent does not exist.

        Called again before a write is sent a second time: keep nothing from an earlier read.
        """

    @abstractmethod
    def comparable(self, body: Body) -> t.Any:
        """The comparable form of what was read (see _diff.py). Never None."""

    @abstractmethod
    def wanted(self, body: Body | None) -> t.Any:
        """The comparable form of what the play wants, given what is there: omitted options keep what is there.

        None: it shall not exist. May raise ParentMissing for what only a creation needs to know, but not any more once
        parent_assumed is set.
        """

    @abstractmethod
    def write(self, body: Body | None, before: t.Any, after: t.Any) -> Body | None:
        """Makes `after` true: create (body None), change, or delete (after None). One write, sent once.

        Returns Azure's answer, or None if it gives none (or after a deletion).
        """

    def verify(self, written: Body | None, after: t.Any) -> Body | None:
        """Checks what the write's own answer cannot prove, by reading back. Returns what is there now.

        By default the answer is taken for what is there. Raise AzureError (NOT_VERIFIED) if the wish did not come true.
        """
        return written

    @abstractmethod
    def predicted(self, body: Body | None, after: t.Any) -> Body | None:
        """What `write` would leave behind, for check mode; ids that only Azure knows are left out. None: absent."""

    @abstractmethod
    def to_result(self, body: Body) -> t.Any:
        """The module's result for a body: the shape of the options plus `id`, without anything secret."""


def reconcile(resource: Resource, check_mode: bool, retry_max_wait: float) -> Outcome:
    """Makes the resource so, or in check mode says what would be done."""
    try:
        body = resource.read()
        before = None if body is None else resource.comparable(body)
        after = resource.wanted(body)
    except ParentMissing as missing:
        if not check_mode:
            raise
        return _predicted_without_parent(resource, missing)
    if before == after:
        return _outcome(resource, False, body, before, after)
    if check_mode:
        return _outcome(resource, True, resource.predicted(body, after), before, after)
    try:
        written, before, after = _write(resource, body, before, after, retry_max_wait)
    except AlreadySo as found:
        body = found.body
        now = None if body is None else resource.comparable(body)
        return _outcome(resource, False, body, now, now)
    return _outcome(resource, True, written, before, after)


def _write(
    resource: Resource, body: Body | None, before: t.Any, after: t.Any, retry_max_wait: float
) -> tuple[Body | None, t.Any, t.Any]:
    """Writes and verifies. Sent again only after a fresh look: a lost answer may hide a write that took effect.

    Returns what is there now, and the comparables of before and after: somebody else may have written meanwhile.
    Once a request may have changed something, every error says so in `written`.
    """
    patience = Patience(retry_max_wait, resource.conflict_codes)
    attempted = False
    answer: Body | None = None
    was = before
    try:
        while True:
            try:
                answer = resource.write(body, before, after)
                attempted = True
                break
            except AlreadySo as found:
                if not attempted:
                    raise
                answer = found.body  # an earlier attempt, whose answer was lost, did it
                break
            except AzureError as error:
                attempted = (
                    attempted
                    or bool(error.written)
                    or (error.is_transient and error.status != 429 and error.code != "NotSent")
                )
                patience.wait(error)
            body = resource.read()
            before = None if body is None else resource.comparable(body)
            after = resource.wanted(body)
            if not attempted:  # else what is there may be our own work
                was = before
            if before == after:
                if not attempted:  # refused each time, so it was somebody else
                    raise AlreadySo(body)
                answer = body  # the attempt whose answer was lost did it
                break
        return resource.verify(answer, after), was, after
    except AzureError as error:
        if attempted and not error.written:
            error.written.append(resource.title)
        raise


def _predicted_without_parent(resource: Resource, missing: ParentMissing) -> Outcome:
    """Check mode, and a parent is only to be made by an earlier task of the same play."""
    warning = (
        f"The {missing.kind} {missing.missing} does not exist yet. Check mode assumes that an earlier task makes it."
    )
    resource.warnings.append(warning)
    resource.parent_assumed = True
    after = resource.wanted(None)
    if after is None:  # nothing can be there to remove
        return _outcome(resource, False, None, None, None)
    return _outcome(resource, True, resource.predicted(None, after), None, after)


def _outcome(resource: Resource, changed: bool, body: Body | None, before: t.Any, after: t.Any) -> Outcome:
    result = None if body is None else resource.to_result(body)
    return Outcome(resource.key, changed, result, make_diff(before, after, resource.title), resource.warnings)
