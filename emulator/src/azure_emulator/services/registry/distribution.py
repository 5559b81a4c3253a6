# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The registry protocol as far as tags and manifests go; the same for Azure registries and Docker Hub.

Layers are neither uploaded nor stored: a simulated image has only its manifest.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Router
from azure_emulator.services.registry.images import MANIFEST_TYPE, ImageStore, Manifest, Repository

# allow(call, repository, action) raises Problem; action: pull | push | delete | catalog
Allow = Callable[[Call, str, str], None]
_DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")
VERSION_HEADER = {"Docker-Distribution-Api-Version": "registry/2.0"}


def envelope(problem: Problem) -> Answer:
    """Errors as registries word them. ``problem.extra["detail"]`` is the detail member."""
    error = {"code": problem.code, "message": problem.message, "detail": problem.extra.get("detail")}
    return Answer(problem.status, {"errors": [error]}, VERSION_HEADER | problem.headers)


def unauthorized(realm: str, service: str, scope: str = "", message: str = "authentication required") -> Problem:
    """401 with the challenge that tells a client where to get a token. ``scope``: ``repository:app:pull``."""
    parameters = f'Bearer realm="{realm}",service="{service}"'
    detail = None
    if scope:
        parameters += f',scope="{scope}"'
        kind, name, actions = scope.split(":", 2)
        detail = [{"Type": kind, "Name": name, "Action": action} for action in actions.split(",")]
    return Problem(401, "UNAUTHORIZED", message, headers={"WWW-Authenticate": parameters}, extra={"detail": detail})


class Distribution:
    """The handlers, over the part of the image store that ``host_of(call)`` names."""

    def __init__(self, host_of: Callable[[Call], str], allow: Allow) -> None:
        self._host_of = host_of
        self._allow = allow

    def add_routes(self, router: Router) -> None:
        router.add("GET", "/v2", self.ping)
        router.add("GET", "/v2/{name*}/tags/list", self.list_tags)
        for method, handler in (
            ("GET", self.get_manifest),
            ("HEAD", self.get_manifest),
            ("PUT", self.put_manifest),
            ("DELETE", self.delete_manifest),
        ):
            router.add(method, "/v2/{name*}/manifests/{reference}", handler)
        for method in ("GET", "HEAD", "POST", "PATCH", "PUT"):
            router.add(method, "/v2/{name*}/blobs/{rest*}", self.refuse_layers)

    def ping(self, call: Call) -> Answer:
        return Answer(200, {}, dict(VERSION_HEADER))

    def list_tags(self, call: Call) -> Answer:
        name = call.params["name"]
        repository = self._existing(call, "pull")
        tags = sorted(repository.tags)
        last = call.query.get("last")
        if last:
            tags = [tag for tag in tags if tag > last]
        headers = dict(VERSION_HEADER)
        count = call.query.get("n", "")
        if count.isdigit() and 0 < int(count) < len(tags):
            tags = tags[: int(count)]
            headers["Link"] = f'</v2/{name}/tags/list?last={quote(tags[-1])}&n={count}>; rel="next"'
        return Answer(200, {"name": name, "tags": tags}, headers)

    def get_manifest(self, call: Call) -> Answer:
        manifest = self._manifest(call, self._existing(call, "pull"))
        body = manifest.data if call.method == "GET" else None
        return Answer(200, body, _headers(manifest) | {"Content-Length": str(len(manifest.data))})

    def put_manifest(self, call: Call) -> Answer:
        name, reference = call.params["name"], call.params["reference"]
        self._allow(call, name, "push")
        if not call.body:
            raise Problem(400, "MANIFEST_INVALID", "manifest invalid")
        media_type = call.headers.get("content-type", MANIFEST_TYPE)
        tag = "" if _DIGEST.match(reference) else reference
        manifest = call.world.part(ImageStore).push(self._host_of(call), name, tag, call.body, media_type)
        if not tag and manifest.digest != reference:
            raise Problem(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        headers = _headers(manifest) | {"Location": f"/v2/{name}/manifests/{manifest.digest}"}
        headers.pop("Content-Type")
        return Answer(201, None, headers)

    def delete_manifest(self, call: Call) -> Answer:
        repository = self._existing(call, "delete")
        manifest = self._manifest(call, repository)
        repository.manifests.pop(manifest.digest)
        repository.tags = {tag: digest for tag, digest in repository.tags.items() if digest != manifest.digest}
        return Answer(202, None, dict(VERSION_HEADER))

    def refuse_layers(self, call: Call) -> Answer:
        raise Problem(501, "UNSUPPORTED", "The local registry holds manifests only; layers are not emulated.")

    def _existing(self, call: Call, action: str) -> Repository:
        name = call.params["name"]
        self._allow(call, name, action)
        repository = call.world.part(ImageStore).repository(self._host_of(call), name)
        if repository is None:
            raise Problem(
                404, "NAME_UNKNOWN", "repository name not known to registry", extra={"detail": {"name": name}}
            )
        return repository

    def _manifest(self, call: Call, repository: Repository) -> Manifest:
        reference = call.params["reference"]
        manifest = repository.find(reference)
        if manifest is None:
            raise Problem(404, "MANIFEST_UNKNOWN", "manifest unknown", extra={"detail": f"unknown tag={reference}"})
        return manifest


def _headers(manifest: Manifest) -> dict[str, str]:
    return VERSION_HEADER | {
        "Content-Type": manifest.media_type,
        "Docker-Content-Digest": manifest.digest,
        "ETag": f'"{manifest.digest}"',
    }
