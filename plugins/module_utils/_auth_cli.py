# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in as whoever signed in with `az login`, through azure-identity. Private to this collection."""

from __future__ import annotations

import json
import shutil
import subprocess
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._errors import SIGN_IN_FAILED, AzureError

_SECONDS = 30


class CliUnavailableError(AzureError):
    """az is not installed, or nobody signed in with it."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message, SIGN_IN_FAILED, hint="Install the Azure CLI and run az login, or choose another auth_source."
        )


class Account(t.NamedTuple):
    """What az is signed in to."""

    subscription_id: str
    cloud_name: str


def show_account() -> Account:
    """The subscription and the cloud that az uses now. Raises CliUnavailableError."""
    command = shutil.which("az")
    if command is None:
        raise CliUnavailableError("the command az was not found.")
    try:
        # No run_command of a module: inventory plugins sign in with this, too.
        done = subprocess.run(  # pylint: disable=ansible-bad-function
            [command, "account", "show", "--output", "json"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CliUnavailableError(f"az could not be run: {error}") from error
    if done.returncode:
        raise CliUnavailableError(" ".join(done.stderr.split())[:500] or "az account show failed.")
    try:
        facts = json.loads(done.stdout)
        return Account(facts["id"], facts["environmentName"])
    except (ValueError, KeyError, TypeError) as error:
        raise CliUnavailableError("az account show gave no account.") from error


def make_credential() -> t.Any:
    """A credential that asks az for tokens."""
    from azure.identity import AzureCliCredential

    return AzureCliCredential(process_timeout=_SECONDS)
