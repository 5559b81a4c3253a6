# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Task files of the kinds that people write, with what a run makes of them."""

from __future__ import annotations

import pytest

from azure_emulator.agent.taskfile import RunContext, prepare, validate, volume_files

RUN = RunContext("ca1", registry="myregistry.azurecr.io", task_name="nightly")
VALUES = {"other": "other.azurecr.io", "vault": "v", "token": "t0ken"}
SECRETS = {"user": "hubuser", "password": "pa ss"}
R = "myregistry.azurecr.io"
BASH = "mcr.microsoft.com/acr/bash:2ff604c"

ECHO = """
version: v1.1.0
steps:
  - cmd: bash echo hello $ID
  - cmd: bash:3.0 echo hello
"""
BUILD_AND_PUSH = """
version: v1.1.0
steps:
  # Build and push in one go.
  - build: -t $Registry/hello:$ID -t $Registry/hello:latest -f hello.dockerfile .
  - push:
      - $Registry/hello:$ID
      - $Registry/hello
"""
PARALLEL = """
version: v1.1.0
steps:
  - id: web
    build: -t $Registry/web:$ID web
    when: ["-"]
  - id: tests
    build: -t $Registry/tests:$ID tests
    when: ["-"]
  - id: serve
    cmd: $Registry/web:$ID
    detach: true
    ports: ["8080:80"]
    when: ["web"]
  - id: check
    cmd: $Registry/tests:$ID
    env: ["TARGET=serve"]
    when: ["serve", "tests"]
  - push: ["$Registry/web:$ID"]
    when: ["check"]
"""
FILES = """
version: v1.1.0
stepTimeout: 60
steps:
  - cmd: bash -c 'echo one > file.txt'
    workingDirectory: out
  - cmd: bash cat file.txt
    workingDirectory: out
    timeout: 5
"""
HUB_SIGN_IN = """
version: v1.1.0
alias:
  values:
    repo: hubuser/app
secrets:
  - id: user
    keyvault: https://{{.Values.vault}}.vault.azure.net/secrets/UserName
  - id: password
    keyvault: https://{{.Values.vault}}.vault.azure.net/secrets/Password
    clientID: c72b2df0-b9d8-4ac6-9363-7c1eb06c1c86
steps:
  - cmd: docker login --username '{{.Secrets.user}}' --password '{{.Secrets.password}}'
  - build: -t $repo:$ID https://github.com/u/r.git#main:app
  - push: [$repo:$ID]
  - cmd: az login --identity
    disableWorkingDirectoryOverride: true
"""
MOUNTS = """
volumes:
  - name: settings
    secret:
      token.txt: {{.Values.token | b64enc}}
      missing.txt: {{.Values.nothing | b64enc}}
steps:
  - cmd: bash cat /run/settings/token.txt
    volumeMounts:
      - name: settings
        mountPath: /run/settings
"""
RETRIES = """
version: v1.1.0
steps:
  - cmd: docker pull $Registry/base:1
    retries: 3
    retryDelay: 2
    retryOnErrors: ["timeout"]
  - build: >-
      -t $Registry/app:$ID
      --build-arg BASE=$Registry/base:1
      --build-arg REVISION={{.Run.Commit}}
      .
    cache: disabled
    ignoreErrors: true
  - cmd: acr purge --registry $RegistryName --filter 'app:.*' --ago 7d
    repeat: 1
"""
REGISTRIES = """
steps:
  - build: -t {{.Run.Registry}}/a:{{.Run.ID}} -t {{.Values.other}}/a:{{.Run.ID}} .
  - push:
      - {{.Run.Registry}}/a:{{.Run.ID}}
      - {{.Values.other}}/a:{{.Run.ID}}
"""
CONDITIONS = """
version: v1.1.0
env: [STAGE={{ .Values.stage | default "test" }}]
steps:
{{- range $index, $name := list "one" "two" }}
  - id: {{ $name }}
    cmd: bash echo {{ $index }} {{ $name | upper | quote }}
    {{- if eq $name "one" }}
    when: ["-"]
    {{- end }}
{{- end }}
"""
NETWORK = """
version: v1.1.0
networks:
  - name: inner
    isDefault: true
steps:
  - id: server
    cmd: nginx
    detach: true
  - cmd: curl -sS http://server/
    retries: 5
"""
SCRIPT = """
version: v1.1.0
steps:
  - entryPoint: sh
    cmd: |
      bash -c '
      for i in 1 2; do
        echo $$i
      done'
"""

SHAPES = {
    "echo": (ECHO, [("cmd", f"{BASH} echo hello ca1", []), ("cmd", "bash:3.0 echo hello", ["acb_step_0"])]),
    "build and push": (
        BUILD_AND_PUSH,
        [
            ("build", f"-t {R}/hello:ca1 -t {R}/hello:latest -f hello.dockerfile .", []),
            ("push", [f"{R}/hello:ca1", f"{R}/hello:latest"], ["acb_step_0"]),
        ],
    ),
    "parallel": (
        PARALLEL,
        [
            ("build", f"-t {R}/web:ca1 web", []),
            ("build", f"-t {R}/tests:ca1 tests", []),
            ("cmd", f"{R}/web:ca1", ["web"]),
            ("cmd", f"{R}/tests:ca1", ["serve", "tests"]),
            ("push", [f"{R}/web:ca1"], ["check"]),
        ],
    ),
    "files": (
        FILES,
        [
            ("cmd", f"{BASH} -c 'echo one > file.txt'", []),
            ("cmd", f"{BASH} cat file.txt", ["acb_step_0"]),
        ],
    ),
    "sign-in with secrets": (
        HUB_SIGN_IN,
        [
            ("cmd", "docker login --username 'hubuser' --password 'pa ss'", []),
            ("build", "-t hubuser/app:ca1 https://github.com/u/r.git#main:app", ["acb_step_0"]),
            ("push", ["hubuser/app:ca1"], ["acb_step_1"]),
            ("cmd", "mcr.microsoft.com/acr/azure-cli:2ff604c login --identity", ["acb_step_2"]),
        ],
    ),
    "mounts": (MOUNTS, [("cmd", "bash cat /run/settings/token.txt", [])]),
    "retries": (
        RETRIES,
        [
            ("cmd", f"docker pull {R}/base:1", []),
            ("build", f"-t {R}/app:ca1 --build-arg BASE={R}/base:1 --build-arg REVISION= .", ["acb_step_0"]),
            (
                "cmd",
                "mcr.microsoft.com/acr/acr-cli:0.19 purge --registry myregistry --filter 'app:.*' --ago 7d",
                ["acb_step_1"],
            ),
        ],
    ),
    "two registries": (
        REGISTRIES,
        [
            ("build", f"-t {R}/a:ca1 -t other.azurecr.io/a:ca1 .", []),
            ("push", [f"{R}/a:ca1", "other.azurecr.io/a:ca1"], ["acb_step_0"]),
        ],
    ),
    "conditions": (
        CONDITIONS,
        [("cmd", f'{BASH} echo 0 "ONE"', []), ("cmd", f'{BASH} echo 1 "TWO"', ["one"])],
    ),
    "network": (
        NETWORK,
        [("cmd", "nginx", []), ("cmd", "mcr.microsoft.com/acr/curl:2ff604c -sS http://server/", ["server"])],
    ),
    "script": (SCRIPT, [("cmd", f"{BASH} -c '\nfor i in 1 2; do\n  echo $i\ndone'", [])]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_steps(shape: str) -> None:
    text, expected = SHAPES[shape]
    task = prepare(text, RUN, values=VALUES, secrets=SECRETS)
    assert [(step.kind, step.text, step.parents) for step in task.steps] == expected


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_wrong_before_the_run(shape: str) -> None:
    assert validate(SHAPES[shape][0]) == []


def test_what_the_steps_carry() -> None:
    retried, built, repeated = prepare(RETRIES, RUN).steps
    assert (retried.retries, retried.retry_delay, retried.retry_on_errors) == (3, 2, ["timeout"])
    assert (built.build_arguments, built.ignore_errors, built.uses_build_cache) == (
        [f"BASE={R}/base:1", "REVISION="],
        True,
        False,
    )
    assert repeated.repeat == 1
    assert [step.timeout for step in prepare(FILES, RUN).steps] == [60, 5]
    assert [step.network for step in prepare(NETWORK, RUN).steps] == ["inner", "inner"]
    assert [step.env for step in prepare(CONDITIONS, RUN).steps] == [["STAGE=test"], ["STAGE=test"]]


def test_mounted_secrets() -> None:
    task = prepare(MOUNTS, RUN, values=VALUES)
    assert volume_files(task.volumes) == {"settings": {"token.txt": b"t0ken", "missing.txt": b""}}
