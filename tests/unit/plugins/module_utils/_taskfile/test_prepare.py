# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From text to task: the stages in their order, with the engine's prefixes."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._taskfile import (
    RunContext,
    Secret,
    Task,
    TaskFileError,
    parse_set,
    prepare,
    volume_files,
)
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.environment import merge
from hypothesis import given
from hypothesis import strategies as st

RUN = RunContext("ca1", registry="myregistry.azurecr.io", task_name="mytask")
UNMARSHAL = "failed to unmarshal task before running: "
DOCUMENT = UNMARSHAL + "failed to deserialize task and validate: "
RENDER = "unable to render task: "
SECRETS = RENDER + "failed to resolve secrets in the task with error: "


def fatal(text: str, **options: Any) -> str:
    with pytest.raises(TaskFileError) as raised:
        prepare(text, RUN, **options)
    return raised.value.message


def steps(*lines: str) -> str:
    return "steps:\n" + "".join(f"  - {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("{cmd: x, retries: -1}", "step must specify retries >= 0"),
        ("{cmd: x, repeat: -1}", "step must specify repeat >= 0"),
        ("{cmd: x, build: y}", "step must only contain a single build, cmd, or push property"),
        ("{build: x, push: [y]}", "step must only contain a single build, cmd, or push property"),
        ("{push: []}", "step is missing a cmd, build, or push property"),
        ("{cmd: x, id: 'a\tb'}", "step ID cannot contain spaces"),
        ("{cmd: x, id: acb_root}", "acb_root is a reserved ID, it can't be used"),
        ("{cmd: x, when: [zz]}", "zz does not exist as a vertex [from: zz, to: acb_step_0]"),
        ("{cmd: x, when: ['']}", "from cannot be empty"),
        ("{cmd: x, when: [acb_step_0]}", "Step ID: acb_step_0 is self-referenced"),
        ("{cmd: x, when: [a, '-']}",
         "step cannot contain other IDs in when if the immediate execution token is specified"),
        ("{build: x, cache: on}", "invalid value for cache property. Valid values are 'enabled', 'disabled'"),
        ("{cmd: x, env: [A]}", "failed to merge task and step environment variables: "
         "cannot parse step environment variable A correctly"),
        ("{cmd: x, timeout: 1x}", "failed to deserialize task and validate: yaml: unmarshal errors:\n"
         "  line 3: cannot unmarshal !!str `1x` into int"),
        ("{cmd: x, volumeMounts: [{name: v}]}", "failed to deserialize task and validate: "
         "mount name, v, does not correspond to a volume"),
        ("a", "failed to deserialize task and validate: yaml: unmarshal errors:\n"
         "  line 3: cannot unmarshal !!str `a` into graph.Step"),
    ],
)  # fmt: skip
def test_wrong_steps(step: str, message: str) -> None:
    assert fatal("env: [B=1]\n" + steps(step)) == UNMARSHAL + message


MOUNTED = "volumes: [{name: v, secret: {a: YQ==}}]\n"


@pytest.mark.parametrize(
    ("mounts", "message"),
    [
        ("[{name: v, mountPath: ''}]", "mount name or mount path is empty"),
        ("[{name: v, mountPath: /a}, {name: v, mountPath: /a}]", "mount with duplicate container file path found"),
    ],
)
def test_wrong_mounts(mounts: str, message: str) -> None:
    assert fatal(MOUNTED + steps(f"{{cmd: x, volumeMounts: {mounts}}}")) == UNMARSHAL + message


def test_one_volume_may_be_mounted_twice() -> None:
    mounts = "[{name: v, mountPath: /a}, {name: v, mountPath: /b}]"
    step = prepare(MOUNTED + steps(f"{{build: ., volumeMounts: {mounts}}}"), RUN).steps[0]
    assert [mount and mount.mount_path for mount in step.mounts] == ["/a", "/b"]


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ("{secret: {a: YQ==}}", "volume name is empty"),
        ("{name: a b, secret: {a: YQ==}}", "volume name is not well formed. Only use alphanumeric and - _"),
        ("{name: a}", "currently only support for source type secret"),
        ("{name: a, secret: {}}", "secret is empty"),
        ("{name: a, secret: {a/b: YQ==}}", "file name, a/b, is not well formed. Only use alphanumeric and - _ ."),
        ("{name: v, secret: {a: YQ==}}, {name: v, secret: {a: YQ==}}", "volume with duplicate name found"),
        ("~", "volumes[0] is empty: the engine crashes on a null entry in volumes"),
    ],
)
def test_wrong_volumes(volume: str, message: str) -> None:
    assert fatal(f"volumes: [{volume}]\n") == DOCUMENT + message


def test_volume_files() -> None:
    task = prepare("volumes: [{name: v, secret: {a: aGk=, b.c: ''}}]\n", RUN)
    assert volume_files(task.volumes) == {"v": {"a": b"hi", "b.c": b""}}
    with pytest.raises(TaskFileError, match="failed to decode Base64 value"):
        volume_files(prepare("volumes: [{name: v, secret: {a: aGk}}]\n", RUN).volumes)


@pytest.mark.parametrize("key", ["steps", "secrets", "networks", "volumes"])
def test_null_entries_are_refused(key: str) -> None:
    message = fatal(f"{key}: [~]\n")
    assert message.endswith(f"{key}[0] is empty: the engine crashes on a null entry in {key}")


VAULT = "keyvault: 'https://v.vault.azure.net/secrets/a'"
GUID = "c72b2df0-b9d8-4ac6-9363-7c1eb06c1c86"


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        (f"{{{VAULT}}}", "secret is missing an ID as well as auto-generated ID"),
        (f"{{id: a b, {VAULT}}}", "failed to validate secret with ID: a b: secret ID cannot contain spaces"),
        (
            f"{{id: a, {VAULT}, clientID: {GUID}0}}",
            "failed to validate secret with ID: a: msi client ID is not a valid guid",
        ),
        ("{id: a, keyvault: [b]}", "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string"),
    ],
)
def test_wrong_secrets(secret: str, message: str) -> None:
    assert fatal(f"secrets: [{secret}]\n") == SECRETS + "failed to parse template to create task: " + message


def test_secrets_are_fetched_once_and_then_rendered() -> None:
    asked: list[list[Secret]] = []

    def fetch(secrets: list[Secret]) -> dict[str, str]:
        asked.append(secrets)
        return {secret.id: f"value of {secret.id}" for secret in secrets}

    text = (
        "secrets:\n  - {id: '{{.Values.name}}', keyvault: 'https://{{.Values.vault}}/secrets/A/1', "
        f"clientID: {GUID}}}\n" + steps("cmd: x {{.Secrets.user}} {{.Secrets.other}}")
    )
    task = prepare(text, RUN, values={"name": "user", "vault": "v.vault.azure.net"}, secrets=fetch)
    assert task.steps[0].cmd == "x value of user"
    assert [(secret.id, secret.keyvault, secret.client_id) for secret in asked[0]] == [
        ("user", "https://v.vault.azure.net/secrets/A/1", GUID)
    ]
    assert len(asked) == 1


def test_secrets_as_a_map() -> None:
    text = f"secrets: [{{id: a, {VAULT}}}]\n" + steps("cmd: x {{.Secrets.a}}{{.Secrets.b}}")
    assert prepare(text, RUN, secrets={"a": "A", "b": "B"}).steps[0].cmd == "x A"
    assert fatal(text) == SECRETS + "no way to fetch secrets was given"


def test_what_a_resolver_says_gets_the_engines_prefix() -> None:
    def refuse(secrets: list[Secret]) -> dict[str, str]:
        raise TaskFileError("timeout in fetching secrets. please check permissions are valid")

    message = fatal(f"secrets: [{{id: a, {VAULT}}}]\n", secrets=refuse)
    assert message == SECRETS + "timeout in fetching secrets. please check permissions are valid"


def test_credentials_are_fetched_before_the_graph_is_built() -> None:
    def refuse() -> None:
        raise TaskFileError("403")

    assert (
        fatal(steps("{cmd: x, when: [zz]}"), resolve_credentials=refuse) == UNMARSHAL + "failed to resolve secrets: 403"
    )
    assert "version" in fatal("version: v3\n", resolve_credentials=refuse)


def test_the_word_secrets_changes_where_errors_are_found() -> None:
    text = "stepTimeout: x\n"
    wrong = "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `x` into int"
    assert fatal(text) == DOCUMENT + wrong
    assert fatal(text + "env: [secrets=1]\n") == SECRETS + "failed to parse template to create task: " + wrong
    assert fatal("a: {{.b.c}} secrets").startswith(
        SECRETS + "failed to render the template: failed to execute template: acb.yaml. Err: template: acb.yaml:1:7: "
    )


def test_template_errors() -> None:
    assert fatal("a: {{foo}}", name="t.yaml") == (
        RENDER + "error while rendering templates: failed to parse template: t.yaml. "
        'Err: template: t.yaml:1: function "foo" not defined'
    )
    assert fatal('{{/* nothing */}}{{define "a"}}x{{end -}}\n') == RENDER + "rendered template was empty"


def test_alias_block_errors() -> None:
    head = "version: v1.1.0\nalias:\n"
    assert fatal(head + "  values: {a: '{{foo}}'}\n").startswith(
        "unable to render alias data: error while rendering templates: failed to parse template: aliasData. Err: "
    )
    assert fatal(head + "  src: [x.yml]\n") == (
        "unable to search/replace aliases in task: open x.yml: no such file or directory"
    )


def test_secrets_are_unknown_in_the_alias_block() -> None:
    text = "version: v1.1.0\nalias:\n  values: {a: 'x{{.Secrets.s}}y'}\n" + steps("cmd: $a {{.Secrets.s}}")
    task = prepare(f"secrets: [{{id: s, {VAULT}}}]\n" + text, RUN, secrets={"s": "S"})
    assert task.steps[0].cmd == "xy S"


def test_nested_values_stop_the_engine() -> None:
    message = fatal(steps("cmd: x"), values_text="a:\n  b: c\n")
    assert message == (
        RENDER + "failed to override values: failed to serialize Values: "
        "json: unsupported type: map[interface {}]interface {}"
    )


def test_values() -> None:
    text = steps('cmd: x {{.Values.a}} {{.Values.b}} {{index .Values "c.d"}} {{.ValuesJSON}}')
    task = prepare(text, RUN, values_text="a: 1\nb: [2]\n", values=["b=<x>", "c.d=e=f"])
    assert task.steps[0].cmd == 'x 1 <x> e=f \'{"a":1,"b":"\\u003cx\\u003e","c.d":"e=f"}\''
    assert fatal(text, values=["x"]) == RENDER + "failed to parse --set data; invalid format, no = assignment found"
    assert fatal(text, values=["=x"]) == RENDER + "failed to parse --set data; expected a key=val format"
    assert parse_set(["a=1", "a=2", "b=c==d", "e="]) == {"a": "2", "b": "c==d", "e": ""}


def test_a_values_file_that_is_no_map() -> None:
    assert fatal(steps("cmd: x"), values_text="- a\n").endswith("cannot unmarshal !!seq into templating.Values")


def test_the_runs_fields() -> None:
    run = RunContext(
        "ca9", "c0ffee", "repo", "dev", "v1", "user", "r.azurecr.io", datetime.datetime(2026, 1, 2, 3, 4, 5),
        "vol", "linux", "6.1", "arm64", "nightly",
    )  # fmt: skip
    names = "ID Commit Repository Branch GitTag TriggeredBy Registry RegistryName Date SharedVolume OS OSVersion"
    text = " ".join(f"{{{{.Run.{name}}}}}" for name in [*names.split(), "Architecture", "TaskName"])
    assert prepare(steps(f"cmd: {text} {{{{.Build.ID}}}}"), run).steps[0].cmd == (
        "ca9 c0ffee repo dev v1 user r.azurecr.io r 20260102-030405z vol linux 6.1 arm64 nightly ca9"
    )


@pytest.mark.parametrize("version", ["v1.0.0", "V1.1.0", "1.0-preview-1", "1.0-PREVIEW-1", "v1.1.0"])
def test_versions(version: str) -> None:
    assert prepare(f"version: {version}\n", RUN).version == version


@pytest.mark.parametrize("version", ["1.0", "v1", "v1.2.0", "latest"])
def test_wrong_versions(version: str) -> None:
    words = f'invalid version specified: "{version}", the current version is "v1.0.0"'
    assert fatal(f"version: {version}\n") == UNMARSHAL + words


def defaulted(text: str, **options: Any) -> Task:
    return prepare(text, RUN, **options)


@pytest.mark.parametrize(
    ("text", "seen", "value"),
    [
        ("{}", lambda step: step.timeout, 600),
        ("{timeout: -1}", lambda step: step.timeout, 600),
        ("{timeout: 7}", lambda step: step.timeout, 7),
        ("{}", lambda step: step.retry_delay, 5),
        ("{retryDelay: 9}", lambda step: step.retry_delay, 9),
        ("{}", lambda step: step.network, "acb_default_network"),
        ("{network: n}", lambda step: step.network, "n"),
        ("{}", lambda step: (step.id, step.parents), ("acb_step_0", [])),
        ("{keep: yes, detach: on, pull: true}", lambda step: (step.keep, step.detach, step.pull), (True, True, True)),
        ("{cpus: 1.50}", lambda step: step.cpus, "1.50"),
        (
            "{exitedWith: [0, 1], exitedWithout: [2]}",
            lambda step: (step.exited_with, step.exited_without),
            ([0, 1], [2]),
        ),
    ],
)
def test_defaults(text: str, seen: Callable[[Any], object], value: object) -> None:
    step = "{cmd: x}" if text == "{}" else "{cmd: x, " + text[1:]
    assert seen(prepare(steps(step), RUN).steps[0]) == value


def test_task_and_run_defaults() -> None:
    text = "stepTimeout: 30\nenv: [A=task, B=task]\nworkingDirectory: w\n" + steps("{cmd: x, env: [A=step]}", "cmd: y")
    first, second = defaulted(text, env=["B=run,C=run"], working_directory="other", network="outer").steps
    assert (first.timeout, first.env, first.working_directory) == (30, ["A=step", "B=task", "C=run"], "w")
    assert (first.network, second.env) == ("outer", ["A=task", "B=task", "C=run"])
    assert defaulted(steps("cmd: x"), working_directory="other").steps[0].working_directory == "other"
    assert fatal("env: [A]\n", env=["B=1"]) == UNMARSHAL + "cannot parse step environment variable A correctly"


def test_push_names() -> None:
    task = prepare(steps("push: [a, 'a:latest', b@sha256:1, c:1, r.io:5000/d]"), RUN)
    assert task.steps[0].text == ["a:latest", "b@sha256:1", "c:1", "r.io:5000/d"]


@pytest.mark.parametrize(
    ("build", "reference"),
    [
        ("-t r.io/x/y:1 .", "r.io/x/y"),
        ("-t y:1 .", "myregistry.azurecr.io/y"),
        ("-t y -t r.io/z:2 .", "r.io/z"),
        ("-t my_ns/y .", "myregistry.azurecr.io/my_ns/y"),
        ("--tag localhost:5000/y .", "localhost:5000/y"),
    ],
)
def test_build_cache(build: str, reference: str) -> None:
    step = prepare(steps(f"{{build: {build}, cache: ENABLED}}"), RUN).steps[0]
    tag = f"{reference}:cache_mytask_acb_step_0"
    flags = f"--load --cache-to=type=registry,ref={tag},mode=max --cache-from=type=registry,ref={tag}"
    assert (step.build, step.uses_build_cache) == (f"{flags} {build}", True)


def test_build_cache_without_a_tag_or_on_windows() -> None:
    text = steps("{build: ., cache: enabled}")
    assert prepare(text, RUN).steps[0].build == "."
    windows = prepare(text, RunContext(os="windows"))
    assert (windows.uses_build_cache, windows.networks[0].driver) == (False, "nat")
    quick = prepare(steps("{build: -t r.io/x ., cache: enabled}"), RunContext()).steps[0]
    assert "r.io/x:cache_quickrun_acb_step_0" in quick.build


def test_parents() -> None:
    text = steps(
        "{id: a, cmd: x}", "{id: b, cmd: x, when: ['-']}", "{id: c, cmd: x}", "{id: d, cmd: x, when: [a, c]}",
        "{id: e, cmd: x, when: [acb_root]}", "{id: f, cmd: x, when: []}",
    )  # fmt: skip
    found = {step.id: step.parents for step in prepare(text, RUN).steps}
    assert found == {"a": [], "b": [], "c": ["b"], "d": ["a", "c"], "e": [], "f": ["e"]}


def test_lines_are_the_authors() -> None:
    text = (
        '# about\nversion: v1.1.0\nalias:\n  values:\n    two: "a\\n      b"\n'
        "steps:\n  - cmd: |\n      $two\n      # gone\n  - cmd: x\n    retries: -1\n"
    )
    with pytest.raises(TaskFileError) as raised:
        prepare(text, RUN)
    assert (raised.value.reason, raised.value.line) == ("step must specify retries >= 0", 10)


NAMES = st.text("ABC", min_size=1, max_size=2)
ENTRIES = st.lists(st.builds("{}={}".format, NAMES, st.text("xyz=")))


@given(ENTRIES, ENTRIES)
def test_own_variables_come_first_and_win(own: list[str], defaults: list[str]) -> None:
    merged = merge(own, defaults)
    assert merged[: len(own)] == own
    names = {entry.partition("=")[0] for entry in own}
    assert merged[len(own) :] == [entry for entry in defaults if entry.partition("=")[0] not in names]


@given(ENTRIES)
def test_nothing_to_merge(own: list[str]) -> None:
    assert merge(own, []) == own
    assert merge([*own, "no assignment"], []) == [*own, "no assignment"]


@pytest.mark.parametrize(
    "text",
    [
        "steps:\n  - cmd: x {{" + "(" * 5000 + "1" + ")" * 5000 + "}}\n",
        "a: " + "[" * 5000 + "]" * 5000 + "\n",
        "{{if true}}" * 2000 + "{{end}}" * 2000 + "a: b\n",
    ],
)
def test_deep_nesting_is_an_error_and_no_crash(text: str) -> None:
    assert fatal(text) == "the task file is nested too deeply"


def test_aliases_of_aliases_are_an_error_and_no_crash() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 12)]
    assert fatal("steps: []\n", values_text="\n".join(lines) + "\n").endswith(
        "yaml: document contains excessive aliasing"
    )
