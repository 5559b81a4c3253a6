# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML: what Go's yaml.v2 made of the same texts (fixtures/taskfile/yaml.json), and more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.goyaml import (
    Leniency,
    Struct,
    YamlError,
    decode,
    decode_any,
    decode_strings,
    list_of,
    map_of_strings,
    pointers_to,
)
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.goyaml.decode import BOOL, INT, STRING
from hypothesis import given
from hypothesis import strategies as st

FIXTURES = Path(__file__).parents[4] / "unit/fixtures/taskfile"
CORPUS: list[dict[str, Any]] = json.loads((FIXTURES / "yaml.json").read_text(encoding="utf-8"))


def struct(type_name: str, /, **fields: Any) -> Struct:
    """A type whose values are plain dicts with every attribute."""
    empty = {"string": "", "int": 0, "bool": False}
    zero = {attribute: empty.get(kind.shape) for attribute, kind in fields.values()}

    def make(line: int | None = None, **found: Any) -> dict[str, Any]:
        return {**zero, **found}

    return Struct(type_name, "struct", fields=fields, make=make)


STRINGS = list_of(STRING)
MOUNT = struct("main.Mount", name=("Name", STRING), mountPath=("MountPath", STRING))
STEP = struct(
    "main.Step",
    id=("ID", STRING),
    cmd=("Cmd", STRING),
    build=("Build", STRING),
    push=("Push", STRINGS),
    when=("When", STRINGS),
    env=("Env", STRINGS),
    timeout=("Timeout", INT),
    privileged=("Privileged", BOOL),
    exitedWith=("ExitedWith", list_of(INT)),
    volumeMounts=("VolumeMounts", pointers_to(MOUNT)),
)
VOLUME = struct("main.Volume", name=("Name", STRING), secret=("Secret", map_of_strings()))
TASK = struct(
    "main.Task",
    version=("Version", STRING),
    stepTimeout=("StepTimeout", INT),
    env=("Env", STRINGS),
    steps=("Steps", pointers_to(STEP)),
    volumes=("Volumes", pointers_to(VOLUME)),
)


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case["yaml"][:50])
def test_like_go(case: dict[str, Any]) -> None:
    try:
        task = decode(case["yaml"], TASK)
        result: dict[str, Any] = {"task": TASK.make() if task is None else task}
    except YamlError as error:
        result = {"error": str(error)}
    assert result == {key: value for key, value in case.items() if key != "yaml"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y", True),
        ("Off", False),
        ("oN", "oN"),
        ("010", 8),
        ("0o10", 8),
        ("08", 8.0),
        ("1_000", 1000),
        ("0x1F", 31),
        ("-0b11", -3),
        ("1e3", 1000.0),
        ("1e400", "1e400"),
        ("12:30:45", "12:30:45"),
        ("2001-01-01", "2001-01-01"),
        ("~", None),
        ("!!binary aGk=", "hi"),
        ("!!float 3", 3.0),
        ("18446744073709551616", 18446744073709551616.0),
    ],
)
def test_scalars_of_a_values_file(text: str, value: object) -> None:
    found = decode_any(f"a: {text}\n")["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["", "~", "# nothing\n", "---\n"])
def test_empty_documents(text: str) -> None:
    assert (decode(text, TASK), decode_any(text), decode_strings(text)) == (None, {}, {})


def test_flat_maps_take_scalars_only() -> None:
    assert decode_strings("a: 1\n2: yes\nc:\n") == {"a": "1", "2": "yes", "c": ""}
    with pytest.raises(YamlError) as raised:
        decode_strings("a: b\nc: [d]\n")
    assert str(raised.value) == "yaml: unmarshal errors:\n  line 2: cannot unmarshal !!seq into string"
    assert raised.value.line == 2


def test_unknown_keys_are_ignored_but_not_forgotten() -> None:
    leniency = Leniency()
    decode("a: 1\nsteps:\n  - cmd: x\n    comand: y\n", TASK, leniency)
    assert leniency.ignored == [(1, "main.Task", "a"), (4, "main.Step", "comand")]


def test_tolerated_scalars_are_no_wrong_types() -> None:
    leniency = Leniency(tolerates=lambda text: "X" in text)
    task = decode("stepTimeout: aX\nenv: X\nsteps: [X]\n", TASK, leniency)
    assert task["StepTimeout"] == 0


@pytest.mark.parametrize("escape", ["\\ud800", "\\ud800\\udc00", "\\U00110000", "\\UFFFFFFFF"])
def test_escapes_that_are_no_characters(escape: str) -> None:
    with pytest.raises(YamlError, match="found invalid Unicode character escape code"):
        decode(f'version: "{escape}"\n', TASK)


@given(st.dictionaries(st.text("abc", min_size=1), st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"]))))
def test_quoted_strings_come_back(values: dict[str, str]) -> None:
    text = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    assert decode_strings(text) == values


@given(st.text(alphabet=":-[]{},\"'|>#&*!%@`? \n\tabx01<~.\\"))
def test_any_text_gives_a_value_or_the_one_error(text: str) -> None:
    message = "yaml: "
    try:
        decode(text, TASK)
    except YamlError as error:
        message = str(error)
    assert message.startswith("yaml: ")
