# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Failures on demand, switches, the request log."""

from __future__ import annotations

import time

import httpx
import pytest

ARM = "https://management.azure.com"
GROUP = {"method": "PUT", "path": "/resourcegroups/rg1$"}


def make(azure):
    return azure.arm("PUT", "resourcegroups/rg1", {"location": "eastus"})


def exists(azure):
    return azure.arm("HEAD", "resourcegroups/rg1").status_code == 204


def test_before_means_without_effect(azure):
    azure.fault(match=GROUP, kind="status", status=503)
    answer = make(azure)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "ServiceUnavailable")
    assert not exists(azure)
    assert make(azure).status_code == 201


def test_after_means_with_effect(azure):
    azure.fault(match=GROUP, when="after", kind="status", status=503)
    assert make(azure).status_code == 503
    assert exists(azure)


@pytest.mark.parametrize("when", ["before", "after"])
def test_reset_is_a_real_one(azure, when):
    azure.fault(match=GROUP, when=when, kind="reset")
    with pytest.raises(httpx.ReadError, match="reset"):
        make(azure)
    assert exists(azure) == (when == "after")


def test_after_counts_only_requests_that_had_an_effect(azure):
    azure.fault(match=GROUP, when="after", kind="status", status=500)
    assert azure.arm("PUT", "resourcegroups/rg1", {"location": "mars"}).status_code == 400
    assert make(azure).status_code == 500


def test_skip_and_times(azure):
    azure.fault(match=GROUP, skip=1, times=2, kind="status", status=429, headers={"Retry-After": "0.2"})
    answers = [make(azure) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 429, 429, 200]
    # Clients take 0 for "absent", and one crashes on a fraction: never sent.
    assert answers[1].headers["retry-after"] == "1"


def test_always(azure):
    azure.fault(match={"host": "management.*"}, times=None, kind="status", status=502, code="Own", message="own words")
    for _ in range(3):
        answer = make(azure)
        assert (answer.status_code, answer.json()["error"]) == (502, {"code": "Own", "message": "own words"})
    azure.control("DELETE", "faults")
    assert make(azure).status_code == 201


def test_delay_and_then_the_answer(azure):
    azure.fault(match=GROUP, kind="delay", seconds=0.3)
    started = time.perf_counter()
    assert make(azure).status_code == 201
    assert time.perf_counter() - started >= 0.3


def test_faults_speak_the_language_of_the_plane(azure):
    azure.fault(match={"host": "login.microsoftonline.com"}, kind="status", status=500, code="server_error")
    answer = azure.http.post(f"https://login.microsoftonline.com/{azure.seeds['tenant']}/oauth2/v2.0/token", data={})
    assert (answer.status_code, answer.json()["error"]) == (500, "server_error")


@pytest.mark.parametrize(
    "description",
    [{"kind": "explode"}, {"when": "later"}, {"match": {"colour": "red"}}, {"number": 1}, {"match": {"path": "("}}],
)
def test_fault_that_is_none(azure, description):
    answer = httpx.post(f"{azure.emulator.url}/__emulator/faults", json=description, trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["error"]


# -- the request log -------------------------------------------------------------------------------------------------


def test_log_says_who_did_what(azure):
    azure.fault(match=GROUP, when="after", kind="status", status=503)
    make(azure)
    [record] = [entry for entry in azure.requests() if entry["plane"] == "arm"]
    seed = azure.seeds["applications"][0]
    assert record["number"] >= 1
    assert record["method"] == "PUT"
    assert record["host"] == "management.azure.com"
    assert record["path"] == f"{azure.subscription}/resourcegroups/rg1"
    assert record["query"] == {"api-version": "2022-09-01"}
    assert record["status"] == 503
    assert record["route"] == "/subscriptions/{subscription}/resourcegroups/{group}"
    assert record["action"] == "Microsoft.Resources/subscriptions/resourceGroups/write"
    assert record["caller"] == seed["object_id"]
    assert record["fault"] == "after status 503"
    assert record["milliseconds"] > 0


def test_log_after_a_number_and_empty_after_reset(azure):
    make(azure)
    first = azure.requests()[-1]["number"]
    make(azure)
    later = azure.control("GET", f"requests?after={first}")["requests"]
    assert [entry["number"] for entry in later] == [first + 1]
    azure.control("POST", "reset", {})
    assert azure.requests() == []


def test_no_secret_in_log_or_state(azure):
    secret = "canary-of-the-query"
    azure.send("GET", f"{ARM}/subscriptions", audience=ARM, params={"api-version": "2022-12-01", "sig": secret})
    seed = azure.seeds["applications"][0]
    azure._tokens.clear()
    azure.token()
    shown = str(azure.requests()) + str(azure.control("GET", "state"))
    shown += (azure.emulator.directory / "log.jsonl").read_text(encoding="utf-8")
    assert secret not in shown
    assert seed["secret"] not in shown
    assert azure.token() not in shown
    assert "(hidden)" in shown


# -- switches, clock, state ------------------------------------------------------------------------------------------


def test_switches_are_known_and_typed(azure):
    described = {entry["name"]: entry for entry in azure.control("GET", "switches/described")["switches"]}
    assert described["arm_throttling"]["alternatives"] == [False, True]
    assert all(entry["evidence"] for entry in described.values())
    for body in ({"nonsense": 1}, {"arm_throttling": "yes"}, {"arm_throttling": 1}):
        answer = httpx.put(f"{azure.emulator.url}/__emulator/switches", json=body, trust_env=False)
        assert answer.status_code == 400


def test_reset_restores_everything(azure):
    make(azure)
    azure.switch(arm_throttling=True)
    azure.fault(match=GROUP, times=None)
    azure.advance(86400)
    azure.control("POST", "reset", {})
    assert azure.control("GET", "switches")["arm_throttling"] is False
    assert azure.control("GET", "faults")["faults"] == []
    assert not exists(azure)


def test_reset_with_seeds(azure):
    azure.control("POST", "reset", {"seeds": {"subscription": {"name": "Other"}}})
    assert azure.arm("GET", "").json()["displayName"] == "Other"
    azure.control("POST", "reset", {})
    assert azure.arm("GET", "").json()["displayName"] == "Rehearsal"


def test_seeds_that_are_none(azure):
    for wrong in ({"colour": "red"}, {"applications": {}}, []):
        answer = httpx.post(f"{azure.emulator.url}/__emulator/reset", json={"seeds": wrong or "x"}, trust_env=False)
        assert answer.status_code == 400, wrong


def test_state_shows_resources(azure):
    make(azure)
    assert [entry["name"] for entry in azure.control("GET", "state")["resources"]] == ["rg1"]
