# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""acr_task_credential as a Resource: one login server's entry of one task. Private to this collection."""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import (
    _errors,
    _ids,
    _task_credential,
    _task_identity,
)
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome, Resource

if t.TYPE_CHECKING:
    from ansible_collections.acr.tasks.plugins.module_utils._module import AzureModule
    from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient

Json = dict[str, t.Any]


class CredentialBody(t.NamedTuple):
    """The stored entry. key: its spelling in the task. entry: {} where it is hidden. form: what was just written."""

    key: str
    entry: Json
    form: Json | None = None


def work(azure: AzureModule) -> Outcome:
    """The module's job: everything that needs no network first."""
    params = azure.params
    if params["password"] is not None and azure.given_for_sign_in("ad_user"):
        raise _errors.InvalidOption(
            "password is the password for the login server here, so it cannot be that of ad_user as well.",
            hint="Give the user to sign in as by the variables AZURE_AD_USER and AZURE_PASSWORD.",
        )
    login_server = _task_credential.check(params)
    for sentence in _task_credential.advice(login_server, params):
        azure.warn(sentence)
    task = _ids.locate_task(params, "task", azure.subscription)
    from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient

    client = RegistryClient(azure.session, params["api_version"], azure.warn)
    return azure.reconcile(CredentialResource(task, login_server, params, client, azure.warn))


class _IdentityMissing(_errors.ParentMissing):
    """The identity is not attached to the task, which in check mode may only be so for now."""

    def __init__(self, missing: str, problem: _task_identity.NotAttached) -> None:
        super().__init__("identity", missing)
        self.message, self.code, self.hint, self.status = problem.message, problem.code, problem.hint, None


class CredentialResource(Resource):
    """One login server's credential. Whatever else the task has is neither read into it nor written."""

    key = "credential"

    def __init__(
        self,
        task: _ids.ArmId,
        login_server: str,
        params: Json,
        client: RegistryClient,
        warn: t.Callable[[str], None],
    ) -> None:
        super().__init__()
        self._task = task
        self._login_server = login_server
        self._params = params
        self._client = client
        self._warn = warn
        self._arm: Json = {}  # the whole task, as last read
        self._before: Json | None = None  # what the last write started from

    @property
    def title(self) -> str:
        return f"{self._task} ({self._login_server})"

    def read(self) -> CredentialBody | None:
        arm = self._read_task()
        if arm is None:
            if self._params["state"] == "absent":
                return None
            raise _errors.ParentMissing("task", str(self._task))
        self._arm = arm
        keys = _task_credential.stored_keys(arm, self._login_server)
        if not keys:
            return None
        if len(keys) > 1 and self._params["state"] == "present":
            self._warn(f"The task {self._task.name} has more than one credential for Docker Hub: {', '.join(keys)}.")
        return CredentialBody(keys[0], _task_credential.entry_of(arm, keys[0]))

    def comparable(self, body: CredentialBody) -> Json:
        return _task_credential.comparable(body.entry)

    def wanted(self, body: CredentialBody | None) -> Json | None:
        if self._params["state"] == "absent":
            return None
        before = None if body is None else self.comparable(body)
        return _task_credential.wanted(self._params, before, self._identity())

    def write(self, body: CredentialBody | None, before: t.Any, after: t.Any) -> CredentialBody | None:
        self._before = before
        key = self._login_server if body is None else body.key
        if after is None:
            keys = _task_credential.stored_keys(self._arm, self._login_server)
            self._client.update_task(self._task, _task_credential.patch(dict.fromkeys(keys)))
            return None
        stored = {} if body is None else body.entry
        entry = _task_credential.entry(self._params, self._identity(), stored)
        arm = self._client.update_task(self._task, _task_credential.patch({key: entry}))
        keys = _task_credential.stored_keys(arm, self._login_server)
        if _task_credential.shows_keys(arm) and not keys:
            raise self._not_verified(f"Azure accepted the credential for {self._login_server}, but does not show it.")
        return CredentialBody(keys[0] if keys else key, {}, self._as_written())

    def verify(self, written: CredentialBody | None, after: t.Any) -> CredentialBody | None:
        if after is None:
            self._check_removed()
        elif written is not None and _task_credential.removes_parts(self._before, after):
            self._check_parts(written, after)
        return written

    def predicted(self, body: CredentialBody | None, after: t.Any) -> CredentialBody | None:
        if after is None:
            return None
        return CredentialBody(self._login_server if body is None else body.key, {}, self._as_written())

    def to_result(self, body: CredentialBody) -> Json:
        form = body.form or self.comparable(body)
        if all(value == _task_credential.UNKNOWN for value in form.values()):
            form = self._as_written()  # hidden, and taken for what the play says
        return {
            "id": str(self._task),
            "resource_group": self._task.group,
            "registry_name": self._task.parent.name,
            "task": self._task.name,
            **_task_credential.to_result(form, body.key),
        }

    # The requests behind it

    def _read_task(self) -> Json | None:
        """With secrets if that is allowed, else without."""
        try:
            return self._client.get_task_details(self._task)
        except _errors.AzureError as error:
            if not error.is_refused:
                raise
            self._warn(
                f"The credentials of the task {self._task} cannot be compared, because reading them was refused "
                f"({error.code}). Only the login servers are."
            )
            return self._client.get_task(self._task)

    def _identity(self) -> str | None:
        """The identity for the wire, checked against those attached to the task.

        In check mode an earlier task of the play may be going to make or attach it.
        """
        option = self._params["identity"]
        if option is None:
            return None
        if self.parent_assumed:
            return _task_identity.SYSTEM if _task_identity.is_system(option) else option.lower()
        try:
            return _task_identity.resolve("identity", option, self._arm.get("identity"), self._task.name)
        except _task_identity.NotAttached as problem:
            raise _IdentityMissing(f"{option} of the task {self._task.name}", problem) from None

    def _as_written(self) -> Json:
        return _task_credential.wanted({**self._params, "update_secret": "always"}, None, self._identity())

    def _check_removed(self) -> None:
        arm = self._read_task()
        keys = [] if arm is None else _task_credential.stored_keys(arm, self._login_server)
        if arm is None or not keys:
            return
        if self._params["allow_replace"]:
            self._replace_without(arm, keys)
            return
        raise self._not_verified(
            f"Azure accepted the removal of the credential for {self._login_server}, but it is still there.",
            "Set allow_replace: true to let the module replace the whole task without it.",
        )

    def _replace_without(self, arm: Json, keys: list[str]) -> None:
        """PUT of the whole task, if Azure shows every other secret in it."""
        from ansible_collections.acr.tasks.plugins.module_utils import _task, _task_guard

        form = _task.comparable(_task.TaskBody(arm, True), {})
        body = _task_guard.replace(_task_guard.without_credentials(arm, keys), form, {})
        self._client.create_task(self._task, body)
        now = self._client.get_task_details(self._task) or {}
        lost = _task_guard.lost(_task_guard.without_credentials(arm, keys), now, form)
        if lost or _task_credential.stored_keys(now, self._login_server):
            kept = ", ".join(lost) or f"the credential for {self._login_server} is still there"
            raise self._not_verified(f"The task was replaced, but not all is as it should be: {kept}.")

    def _check_parts(self, written: CredentialBody, after: Json) -> None:
        """Whether parts that are no longer wanted went with the change; else the entry is removed and made anew."""
        for attempt in range(2):
            arm = self._read_task() or {}
            keys = _task_credential.stored_keys(arm, self._login_server)
            shown = _task_credential.comparable(_task_credential.entry_of(arm, keys[0])) if keys else {}
            left = _task_credential.leftovers(after, shown)
            if not left:
                return
            if attempt == 0:
                self._client.update_task(self._task, _task_credential.patch({written.key: None}))
                entry = _task_credential.entry(self._params, self._identity(), {})
                self._client.update_task(self._task, _task_credential.patch({written.key: entry}))
        raise self._not_verified(
            f"Azure accepted the credential for {self._login_server}, but kept {', '.join(left)}.",
            "Remove the credential with state: absent, and add it again.",
        )

    def _not_verified(self, sentence: str, hint: str | None = None) -> _errors.AzureError:
        error = _errors.AzureError(f"{sentence} The task is {self._task}.", _errors.NOT_VERIFIED, hint=hint)
        error.written.append(self.title)
        return error
