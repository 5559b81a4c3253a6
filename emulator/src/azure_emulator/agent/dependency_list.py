# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The list of dependencies at the end of a log, and what the service keeps of it."""

from __future__ import annotations

from azure_emulator.agent.backends.base import Dependencies, ImageReference
from azure_emulator.agent.log import RunLog


def write(log: RunLog, found: list[Dependencies]) -> None:
    """In the service's YAML, after the engine's line. Nothing if no image was built."""
    if not found:
        return
    log.line("The following dependencies were found:")
    log.line("")
    lines: list[str] = []
    for entry in found:
        lines += ["- image:", *_reference(entry.image, 4)] if entry.image else ["- image: null"]
        if entry.runtime:
            lines += ["  runtime-dependency:", *_reference(entry.runtime, 4)]
        if entry.buildtime:
            lines.append("  buildtime-dependency:")
            for base in entry.buildtime:
                first, *rest = _reference(base, 4)
                lines += [f"  - {first.strip()}", *rest]
        lines += ["  git:", f"    git-head-revision: {entry.revision}"] if entry.revision else ["  git: {}"]
    log.raw("\n".join([*lines, ""]))


def base_images(found: list[Dependencies]) -> list[dict]:
    """``step.baseImageDependencies`` of a task after a run; each image once."""
    kinds = [("Runtime", [entry.runtime] if entry.runtime else []) for entry in found]
    kinds += [("BuildTime", entry.buildtime) for entry in found]
    listed: list[dict] = []
    for kind, images in kinds:
        for image in images:
            body = {"type": kind, **image.body()}
            if body not in listed:
                listed.append(body)
    return listed


def _reference(image: ImageReference, indent: int) -> list[str]:
    return [f"{' ' * indent}{key}: {value}" for key, value in image.body().items()]
