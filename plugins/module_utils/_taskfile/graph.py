# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Which step waits for which."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import TaskFileError
from .model import Step
from .validate import step_complaint

ROOT = "acb_root"
IMMEDIATELY = "-"


def parents_of(step: Step, before: Step | None) -> list[str]:
    """The ids that the step waits for. before: the step above it in the file."""
    if step.when == [IMMEDIATELY]:
        return []
    if not step.when:
        return [before.id] if before else []
    return list(step.when)


def graph_problems(steps: list[Step]) -> Iterator[TaskFileError]:
    """The engine's complaints about steps and their edges, in its order. Steps must have their ids."""
    known: set[str] = set()
    before = None
    for step in steps:
        complaint = step_complaint(step)
        if complaint:
            yield TaskFileError(complaint[0], step.line, complaint[1])
        else:
            edge = _edge_complaint(step, before, known)
            if edge:
                yield TaskFileError(edge, step.line)
        known.add(step.id)
        before = step


def _edge_complaint(step: Step, before: Step | None, known: set[str]) -> str | None:
    if step.id == ROOT:
        return f"{ROOT} is a reserved ID, it can't be used"
    if step.id in known:
        return f"{step.id} already exists as a vertex"
    seen: set[str] = set()
    for parent in parents_of(step, before):
        if parent == "":
            return "from cannot be empty"
        if parent not in known and parent != ROOT:
            return f"{parent} does not exist as a vertex [from: {parent}, to: {step.id}]"
        if parent in seen:
            # The engine accepts this and then waits forever; the words are ours.
            return f"step ID: {step.id} lists {parent} twice in when: the engine would never start it"
        seen.add(parent)
    return None


def connect(steps: list[Step]) -> None:
    """Fill in the parents of valid steps. Naming the root is the same as waiting for nothing."""
    before = None
    for step in steps:
        step.parents = [parent for parent in parents_of(step, before) if parent != ROOT]
        before = step
