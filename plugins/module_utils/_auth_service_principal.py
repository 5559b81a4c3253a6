# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in as a service principal with a client secret: one POST to Entra ID. Private to this collection.

This is the one way that does not go through azure-identity. Nearly every automated play uses it, and importing
azure-identity with MSAL costs more time than a whole unchanged task here (and one more request for the tenant's
metadata in each process). The grant itself is one documented form.
"""

from __future__ import annotations

import threading
import time
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _errors
from ansible_collections.acr.tasks.plugins.module_utils._clouds import Cloud
from ansible_collections.acr.tasks.plugins.module_utils._retry import READ, RULE_OPTION, RetryPolicy

_MAX_WAIT = 60.0  # seconds; a token is needed before anything else, so do not wait long


def make_credential(facts: t.Mapping[str, t.Any], cloud: Cloud, transport: t.Any) -> ClientSecret:
    """facts: client_id, secret, tenant."""
    return ClientSecret(facts["tenant"], facts["client_id"], facts["secret"], cloud.authority, transport)


class ClientSecret:
    """A credential as azure-core wants one."""

    def __init__(self, tenant: str, client_id: str, secret: str, authority: str, transport: t.Any) -> None:
        self._url = f"{authority}/{tenant}/oauth2/v2.0/token"
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        self._transport = transport
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, str], t.Any] = {}

    def get_token(self, *scopes: str, claims: str | None = None, **_kwargs: t.Any) -> t.Any:
        """An azure-core AccessToken for `scopes`, a kept one as long as it is valid for 5 minutes more.

        claims: from a claims challenge; asks for a fresh token.
        """
        key = (" ".join(scopes), claims or "")
        with self._lock:
            token = self._tokens.get(key)
            if token is None or token.expires_on < time.time() + 300:
                token = self._tokens[key] = self._ask(key[0], claims)
            return token

    def forget(self) -> None:
        """Drops the kept tokens: Azure refused one before its time."""
        with self._lock:
            self._tokens.clear()

    def _ask(self, scope: str, claims: str | None) -> t.Any:
        from azure.core.credentials import AccessToken
        from azure.core.pipeline import Pipeline
        from azure.core.rest import HttpRequest

        form = {**self._form, "scope": scope, **({"claims": claims} if claims else {})}
        request = HttpRequest("POST", self._url, data=form, headers={"Accept": "application/json"})
        try:
            pipeline: t.Any = Pipeline(self._transport, [RetryPolicy(_MAX_WAIT)])  # type: ignore[list-item]
            # Asking for a token changes nothing, so it may be asked again.
            answer = pipeline.run(request, **{RULE_OPTION: READ}).http_response
        except Exception as error:  # pylint: disable=broad-except  # from_exception raises what it does not know
            raise _errors.from_exception(error, "sign in") from None
        if answer.status_code != 200:
            raise _errors.AzureError(**_refusal(answer))
        try:
            facts = answer.json()
            return AccessToken(facts["access_token"], int(time.time()) + int(facts["expires_in"]))
        except (ValueError, KeyError, TypeError):
            raise _errors.AzureError(
                "Could not sign in: the token endpoint's answer is no token.", _errors.SIGN_IN_FAILED
            ) from None


def _refusal(answer: t.Any) -> dict[str, t.Any]:
    """Entra's answer as an error. After its sentence come ids and a time stamp, which are left out."""
    error = _errors.from_answer(answer.status_code, answer.headers, answer.text(), "sign in")
    sentence = error.message.split(" Trace ID:")[0]
    return {
        "message": sentence,
        "code": error.code,
        "status": error.status,
        "request_id": error.request_id,
        "hint": error.hint,
    }
