# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What the engine asks of a back end, and what it hands over for a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from azure_emulator.agent.log import RunLog
from azure_emulator.agent.registries import Registries
from azure_emulator.agent.run import Work
from azure_emulator.agent.taskfile import Step
from azure_emulator.agent.timeline import Timeline
from azure_emulator.world import World


class StepError(Exception):
    """A step, or one attempt at it, failed. ``text`` as the engine words it; ``output``: what the container printed."""

    def __init__(self, text: str, output: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.output = output

    @classmethod
    def exit_status(cls, code: int, output: str = "") -> StepError:
        return cls(f"exit status {code}", output)


@dataclass(frozen=True)
class ImageReference:
    """An image as dependency lists and run results name it. Docker Hub has its long host name there."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def body(self) -> dict[str, str]:
        shown = {
            "registry": self.registry,
            "repository": self.repository,
            "tag": self.tag,
            "digest": self.digest,
        }
        return {key: value for key, value in shown.items() if value}


@dataclass
class Dependencies:
    """What a build step made, and from what. ``revision``: of the git context, if known."""

    image: ImageReference | None
    runtime: ImageReference | None = None
    buildtime: list[ImageReference] = field(default_factory=list)
    revision: str = ""


@dataclass
class Session:
    """What a back end needs to know of a run."""

    world: World
    work: Work
    log: RunLog
    registries: Registries
    ran_commands: bool = False  # a cmd step may have written to the workspace


class Backend(Protocol):
    """Carries out steps. Each method raises StepError; output goes to the session's log."""

    def __init__(self, session: Session) -> None: ...

    async def scan(self, step: Step) -> None:
        """Reads the Dockerfile of a build step for its base images."""

    async def build(self, step: Step, time: Timeline) -> None:
        """``docker build``."""

    async def command(self, step: Step, time: Timeline) -> None:
        """``docker run`` of a cmd step."""

    async def push(self, image: str, time: Timeline) -> None:
        """``docker push`` of one image, once."""

    def dependencies(self, step: Step) -> list[Dependencies]:
        """What the build step of this id made, with the digests of what has been pushed."""

    def pushed(self) -> list[ImageReference]:
        """Every image that was pushed, in order."""
