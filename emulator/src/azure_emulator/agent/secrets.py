# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Key Vault secrets, read as one of the task's identities, with the engine's words when that fails (task-files A6)."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from azure_emulator.agent import identities
from azure_emulator.agent.run import Work
from azure_emulator.agent.taskfile import Secret, SecretUrl, TaskFileError, parse_secret_url
from azure_emulator.problems import Problem
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.keyvault.secrets import read_secret
from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

_OPERATION = "keyvault.BaseClient#GetSecret"
_PATIENCE = 120  # seconds that the engine tries to fetch a secret

declare(
    "secret_denied",
    default="timeout",
    alternatives=("timeout", "forbidden"),
    evidence="acr-wire 8.9 (issue threads: the run tries for two minutes) against task-files A6 (the engine, run "
    "against a vault that answers 403, repeats the vault's words at once)",
)


class SecretReader:
    """Fetches secrets for one run."""

    def __init__(self, world: World, work: Work) -> None:
        self._world = world
        self._work = work

    def task_secrets(self, secrets: list[Secret]) -> dict[str, str]:
        """The values of the task file's ``secrets:`` section, by id. Raises TaskFileError."""
        return {secret.id: self.read(secret.keyvault, secret.client_id) for secret in secrets}

    def read(self, url: str, identity: str) -> str:
        """One value. ``identity``: client id, ``[system]``, or empty for the system identity. Raises TaskFileError."""
        where = parse_secret_url(url)
        request = f"{where.vault}/secrets/{where.name}/{where.version}?api-version=7.0"
        principal = identities.find(self._world, self._work, identity)
        if principal is None:
            raise identities.token_refused(_OPERATION, request)
        caller = self._world.part(Directory).caller_of(principal, where.resource)
        host = urlsplit(where.vault).hostname or ""
        try:
            return read_secret(self._world, caller, host, where.name, where.version or None)["value"]
        except Problem as problem:
            raise self._refused(problem, where) from problem

    def _refused(self, problem: Problem, where: SecretUrl) -> TaskFileError:
        no_answer = problem.status == 404 and problem.code != "SecretNotFound"  # the vault's name does not resolve
        denied = problem.status in (401, 403) and problem.inner != "SecretDisabled"
        if no_answer or (denied and self._world.part(Switches)["secret_denied"] == "timeout"):
            self._world.clock.advance(_PATIENCE)
            return TaskFileError("timeout in fetching secrets. please check permissions are valid")
        inner = f' InnerError={{"code":"{problem.inner}"}}' if problem.inner else ""
        return TaskFileError(
            f"{_OPERATION}: Failure responding to request: StatusCode={problem.status} -- Original Error: "
            f"autorest/azure: Service returned an error. Status={problem.status} Code={_quoted(problem.code)} "
            f"Message={_quoted(problem.message)}{inner}"
        )


def _quoted(text: str) -> str:
    """As Go's %q: one line, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
