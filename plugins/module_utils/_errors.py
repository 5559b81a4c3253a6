# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One error type for everything that can go wrong between a module and Azure. Private to this collection.

Clients raise AzureError and nothing else; `from_exception` makes one out of whatever the SDK, azure-core or the
network raised. Modules never see an SDK exception. Network-free and without Azure imports.
"""

from __future__ import annotations

import typing as t

# Codes of our own, for failures that never got an answer from Azure.
INVALID_OPTION = "InvalidOption"  # the play is wrong; nothing was sent
NO_ANSWER = "NoAnswer"  # sent, but the connection broke: the outcome is unknown
NOT_SENT = "NotSent"  # no connection: nothing reached Azure
SIGN_IN_FAILED = "SignInFailed"
NOT_VERIFIED = "NotVerified"  # Azure accepted a change but does not show it

_TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_TEXT_LIMIT = 2000


class AzureError(Exception):
    """A failure with the facts a reader needs.

    code: Azure's error code, or one of the constants above. message: one or two sentences, without secrets.
    status: the HTTP status, None if there was no answer. request_id: Azure's id of the request, for its support.
    hint: what to do about it, None if not known. retry_after: seconds Azure asked to wait, None if it did not.
    conflict_codes of a caller are compared with `code` and `inner_codes` (codes of `details` and `innererror`).
    written: descriptions of the changes made before the failure; a module then reports `changed: true`.
    """

    def __init__(
        self,
        message: str,
        code: str,
        status: int | None = None,
        request_id: str | None = None,
        hint: str | None = None,
        retry_after: float | None = None,
        inner_codes: t.Sequence[str] = (),
        target: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.request_id = request_id
        self.hint = hint
        self.retry_after = retry_after
        self.inner_codes = tuple(inner_codes)
        self.target = target
        self.written: list[str] = []

    @property
    def failure(self) -> dict[str, t.Any]:
        """The result key `failure`."""
        return {
            "code": self.code,
            "message": self.message,
            "status": self.status,
            "request_id": self.request_id,
            "hint": self.hint,
        }

    @property
    def is_missing(self) -> bool:
        """The thing asked for, or its parent, does not exist. (A type or version that is unknown is no such answer.)"""
        return self.status == 404 and not self.has_code("InvalidResourceType", "InvalidResourceNamespace")

    @property
    def is_refused(self) -> bool:
        """The caller may not do this: a missing right, or a read-only lock (which also refuses POST reads)."""
        return self.status == 403 or (self.status == 409 and self.has_code("ScopeLocked"))

    @property
    def is_transient(self) -> bool:
        """The same request may well succeed later. After a write the outcome is unknown, unless it is a 429."""
        return self.code in (NO_ANSWER, NOT_SENT) or self.status in _TRANSIENT_STATUSES

    def has_code(self, *codes: str) -> bool:
        """Whether Azure named one of `codes`, at the top or inside, in any casing."""
        wanted = {code.lower() for code in codes}
        return any(code.lower() in wanted for code in (self.code, *self.inner_codes))


class InvalidOption(AzureError):  # noqa: N818  # says what is the matter, like the next one
    """An option is wrong. Raised before any request; the message names the option and the fix."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, INVALID_OPTION, hint=hint)


class ParentMissing(AzureError):  # noqa: N818
    """What the thing belongs to does not exist. In check mode that is a prediction and not a failure.

    `missing` is the full id, or a name where no id can be known yet.
    """

    def __init__(self, kind: str, missing: str, cause: AzureError | None = None) -> None:
        super().__init__(
            f"The {kind} {missing} does not exist.",
            cause.code if cause else "ResourceNotFound",
            status=404,
            request_id=cause.request_id if cause else None,
            hint=f"Create the {kind} first, or correct the name, the resource group or the subscription.",
        )
        self.kind = kind
        self.missing = missing


def from_answer(status: int, headers: t.Mapping[str, str], text: str, doing: str) -> AzureError:
    """The error for an answer with a status of 400 or more. `doing` completes "Could not ...": "read the task x"."""
    # Not imported above: most calls see no error, and each module process compiles what it imports.
    from ansible_collections.acr.tasks.plugins.module_utils import _error_bodies
    from ansible_collections.acr.tasks.plugins.module_utils._hints import hint_for

    problem = _error_bodies.parse_problem(text)
    code = problem.code or f"HTTP{status}"
    message = problem.message or f"Azure answered with status {status}."
    target = f" (target: {problem.target})" if problem.target and problem.target not in message else ""
    return AzureError(
        f"Could not {doing}: {message}{target}",
        code,
        status=status,
        request_id=_error_bodies.request_id(headers),
        hint=hint_for(code, problem.inner_codes, message),
        retry_after=_error_bodies.parse_retry_after(headers),
        inner_codes=problem.inner_codes,
        target=problem.target,
    )


def from_exception(error: BaseException, doing: str) -> AzureError:
    """The error for anything a client's call may raise. An AzureError is handed back as it is."""
    if isinstance(error, AzureError):
        return error
    response = getattr(error, "response", None)
    if response is not None and getattr(response, "status_code", None) is not None:
        return from_answer(response.status_code, response.headers, _text_of(response), doing)
    from ansible_collections.acr.tasks.plugins.module_utils._hints import hint_for

    names = {kind.__name__ for kind in type(error).__mro__}
    text = " ".join(str(error).split()) or type(error).__name__
    if "ClientAuthenticationError" in names or "CredentialUnavailableError" in names:
        return AzureError(
            f"Could not sign in: {text[:_TEXT_LIMIT]}", SIGN_IN_FAILED, hint=hint_for(SIGN_IN_FAILED, (), text)
        )
    if "ServiceRequestError" in names:
        return AzureError(
            f"Could not {doing}: no connection. {text[:_TEXT_LIMIT]}", NOT_SENT, hint=hint_for(NOT_SENT, (), text)
        )
    if "ServiceResponseError" in names:
        return AzureError(
            f"Could not {doing}: no answer. {text[:_TEXT_LIMIT]}", NO_ANSWER, hint=hint_for(NO_ANSWER, (), text)
        )
    if "AzureError" in names or "DecodeError" in names:
        return AzureError(f"Could not {doing}: {text[:_TEXT_LIMIT]}", type(error).__name__)
    raise error


def _text_of(response: t.Any) -> str:
    try:
        return response.text()
    except Exception:  # pylint: disable=broad-except  # an unreadable body must not hide the status
        return ""
