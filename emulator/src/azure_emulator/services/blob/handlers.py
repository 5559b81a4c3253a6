# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The part of the Blob service that log readers and source uploaders use (acr-wire 8.7, 8.8)."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET
from email.utils import format_datetime

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.blob.models import Blob, BlobStore

_RANGE = re.compile(r"^bytes=(\d+)-(\d*)$")


def get_blob(call: Call) -> Answer:
    """GET with an optional range, and HEAD: the same headers, the front end drops the body."""
    blob = _existing(call)
    _check_conditions(call, blob)
    size = len(blob.data)
    wanted = call.headers.get("x-ms-range") or call.headers.get("range")
    match = _RANGE.match(wanted) if wanted and call.method == "GET" else None
    if match is None:
        return Answer(200, bytes(blob.data), _headers(blob) | {"Content-Length": str(size)})
    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    if first >= size or last < first:
        raise Problem(
            416,
            "InvalidRange",
            "The range specified is invalid for the current size of the resource.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    piece = bytes(blob.data[first : last + 1])
    headers = _headers(blob) | {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(len(piece))}
    return Answer(206, piece, headers)


def head_blob(call: Call) -> Answer:
    blob = _existing(call)
    _check_conditions(call, blob)
    return Answer(200, None, _headers(blob) | {"Content-Length": str(len(blob.data))})


def put_blob(call: Call) -> Answer:
    """An upload in one piece, or in blocks (``comp=block``, then ``comp=blocklist``)."""
    store = call.world.part(BlobStore)
    component = call.query.get("comp")
    blob = store.get(call.host, call.path)
    if component == "block":
        blob = blob or store.create(call.host, call.path, "BlockBlob")
        blob.blocks[call.query.get("blockid", "")] = call.body
        return Answer(201, None, _checksum(call.body))
    if component == "blocklist":
        if blob is None:
            raise _not_found()
        store.replace(blob, b"".join(_block(blob, name) for name in _block_names(call.body)))
        blob.blocks.clear()
        return Answer(201, None, _headers(blob))
    if component:
        raise Problem(
            400, "InvalidQueryParameterValue", f"Value for the query parameter 'comp' is invalid: {component}"
        )
    if call.headers.get("x-ms-blob-type") != "BlockBlob":
        raise Problem(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.")
    blob = store.create(call.host, call.path, "BlockBlob")
    store.replace(blob, call.body)
    return Answer(201, None, _headers(blob) | _checksum(call.body))


def _existing(call: Call) -> Blob:
    blob = call.world.part(BlobStore).get(call.host, call.path)
    if blob is None:
        raise _not_found()
    return blob


def _not_found() -> Problem:
    return Problem(404, "BlobNotFound", "The specified blob does not exist.")


def _check_conditions(call: Call, blob: Blob) -> None:
    wanted = call.headers.get("if-match")
    if wanted and wanted not in ("*", blob.etag):
        raise Problem(412, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.")


def _headers(blob: Blob) -> dict[str, str]:
    headers = {
        "Content-Type": "text/plain; charset=utf-8" if blob.kind == "AppendBlob" else "application/octet-stream",
        "Accept-Ranges": "bytes",
        "ETag": blob.etag,
        "Last-Modified": format_datetime(blob.modified, usegmt=True),
        "x-ms-creation-time": format_datetime(blob.created, usegmt=True),
        "x-ms-blob-type": blob.kind,
        "x-ms-lease-status": "unlocked",
        "x-ms-lease-state": "available",
        "x-ms-server-encrypted": "true",
    }
    if blob.kind == "AppendBlob":
        headers["x-ms-blob-committed-block-count"] = str(blob.changes)
    return headers | {f"x-ms-meta-{name}": value for name, value in blob.metadata.items()}


def _checksum(data: bytes) -> dict[str, str]:
    digest = hashlib.md5(data, usedforsecurity=False).digest()
    return {"Content-MD5": base64.b64encode(digest).decode()}


def _block_names(body: bytes) -> list[str]:
    try:
        return [element.text or "" for element in ET.fromstring(body)]
    except ET.ParseError as error:
        raise Problem(400, "InvalidXmlDocument", "XML specified is not syntactically valid.") from error


def _block(blob: Blob, name: str) -> bytes:
    if name not in blob.blocks:
        raise Problem(400, "InvalidBlockList", "The specified block list is invalid.")
    return blob.blocks[name]
