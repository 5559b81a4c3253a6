# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who signs in, and what is said when nobody can. acr_task stands for all modules: they share the sign-in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest
from support.acr_task import task
from support.canary import canary, found
from support.emulator import Emulator
from support.given import Given
from support.playbook import Playbook

# The environment without anything that names somebody.
NOBODY: dict[str, str | None] = dict.fromkeys(
    (
        "AZURE_CLIENT_ID",
        "AZURE_SECRET",
        "AZURE_CLIENT_SECRET",
        "AZURE_TENANT",
        "AZURE_TENANT_ID",
        "AZURE_SUBSCRIPTION_ID",
    )
)

AZ_FACTS = ("SUBSCRIPTION_ID", "TENANT", "CLIENT_ID", "SECRET")
FAKE_AZ = """#!{python}
import json, sys, urllib.parse, urllib.request

if sys.argv[1:3] == ["account", "show"]:
    print(json.dumps({{"id": "{SUBSCRIPTION_ID}", "environmentName": "AzureCloud"}}))
elif sys.argv[1:3] == ["account", "get-access-token"]:
    form = {{"grant_type": "client_credentials", "client_id": "{CLIENT_ID}", "client_secret": "{SECRET}"}}
    form["scope"] = "https://management.azure.com/.default"
    url = "https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"
    answer = json.load(urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()))
    print(json.dumps({{"accessToken": answer["access_token"], "expires_on": 32472144000}}))
else:
    sys.exit(1)
"""


def with_environment(call: dict[str, Any], variables: dict[str, str | None]) -> dict[str, Any]:
    """A task with variables of its own over those of the run; None empties one, which counts as not set."""
    return {**call, "environment": {name: value or "" for name, value in variables.items()}}


@pytest.fixture
def existing(given: Given) -> None:
    """Something to read: the scenario's task."""
    given.group()
    given.registry()
    given.task()


@pytest.fixture
def options(emulator: Emulator) -> dict[str, str]:
    """The seeds' service principal, as options."""
    settings = emulator.settings
    return {
        "client_id": settings["AZURE_CLIENT_ID"],
        "secret": settings["AZURE_SECRET"],
        "tenant": settings["AZURE_TENANT"],
        "subscription_id": settings["AZURE_SUBSCRIPTION_ID"],
    }


@pytest.fixture
def path_with_az(tmp_path: Path, emulator: Emulator) -> dict[str, str | None]:
    """A command az that is signed in as the seeds' service principal, first on PATH.

    It stands for the real one, which make interop uses: it answers the two commands that are asked.
    """
    script = tmp_path / "bin" / "az"
    script.parent.mkdir()
    settings = emulator.settings
    script.write_text(
        FAKE_AZ.format(python=sys.executable, **{name: settings[f"AZURE_{name}"] for name in AZ_FACTS}),
        encoding="utf-8",
    )
    script.chmod(0o755)
    return {"PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}"}


def test_the_order_of_sources(
    playbook: Playbook, existing: None, emulator: Emulator, options: dict[str, str], path_with_az: dict[str, str | None]
) -> None:
    """Options before environment before az; the request log says who came."""
    reader = {"client_id": "80c6f2d1-3a5e-4c7b-8d92-e4f7a1b06c53", "secret": "rehearsal-reader-secret"}
    cases: dict[str, tuple[dict[str, str | None], dict[str, Any]]] = {
        "environment": ({}, {}),
        "options first": ({}, options | reader),
        "options": (NOBODY, options),
        "az last": (NOBODY | path_with_az, {}),
        "az on request": (path_with_az, {"auth_source": "cli"}),
        "empty is not given": ({}, {"client_id": "", "secret": "", "tenant": ""}),
        "the other name": ({"AZURE_TENANT": None, "AZURE_TENANT_ID": options["tenant"]}, {"auth_source": "env"}),
    }
    with emulator.recorded() as requests:
        playbook([with_environment(task(title, **given), variables) for title, (variables, given) in cases.items()])
    deployer, somebody_else, *others = [request.caller for request in requests]
    assert deployer
    assert somebody_else not in (None, deployer)
    assert others == [deployer] * 5


def test_a_managed_identity(playbook: Playbook, existing: None, emulator: Emulator, options: dict[str, str]) -> None:
    """Asked for, or where the subscription is all that is known; without one it is looked up."""
    nobody = {**NOBODY, "PATH": "/usr/bin:/bin"}
    with emulator.recorded() as requests:
        playbook([task(auth_source="msi", subscription_id=options["subscription_id"])], environment=nobody).succeeded()
        playbook([task()], environment={**nobody, "AZURE_SUBSCRIPTION_ID": options["subscription_id"]}).succeeded()
    assert requests.methods == ["GET", "GET"]
    assert len({request.caller for request in requests}) == 1
    with emulator.recorded() as requests:
        playbook([task(auth_source="msi")], environment=nobody).succeeded()
    assert requests[0].path.lower() == "/subscriptions"


def test_failures_to_sign_in(playbook: Playbook, existing: None, options: dict[str, str]) -> None:
    """One clear failure each, and no traceback."""
    wrong = canary()
    cases: dict[str, tuple[dict[str, Any], dict[str, str | None], str]] = {
        "secret": ({**options, "secret": wrong}, {}, "The client secret is wrong"),
        "client": ({**options, "client_id": "00000000-0000-0000-0000-000000000000"}, {}, "client_id"),
        "tenant": ({**options, "tenant": "11111111-1111-1111-1111-111111111111"}, {}, "No such tenant"),
        "not mixed": ({"client_id": options["client_id"]}, {}, "tenant and secret not given"),
        "no subscription": ({**options, "subscription_id": ""}, {}, "subscription_id is needed"),
        "half environment": ({}, {"AZURE_SECRET": None}, "AZURE_SECRET"),
        "env only": ({"auth_source": "env"}, NOBODY, "auth_source is env"),
        "nobody": ({}, {**NOBODY, "PATH": "/usr/bin:/bin"}, "Nothing says who signs in"),
        "no az": ({"auth_source": "cli"}, {"PATH": "/usr/bin:/bin"}, "az was not found"),
        "cloud": ({**options, "cloud_environment": "Moon"}, {}, "cloud_environment"),
        "profile": ({"profile": "p"}, {}, "not supported by this version"),
        "file": ({"auth_source": "credential_file"}, {}, "not supported by this version"),
        "certificate": ({**options, "secret": "", "x509_certificate_path": "/c.pem"}, {}, "a certificate"),
        "oidc": ({**options, "oidc_token": wrong}, {}, "an OpenID Connect token (oidc_token)"),
        "oidc file": ({}, {"AZURE_FEDERATED_TOKEN_FILE": "/token"}, "oidc_token_file_path"),
        "user": ({"ad_user": "u", "password": wrong, "subscription_id": "s"}, {}, "a user name and password"),
        "adfs": ({**options, "adfs_authority_url": "https://adfs"}, {}, "adfs_authority_url"),
    }
    run = playbook(
        [
            {
                **task(title, ignore=True, **sign_in),
                "environment": {name: value or "" for name, value in environment.items()},
            }
            for title, (sign_in, environment, _text) in cases.items()
        ],
        verbosity=3,
    ).succeeded()
    for title, (_sign_in, _environment, text) in cases.items():
        assert run[title].status == "ignored", title
        assert text in run[title].message, (title, run[title].message)
        assert run[title]["failure"]["code"], title
    assert "Traceback" not in run.stdout + run.stderr
    assert found([wrong], [run]) == []


def test_the_environment_of_other_clouds(playbook: Playbook, emulator: Emulator) -> None:
    """Every request of a module goes to the cloud that it was told."""
    clouds = {"AzureChinaCloud": "chinacloudapi.cn", "AzureUSGovernment": "usgovcloudapi.net"}
    with emulator.recorded() as requests:
        playbook(
            [with_environment(task(cloud, state="absent"), {"AZURE_CLOUD_ENVIRONMENT": cloud}) for cloud in clouds]
        ).succeeded()
    assert [request.host for request in requests] == [f"management.{domain}" for domain in clouds.values()]


def test_certificates(playbook: Playbook, existing: None, emulator: Emulator, tmp_path: Path) -> None:
    """Only the given authority is trusted, by whichever variable; checking can be switched off."""
    without: dict[str, str | None] = {"REQUESTS_CA_BUNDLE": None, "CURL_CA_BUNDLE": None, "SSL_CERT_FILE": None}
    failure = playbook([task()], environment=without).failure()
    assert "certificate" in failure.message.lower()
    assert "REQUESTS_CA_BUNDLE" in failure.message
    assert failure["failure"]["status"] is None
    authority = emulator.certificate_authority
    calls = [with_environment(task(name), {**without, name: authority}) for name in without]
    playbook([*calls, with_environment(task("Ignore", cert_validation_mode="ignore"), without)]).succeeded()


def test_no_way_out(playbook: Playbook, options: dict[str, str]) -> None:
    """A proxy that is not there: the message says what to look at, and nothing is tried for long."""
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    failure = playbook([task()], environment=nowhere).failure()
    assert failure["failure"]["code"] == "NotSent"
    assert "HTTPS_PROXY" in failure.message
