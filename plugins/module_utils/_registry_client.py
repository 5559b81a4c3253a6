# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks, runs and uploads of a registry: ARM JSON in, ARM JSON out. Private to this collection.

The Azure SDK is the transport. Bodies go in as bytes and answers come back raw, so the SDK's models, which lag behind
the API and differ between its versions, are never used. Supported are azure-mgmt-containerregistry from 10.3.0 to 14.x,
and azure-mgmt-containerregistrytasks, where 15.x moved these calls; nothing outside this file knows which one is there.

Lists and the registry itself are plain requests: the SDK's pagers build models, and the registry has other versions.
"""

from __future__ import annotations

import io
import json
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _errors
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._retry import READ, RULE_OPTION, THROTTLED_ONLY, RetryRule
from ansible_collections.acr.tasks.plugins.module_utils._session import Answer, Session, parse_json

API_VERSION = "2025-03-01-preview"
OLD_API_VERSION = "2019-06-01-preview"
_REGISTRY_API_VERSION = "2023-07-01"
_UNKNOWN_VERSION_CODES = ("NoRegisteredProviderFound", "InvalidResourceType", "InvalidApiVersionParameter")
_UNFINISHED_STATES = frozenset({"creating", "updating", "deleting"})
_SETTLE_PAUSE = 2.0  # seconds between two looks at a task that Azure still works on
_SETTLE_LOOKS = 60
_MOST_PAGES = 1000  # against a service that links its pages in a circle

Json = dict[str, t.Any]


class RegistryClient:
    """Calls below Microsoft.ContainerRegistry/registries. Raises AzureError only.

    api_version: the option of that name; None: today's, with a fallback to the old one, which is `warn`ed about.
    """

    def __init__(self, session: Session, api_version: str | None, warn: t.Callable[[str], None]) -> None:
        self._session = session
        self._version = api_version or API_VERSION
        self._may_fall_back = api_version is None
        self._warn = warn
        self._clients: dict[tuple[str, str], t.Any] = {}

    # Tasks

    def get_task(self, task: ArmId) -> Json | None:
        """The task as everybody may read it, secrets left out by Azure. None if it, or its registry, does not exist."""
        return self._read_task(task, "get", f"read the task {task}")

    def get_task_details(self, task: ArmId) -> Json | None:
        """The task with what Azure shows of its secrets (listDetails). None as above. May be refused (is_refused)."""
        return self._read_task(task, "get_details", f"read the details of the task {task}")

    def create_task(self, task: ArmId, body: Json) -> Json:
        """PUT: creates the task, or replaces it whole, secrets included. Sent once."""
        answer = self._task_call(task, "create", f"create the task {task}", body)
        return self._settled(task, answer.body)

    def update_task(self, task: ArmId, body: Json) -> Json:
        """PATCH: merges `body` into the task. Sent once. The answer is the whole task as get_task shows it."""
        answer = self._task_call(task, "update", f"change the task {task}", body)
        return self._settled(task, answer.body)

    def delete_task(self, task: ArmId) -> None:
        """DELETE, and waits until it is gone if Azure takes its time. Sent once; gone already is fine."""
        try:
            answer = self._task_call(task, "delete", f"delete the task {task}")
        except _errors.AzureError as error:
            if not error.is_missing:
                raise
            return
        looks = 0
        while answer.status == 202 and self.get_task(task) is not None:
            looks += 1
            if looks >= _SETTLE_LOOKS:
                raise _errors.AzureError(f"The task {task} is still there after its deletion.", _errors.NOT_VERIFIED)
            self._session.login.transport.sleep(_SETTLE_PAUSE)

    def list_tasks(self, registry: ArmId) -> list[Json]:
        """All tasks of a registry, as get_task shows them."""
        items, _answer = self._list(f"{registry}/tasks", f"list the tasks of the registry {registry}", {}, None)
        return items

    # The registry

    def get_registry(self, registry: ArmId) -> Json:
        """The registry's own ARM body. Raises ParentMissing if it does not exist."""
        doing = f"read the registry {registry}"
        try:
            return self._session.request("GET", str(registry), doing, query={"api-version": _REGISTRY_API_VERSION}).body
        except _errors.AzureError as error:
            if error.is_missing:
                raise _errors.ParentMissing("registry", str(registry), error) from None
            raise

    # Runs

    def schedule_run(self, registry: ArmId, body: Json) -> Answer:
        """Starts a run. Waits and asks again only on 429: any other lost answer may have started one."""
        doing = f"start a run in the registry {registry}"
        return self._call(registry, "registries", "schedule_run", (), doing, body, THROTTLED_ONLY)

    def get_run(self, registry: ArmId, run: str) -> Answer:
        """One run, by its id."""
        return self._call(registry, "runs", "get", (run,), f"read the run {run} of the registry {registry}")

    def cancel_run(self, registry: ArmId, run: str) -> Answer:
        """Asks for a run to be canceled; it takes a while."""
        doing = f"cancel the run {run} of the registry {registry}"
        return self._call(registry, "runs", "cancel", (run,), doing, rule=THROTTLED_ONLY)

    def get_log_link(self, registry: ArmId, run: str) -> Json:
        """`logLink` or `logArtifactLink`: signed links, never to be shown."""
        doing = f"get the log of the run {run} of the registry {registry}"
        return self._call(registry, "runs", "get_log_sas_url", (run,), doing, rule=READ).body or {}

    def list_runs(
        self, registry: ArmId, filter_text: str | None = None, top: int | None = None
    ) -> tuple[list[Json], Answer]:
        """Runs, newest first, and the last page's answer (its Date header is the server's clock).

        filter_text: OData, such as "TaskName eq 'x'". top: how many at most; None: all.
        """
        query = {**({"$filter": filter_text} if filter_text else {}), **({"$top": str(top)} if top else {})}
        return self._list(f"{registry}/runs", f"list the runs of the registry {registry}", query, top)

    def get_upload_link(self, registry: ArmId) -> Json:
        """`relativePath` and `uploadUrl` for a source archive; the URL is signed, never to be shown."""
        doing = f"get an upload link of the registry {registry}"
        return self._call(registry, "registries", "get_build_source_upload_url", (), doing, rule=READ).body or {}

    # How it is done

    def _read_task(self, task: ArmId, operation: str, doing: str) -> Json | None:
        try:
            return self._task_call(task, operation, doing, rule=READ).body
        except _errors.AzureError as error:
            if error.is_missing:
                return None
            raise

    def _task_call(
        self, task: ArmId, operation: str, doing: str, body: Json | None = None, rule: RetryRule | None = None
    ) -> Answer:
        return self._call(task.parent, "tasks", operation, (task.name,), doing, body, rule)

    def _call(
        self,
        registry: ArmId,
        group: str,
        operation: str,
        names: tuple[str, ...],
        doing: str,
        body: Json | None = None,
        rule: RetryRule | None = None,
    ) -> Answer:
        """One call through the SDK, a second time in the old version if the cloud does not know the new one."""
        while True:
            version = self._version
            self._refuse_source_registry(body, version, doing)
            try:
                return self._send(registry, version, group, operation, names, body, rule)
            except Exception as error:  # pylint: disable=broad-except  # from_exception raises what it does not know
                response = getattr(error, "response", None)
                if response is not None and response.status_code < 300:  # the packages do not expect the same ones
                    return _read_answer(response)
                problem = _errors.from_exception(error, doing)
            if not self._falls_back(problem):
                raise problem

    def _send(
        self,
        registry: ArmId,
        version: str,
        group: str,
        operation: str,
        names: tuple[str, ...],
        body: Json | None,
        rule: RetryRule | None,
    ) -> Answer:
        operations = getattr(self._client(registry.subscription, version), group)
        # Older packages take every write for a long-running operation. Without their polling it is the same request.
        begin = getattr(operations, f"begin_{operation}", None)
        arguments: list[t.Any] = [registry.group, registry.name, *names]
        options: dict[str, t.Any] = {"cls": _raw_answer, "params": {"api-version": version}}
        if body is not None:
            arguments.append(io.BytesIO(json.dumps(body).encode()))
            options["content_type"] = "application/json"
        if rule is not None:
            options[RULE_OPTION] = rule
        if begin is not None:
            return begin(*arguments, polling=False, **options).result()
        return getattr(operations, operation)(*arguments, **options)

    def _client(self, subscription: str, version: str) -> t.Any:
        """The SDK's client; one per subscription and version, because both are fixed in its constructor."""
        key = (subscription, version)
        if key not in self._clients:
            options = {**self._session.sdk_options(), "api_version": version}
            self._clients[key] = _client_class()(self._session.login.credential, subscription, **options)
        return self._clients[key]

    def _falls_back(self, problem: _errors.AzureError) -> bool:
        if not self._may_fall_back or problem.status not in (400, 404):
            return False
        if not problem.has_code(*_UNKNOWN_VERSION_CODES):
            return False
        self._may_fall_back = False
        self._version = OLD_API_VERSION
        self._warn(
            f"This cloud does not know version {API_VERSION} of the registry tasks API; "
            f"{OLD_API_VERSION} is used instead."
        )
        return True

    @staticmethod
    def _refuse_source_registry(body: Json | None, version: str, doing: str) -> None:
        """The old version neither shows nor keeps the identity in there."""
        credentials = ((body or {}).get("properties") or {}).get("credentials") or {}
        if "sourceRegistry" in credentials and version < API_VERSION:
            raise _errors.InvalidOption(
                f"Could not {doing}: the sign-in to the source registry cannot be written through version {version} of "
                "the API, which may hide an identity and would then remove it.",
                hint=f"Leave out the options for the source registry, or use {API_VERSION}.",
            )

    def _settled(self, task: ArmId, body: Json | None) -> Json:
        """The task when Azure is done with it. In practice that is the first answer."""
        for _look in range(_SETTLE_LOOKS):
            body = body or self.get_task(task) or {}
            properties = body.get("properties") or {}
            state = str(properties.get("provisioningState") or "").lower()
            if state in ("failed", "canceled"):
                raise _errors.AzureError(
                    f"Azure could not finish the change of the task {task}: {state}.", "ProvisioningFailed"
                )
            if state not in _UNFINISHED_STATES:
                return body
            self._session.login.transport.sleep(_SETTLE_PAUSE)
            body = None
        raise _errors.AzureError(f"Azure does not finish the change of the task {task}.", _errors.NOT_VERIFIED)

    def _list(self, path: str, doing: str, query: t.Mapping[str, str], top: int | None) -> tuple[list[Json], Answer]:
        """All pages, up to `top` items. The link to the next page is used as it comes, its version included."""
        items: list[Json] = []
        link: str | None = None
        for _page in range(_MOST_PAGES):
            answer = self._first_page(path, doing, query) if link is None else self._session.request("GET", link, doing)
            items += (answer.body or {}).get("value") or []
            link = (answer.body or {}).get("nextLink")
            if not link or (top and len(items) >= top):
                break
        return (items[:top] if top else items), answer

    def _first_page(self, path: str, doing: str, query: t.Mapping[str, str]) -> Answer:
        while True:
            try:
                return self._session.request("GET", path, doing, query={"api-version": self._version, **query})
            except _errors.AzureError as error:
                if not self._falls_back(error):
                    raise


def _raw_answer(pipeline_response: t.Any, _model: t.Any, _headers: t.Any) -> Answer:
    """What the SDK calls instead of handing out its model."""
    return _read_answer(pipeline_response.http_response)


def _read_answer(response: t.Any) -> Answer:
    return Answer(response.status_code, response.headers, parse_json(response.text(), "read Azure's answer"))


def _client_class() -> t.Any:
    """The client of whichever package is installed. Raises ImportError naming the first one if neither is."""
    try:
        _skip_package_start("azure.mgmt.containerregistry")
        from azure.mgmt.containerregistry.v2019_06_01_preview import ContainerRegistryManagementClient
    except ImportError as missing:
        try:
            from azure.mgmt.containerregistrytasks import ContainerRegistryTasksMgmtClient
        except ImportError:
            raise missing from None
        return ContainerRegistryTasksMgmtClient
    return ContainerRegistryManagementClient


def _skip_package_start(name: str) -> None:
    """Makes the package importable without running its `__init__`.

    That one loads the client for all API versions at once, of which one is used: a tenth of the time of a whole call.
    """
    import importlib.util
    import sys

    spec = importlib.util.find_spec(name)
    if spec is not None and name not in sys.modules:
        sys.modules[name] = importlib.util.module_from_spec(spec)
