# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The few commands that a simulated container can carry out: echo, sleep, true, false, exit, one after another."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_SPECIAL = set("|&<>()`*?[]{}")


@dataclass
class Outcome:
    """``known`` is false if a command was met that is not simulated; what came before it counts."""

    output: list[str] = field(default_factory=list)
    seconds: float = 0
    code: int = 0
    known: bool = True


def run(image: str, words: list[str], environment: dict[str, str]) -> Outcome:
    """``words``: what is behind the image in ``docker run``. A bash image takes options as bash's own."""
    if words and words[0].startswith("-") and image.rsplit("/", 1)[-1].partition(":")[0] == "bash":
        words = ["bash", *words]
    if len(words) >= 3 and words[0] in _SHELLS and words[1] in ("-c", "-ec", "-xc"):
        return _script(words[2], environment)
    outcome = Outcome()
    if words:
        _command(words, outcome)
    else:
        outcome.known = False
    return outcome


def _script(text: str, environment: dict[str, str]) -> Outcome:
    outcome = Outcome()
    for line in text.splitlines():
        for separator, statement in _statements(line):
            if separator == "&&" and outcome.code != 0:
                continue
            words = _words(statement, environment)
            if words is None:
                outcome.known = False
                return outcome
            if not words:
                continue
            ends = words[0] == "exit"
            _command(words, outcome)
            if ends or not outcome.known:
                return outcome
    return outcome


def _statements(line: str) -> list[tuple[str, str]]:
    """(separator before it, statement), split at ``;`` and ``&&`` outside of quotes."""
    parts = re.findall(r"""((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|&(?!&)|[^;&'"\\])*)(;|&&|$)""", line)
    found, before = [], ""
    for statement, separator in parts:
        if statement.strip():
            found.append((before, statement.strip()))
        before = separator
    return found


def _words(statement: str, environment: dict[str, str]) -> list[str] | None:
    """The statement's words with variables put in, or None for what needs a real shell."""
    if statement.startswith("#"):
        return []
    outside = re.sub(r"""'[^']*'|"(?:\\.|[^"\\])*\"""", "", statement)
    if _SPECIAL & set(_VARIABLE.sub("", outside)) or "$(" in statement or "`" in statement:
        return None
    quoted_whole = re.sub(r"'[^']*'", lambda match: match[0].replace("$", "\0"), statement)
    filled = _VARIABLE.sub(lambda match: environment.get(match[1] or match[2], ""), quoted_whole)
    try:
        return shlex.split(filled.replace("\0", "$"))
    except ValueError:
        return None


def _command(words: list[str], outcome: Outcome) -> None:
    name, *arguments = words
    name = name.rsplit("/", 1)[-1]
    outcome.code = 0
    if name == "echo":
        outcome.output.append(" ".join(arguments))
    elif name == "sleep" and arguments and re.fullmatch(r"\d+(\.\d+)?s?", arguments[0]):
        outcome.seconds += float(arguments[0].rstrip("s"))
    elif name in ("true", "false"):
        outcome.code = int(name == "false")
    elif name == "exit":
        outcome.code = int(arguments[0]) if arguments and arguments[0].isdigit() else 0
    else:
        outcome.known = False
