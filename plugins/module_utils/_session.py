# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all clients of one module call share: the sign-in, the connections, the policies. Private to this collection.

A client that wraps an SDK builds it with `sdk_options()`; that replaces every policy of the SDK's default pipeline
(its retries, its silent registration of resource providers, its logging). A client without an SDK calls `request`.
Either way nothing but AzureError leaves a client.
"""

from __future__ import annotations

import json
import typing as t
import uuid

from ansible_collections.acr.tasks.plugins.module_utils import _errors
from ansible_collections.acr.tasks.plugins.module_utils._auth import Login
from ansible_collections.acr.tasks.plugins.module_utils._retry import RULE_OPTION, RetryPolicy, RetryRule

_USER_AGENT = "ansible-acr.tasks"
# What the SDKs' deserializers look for before they look at the body. Empty: no model is built, raw JSON is ours.
_DESERIALIZED: dict[str, t.Any] = {"deserialized_data": {}}


class Answer(t.NamedTuple):
    """A successful answer. headers: case-insensitive. body: parsed JSON, or None for an empty body."""

    status: int
    headers: t.Mapping[str, str]
    body: t.Any


class Session:
    """One signed-in connection to Azure. Makes no request until somebody asks for one."""

    def __init__(self, login: Login, retry_max_wait: float) -> None:
        self.login = login
        self.cloud = login.cloud
        self.retry_max_wait = retry_max_wait
        self._pipelines: dict[str | None, t.Any] = {}

    @property
    def subscription_id(self) -> str:
        """The subscription for resources that are named, not given by id. A managed identity's is looked up."""
        if self.login.subscription_id is None and self.login.source == "managed identity":
            self.login = self.login._replace(subscription_id=self._first_subscription())
        if self.login.subscription_id is None:
            raise _errors.InvalidOption(
                f"subscription_id is needed: the sign-in by {self.login.source} names no subscription.",
                hint="Give subscription_id next to client_id, or full resource ids.",
            )
        return self.login.subscription_id

    def sdk_options(self) -> dict[str, t.Any]:
        """Keyword arguments for an ARM SDK client's constructor."""
        return {
            "base_url": self.cloud.resource_manager,
            "credential_scopes": [self.cloud.arm_scope],
            "transport": self.login.transport,
            "policies": self._policies(self.cloud.arm_scope),
        }

    def request(
        self,
        method: str,
        url: str,
        doing: str,
        query: t.Mapping[str, str] | None = None,
        body: t.Any = None,
        headers: t.Mapping[str, str] | None = None,
        rule: RetryRule | None = None,
        scope: str | None = "arm",
        raw: bool = False,
    ) -> t.Any:
        """Sends one request without an SDK and gives an Answer. Raises AzureError for any status of 400 or more.

        url: absolute, or a path below Resource Manager. doing: completes "Could not ...". body: sent as JSON.
        rule: see _retry.py, by default the method's. scope: "arm", "graph", another token scope, or None for a
        request without a token (a link that is signed itself). raw: Answer.body is bytes.
        """
        from azure.core.rest import HttpRequest

        if url.startswith("/"):
            url = f"{self.cloud.resource_manager}{url}"
        content = None if body is None else json.dumps(body).encode()
        all_headers = {
            "Accept": "application/json",
            **({"Content-Type": "application/json"} if content is not None else {}),
        }
        request = HttpRequest(
            method, url, params=_quoted(query or {}), headers={**all_headers, **(headers or {})}, content=content
        )
        try:
            response = self._pipeline(scope).run(request, **({RULE_OPTION: rule} if rule else {})).http_response
        except Exception as error:  # pylint: disable=broad-except  # from_exception raises what it does not know
            raise _errors.from_exception(error, doing) from None
        if response.status_code >= 400:
            raise _errors.from_answer(response.status_code, response.headers, response.text(), doing)
        if raw:
            return Answer(response.status_code, response.headers, response.body())
        return Answer(response.status_code, response.headers, parse_json(response.text(), doing))

    def close(self) -> None:
        self.login.transport.close()

    def _pipeline(self, scope: str | None) -> t.Any:
        from azure.core.pipeline import Pipeline

        if scope not in self._pipelines:
            named = {"arm": self.cloud.arm_scope, "graph": self.cloud.graph_scope}
            policies = self._policies(named.get(scope, scope) if scope else None)
            self._pipelines[scope] = Pipeline(self.login.transport, policies)
        return self._pipelines[scope]

    def _policies(self, scope: str | None) -> list[t.Any]:
        """A fresh list: a policy belongs to one pipeline."""
        policies: list[t.Any] = [_RequestHeaders(), RetryPolicy(self.retry_max_wait)]
        if scope:
            policies.append(_Token(self.login.credential, scope))
        return [*policies, _RawAnswers()]

    def _first_subscription(self) -> str:
        doing = "find the subscription of the managed identity"
        found = self.request("GET", "/subscriptions", doing, query={"api-version": "2022-12-01"}).body
        subscriptions = (found or {}).get("value") or []
        if not subscriptions:
            raise _errors.InvalidOption(
                "The managed identity has no role in any subscription, so subscription_id cannot be found."
            )
        return subscriptions[0]["subscriptionId"]


def _quoted(query: t.Mapping[str, str]) -> dict[str, str]:
    """Query values as they go into a URL: azure-core takes them as they are, blanks and all."""
    from urllib.parse import quote

    return {name: quote(value, safe="'()*,:!$/") for name, value in query.items()}


def parse_json(text: str, doing: str) -> t.Any:
    """The answer's JSON; None for an empty body. Something else is an AzureError: a proxy may have answered."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        shown = " ".join(text.split())[:200]
        raise _errors.AzureError(f"Could not {doing}: the answer is not JSON: {shown}", "InvalidAnswer") from None


class _Step:
    """A pipeline step, duck-typed as azure-core's HTTPPolicy so that importing this file needs nothing of Azure."""

    next: t.Any = None  # set by the pipeline


class _RequestHeaders(_Step):
    """Who asks, and an id for each request that Azure's support can find."""

    def send(self, request: t.Any) -> t.Any:
        headers = request.http_request.headers
        headers["User-Agent"] = _USER_AGENT
        headers["x-ms-client-request-id"] = str(uuid.uuid4())
        return self.next.send(request)


class _Token(_Step):
    """Puts the token on each request; gets a new one, once, when Azure says 401: a refused request did nothing."""

    def __init__(self, credential: t.Any, scope: str) -> None:
        self._credential = credential
        self._scope = scope
        self._token: t.Any = None

    def send(self, request: t.Any) -> t.Any:
        import time

        if self._token is None or self._token.expires_on < time.time() + 300:
            self._token = self._credential.get_token(self._scope)
        answer = self._send(request)
        if answer.http_response.status_code != 401:
            return answer
        claims = _claims_of(answer.http_response.headers.get("WWW-Authenticate") or "")
        if hasattr(self._credential, "forget"):
            self._credential.forget()
        self._token = self._credential.get_token(self._scope, **({"claims": claims} if claims else {}))
        return self._send(request)

    def _send(self, request: t.Any) -> t.Any:
        request.http_request.headers["Authorization"] = f"Bearer {self._token.token}"
        return self.next.send(request)


class _RawAnswers(_Step):
    """Keeps the SDKs from building models: those lag behind the API, and we take the raw answer anyway."""

    def send(self, request: t.Any) -> t.Any:
        answer = self.next.send(request)
        for name, value in _DESERIALIZED.items():  # azure-core forbids update() here
            answer.context[name] = value
        answer.http_response.context = _DESERIALIZED
        answer.http_response.json = dict  # an empty object
        return answer


def _claims_of(challenge: str) -> str | None:
    """The claims that a continuous access evaluation challenge asks for, decoded. None without one."""
    import base64
    import re

    match = re.search(r'claims="([^"]+)"', challenge)
    if not match:
        return None
    try:
        return base64.urlsafe_b64decode(match.group(1) + "=" * (-len(match.group(1)) % 4)).decode()
    except ValueError:
        return None
