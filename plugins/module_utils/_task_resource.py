# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""acr_task as a Resource: which requests the pure functions of _task.py need. Private to this collection."""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _errors, _ids, _task, _task_identity
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome, Resource
from ansible_collections.acr.tasks.plugins.module_utils._task import TaskBody
from ansible_collections.acr.tasks.plugins.module_utils._task_content import read_content

if t.TYPE_CHECKING:
    from ansible_collections.acr.tasks.plugins.module_utils._module import AzureModule
    from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient

Json = dict[str, t.Any]


def work(azure: AzureModule) -> Outcome:
    """The module's job: everything that needs no network first."""
    params = azure.params
    present = params["state"] == "present"
    if present:
        read_content(params)
        _task.check(params)
    task = _ids.locate_task(params, "name", azure.subscription)
    from ansible_collections.acr.tasks.plugins.module_utils._registry_client import RegistryClient

    client = RegistryClient(azure.session, params["api_version"], azure.warn)
    return azure.reconcile(TaskResource(task, params, client, azure))


class TaskResource(Resource):
    """One task, its custom credentials excepted."""

    key = "task"

    def __init__(self, task: _ids.ArmId, params: Json, client: RegistryClient, azure: AzureModule) -> None:
        super().__init__()
        self._task = task
        self._params = params
        self._client = client
        self._azure = azure
        self._found: tuple[TaskBody, Json, Json] | None = None  # what the last PATCH started from, and went for

    @property
    def title(self) -> str:
        return str(self._task)

    def read(self) -> TaskBody | None:
        if self._params["state"] == "present" and _task.wants_secrets(self._params):
            return self._read_details()
        arm = self._client.get_task(self._task)
        return None if arm is None else TaskBody(arm)

    def comparable(self, body: TaskBody) -> Json:
        return _task.comparable(body, self._params)

    def wanted(self, body: TaskBody | None) -> Json | None:
        if self._params["state"] == "absent":
            return None
        if body is None:
            location = self._params["location"] or (None if self.parent_assumed else self._registry_location())
            after = _task.wanted(self._params, None, self._task, location)
            return self._with_source_identity(after, None)
        before = self.comparable(body)
        after = self._with_source_identity(_task.wanted(self._params, before, self._task, None), body)
        names = _task.needs_put(before, after)
        if names and not self._params["allow_replace"]:
            raise _errors.InvalidOption(
                f"Azure can only do this change by replacing the whole task {self._task}: {', '.join(names)}.",
                hint="Set allow_replace: true if that may be done. The rest of the task is written as it is now.",
            )
        return after

    def write(self, body: TaskBody | None, before: t.Any, after: t.Any) -> TaskBody | None:
        if after is None:
            self._client.delete_task(self._task)
            return None
        if body is None:
            self._found = None
            return TaskBody(self._create(after))
        if _task.needs_put(before, after):
            return self._replace(before)
        if _task.needs_details(before, after) and not body.detailed:
            body = self._with_hidden_entries(before, after) or body
            before = self.comparable(body)
            after = self.wanted(body) or {}
        self._found = (body, before, after)
        return TaskBody(self._client.update_task(self._task, _task.patch(before, after, self._params)))

    def verify(self, written: TaskBody | None, after: t.Any) -> TaskBody | None:
        if written is not None and self._found is not None:
            body, before, after = self._found  # with secrets, if these had to be read
            written = self._verified(body, before, after, written)
        if written is None:
            return None
        return written._replace(form=_task.with_secret_names(self.comparable(written), after))

    def _verified(self, body: TaskBody, before: Json, after: Json, written: TaskBody) -> TaskBody:
        """The task after a PATCH, replaced if the PATCH did not do it all and that may be done."""
        from ansible_collections.acr.tasks.plugins.module_utils import _task_guard

        now = TaskBody(written.arm, body.detailed and written.detailed)
        ignored = _task_guard.without_effect(before, after, self.comparable(now))
        if not ignored and _task_guard.removes_secrets(before, after):
            shown = self._read_details()
            if shown is not None and shown.detailed:
                ignored = _task_guard.kept_secrets(after, self.comparable(shown))
        if not ignored:
            return written
        if self._params["allow_replace"]:
            return self._replace(self.comparable(self._client_details()))
        raise _errors.AzureError(
            f"Azure accepted the change of the task {self._task}, but did not make it: {', '.join(ignored)}.",
            _errors.NOT_VERIFIED,
            hint="Set allow_replace: true to let the module replace the whole task.",
        )

    def predicted(self, body: TaskBody | None, after: t.Any) -> TaskBody | None:
        if after is None:
            return None
        return TaskBody({} if body is None else body.arm, form=after)

    def to_result(self, body: TaskBody) -> Json:
        return _task.to_result(body, self._task)

    # The requests behind it

    def _read_details(self) -> TaskBody | None:
        try:
            arm = self._client.get_task_details(self._task)
        except _errors.AzureError as error:
            if not error.is_refused:
                raise
            self._azure.warn(
                f"The secrets of the task {self._task} cannot be compared, because reading them was refused "
                f"({error.code}). They are only compared by name."
            )
            arm = self._client.get_task(self._task)
            return None if arm is None else TaskBody(arm)
        return None if arm is None else TaskBody(arm, detailed=True)

    def _with_hidden_entries(self, before: Json, after: Json) -> TaskBody | None:
        """The task with secrets: its lists are sent whole, and without their hidden entries would lose them."""
        body = self._read_details()
        if body is None or body.detailed:
            return body
        unknown = [name for name in _task.changed_secret_lists(before, after) if self._params[name] is None]
        if unknown:
            raise _errors.InvalidOption(
                f"This would lose what the task {self._task} holds as {' and '.join(unknown)}, which cannot be read.",
                hint=f"Give all of {' and '.join(unknown)} as well, or {{}} if there are none.",
            )
        return body

    def _client_details(self) -> TaskBody:
        """listDetails, which a replacement cannot do without."""
        arm = self._client.get_task_details(self._task)
        if arm is None:
            raise _errors.ParentMissing("task", str(self._task))
        return TaskBody(arm, detailed=True)

    def _create(self, after: Json) -> Json:
        try:
            return self._client.create_task(self._task, _task.create(after, self._params))
        except _errors.AzureError as error:
            if error.has_code("ParentResourceNotFound"):
                raise _errors.ParentMissing("registry", str(self._task.parent), error) from None
            raise

    def _replace(self, seen: Json) -> TaskBody:
        """PUT over the task: read whole just before, written, and looked at afterwards for what must have survived.

        seen: the comparable form that the decision was made on. There is no ETag, so a change by somebody else between
        that and now stops it.
        """
        from ansible_collections.acr.tasks.plugins.module_utils import _task_guard

        body = self._client_details()
        before = self.comparable(body)
        others = _task_guard.changed_by_others(seen, before)
        if others:
            raise _errors.AzureError(
                f"The task {self._task} was changed meanwhile: {', '.join(others)}. Nothing was written.",
                "ChangedMeanwhile",
                hint="Run the play again.",
            )
        after = self.wanted(body) or {}
        self._client.create_task(self._task, _task_guard.replace(body.arm, after, self._params))
        now = self._client_details()
        lost = _task_guard.lost(body.arm, now.arm, after)
        if lost:
            error = _errors.AzureError(
                f"The task {self._task} was replaced, but it did not keep {', '.join(lost)}.", _errors.NOT_VERIFIED
            )
            error.written.append(self.title)
            raise error
        self._found = None
        return now

    def _registry_location(self) -> str:
        return self._client.get_registry(self._task.parent)["location"]

    def _with_source_identity(self, after: Json, body: TaskBody | None) -> Json:
        """The identity for the source registry as the wire wants it; it may be attached by this very call."""
        option = (self._params.get("source_registry") or {}).get("identity")
        if not option:
            return after
        block = dict((body.arm.get("identity") if body else None) or {})
        attached = {each.lower(): facts for each, facts in (block.get("userAssignedIdentities") or {}).items()}
        for each in after["identity"]["user_assigned_identities"]:
            if each not in attached and not _task_identity.is_system(option):
                attached[each] = {} if self.parent_assumed else self._identity_facts(each)
        block = {
            "type": after["identity"]["type"],
            "userAssignedIdentities": {
                each: facts for each, facts in attached.items() if each in after["identity"]["user_assigned_identities"]
            },
        }
        if self.parent_assumed and not _task_identity.is_system(option):
            return after
        identity = _task_identity.resolve("source_registry.identity", option, block, self._task.name)
        return {**after, "source_registry": {**after["source_registry"], "identity": identity}}

    def _identity_facts(self, identity: str) -> Json:
        from ansible_collections.acr.tasks.plugins.module_utils._arm_client import ArmClient

        found = _ids.read_id("identity", identity, _ids.IDENTITY)
        try:
            return ArmClient(self._azure.session).get_identity(found).get("properties") or {}
        except _errors.AzureError as error:
            if error.is_missing:
                raise _errors.ParentMissing("identity", identity, error) from None
            raise
