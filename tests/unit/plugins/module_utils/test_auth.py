# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who signs in: which source is taken whole, and what is said where it is incomplete. No request is made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _auth, _auth_cli, _auth_managed_identity
from ansible_collections.acr.tasks.plugins.module_utils._auth_service_principal import ClientSecret
from ansible_collections.acr.tasks.plugins.module_utils._clouds import CHINA, PUBLIC, US_GOVERNMENT
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

OPTIONS = {"client_id": "o", "secret": "os", "tenant": "ot", "subscription_id": "osub"}
ENVIRONMENT = {
    "AZURE_CLIENT_ID": "e",
    "AZURE_SECRET": "es",
    "AZURE_TENANT": "et",
    "AZURE_SUBSCRIPTION_ID": "esub",
    "HOME": "/nowhere",
}
NOBODY = {"HOME": "/nowhere"}


@pytest.fixture(autouse=True)
def no_az(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Azure CLI, unless a test brings one."""
    monkeypatch.setattr(_auth_cli.shutil, "which", lambda _name: None)


@pytest.fixture
def az(monkeypatch: pytest.MonkeyPatch) -> None:
    """An Azure CLI that somebody signed in with."""
    monkeypatch.setattr(_auth_cli, "show_account", lambda: _auth_cli.Account("asub", "AzureUSGovernment"))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Managed identity: the facts that it was asked with."""
    asked: list[Any] = []
    monkeypatch.setattr(_auth_managed_identity, "make_credential", lambda facts, *_more: asked.append(facts))
    return asked


def sign_in(options: dict[str, Any], environment: dict[str, str]) -> _auth.Login:
    """With a transport that nobody uses."""
    return _auth.sign_in(options, environment, make_transport=lambda _verify: None)


def whose(login: _auth.Login) -> tuple[Any, str | None]:
    """Client id and subscription."""
    assert isinstance(login.credential, ClientSecret)
    return login.credential._form["client_id"], login.subscription_id


def test_options_come_first() -> None:
    assert whose(sign_in(OPTIONS, ENVIRONMENT)) == ("o", "osub")


def test_then_the_environment(az: None) -> None:
    assert whose(sign_in({}, ENVIRONMENT)) == ("e", "esub")
    assert whose(sign_in({"subscription_id": "osub"}, ENVIRONMENT)) == ("e", "osub")
    assert whose(sign_in({"client_id": "", "secret": None}, ENVIRONMENT)) == ("e", "esub")


def test_the_second_name_of_the_tenant() -> None:
    environment = {**ENVIRONMENT, "AZURE_TENANT": "", "AZURE_TENANT_ID": "second"}
    login = sign_in({}, environment)
    assert "/second/" in login.credential._url


def test_then_the_azure_cli(az: None, machine: list[Any]) -> None:
    login = sign_in({}, NOBODY)
    assert (login.source, login.subscription_id, login.cloud) == ("Azure CLI", "asub", US_GOVERNMENT)
    assert sign_in({"subscription_id": "osub"}, NOBODY).subscription_id == "osub"
    # An application without a subscription is not usable, so it does not count as named.
    assert sign_in({}, {**ENVIRONMENT, "AZURE_SUBSCRIPTION_ID": ""}).source == "Azure CLI"


def test_last_the_managed_identity(machine: list[Any]) -> None:
    assert sign_in({"subscription_id": "osub"}, NOBODY).source == "managed identity"
    assert sign_in({}, {**NOBODY, "AZURE_SUBSCRIPTION_ID": "esub"}).subscription_id == "esub"
    with pytest.raises(InvalidOption, match="Nothing says who signs in"):
        sign_in({}, NOBODY)
    with pytest.raises(InvalidOption):
        sign_in({"subscription_id": "s", "secret": "x"}, NOBODY)


def test_sources_by_name(az: None, machine: list[Any]) -> None:
    assert sign_in({**OPTIONS, "auth_source": "cli"}, ENVIRONMENT).source == "Azure CLI"
    assert whose(sign_in({**OPTIONS, "auth_source": "env"}, ENVIRONMENT)) == ("e", "osub")
    login = sign_in({"auth_source": "msi", "client_id": "mine"}, ENVIRONMENT)
    assert (login.source, login.subscription_id) == ("managed identity", "esub")
    assert machine[-1]["client_id"] == "mine"


def test_a_default_profile_is_not_passed_over(az: None, tmp_path: Path) -> None:
    """azure.azcollection would use it, so going on to the Azure CLI would sign in as somebody else."""
    folder = tmp_path / ".azure"
    folder.mkdir()
    (folder / "credentials").write_text("[default]\nsubscription_id=s\nclient_id=c\nsecret=%x\ntenant=t\n")
    with pytest.raises(InvalidOption, match="default"):
        sign_in({}, {"HOME": str(tmp_path)})
    (folder / "credentials").write_text("[other]\nsubscription_id=s\n")
    assert sign_in({}, {"HOME": str(tmp_path)}).source == "Azure CLI"


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"oidc_token": "t"}, "oidc_token"),
        ({"oidc_token_file_path": "/t"}, "oidc_token_file_path"),
        ({"secret": "", "x509_certificate_path": "/c", "thumbprint": "t"}, "x509_certificate_path"),
        ({"secret": "", "ad_user": "u", "password": "p"}, "ad_user"),
        ({"adfs_authority_url": "https://a"}, "adfs_authority_url"),
        ({"profile": "p"}, "profile"),
        ({"auth_source": "credential_file"}, "auth_source"),
    ],
)
def test_ways_that_are_not_built_fail_by_name(more: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidOption, match=named) as raised:
        sign_in({**OPTIONS, **more}, NOBODY)
    assert "not supported" in raised.value.message


def test_a_secret_has_precedence_over_a_certificate() -> None:
    assert whose(sign_in({**OPTIONS, "x509_certificate_path": "/c"}, NOBODY)) == ("o", "osub")


@pytest.mark.parametrize("missing", ["secret", "tenant"])
def test_an_incomplete_source(missing: str) -> None:
    with pytest.raises(InvalidOption, match=f"{missing} not given") as raised:
        sign_in({**OPTIONS, missing: ""}, ENVIRONMENT)
    assert "never mixed" in raised.value.message


@pytest.mark.parametrize(
    ("name", "cloud"),
    [
        (None, PUBLIC),
        ("AzureCloud", PUBLIC),
        ("azurechinacloud", CHINA),
        ("AzureUSGovernment", US_GOVERNMENT),
        ("https://management.usgovcloudapi.net/", US_GOVERNMENT),
    ],
)
def test_clouds(name: str | None, cloud: Any) -> None:
    login = sign_in({**OPTIONS, "cloud_environment": name}, NOBODY)
    assert login.cloud == cloud
    assert login.credential._url.startswith(cloud.authority)


def test_certificate_checks_can_be_switched_off() -> None:
    assert sign_in(OPTIONS, NOBODY).verify
    assert not sign_in({**OPTIONS, "cert_validation_mode": "ignore"}, NOBODY).verify
    assert not sign_in(OPTIONS, {**NOBODY, "AZURE_CERT_VALIDATION_MODE": "ignore"}).verify
    with pytest.raises(InvalidOption, match="AZURE_CERT_VALIDATION_MODE"):
        sign_in(OPTIONS, {**NOBODY, "AZURE_CERT_VALIDATION_MODE": "maybe"})
