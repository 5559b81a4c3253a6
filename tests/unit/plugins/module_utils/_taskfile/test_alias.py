# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comment lines, the version, the alias block and the expansion."""

from __future__ import annotations

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._taskfile import TaskFileError
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.alias import (
    BUILT_IN,
    AliasBlock,
    Aliases,
    is_url,
    read_block,
    resolve,
    separate,
)
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.source import Source
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.textual import (
    aliases_enabled,
    sniff_version,
    without_comment_lines,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("version: v1.1.0", "v1.1.0"),
        ("version : v1.1.0", "v1.1.0"),
        ("version:v1.1.0", "v1.1.0"),
        ("version  :   v1.1.0   ", "v1.1.0"),
        ('version: "v1.1.0"', "v1.1.0"),
        ("version: 'v1.1.0\"", "v1.1.0"),
        ("'version': v1.1.0", "v1.1.0"),
        ('"version" : "v1.1.0"', "v1.1.0"),
        ("steps: []\nversion: v1.1.0", "v1.1.0"),
        ("version: v1.0.0\nversion: v1.1.0", "v1.0.0"),
        ("version:\nversion: v1.1.0", ""),
        ("version: foo:bar", "foo:bar"),
        (" version: v1.1.0", ""),
        ("\tversion: v1.1.0", ""),
        ("- version: v1.1.0", ""),
        ("versionOfTask: v1.1.0", ""),
        ("myversion: v1.1.0", ""),
        ("version", ""),
        ("Version: v1.1.0", ""),
        ("", ""),
    ],
)
def test_the_version_is_sniffed(text: str, version: str) -> None:
    assert sniff_version(text) == version


@pytest.mark.parametrize(
    ("version", "enabled"),
    [("v1.1.0", True), ("v1.1.0 # now", True), ("v2", True), ("v1.0.0", False), ("V1.1.0", False), ("1.1.0", False)],
)
def test_aliases_are_switched_on_by_comparing_texts(version: str, enabled: bool) -> None:
    assert aliases_enabled(version) is enabled


def test_comment_lines_go_wherever_they_stand() -> None:
    source = without_comment_lines(Source.of("# a\ncmd: |\n  # b\n  x # c\r\n\t#d\nlast"))
    assert source.text == "cmd: |\n  x # c\nlast\n"
    assert source.origins == (2, 4, 6)


def test_the_block_ends_at_the_next_key() -> None:
    text = "version: v1.1.0\nalias :\n  values:\n    a: b\n\n  # c\n- x\nsteps:\n  - cmd: $a\n"
    block, rest = separate(Source.of(text))
    assert block.text == "alias :\n  values:\n    a: b\n\n  # c\n- x\n"
    assert rest.text == "version: v1.1.0\nsteps:\n  - cmd: $a\n"
    assert rest.origins == (1, 8, 9)


NAMES = {"ID": "<id>", "a": "$b", "b": "B", "multi": "x\ny"}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("$ID", "<id>"),
        ("$ID$ID", "<id><id>"),
        ("$ID$$", "<id>$"),
        ("$$ID", "$ID"),
        ("$$$ID", "$<id>"),
        ("$unknown", "$unknown"),
        ("$unknown$ID", "$unknown$ID"),
        ("$ID$unknown", "<id>$unknown"),
        ("$ID2", "$ID2"),
        ("$IDé", "<id>é"),
        ("$é$ID", "$é<id>"),
        ("$ $5 $", "$ $5 $"),
        ("{{$ID}}", "{{<id>}}"),
        ("$ID/$ID:$ID", "<id>/<id>:<id>"),
        ("$a", "$b"),  # what an alias gives is not looked at again
        ("$multi", "x\ny"),
        ("${ID}", "${ID}"),
        ("$_$ID", "$_<id>"),
    ],
)
def test_expansion(text: str, expanded: str) -> None:
    assert Aliases(NAMES).expand(text) == expanded


def test_another_directive() -> None:
    aliases = Aliases(NAMES, "\N{GRINNING FACE}")
    assert aliases.expand("$ID 😀ID😀b😀😀") == "$ID <id>B😀"


@given(st.text().filter(lambda text: "$" not in text))
def test_text_without_directive_stays(text: str) -> None:
    assert Aliases(NAMES).expand(text) == text


@given(st.text(alphabet="$aIDxé 5\n"))
def test_nothing_is_lost_if_no_name_is_known(text: str) -> None:
    expanded = Aliases({}).expand(text)
    assert expanded.replace("$", "") == text.replace("$", "")
    assert len(text) - expanded.count("$") - len(text.replace("$", "")) <= text.count("$") // 2


@given(st.lists(st.sampled_from([*NAMES, "other"])))
def test_separated_names_are_each_expanded(names: list[str]) -> None:
    expanded = Aliases(NAMES).expand(".".join(f"${name}" for name in names))
    assert expanded == ".".join(NAMES.get(name, f"${name}") for name in names)


@pytest.mark.parametrize(
    ("command", "expanded"),
    [
        ("bash -c x", "IMAGE -c x"),
        ("  bash  x ", "IMAGE  x"),
        ("bash\n", "IMAGE"),
        ("bash:3.0 x", "bash:3.0 x"),
        ("bashful x", "bashful x"),
        (" docker run ", " docker run "),
        ("bash\tx", "bash\tx"),
        ("", ""),
    ],
)
def test_image_aliases(command: str, expanded: str) -> None:
    assert Aliases({"bash": "IMAGE"}).image(command) == expanded


def block(text: str) -> AliasBlock:
    return read_block(Source.of(text))


def test_precedence() -> None:
    files = {"one": "a: 1\nb: 1\nbash: 1\nID: 1\n", "two": "b: 2\nc: 2\n"}
    names = resolve(block("alias:\n  src: [one, two]\n  values: {c: own, n: 5}\n"), files.__getitem__).names
    assert {key: names[key] for key in ("a", "b", "c", "n", "bash", "ID")} == {
        "a": "1",
        "b": "2",
        "c": "own",
        "n": "5",
        "bash": "1",
        "ID": "1",
    }
    assert names["Registry"] == BUILT_IN["Registry"] == "{{.Run.Registry}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("directive: ab", "$ directive can only be overwritten by a single character"),
        ("directive: a", "overwritten directives may not be alphanumeric characters"),
        ("directive: 5", "overwritten directives may not be alphanumeric characters"),
        ("values: {a-b: c}", "alias key names only support alphanumeric characters"),
        ("values: {é: c}", "alias key names only support alphanumeric characters"),
        ("values: {'': c}", "alias key names only support alphanumeric characters"),
        ("src: [bad]", "alias key names only support alphanumeric characters"),
        ("src: [list]", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]string"),
        (
            "values: {a: [b]}",
            "error during alias unmarshaling: yaml: unmarshal errors:\n  line 2: cannot unmarshal !!seq into string",
        ),
    ],
)
def test_bad_blocks(text: str, message: str) -> None:
    files = {"bad": "a_b: c\n", "list": "- a\n"}
    with pytest.raises(TaskFileError) as raised:
        resolve(block(f"alias:\n  {text}\n"), files.__getitem__)
    assert raised.value.message == message


def test_an_empty_block() -> None:
    assert resolve(block(""), None).names == BUILT_IN
    assert resolve(block("alias:\n"), None).directive == "$"


def test_sources_that_nobody_reads() -> None:
    aliases = resolve(block("alias:\n  src: [x]\n  values: {a: b}\n"), None, unknown="?")
    assert aliases.expand("$a $ID $other $$ $") == "b {{.Run.ID}} ? $ $"


@pytest.mark.parametrize(
    ("source", "url"), [("https://x/y", True), ("HTTP://x", True), ("./a.yml", False), ("ftp", False)]
)
def test_urls(source: str, url: bool) -> None:
    assert is_url(source) is url
