# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quick check of plain task files: it may only say yes where the real check finds nothing."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _task_content
from ansible_collections.acr.tasks.plugins.module_utils._task_content import is_plainly_valid
from ansible_collections.acr.tasks.plugins.module_utils._taskfile import validate
from hypothesis import example, given, settings
from hypothesis import strategies as st

ARTICLE = """\
version: v1.1.0
alias:
  values:
    REPO: hubuser/hubrepo
steps:
  - build: -t $REPO:$ID https://github.com/Azure-Samples/acr-tasks.git -f hello-world.dockerfile
  - push:
    - $REPO:$ID
"""
COMMAND = "version: v1.1.0\nsteps:\n  - cmd: bash echo hello\n    timeout: 3600\n"
WORDS = (
    "bash",
    "echo",
    "$REPO:$ID",
    "-t",
    "a:b",
    "true",
    "12",
    "$",
    "$$",
    "-",
    "=",
    ",",
    "x/y",
    "2001-01-01",
    "@",
    "v:",
)


def fatal(text: str) -> list[str]:
    return [str(problem) for problem in validate(text) if problem.fatal]


@pytest.mark.parametrize("text", [ARTICLE, COMMAND, ARTICLE.rstrip()])
def test_plain_files_are_recognised(text: str) -> None:
    """Else the quick check would be of no use."""
    assert is_plainly_valid(text)
    assert fatal(text) == []


@pytest.mark.parametrize("text", [ARTICLE, COMMAND])
def test_the_real_check_is_not_loaded_for_them(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.acr.tasks.plugins.module_utils._taskfile.validate", None)
    params = {"src": None, "content": text, "values": None, "values_content": None}
    _task_content.read_content(params)
    assert params["content"] == text


@pytest.mark.parametrize("text", ["", "steps: []\n", ARTICLE + "x: 1\n", ARTICLE.replace("v1.1.0", "v9")])
def test_everything_else_is_left_to_the_real_check(text: str) -> None:
    assert not is_plainly_valid(text)


COMMAND_TEXT = st.lists(st.one_of(st.sampled_from(WORDS), st.text("ab1$:/-. ", max_size=6)), max_size=5).map(" ".join)
STEP = st.one_of(
    COMMAND_TEXT.map(lambda text: f"  - cmd: {text}\n"),
    COMMAND_TEXT.map(lambda text: f"  - build: {text}\n    timeout: 60\n"),
    st.lists(COMMAND_TEXT, min_size=1, max_size=2).map(
        lambda texts: "  - push:\n" + "".join(f"    - {text}\n" for text in texts)
    ),
)
ALIAS = st.tuples(
    st.sampled_from(["REPO", "ID", "bash", "X"]), st.one_of(st.sampled_from(WORDS), st.text("ab/1:$", max_size=6))
)


@settings(max_examples=400)
@given(st.lists(ALIAS, max_size=3), st.lists(STEP, min_size=1, max_size=3))
@example([], ["  - cmd: a: b\n"])
@example([("X", "y/n")], ["  - cmd: $X\n"])
@example([], ["  - cmd: -a/b\n"])
def test_a_yes_is_never_wrong(aliases: list[tuple[str, str]], steps: list[str]) -> None:
    block = "alias:\n  values:\n" + "".join(f"    {name}: {value}\n" for name, value in aliases) if aliases else ""
    text = f"version: v1.1.0\n{block}steps:\n{''.join(steps)}"
    if is_plainly_valid(text):
        assert fatal(text) == []


@settings(max_examples=400)
@given(st.sampled_from([ARTICLE, COMMAND]), st.randoms(use_true_random=False))
def test_a_yes_is_never_wrong_for_damaged_files(text: str, chance: random.Random) -> None:
    """Characters lost, doubled, exchanged or moved."""
    characters = list(text)
    for _time in range(chance.randint(1, 3)):
        place = chance.randrange(len(characters))
        characters[place] = chance.choice(
            ["", characters[place] * 2, chance.choice(" \n:$-#{}'\"&*!|>%@`[],?\t\\"), chance.choice(text)]
        )
    damaged = "".join(characters)
    if is_plainly_valid(damaged):
        assert fatal(damaged) == []


def test_a_yes_agrees_with_the_real_engine() -> None:
    """None of the files that the real engine refused may be called plain."""
    oracle = Path(__file__).parents[4] / "emulator/tests/taskfile/oracle.json"
    answers = json.loads(oracle.read_text(encoding="utf-8"))
    refused = [name for name, answer in answers.items() if answer["exit"] and is_plainly_valid(answer["text"])]
    assert len(answers) > 50
    assert refused == []
