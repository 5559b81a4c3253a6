# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""``cmd: docker …``: the docker command line against the agent's engine, as far as tasks use it."""

from __future__ import annotations

from typing import Protocol

from azure_emulator.agent.timeline import Timeline

_OPTIONS_WITH_VALUE = ("-u", "--username", "-p", "--password")


class Engine(Protocol):
    """What the command line needs of a back end. Each raises StepError."""

    async def build_text(self, text: str, time: Timeline) -> None: ...
    async def push_image(self, image: str, time: Timeline) -> None: ...
    async def pull_image(self, image: str, time: Timeline) -> None: ...
    def tag_image(self, source: str, target: str) -> None: ...
    def sign_in(self, server: str, username: str, password: str) -> None: ...
    def note(self, text: str) -> None: ...


def is_docker(image: str) -> bool:
    return image == "docker" or image.startswith("docker:")


async def run(engine: Engine, words: list[str], time: Timeline) -> None:
    """``words`` behind ``docker``. What is not known here is noted in the log and taken as done."""
    command, *arguments = words or [""]
    names = [word for word in arguments if not word.startswith("-")]
    if command == "login":
        server, username, password = _sign_in(arguments)
        engine.sign_in(server, username, password)
    elif command == "build":
        await engine.build_text(" ".join(arguments), time)
    elif command == "push" and names:
        await engine.push_image(names[0], time)
    elif command == "pull" and names:
        await engine.pull_image(names[0], time)
    elif command == "tag" and len(names) == 2:
        engine.tag_image(*names)
    else:
        await time.work()
        engine.note(f"docker {command} is not carried out by the simulated back end")


def _sign_in(arguments: list[str]) -> tuple[str, str, str]:
    """(server, user name, password); the server is Docker Hub if none is named."""
    options: dict[str, str] = {}
    names: list[str] = []
    rest = iter(arguments)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in _OPTIONS_WITH_VALUE:
            options[name.lstrip("-")[0]] = value if equals else next(rest, "")
        elif not word.startswith("-"):
            names.append(word)
    server = names[0] if names else "docker.io"
    return server, options.get("u", ""), options.get("p", "")
