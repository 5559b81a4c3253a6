# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said before a run: all that is sure to be wrong, and nothing that only the run will decide."""

from __future__ import annotations

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._taskfile import Problem, validate


def fatal(text: str, **options: str) -> list[str]:
    return [str(problem) for problem in validate(text, **options) if problem.fatal]  # type: ignore[arg-type]


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


@pytest.mark.parametrize(
    "text",
    [
        ARTICLE,
        "",
        "steps: []\n",
        # Values, secrets and fields of the run may turn out to be anything.
        "steps:\n  - cmd: '{{.Values.cmd}}'\n    timeout: {{.Values.t}}\n    retries: {{.Values.r | default 1}}\n",
        "steps:\n  - id: '{{.Values.a}}'\n    cmd: x\n  - id: '{{.Values.b}}'\n    cmd: x\n",
        "steps:\n  - id: '{{.Values.a}}'\n    cmd: x\n  - cmd: x\n    when: ['{{.Values.a}}']\n",
        "steps:\n  - cmd: x\n    cache: '{{.Values.c}}'\n    when: {{.Values.w}}\n    env: {{.Values.e}}\n",
        "steps:\n  - cmd: '{{.Values.a}}'\n    build: '{{.Values.b}}'\n",
        "steps: {{.Values.steps}}\n",
        "{{.Values.everything}}\n  - x: [\n",
        "version: '{{.Values.v}}'\n",
        "env: ['{{.Values.e}}']\nsteps:\n  - cmd: x\n",
        "steps:\n  - cmd: x {{.Values.a.b.c}} {{(index .Values.l 0).x}} {{upper .Values.n}} {{add .Values.n 1}}\n",
        "steps:\n{{range .Values.l}}  - cmd: {{.}}\n{{end}}  - id: no step\n",
        "steps:\n{{if .Values.l}}  - id: no step\n{{end}}",
        "steps:\n{{with .Run.Branch}}  - id: no step\n{{end}}",
        "steps:\n{{if and true (eq .Values.a 1)}}  - id: no step\n{{end}}",
        "volumes: [{name: '{{.Values.n}}', secret: {'{{.Values.f}}': '{{.Secrets.s}}'}}]\n",
        "secrets: [{id: '{{.Values.i}}', keyvault: '{{.Values.k}}/x', clientID: '{{.Values.c}}'}]\nsteps: []\n",
        # Names of sources that nobody reads are unknown, too.
        "version: v1.1.0\nalias:\n  src: [x.yml]\nsteps:\n  - cmd: $a\n    timeout: $b\n  - $c: {{if $d}}{{end}}\n",
    ],
)
def test_nothing_to_say(text: str) -> None:
    assert fatal(text) == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("steps:\n  - id: a\n", ["line 2: step is missing a cmd, build, or push property"]),
        ("steps:\n  - cmd: x\n  - {cmd: x, retries: -1}\n  - {cmd: x, id: a b}\n",
         ["line 3: step must specify retries >= 0", "line 4: step ID cannot contain spaces"]),
        ("steps:\n  - {id: a, cmd: x}\n  - {id: a, cmd: '{{.Values.x}}'}\n", ["line 3: a already exists as a vertex"]),
        ("a: b: c\n", ["line 1: yaml: mapping values are not allowed in this context"]),
        ("# one\nsteps:\n  - cmd: {{foo}}\n",
         ['line 3: failed to parse template: acb.yaml. Err: template: acb.yaml:2: function "foo" not defined']),
        ("steps:\n  - cmd: {{upper 1}}\n",
         ['line 2: failed to execute template: acb.yaml. Err: template: acb.yaml:2:17: executing "acb.yaml" at <1>: '
          "expected string; found 1"]),
        ("version: v9\n", ['invalid version specified: "v9", the current version is "v1.0.0"']),
        ("secrets: [{id: a, keyvault: 'http://v/secrets/a'}]\n",
         ["line 1: invalid azure keyvault secret URL scheme. Expected Https"]),
        ("secrets: [{id: a}]\nsteps: [~]\n",
         ["steps[0] is empty: the engine crashes on a null entry in steps",
          "line 1: failed to validate secret with ID: a: secret should contain either keyvault property for vault "
          "secret, or msi clientID/aadResourceId for msi authentication"]),
        ("volumes: [{name: v, secret: {a: '???'}}]\n",
         ["line 1: failed to decode Base64 value. please make sure value provided is Base64 encoded"]),
        ("version: v1.1.0\nalias: {directive: ab}\n",
         ["line 2: $ directive can only be overwritten by a single character"]),
    ],
)  # fmt: skip
def test_what_is_wrong(text: str, problems: list[str]) -> None:
    assert fatal(text) == problems


def test_known_values_count() -> None:
    text = "steps:\n  - cmd: x\n    retries: {{.Values.r}}\n"
    assert fatal(text, values_text="r: 1\n") == []
    assert fatal(text, values_text="r: -1\n") == ["line 2: step must specify retries >= 0"]


def test_ignored_keys_are_hints() -> None:
    found = validate("totalTimeout: 5\nalias: {}\nsteps:\n  - cmd: x\n    secretEnvs: [a]\n")
    assert found == [
        Problem("totalTimeout is no key of the task: the engine ignores it", 1, fatal=False),
        Problem("secretEnvs is no key of this step: the engine ignores it", 5, fatal=False),
    ]


def test_sources_that_are_read_count() -> None:
    text = "version: v1.1.0\nalias:\n  src: [x.yml]\nsteps:\n  - cmd: x\n    retries: $r\n"
    assert [problem.message for problem in validate(text, read_source=lambda _source: "r: -1\n")] == [
        "step must specify retries >= 0"
    ]
