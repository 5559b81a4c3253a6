# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids, secret URLs, login servers, cron expressions: what is taken, what is refused, what is the same."""

from __future__ import annotations

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _cron, _ids, _secrets
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

TASK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/myregistry/tasks/mytask"
URL = "https://myvault.vault.azure.net/secrets/name"


def subscription() -> str:
    return "sub"


def test_an_id_and_its_parts() -> None:
    found = _ids.parse_id(TASK)
    assert found == _ids.ArmId("s", "g", _ids.TASK, ("myregistry", "mytask"))
    assert str(found) == TASK
    assert found is not None
    assert str(found.parent) == TASK.rpartition("/tasks/")[0]
    assert found.parent.child(_ids.TASK, "mytask") == found


@pytest.mark.parametrize(
    "text", ["", "mytask", "/subscriptions/s", TASK + "/runs", TASK.replace("g/prov", "/prov"), "//////"]
)
def test_what_is_no_id(text: str) -> None:
    assert _ids.parse_id(text) is None


@given(st.text())
def test_no_text_breaks_an_id(text: str) -> None:
    found = _ids.parse_id(text)
    assert found is None or _ids.same(str(found), "/" + text.strip().strip("/"))


def test_casing_does_not_matter() -> None:
    assert _ids.same(TASK, TASK.upper() + "/")
    assert _ids.read_id("task", TASK.upper().replace("MYTASK", "mytask"), _ids.TASK).kind == _ids.TASK
    assert not _ids.same(TASK, None)


def test_a_task_by_name_or_in_full() -> None:
    params = {"task": "mytask", "registry_name": "myregistry", "resource_group": "g"}
    assert str(_ids.locate_task(params, "task", subscription)) == TASK.replace("/s/", "/sub/")
    assert str(_ids.locate_task({"task": TASK}, "task", subscription)) == TASK
    by_registry = {"task": "mytask", "registry_name": TASK.rpartition("/tasks/")[0]}
    assert str(_ids.locate_task(by_registry, "task", subscription)) == TASK


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"task": "my task", "registry_name": "r"}, "task"),
        ({"task": "mytask"}, "registry_name"),
        ({"task": "mytask", "registry_name": "myregistry"}, "resource_group"),
        ({"task": "mytask", "registry_name": "myregistry", "resource_group": "ends."}, "resource_group"),
        ({"task": "mytask", "registry_name": "myregistry.azurecr.io", "resource_group": "g"}, "registry_name"),
        ({"task": TASK.replace("registries", "vaults")}, "task"),
    ],
)
def test_wrong_names_are_refused_by_option(params: dict[str, str], named: str) -> None:
    with pytest.raises(InvalidOption, match=rf"^{named}"):
        _ids.locate_task(params, "task", subscription)


@pytest.mark.parametrize("suffix", ["vault.azure.net", "vault.azure.cn", "vault.usgovcloudapi.net"])
@pytest.mark.parametrize("version", ["", "/0123456789abcdef0123456789abcdef"])
def test_secrets_of_any_cloud(suffix: str, version: str) -> None:
    text = f"https://myvault.{suffix}/secrets/My-Name{version}"
    found = _secrets.read_secret_url("o", text)
    assert (found.host, found.name, found.version) == (f"myvault.{suffix}", "My-Name", version.strip("/") or None)
    assert str(found) == text


def test_spellings_of_one_secret() -> None:
    assert _secrets.same_secret_url(URL, "https://MyVault.vault.azure.net:443/secrets/Name/")
    assert not _secrets.same_secret_url(URL, f"{URL}/0123")
    assert not _secrets.same_secret_url(URL, None)
    assert _secrets.same_secret_url("plain", "plain")
    assert not _secrets.same_secret_url("plain", "Plain")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "http://myvault.vault.azure.net/secrets/name",
        "https://vault.azure.net/secrets/name",
        "https://a.b.vault.azure.net/secrets/name",
        "https://myvault.vault.azure.net.example.com/secrets/name",
        "https://myvault.vault.azure.net/secrets",
        "https://myvault.vault.azure.net/secrets/",
        "https://myvault.vault.azure.net/keys/name",
        f"{URL}?version=1",
        f"{URL}#part",
        f"{URL}/v/w",
        f"{URL}_",
        "https://user@myvault.vault.azure.net/secrets/name",
        "https://myvault.vault.azure.net:444/secrets/name",
        "https://[broken/secrets/name",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    with pytest.raises(InvalidOption, match="password_secret"):
        _secrets.read_secret_url("password_secret", text)
    assert not _secrets.looks_like_secret_url(text)


def test_a_password_that_mentions_a_vault_is_one() -> None:
    """az takes any text with a vault's host in it for a secret."""
    assert not _secrets.mentions_vault("see .vault.azure.net docs")
    assert _secrets.mentions_vault(URL)
    assert _secrets.mentions_vault(URL + "/too/deep")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("docker.io", "docker.io"),
        (" Docker.IO ", "docker.io"),
        ("https://index.docker.io/v1/", "docker.io"),
        ("https://docker.io", "docker.io"),
        ("MyRegistry.azurecr.io", "myregistry.azurecr.io"),
        ("registry.example.com:5000", "registry.example.com:5000"),
        ("localhost:5000", "localhost:5000"),
        ("10.0.0.1", "10.0.0.1"),
    ],
)
def test_login_servers(text: str, stored: str) -> None:
    assert _secrets.read_login_server("login_server", text) == stored


@pytest.mark.parametrize("text", ["", "docker", "a.b/c", "http://a.b", "-a.b", "a..b", "a.b:", "a b.c"])
def test_what_is_no_login_server(text: str) -> None:
    with pytest.raises(InvalidOption, match="login_server"):
        _secrets.read_login_server("login_server", text)


def test_names_of_docker_hub() -> None:
    assert _secrets.same_login_server("docker.io", "Index.Docker.IO")
    assert not _secrets.same_login_server("docker.io", "registry.hub.docker.com")
    assert _secrets.docker_hub_advice("registry-1.docker.io")
    assert _secrets.docker_hub_advice("docker.io") is None
    assert _secrets.docker_hub_advice("other.azurecr.io") is None


@pytest.mark.parametrize("text", ["0 21 * * *", "*/5 0-6 1,15 jan-mar mon", "0 0 * * 7", "0 0 31 12 SUN"])
def test_cron(text: str) -> None:
    assert _cron.problem(text) is None


NO_CRON = """
* * * * | * * * * * * | 60 * * * * | * 24 * * * | * * 0 * * | * * * 13 * | * * * * 8 | */0 * * * * | 5-1 * * * *
| a * * * * | 1- * * * * | @daily | *-5 * * * * | , * * * *
"""


@pytest.mark.parametrize("text", ["", *NO_CRON.split("|")])
def test_no_cron(text: str) -> None:
    assert _cron.problem(text)


FIELD = st.one_of(
    st.just("*"),
    st.integers(0, 70).map(str),
    st.tuples(st.integers(0, 40), st.integers(0, 70)).map(lambda pair: f"{pair[0]}-{pair[1]}"),
    st.integers(1, 30).map(lambda step: f"*/{step}"),
)


@given(st.lists(FIELD, min_size=5, max_size=5).map(" ".join))
def test_what_we_take_another_library_takes(text: str) -> None:
    """We may be stricter (no ranges backwards), but never let pass what is no cron expression."""
    if _cron.problem(text) is None:
        assert croniter.is_valid(text)
