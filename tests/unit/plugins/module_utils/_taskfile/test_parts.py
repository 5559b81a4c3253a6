# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build texts, image names, secret URLs and registry credentials."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils._taskfile import SecretUrl, TaskFileError, parse_secret_url
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.credentials import (
    RegistryCredential,
    parse_credential,
)
from ansible_collections.acr.tasks.plugins.module_utils._taskfile.images import read_build, with_context

URL = "https://github.com/u/r.git#main:sub"


@pytest.mark.parametrize(
    ("text", "file", "target", "context", "tags", "arguments"),
    [
        ("", "", "", ".", (), ()),
        (".", "", "", ".", (), ()),
        ("-t a:1 --tag 'b' -f D .", "D", "", ".", ("a:1", "b"), ()),
        (f"{URL} -f D -t x", "D", "", URL, ("x",), ()),
        (f"-t x {URL} -f D", "D", "", URL, ("x",), ()),
        ('--file src/D --target "t" --build-arg A=1 --build-arg B="2 3 src', "src/D", "t", "src", (), ("A=1", 'B="2')),
        ("--tag=x --target=y dir", "", "", ".", (), ()),  # the forms with "=" are not seen, and look like flags
        ("--no-cache dir", "", "", ".", (), ()),  # the word behind any flag counts as its value
        ("dir --no-cache", "", "", "dir", (), ()),
    ],
)
def test_build_texts(
    text: str, file: str, target: str, context: str, tags: tuple[str, ...], arguments: tuple[str, ...]
) -> None:
    found = read_build(text)
    assert (found.file, found.target, found.context) == (file, target, context)
    assert (found.tags, found.arguments) == (tags, arguments)


def test_the_context_is_replaced_once() -> None:
    assert with_context(f"-t x  {URL} -f D", ".") == "-t x . -f D"
    assert with_context("-t x", ".") == "-t x"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://V.vault.azure.net/secrets/Name", ("v.vault.azure.net", "name", "", "vault.azure.net")),
        ("https://v.vault.azure.net/secrets/n/", ("v.vault.azure.net", "n", "", "vault.azure.net")),
        ("https://v.vault.azure.cn/secrets/n/Abc1", ("v.vault.azure.cn", "n", "abc1", "vault.azure.cn")),
        (
            "HTTPS://v.vault.usgovcloudapi.net/Secrets/n",
            ("v.vault.usgovcloudapi.net", "n", "", "vault.usgovcloudapi.net"),
        ),
    ],
)
def test_secret_urls(url: str, expected: tuple[str, str, str, str]) -> None:
    host, name, version, resource = expected
    assert parse_secret_url(url) == SecretUrl(f"https://{host}", name, version, f"https://{resource}")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://v.vault.azure.net/secrets/n", "scheme. Expected Https"),
        ("v.vault.azure.net/secrets/n", "scheme. Expected Https"),
        ("", "scheme. Expected Https"),
        ("https://v.vault.azure.net", "Bad number of URL segments: 1"),
        ("https://v.vault.azure.net/n", "Bad number of URL segments: 2"),
        ("https://v.vault.azure.net/secrets/n/1/2", "Bad number of URL segments: 5"),
        ("https://v.vault.azure.net/keys/n", "Expected 'secrets' collection, but found: keys"),
    ],
)
def test_wrong_secret_urls(url: str, words: str) -> None:
    with pytest.raises(TaskFileError) as raised:
        parse_secret_url(url)
    assert raised.value.message.startswith("invalid azure keyvault secret URL")
    assert raised.value.message.endswith(words)


OPAQUE = {"registry": "r", "username": "u", "userNameProviderType": "Opaque", "password": "p"}
OPAQUE["passwordProviderType"] = "opaque"
VAULT = {**OPAQUE, "passwordProviderType": "VaultSecret", "identity": "i"}
MSI = {"registry": "r", "identity": "i", "aadResourceId": "https://management.azure.com"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (OPAQUE, RegistryCredential("r", "u", "opaque", "p", "opaque")),
        ({**OPAQUE, "identity": "i"}, RegistryCredential("r", "u", "opaque", "p", "opaque")),
        (VAULT, RegistryCredential("r", "u", "opaque", "p", "vaultsecret", "i")),
        (MSI, RegistryCredential("r", identity="i", aad_resource_id="https://management.azure.com")),
        ({key.upper(): value for key, value in MSI.items()}, parse_credential(MSI)),
        ({**OPAQUE, "more": None}, parse_credential(json.dumps(OPAQUE))),
    ],
)
def test_credentials(given: dict[str, Any], expected: RegistryCredential) -> None:
    found = parse_credential(given)
    assert found == expected
    assert found.is_msi == ("username" not in {key.lower() for key in given})
    assert "'p'" not in repr(found)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({**OPAQUE, "registry": ""}, "registry name can't be empty"),
        ({**OPAQUE, "username": ""}, "username can't be empty"),
        ({**OPAQUE, "password": ""}, "password can't be empty"),
        ({**VAULT, "identity": ""}, "identity can't be empty"),
        ({**MSI, "identity": ""}, "identity can't be empty"),
        ({**MSI, "aadResourceId": ""}, "aadResourceId can't be empty"),
        ({**OPAQUE, "userNameProviderType": ""}, "unable to classify credential into opaque, vault or msi"),
        ({**OPAQUE, "userNameProviderType": "other"}, "unable to classify credential into opaque, vault or msi"),
        ("{", "unable to unmarshal Credentials from string: invalid JSON"),
        ("[]", "unable to unmarshal Credentials from string: a JSON object is expected"),
        ({**OPAQUE, "password": 5}, "unable to unmarshal Credentials from string: password must be a string"),
    ],
)
def test_wrong_credentials(given: Any, words: str) -> None:
    with pytest.raises(TaskFileError) as raised:
        parse_credential(given)
    assert raised.value.message == words
