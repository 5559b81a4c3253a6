# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Which blob requests are answered, who may make them, and how errors are worded."""

from __future__ import annotations

import hmac
import uuid
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from azure_emulator.clouds import CLOUDS
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route, Router
from azure_emulator.service import DataPlane
from azure_emulator.services.blob import handlers
from azure_emulator.services.blob.models import BlobStore

router = Router()
router.add("HEAD", "/{container}/{blob*}", handlers.head_blob)
router.add("GET", "/{container}/{blob*}", handlers.get_blob)
router.add("PUT", "/{container}/{blob*}", handlers.put_blob)
# az looks for its newest version here, without a signature; it shall be told that there is nothing.
router.add("HEAD", "/{container}", handlers.head_blob)
router.add("GET", "/{container}", handlers.get_blob)

_NEEDED = {"GET": "r", "HEAD": "r", "PUT": "w"}


def prepare(call: Call, route: Route) -> None:
    """Checks the shared access signature. Raises Problem as the storage service words it."""
    store = call.world.part(BlobStore)
    if not store.knows_account(call.host):
        raise Problem(404, "ResourceNotFound", "The specified resource does not exist.")
    signature = call.query.get("sig")
    if "authorization" in call.headers and signature:
        raise _refused("Only one of an Authorization header and a shared access signature may be given.")
    if not signature:
        if "authorization" in call.headers:
            raise _refused("The account does not accept this kind of Authorization header.")
        raise Problem(409, "PublicAccessNotPermitted", "Public access is not permitted on this storage account.")
    permissions, expiry = call.query.get("sp", ""), call.query.get("se", "")
    expected = store.signature(call.host, call.path, permissions, expiry)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise _refused("Signature did not match.")
    if datetime.strptime(expiry, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) <= call.world.clock.now():
        raise _refused(f"Signature not valid in the specified time frame: Expiry [{expiry}]")
    if _NEEDED[call.method] not in permissions:
        raise Problem(
            403,
            "AuthorizationPermissionMismatch",
            "This request is not authorized to perform this operation using this permission.",
        )


def _refused(detail: str) -> Problem:
    return Problem(
        403,
        "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly "
        "including the signature.",
        extra={"detail": detail},
    )


def envelope(problem: Problem) -> Answer:
    request_id = str(uuid.uuid4())
    detail = problem.extra.get("detail")
    body = (
        '\ufeff<?xml version="1.0" encoding="utf-8"?><Error>'
        f"<Code>{problem.code}</Code><Message>{escape(problem.message)}\nRequestId:{request_id}\n"
        f"Time:{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z</Message>"
        f"{f'<AuthenticationErrorDetail>{escape(detail)}</AuthenticationErrorDetail>' if detail else ''}</Error>"
    )
    headers = {"Content-Type": "application/xml", "x-ms-error-code": problem.code, "x-ms-request-id": request_id}
    return Answer(problem.status, body.encode(), headers | problem.headers)


PLANE = DataPlane(
    name="blob",
    hosts=tuple(f"*{cloud.blob_suffix}" for cloud in CLOUDS),
    router=router,
    prepare=prepare,
    envelope=envelope,
)
