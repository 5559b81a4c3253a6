# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Dockerfiles: their instructions and base images."""

from __future__ import annotations

import re
from dataclasses import dataclass

from azure_emulator.services.registry.images import HUB_HOSTS, ImageName

HUB_SHOWN = "registry.hub.docker.com"
_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE)
_ARG = re.compile(r"^\s*ARG\s+(\w+)(?:=(\S*))?\s*$", re.IGNORECASE)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True)
class Dockerfile:
    """``text`` is None where nobody told what is in it. ``context``, ``revision``: where it is from."""

    text: str | None
    context: str = ""
    revision: str = ""

    def instructions(self) -> list[str]:
        lines = (self.text or "").replace("\\\n", " ").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]

    def base_images(self, arguments: dict[str, str], target: str = "") -> tuple[str, list[str]]:
        """(of the last stage, of the others), stages resolved to what they begin from; ``scratch`` is no image."""
        values: dict[str, str] = {}
        stages: dict[str, str] = {}
        order: list[str] = []
        for line in self.instructions():
            if match := _ARG.match(line):
                values[match[1]] = arguments.get(match[1], (match[2] or "").strip("\"'"))
            elif match := _FROM.match(line):
                image = _VARIABLE.sub(lambda found: values.get(found[1] or found[2], ""), match[1])
                image = stages.get(image.lower(), image)
                order.append(image)
                if match[2]:
                    stages[match[2].lower()] = image
                if target and (match[2] or "").lower() == target.lower():
                    break
        if not order:
            return "", []
        return order[-1], [image for image in dict.fromkeys(order[:-1]) if image != order[-1]]


def shown_registry(name: ImageName) -> str:
    """Docker Hub has its long name in dependency lists."""
    return HUB_SHOWN if name.registry in HUB_HOSTS else name.registry
