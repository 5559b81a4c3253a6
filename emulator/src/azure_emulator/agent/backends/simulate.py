# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The simulated back end: no containers, no network. It signs in, checks every right, and pushes synthetic manifests.

What it does not know it says in the log, in lines that begin with ``azure-emulator:``.
"""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass

from azure_emulator.agent import contexts
from azure_emulator.agent.backends import docker_cli, dockerfiles, shell
from azure_emulator.agent.backends.base import Dependencies, ImageReference, Session, StepError
from azure_emulator.agent.backends.dockerfiles import Dockerfile
from azure_emulator.agent.registries import DockerError
from azure_emulator.agent.taskfile import Step
from azure_emulator.agent.taskfile.images import BuildText, read_build, unquoted
from azure_emulator.agent.timeline import Timeline
from azure_emulator.services.registry.images import ImageName, synthetic, synthetic_manifest

_NOTE = "azure-emulator:"


@dataclass(frozen=True)
class Image:
    """An image in the local store of the run's agent."""

    seed: str  # equal inputs, equal image

    @property
    def short_id(self) -> str:
        return synthetic(self.seed, "config")[7:19]

    @property
    def short_layer(self) -> str:
        return synthetic(self.seed, "layer")[7:19]

    def manifest(self) -> bytes:
        return synthetic_manifest(self.seed)


class SimulatedBackend:
    """One per run: it keeps the images that the run has built."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._images: dict[tuple[str, str, str], Image] = {}
        self._built: dict[str, tuple[BuildText, Dockerfile]] = {}
        self._pushed: dict[tuple[str, str, str], ImageReference] = {}

    async def scan(self, step: Step) -> None:
        text = read_build(step.build)
        dockerfile = self._dockerfile(text)
        if dockerfile is None:
            self._session.log.line(f"Output from dependency scanning: error opening dockerfile: {_missing(text)}")
            raise StepError("failed to scan dependencies: exit status 1")
        self._built[step.id] = (text, dockerfile)

    async def build(self, step: Step, time: Timeline) -> None:
        text, dockerfile = self._built[step.id]
        await self._build(text, dockerfile, time)

    async def push(self, image: str, time: Timeline) -> None:
        await self._push(image, time)

    async def command(self, step: Step, time: Timeline) -> None:
        try:
            words = shlex.split(step.cmd)
        except ValueError as error:
            raise self._failed("/bin/sh: syntax error: unterminated quoted string", 2) from error
        image, *arguments = words or [""]
        if docker_cli.is_docker(image):
            await docker_cli.run(self, arguments, time)
            return
        self._pull(image)
        self._session.ran_commands = True
        environment = dict(entry.partition("=")[::2] for entry in step.env)
        environment = {name: unquoted(value) for name, value in environment.items()}
        outcome = shell.run(image, ([step.entry_point] if step.entry_point else []) + arguments, environment)
        await time.work()
        if outcome.seconds and not step.detach:
            await time.wait(outcome.seconds)
        if outcome.output:
            self._session.log.raw("\n".join(outcome.output))
        if not outcome.known:
            self._session.log.raw(f"{_NOTE} the command in {image} is not carried out by the simulated back end")
        if outcome.code and not step.detach:
            raise StepError.exit_status(outcome.code, "\n".join(outcome.output))

    def dependencies(self, step: Step) -> list[Dependencies]:
        text, dockerfile = self._built[step.id]
        runtime, others = dockerfile.base_images(_arguments(text), text.target)
        found = Dependencies(
            image=None,
            runtime=self._base(runtime),
            buildtime=[base for image in others if (base := self._base(image))],
            revision=dockerfile.revision,
        )
        return [
            Dependencies(self._reference(ImageName.parse(tag)), found.runtime, found.buildtime, found.revision)
            for tag in text.tags
        ] or [found]

    def pushed(self) -> list[ImageReference]:
        return list(self._pushed.values())

    # -- what the docker command line does as well -----------------------------------------------------------------

    async def build_text(self, text: str, time: Timeline) -> None:
        """``docker build`` in a cmd step, without the engine's look at the Dockerfile."""
        read = read_build(text)
        dockerfile = self._dockerfile(read)
        if dockerfile is None:
            raise self._failed(f"unable to prepare context: {_missing(read)}")
        await self._build(read, dockerfile, time)

    async def push_image(self, image: str, time: Timeline) -> None:
        await self._push(image, time)

    async def pull_image(self, image: str, time: Timeline) -> None:
        name = ImageName.parse(image)
        self._session.log.raw(f"{name.tag or name.digest}: Pulling from {name.repository}")
        self._pull(image, even_if_local=True)
        await time.work()
        self._session.log.raw(f"Status: Downloaded newer image for {image}")
        self._images.setdefault(_key(name), Image(f"pulled {name.shown}:{name.tag}@{name.digest}"))

    def tag_image(self, source: str, target: str) -> None:
        image = self._images.get(_key(ImageName.parse(source)))
        if image is None:
            raise self._failed(f"Error response from daemon: No such image: {source}")
        self._images[_key(ImageName.parse(target))] = image

    def sign_in(self, server: str, username: str, password: str) -> None:
        try:
            self._session.registries.sign_in(server, username, password)
        except DockerError as error:
            raise self._failed(error.text, error.code) from error
        self._session.log.raw("Login Succeeded")

    def note(self, text: str) -> None:
        self._session.log.raw(f"{_NOTE} {text}")

    # -- inside ----------------------------------------------------------------------------------------------------

    def _dockerfile(self, text: BuildText) -> Dockerfile | None:
        """None if there surely is none: of a task without source, or not in what was uploaded."""
        if contexts.is_remote(text.context):
            context, path = contexts.remote(self._session.world, text.context), text.file or "Dockerfile"
        else:
            context, path = self._session.work.source, text.file or f"{text.context}/Dockerfile"
        content = context.read(path)
        if content is None and context.complete and not self._session.ran_commands:
            return None
        return Dockerfile(content, context.name or "of the workspace", context.revision)

    async def _build(self, text: BuildText, dockerfile: Dockerfile, time: Timeline) -> None:
        log = self._session.log
        log.raw("Sending build context to Docker daemon  4.096kB")
        await time.work()
        image = Image("\0".join((dockerfile.context, text.file, text.target, *text.arguments, dockerfile.text or "")))
        if dockerfile.text is None:
            self.note(f"the context {dockerfile.context} is not fetched; the build is simulated")
        else:
            runtime, others = dockerfile.base_images(_arguments(text), text.target)
            for base in (*others, runtime):
                if base and base != "scratch":
                    self._pull(base)
        instructions = dockerfile.instructions()
        for number, instruction in enumerate(instructions, 1):
            log.raw(f"Step {number}/{len(instructions)} : {instruction}")
            step_id = image.short_id if number == len(instructions) else Image(f"{image.seed}\0{number}").short_id
            log.raw(f" ---> {step_id}")
        log.raw(f"Successfully built {image.short_id}")
        for tag in text.tags:
            name = ImageName.parse(tag)
            self._images[_key(name)] = image
            log.raw(f"Successfully tagged {_shown(tag, name)}")

    async def _push(self, image: str, time: Timeline) -> None:
        log, name = self._session.log, ImageName.parse(image)
        await time.work()
        log.raw(f"The push refers to repository [{name.shown}]")
        built = self._images.get(_key(name))
        if built is None:
            raise self._failed(f"An image does not exist locally with the tag: {image.rpartition(':')[0] or image}")
        layer = built.short_layer
        log.raw(f"{layer}: Preparing")
        try:
            manifest = self._session.registries.push(name, built.manifest())
        except DockerError as error:
            raise self._failed(error.text, error.code) from error
        log.raw(f"{layer}: Pushed")
        log.raw(f"{name.tag}: digest: {manifest.digest} size: {len(manifest.data)}")
        self._pushed[_key(name)] = ImageReference(
            dockerfiles.shown_registry(name), name.repository, name.tag, manifest.digest
        )

    def _pull(self, image: str, even_if_local: bool = False) -> None:
        """An image that a container or a build needs; images of the outside world are taken to be there."""
        name = ImageName.parse(image)
        if not even_if_local and _key(name) in self._images:
            return
        try:
            self._session.registries.pull(name)
        except DockerError as error:
            raise self._failed(f"docker: {error.text}", 125) from error

    def _base(self, image: str) -> ImageReference | None:
        if not image or image == "scratch":
            return None
        name = ImageName.parse(image)
        manifest = self._session.registries.pull(name)
        known = self._images.get(_key(name))
        if manifest is not None:
            digest = manifest.digest
        elif known is not None:
            digest = f"sha256:{hashlib.sha256(known.manifest()).hexdigest()}"
        else:
            digest = name.digest or f"sha256:{hashlib.sha256(f'{name.shown}:{name.tag}'.encode()).hexdigest()}"
        return ImageReference(dockerfiles.shown_registry(name), name.repository, name.tag, digest)

    def _reference(self, name: ImageName) -> ImageReference:
        """As pushed; without a digest if it was not, as docker knows none then."""
        found = self._pushed.get(_key(name))
        return found or ImageReference(dockerfiles.shown_registry(name), name.repository, name.tag)

    def _failed(self, output: str, code: int = 1) -> StepError:
        self._session.log.raw(output)
        return StepError.exit_status(code, output)


def _key(name: ImageName) -> tuple[str, str, str]:
    return (name.registry, name.repository, name.tag or name.digest)


def _shown(tag: str, name: ImageName) -> str:
    return tag if ":" in tag.rsplit("/", 1)[-1] else f"{tag}:{name.tag}"


def _missing(text: BuildText) -> str:
    path = text.file or "Dockerfile"
    return f"{path}, error: open {path}: no such file or directory"


def _arguments(text: BuildText) -> dict[str, str]:
    return dict(argument.partition("=")[::2] for argument in text.arguments)
