# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The log blob: how it grows and ends, and who may read it."""

from __future__ import annotations

import datetime
import itertools
import time
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import pytest
from acr import Acr, encoded_task


@pytest.fixture
def acr(azure):
    acr = Acr(azure)
    acr.put_task(encoded_task("steps: [cmd: bash echo hello]"))
    return acr


@pytest.fixture
def link(acr):
    run_id = acr.start()
    acr.wait(run_id)
    return acr.log_link(run_id)


def test_link(acr):
    link = urlsplit(acr.log_link(acr.start()))
    query = parse_qs(link.query)
    assert link.hostname.endswith(".blob.core.windows.net")
    assert link.path.endswith("/logs/ca1/rawtext.log")
    assert (query["sr"], query["sp"]) == (["b"], ["r"])
    expiry = datetime.datetime.fromisoformat(query["se"][0])
    minutes = (expiry - datetime.datetime.now(datetime.UTC)).total_seconds() / 60
    assert 68 < minutes <= 70


def test_no_blob_before_the_agent_starts(acr):
    acr.azure.switch(run_queue_seconds=20)
    run_id = acr.start()
    answer = acr.log(run_id)
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (404, "BlobNotFound")
    assert ET.fromstring(answer.content.decode("utf-8-sig")).findtext("Code") == "BlobNotFound"
    acr.run("POST", f"{run_id}/cancel")


def test_it_grows_and_the_mark_comes_last(acr):
    acr.put_task(encoded_task("steps: [cmd: bash echo one, cmd: bash echo two]"))
    acr.azure.switch(run_step_seconds=0.3)
    run_id = acr.start()
    link, sizes, marks = acr.log_link(run_id), [], []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not (marks and marks[-1]):
        answer = acr.azure.http.head(link)
        if answer.status_code == 200:
            assert answer.headers["x-ms-blob-type"] == "AppendBlob"
            sizes.append(int(answer.headers["content-length"]))
            marks.append(answer.headers.get("x-ms-meta-complete"))
        time.sleep(0.02)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 2
    assert marks[-1] == "successful"
    text = acr.azure.http.get(link).text
    assert len(text.encode()) == sizes[-1]
    assert "Run ID: ca1 was successful after" in text
    assert acr.run("GET", run_id).json()["properties"]["status"] == "Succeeded"


def test_a_lost_agent_leaves_a_shorter_log(acr):
    acr.put_task(encoded_task("steps: []"))
    acr.azure.switch(run_step_seconds=0.3, agent_restarts=1)
    run_id = acr.start()
    link, sizes = acr.log_link(run_id), []
    while acr.run("GET", run_id).json()["properties"]["status"] != "Succeeded":
        answer = acr.azure.http.head(link)
        if answer.status_code == 200:
            sizes.append((int(answer.headers["content-length"]), answer.headers["etag"]))
        time.sleep(0.02)
    assert any(later < earlier for (earlier, _), (later, _) in itertools.pairwise(sizes))
    assert len({etag for _, etag in sizes}) > 1


def test_ranges(acr, link):
    whole = acr.azure.http.get(link)
    size = len(whole.content)
    assert whole.status_code == 200
    for name in ("x-ms-range", "Range"):
        part = acr.azure.http.get(link, headers={name: "bytes=5-14"})
        assert (part.status_code, part.content) == (206, whole.content[5:15])
        assert part.headers["content-range"] == f"bytes 5-14/{size}"
    rest = acr.azure.http.get(link, headers={"x-ms-range": f"bytes={size - 3}-{size + 4096}"})
    assert (rest.status_code, rest.content) == (206, whole.content[-3:])
    beyond = acr.azure.http.get(link, headers={"x-ms-range": f"bytes={size}-{size + 4095}"})
    assert (beyond.status_code, beyond.headers["x-ms-error-code"]) == (416, "InvalidRange")
    assert beyond.headers["content-range"] == f"bytes */{size}"


def test_etag_condition(acr, link):
    etag = acr.azure.http.head(link).headers["etag"]
    assert acr.azure.http.get(link, headers={"If-Match": etag}).status_code == 200
    assert acr.azure.http.get(link, headers={"If-Match": '"0x1"'}).status_code == 412


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (lambda link: link.split("?")[0], 409, "PublicAccessNotPermitted"),
        (lambda link: link[:-4] + "AAA=", 403, "AuthenticationFailed"),
        (lambda link: link.replace("sp=r&", "sp=rw&"), 403, "AuthenticationFailed"),
        (lambda link: link.replace("/ca1/", "/ca2/"), 403, "AuthenticationFailed"),
        (lambda link: link.replace("https://eastus", "https://other"), 404, "ResourceNotFound"),
    ],
)
def test_signature_is_checked(acr, link, change, status, code):
    answer = acr.azure.http.get(change(link))
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (status, code)


def test_token_and_signature_together_are_an_error(acr, link):
    answer = acr.azure.http.get(link, headers={"Authorization": f"Bearer {acr.azure.token()}"})
    assert answer.status_code == 403


def test_link_expires(acr, link):
    acr.azure.advance(71 * 60)
    assert acr.azure.http.get(link).headers["x-ms-error-code"] == "AuthenticationFailed"


def test_log_link_cannot_write(acr, link):
    answer = acr.azure.http.put(link, content=b"x", headers={"x-ms-blob-type": "BlockBlob"})
    assert (answer.status_code, answer.headers["x-ms-error-code"]) == (403, "AuthorizationPermissionMismatch")


def test_signature_is_not_in_the_request_log(acr, link):
    acr.azure.http.get(link)
    signature = parse_qs(urlsplit(link).query)["sig"][0]
    assert signature not in str(acr.azure.requests())


@pytest.mark.parametrize("in_blocks", [False, True])
def test_upload(acr, in_blocks):
    answer = acr.azure.arm("POST", f"{acr.id}/listBuildSourceUploadUrl", version="2025-03-01-preview").json()
    assert answer["relativePath"].startswith("source/")
    assert answer["relativePath"].endswith(".tar.gz")
    url = answer["uploadUrl"]
    if in_blocks:
        for name, data in (("b25l", b"one"), ("dHdv", b"two")):
            piece = acr.azure.http.put(f"{url}&comp=block&blockid={name}", content=data)
            assert piece.status_code == 201
        blocks = "<BlockList><Latest>b25l</Latest><Latest>dHdv</Latest></BlockList>"
        done = acr.azure.http.put(f"{url}&comp=blocklist", content=blocks)
    else:
        done = acr.azure.http.put(url, content=b"onetwo", headers={"x-ms-blob-type": "BlockBlob"})
    assert done.status_code == 201
    assert {"etag", "last-modified"} <= set(done.headers)
    assert acr.azure.http.get(url).content == b"onetwo"
