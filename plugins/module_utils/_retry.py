# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a request is sent again, and how long is waited before. Private to this collection.

azure-core's own policy sends a POST or PATCH again on 500, 503 and 504: an answer that got lost would start a run
twice. So every client here passes one of the rules below with each call (``retry_rule=READ``; without it the method
decides, see `rule_for`), and RetryPolicy stands where azure-core's policy would.

Writes are never sent again down here, because that needs a look at what the first attempt did. The layer above does
it with `Patience`, reading between the attempts (see _reconcile.py):

    patience = Patience(retry_max_wait)
    while True:
        try:
            return write()
        except AzureError as error:
            patience.wait(error)   # raises the error when it is not worth another try
            ...read again, and stop if nothing is left to do...
"""

from __future__ import annotations

import random
import time
import typing as t
from dataclasses import dataclass

from ansible_collections.acr.tasks.plugins.module_utils import _errors

# The option retry_max_wait: seconds that one request may be waited for in total.
DEFAULT_MAX_WAIT = 300

_SERVER_TROUBLE = frozenset({408, 500, 502, 503, 504})
_THROTTLED = 429
_ATTEMPTS_IN_TROUBLE = 5  # first one included; throttling and conflicts are only limited by the waiting time
_LONGEST_GUESS = 30.0  # seconds; only Azure itself may ask for more
_LONGEST_CONFLICT = 8.0  # seconds; another write to the same thing takes no longer


@dataclass(frozen=True)
class RetryRule:
    """What may be sent again without looking first. `trouble`: on 408, 5xx and lost answers. `throttled`: on 429."""

    throttled: bool
    trouble: bool


READ = RetryRule(throttled=True, trouble=True)  # GET, and POSTs that only read (listDetails, listLogSasUrl)
THROTTLED_ONLY = RetryRule(throttled=True, trouble=False)  # scheduleRun, cancel
SINGLE = RetryRule(throttled=False, trouble=False)  # PUT, PATCH, DELETE: the caller looks before it sends again

RULE_OPTION = "retry_rule"


def rule_for(method: str) -> RetryRule:
    """The rule for a call that names none."""
    return READ if method in ("GET", "HEAD", "OPTIONS") else SINGLE


class Patience:
    """Counts the attempts and the waiting of one request or one write.

    max_wait: seconds of waiting in total. conflict_codes: error codes that are worth another try as well, for
    example Key Vault's ConflictError; a 412 always is. Other conflicts never are.
    """

    def __init__(
        self,
        max_wait: float,
        conflict_codes: t.Sequence[str] = (),
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        self._left = max_wait
        self._max_wait = max_wait
        self._conflict_codes = tuple(conflict_codes)
        self._sleep = sleep
        self.attempts = 1  # made so far, the first included
        self._in_trouble = 1  # those of them that count against _ATTEMPTS_IN_TROUBLE

    def wait(self, error: _errors.AzureError) -> None:
        """Waits before another try of a write, or raises `error` when there should be none."""
        throttled = error.status == _THROTTLED
        conflict = error.status == 412 or bool(self._conflict_codes and error.has_code(*self._conflict_codes))
        if not (throttled or conflict or error.is_transient):
            raise error
        pause = self.next_pause(throttled, error.retry_after, conflict)
        if pause is None:
            if throttled:
                raise self.too_long(error)
            raise error
        self.sleep(pause)

    def next_pause(self, throttled: bool, asked: float | None, conflict: bool = False) -> float | None:
        """Seconds to wait before the next try. None: no further try. `asked`: what Azure's answer asks for.

        conflict: many may be writing to the same thing, and each try lets one of them through.
        """
        if not (throttled or conflict):
            if self._in_trouble >= _ATTEMPTS_IN_TROUBLE:
                return None
            self._in_trouble += 1
        longest = _LONGEST_CONFLICT if conflict else _LONGEST_GUESS
        guess = min(longest, (1.0 if throttled else 0.4) * 2 ** (self.attempts - 1))
        # Many hosts run the same play at once: without chance in it they would all come back together.
        pause = (
            asked
            if asked is not None
            else guess * (random.uniform(0.2, 1.8) if conflict else random.uniform(0.75, 1.25))
        )
        pause = max(pause, 0.05)
        return pause if pause <= self._left else None

    def sleep(self, pause: float) -> None:
        self._left -= pause
        self.attempts += 1
        self._sleep(pause)

    def too_long(self, error: _errors.AzureError) -> _errors.AzureError:
        """The throttling error with the figures that explain why it was not waited out."""
        asked = (
            f"Azure asks to wait {error.retry_after:g} s more" if error.retry_after else "Azure still limits requests"
        )
        waited = self._max_wait - self._left
        error.hint = (
            f"{asked}, {waited:.0f} s were already waited, and retry_max_wait is {self._max_wait:g} s. "
            "Raise retry_max_wait, or run fewer tasks at the same time."
        )
        return error


class RetryPolicy:
    """The pipeline step. Duck-typed as azure-core's HTTPPolicy, so that nothing of Azure is imported here."""

    next: t.Any = None  # set by the pipeline

    def __init__(self, max_wait: float, sleep: t.Callable[[float], None] = time.sleep) -> None:
        self._max_wait = max_wait
        self._sleep = sleep

    def send(self, request: t.Any) -> t.Any:
        """Sends, and sends again as the call's rule allows. Hands back the last answer, or raises the last error."""
        rule: RetryRule = request.context.options.pop(RULE_OPTION, None) or rule_for(request.http_request.method)
        patience = Patience(self._max_wait, sleep=self._sleep)
        while True:
            try:
                answer = self.next.send(request)
            except Exception as error:  # pylint: disable=broad-except  # classified below, else raised as it is
                pause = patience.next_pause(False, None) if self._may_repeat(error, rule) else None
                if pause is None:
                    raise
                patience.sleep(pause)
                continue
            status = answer.http_response.status_code
            throttled = status == _THROTTLED
            if not (throttled and rule.throttled) and not (status in _SERVER_TROUBLE and rule.trouble):
                return answer
            asked = _retry_after(answer.http_response.headers)
            pause = patience.next_pause(throttled, asked)
            if pause is None:
                if throttled and rule.throttled:
                    http = answer.http_response
                    raise patience.too_long(
                        _errors.from_answer(status, http.headers, http.text(), "get an answer in time")
                    )
                return answer
            patience.sleep(pause)

    @staticmethod
    def _may_repeat(error: Exception, rule: RetryRule) -> bool:
        names = {kind.__name__ for kind in type(error).__mro__}
        if "ServiceRequestError" in names:  # nothing arrived there: any request may be sent again
            return rule.throttled or rule.trouble
        return "ServiceResponseError" in names and rule.trouble


def _retry_after(headers: t.Mapping[str, str]) -> float | None:
    from ansible_collections.acr.tasks.plugins.module_utils._error_bodies import parse_retry_after

    return parse_retry_after(headers)
