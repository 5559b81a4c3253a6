# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Templates: what Go's text/template with sprig made of the same texts (fixtures/taskfile/template.json), and more."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._taskfile import TaskFileError, UnsupportedError
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.template import UNSUPPORTED, render
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.template.functions import table
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.template.functions.dates import formatted
from hypothesis import given
from hypothesis import strategies as st

FIXTURES = Path(__file__).parents[4] / "unit/fixtures/taskfile"
CORPUS: dict[str, Any] = json.loads((FIXTURES / "template.json").read_text(encoding="utf-8"))
STAGES = {
    "parse: ": "failed to parse template: f.yaml. Err: ",
    "exec: ": "failed to execute template: f.yaml. Err: ",
}


def output(text: str, **values: Any) -> str:
    return render("f", text, {"Values": values})


def complaint(text: str, **values: Any) -> str:
    with pytest.raises(TaskFileError) as raised:
        output(text, **values)
    return raised.value.message


@pytest.mark.parametrize("case", CORPUS["cases"], ids=lambda case: case["template"][:60])
def test_like_go(case: dict[str, str]) -> None:
    try:
        result = {"text": render("f.yaml", case["template"], CORPUS["data"], {"HOME": "/root"})}
    except TaskFileError as error:
        message = error.message
        for stage, words in STAGES.items():
            message = message.replace(words, stage)
        result = {"error": message}
    assert result == {key: value for key, value in case.items() if key != "template"}


@given(st.text().filter(lambda text: "{{" not in text and "<no value>" not in text))
def test_text_without_actions_stays_as_it_is(text: str) -> None:
    assert render("f", text, {}) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_values_are_printed_as_they_are(text: str) -> None:
    assert output("{{.Values.a}}", a=text) == text.replace("<no value>", "")


@given(st.text(alphabet="{}.$|() \n\t\"`'-:=,/*abeinrdfx01"))
def test_any_text_gives_a_text_or_the_one_error(text: str) -> None:
    stages = ("failed to parse template: f. Err: ", "failed to execute template: f. Err: ")
    message = stages[0]
    try:
        render("f", text, {})
    except TaskFileError as error:
        message = error.message
    assert message.startswith(stages)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_arithmetic_has_64_bits(one: int, two: int) -> None:
    total = int(output("{{ add .Values.a .Values.b }}", a=one, b=two))
    assert -(2**63) <= total < 2**63
    assert (total - one - two) % 2**64 == 0


# Newer than the Go that made the corpus, but older than the one that the engine is built with.
def test_range_over_a_number() -> None:
    assert output("{{range .Values.n}}{{.}},{{else}}none{{end}}", n=3) == "0,1,2,"
    assert output("{{range .Values.n}}x{{else}}none{{end}}", n=0) == "none"


def test_else_with() -> None:
    assert output("{{with .Values.a}}a{{else with .Values.b}}{{.}}{{end}}", b="x") == "x"


@pytest.mark.parametrize("name", sorted(UNSUPPORTED))
def test_functions_that_are_not_supported_are_refused_by_name(name: str) -> None:
    with pytest.raises(UnsupportedError, match=f'"{name}" is not supported here'):
        output(f'{{{{ {name} "x" }}}}')


def test_no_function_is_both_supported_and_refused() -> None:
    assert not UNSUPPORTED & table({}).keys()


@pytest.mark.parametrize("name", ["get", "dig", "seq", "mustFirst", "toYaml", "include", "lookup"])
def test_functions_that_the_engine_does_not_have(name: str) -> None:
    assert complaint(f"{{{{ {name} }}}}").endswith(f'function "{name}" not defined')


def test_the_environment_is_what_the_caller_says() -> None:
    text = '{{ env "A" }}|{{ env "PATH" }}|{{ expandenv "$A-${A}-$B" }}'
    assert render("f", text, {}, {"A": "x"}) == "x||x-x-"
    assert render("f", text, {}) == "||--"


def test_what_depends_on_the_librarys_release_is_refused() -> None:
    for text in (
        '{{ mergeOverwrite (dict "a" "v") (dict "a" "") }}',
        '{{ join "," .Values.nothing }}',
        '{{ regexFind "[[:alpha:]]" "a" }}',
    ):
        with pytest.raises(UnsupportedError, match="not supported here"):
            output(text)


def test_b64enc_is_the_engines_own() -> None:
    assert output("{{ .Values.nothing | b64enc }}|{{ b64enc .Values.n }}", n=5) == "|PGludCBWYWx1ZT4="


def test_error_lines_are_the_texts() -> None:
    with pytest.raises(TaskFileError) as raised:
        output("one\ntwo {{ .Values.a.b }}\n")
    assert raised.value.line == 2


def test_endless_recursion_ends() -> None:
    assert "exceeded maximum template depth" in complaint('{{define "a"}}{{template "a"}}{{end}}{{template "a"}}')


MOMENT = datetime.datetime(2026, 3, 4, 15, 6, 7, 89000, tzinfo=datetime.timezone(datetime.timedelta(hours=-7)))


@pytest.mark.parametrize(
    ("layout", "shown"),
    [
        ("2006-01-02T15:04:05Z07:00", "2026-03-04T15:06:07-07:00"),
        ("Monday, 2 January 06 03:04:05.000 PM", "Wednesday, 4 March 26 03:06:07.089 PM"),
        ("Mon Jan _2 3:4:5pm -0700", "Wed Mar  4 3:6:7pm -0700"),
        ("20060102-150405z", "20260304-150607z"),
        ("02 002 .999999 x", "04 063 .089 x"),
    ],
)
def test_date_layouts(layout: str, shown: str) -> None:
    assert formatted(layout, MOMENT) == shown


def test_random_functions_have_the_asked_length() -> None:
    text = "{{ randAlphaNum 12 }}|{{ randAlpha 3 }}|{{ randNumeric 4 }}|{{ randAscii 5 | len }}|{{ uuidv4 }}"
    first, second = output(text).split("|"), output(text).split("|")
    assert [len(part) for part in first] == [12, 3, 4, 1, 36]
    assert first[0].isalnum()
    assert first[1].isalpha()
    assert first[2].isdigit()
    assert first[4] != second[4]
