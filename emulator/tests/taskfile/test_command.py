# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""``azure-emulator taskfile`` for people and for tests."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from azure_emulator import cli

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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "task.yaml"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def test_the_articles_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["taskfile", str(file), "--id", "cf7", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    build, push = answer["steps"]
    context = "https://github.com/Azure-Samples/acr-tasks.git"
    assert (answer["ok"], answer["error"]) == (True, None)
    assert (build["id"], build["kind"], build["parents"]) == ("acb_step_0", "build", [])
    assert build["text"] == f"-t hubuser/hubrepo:cf7 {context} -f hello-world.dockerfile"
    assert build["tags"] == ["hubuser/hubrepo:cf7"]
    assert (push["id"], push["kind"], push["parents"]) == ("acb_step_1", "push", ["acb_step_0"])
    assert push["text"] == ["hubuser/hubrepo:cf7"]
    assert answer["rendered"].startswith("version: v1.1.0\nsteps:\n")


def test_for_people(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["taskfile", str(file), "--id", "cf7"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1] == "acb_step_1 after acb_step_0: push hubuser/hubrepo:cf7"


def test_a_wrong_file_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "task.yaml"
    file.write_text("# why\nsteps:\n  - cmd: bash x\n    retries: -1\n", encoding="utf-8")
    assert cli.main(["taskfile", str(file)]) == 1
    shown = capsys.readouterr()
    words = "failed to unmarshal task before running: step must specify retries >= 0"
    assert (shown.out, shown.err) == ("", f"line 3: {words}\n")


def test_an_error_after_rendering_still_shows_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "task.yaml"
    file.write_text("steps:\n  - id: '{{.Run.ID}}'\n", encoding="utf-8")
    assert cli.main(["taskfile", str(file), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["rendered"], answer["steps"], answer["line"]) == ("steps:\n  - id: 'ca1'\n", [], 2)


def test_values_file_set_and_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("a: from file\nb: from file\nn: 5\n", encoding="utf-8")
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("steps:\n  - cmd: x {{.Values.a}} {{.Values.b}} {{add .Values.n 1}}\n")
    )
    assert cli.main(["taskfile", "-", "--values", str(values), "--set", "b=from set=x", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"][0]["text"] == "x from file from set=x 6"


def test_secrets_are_never_fetched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "task.yaml"
    file.write_text(
        "secrets:\n  - {id: a, keyvault: 'https://v.vault.azure.net/secrets/a'}\n"
        "volumes:\n  - {name: v, secret: {f: '{{.Secrets.a}}'}}\n"
        "steps:\n  - cmd: bash '{{.Secrets.a}}'\n    volumeMounts: [{name: v, mountPath: /m}]\n",
        encoding="utf-8",
    )
    assert cli.main(["taskfile", str(file), "--json"]) == 0
    step = json.loads(capsys.readouterr().out)["steps"][0]
    assert step["text"] == "bash 'SecretValue0'"
    assert step["volumeMounts"] == [{"name": "v", "mountPath": "/m"}]


def test_alias_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("first.yml").write_text("a: one\nb: one\nbash: one\n", encoding="utf-8")
    Path("second.yml").write_text("b: two\nc: two\n", encoding="utf-8")
    text = (
        "version: v1.1.0\nalias:\n  src: [first.yml, second.yml]\n  values: {c: own}\nsteps:\n  - cmd: bash $a $b $c\n"
    )
    Path("task.yaml").write_text(text, encoding="utf-8")
    assert cli.main(["taskfile", "task.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["steps"][0]["text"] == "one one two own"


def test_alias_urls_are_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "task.yaml"
    file.write_text("version: v1.1.0\nalias:\n  src: ['https://x.example/a.yml']\nsteps: []\n", encoding="utf-8")
    assert cli.main(["taskfile", str(file)]) == 1
    assert "https://x.example/a.yml is not fetched by this command" in capsys.readouterr().err


def test_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["taskfile", "/nowhere/task.yaml"]) == 1
    assert capsys.readouterr().err == "open /nowhere/task.yaml: no such file or directory\n"
