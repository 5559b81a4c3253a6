# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""THE algorithm, with a resource that lives in a variable; and the diff that comes of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.acr.tasks.plugins.module_utils import _retry
from ansible_collections.acr.tasks.plugins.module_utils._diff import Hidden, changed_fields, make_diff
from ansible_collections.acr.tasks.plugins.module_utils._errors import NO_ANSWER, AzureError, ParentMissing
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome, Resource, reconcile


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_retry.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(_retry.Patience.__init__, "__defaults__", ((), lambda _seconds: None))


class Thing(Resource):
    """A resource whose body is one word. calls: what was asked of it, in order."""

    key = "thing"
    conflict_codes = ("ConflictError",)

    def __init__(self, there: str | None, wish: str | None, failures: list[Any] | None = None) -> None:
        super().__init__()
        self.there = there
        self.wish = wish
        self.failures = failures or []  # of the writes: error, or (error, what it made true nevertheless)
        self.calls: list[str] = []
        self.parent_missing = False
        self.verified: AzureError | None = None

    @property
    def title(self) -> str:
        return "the thing"

    def read(self) -> str | None:
        self.calls.append("read")
        if self.parent_missing:
            raise ParentMissing("box", "b1")
        return self.there

    def comparable(self, body: str) -> dict[str, str]:
        return {"word": body}

    def wanted(self, body: str | None) -> dict[str, str] | None:
        return None if self.wish is None else {"word": self.wish}

    def write(self, body: str | None, before: Any, after: Any) -> str | None:
        self.calls.append("write")
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, tuple):
                failure, self.there = failure
            raise failure
        self.there = self.wish
        return self.there

    def verify(self, written: str | None, after: Any) -> str | None:
        self.calls.append("verify")
        if self.verified:
            raise self.verified
        return written

    def predicted(self, body: str | None, after: Any) -> str | None:
        return self.wish

    def to_result(self, body: str) -> dict[str, str]:
        return {"word": body}


def run(thing: Thing, check_mode: bool = False) -> Outcome:
    return reconcile(thing, check_mode, 300)


@pytest.mark.parametrize("there", [None, "a"])
def test_nothing_to_do(there: str | None) -> None:
    thing = Thing(there, there)
    outcome = run(thing)
    assert not outcome.changed
    assert outcome.result == (None if there is None else {"word": "a"})
    assert thing.calls == ["read"]
    assert outcome.diff["before"] == outcome.diff["after"]


@pytest.mark.parametrize(("there", "wish"), [(None, "b"), ("a", "b"), ("a", None)])
def test_a_change_and_its_prediction(there: str | None, wish: str | None) -> None:
    """Check mode says the same, result and diff included, and writes nothing."""
    predicted = Thing(there, wish)
    foreseen = run(predicted, check_mode=True)
    assert predicted.calls == ["read"]
    thing = Thing(there, wish)
    done = run(thing)
    assert thing.calls == ["read", "write", "verify"]
    assert thing.there == wish
    assert (foreseen.changed, foreseen.result, foreseen.diff) == (done.changed, done.result, done.diff)
    assert done.changed


def error(status: int | None, code: str = "X") -> AzureError:
    return AzureError("m", code, status=status)


@pytest.mark.parametrize(
    "failure", [error(503), error(429), error(None, NO_ANSWER), error(409, "ConflictError"), error(412)]
)
def test_a_write_is_sent_again_after_a_look(failure: AzureError) -> None:
    thing = Thing("a", "b", [failure])
    assert run(thing).changed
    assert thing.calls == ["read", "write", "read", "write", "verify"]


def test_a_lost_answer_of_a_write_that_took_effect() -> None:
    thing = Thing("a", "b", [(error(503), "b")])
    outcome = run(thing)
    assert outcome.changed
    assert outcome.result == {"word": "b"}
    assert thing.calls == ["read", "write", "read", "verify"]


def test_what_somebody_else_made_meanwhile_is_looked_at_afresh() -> None:
    thing = Thing("a", "b", [(error(503), "c")])
    assert run(thing).changed
    assert thing.there == "b"


@pytest.mark.parametrize(
    ("failure", "changed"), [(error(403), False), (error(409, "ScopeLocked"), False), (error(400), False)]
)
def test_a_refusal_is_final(failure: AzureError, changed: bool) -> None:
    thing = Thing("a", "b", [failure])
    with pytest.raises(AzureError) as raised:
        run(thing)
    assert raised.value is failure
    assert bool(failure.written) is changed
    assert thing.calls == ["read", "write"]


def test_an_unknown_outcome_counts_as_changed() -> None:
    thing = Thing("a", "b", [error(503)] * 9)
    with pytest.raises(AzureError) as raised:
        run(thing)
    assert raised.value.written == ["the thing"]


def test_throttling_alone_changed_nothing() -> None:
    failure = error(429)
    failure.retry_after = 1000
    with pytest.raises(AzureError) as raised:
        run(Thing("a", "b", [failure]))
    assert raised.value.written == []
    assert "1000 s" in (raised.value.hint or "")


def test_what_is_not_verified_was_written() -> None:
    thing = Thing("a", "b")
    thing.verified = error(None, "NotVerified")
    with pytest.raises(AzureError) as raised:
        run(thing)
    assert raised.value.written == ["the thing"]


@pytest.mark.parametrize(("wish", "changed"), [("b", True), (None, False)])
def test_a_missing_parent_in_check_mode(wish: str | None, changed: bool) -> None:
    """Predicted from nothing, with one warning that names it; for a removal there is nothing to do."""
    thing = Thing("a", wish)
    thing.parent_missing = True
    outcome = run(thing, check_mode=True)
    assert outcome.changed is changed
    assert outcome.diff["before"] == {}
    assert outcome.result == (None if wish is None else {"word": "b"})
    assert len(outcome.warnings) == 1
    assert "box b1" in outcome.warnings[0]
    assert thing.parent_assumed


def test_a_missing_parent_otherwise() -> None:
    thing = Thing("a", "b")
    thing.parent_missing = True
    with pytest.raises(ParentMissing, match="The box b1 does not exist"):
        run(thing)


def test_a_diff_hides_values_and_shows_that_they_change() -> None:
    before = {"a": Hidden("1"), "b": Hidden("1"), "c": {"d": [Hidden("x"), 1]}, "gone": Hidden("g")}
    after = {"a": Hidden("1"), "b": Hidden("2"), "c": {"d": [Hidden("y"), 1]}, "new": Hidden("n")}
    diff = make_diff(before, after, "t")
    assert diff["before"]["a"] == diff["after"]["a"]
    for shown in (diff["before"], diff["after"]):
        assert all(word not in str(shown) for word in ("'1'", "'2'", "'x'", "'y'", "'g'", "'n'"))
    assert diff["before"]["b"] != diff["after"]["b"]
    assert diff["before"]["c"]["d"][0] != diff["after"]["c"]["d"][0]
    assert diff["before_header"] == "t"


def test_a_diff_from_and_to_nothing() -> None:
    assert make_diff(None, {"a": 1}, "t")["before"] == {}
    assert make_diff({"a": 1}, None, "t")["after"] == {}


def test_names_of_what_differs() -> None:
    before = {"a": 1, "b": {"c": 1, "d": 2}, "e": [1]}
    assert changed_fields(before, {"a": 1, "b": {"c": 2}, "e": [1, 2]}) == ["b.c", "b.d", "e"]
    assert changed_fields(before, before) == []
    assert changed_fields(1, 2) == ["all"]
