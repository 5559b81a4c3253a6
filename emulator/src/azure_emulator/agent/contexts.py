# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Source contexts: uploads are read, of remote ones only what the seeds tell (``sources``) is known."""

from __future__ import annotations

import hashlib
import io
import posixpath
import tarfile
from dataclasses import dataclass, field

from azure_emulator.world import World

_REMOTE = ("https://", "http://", "git://", "git@", "github.com/", "oci://")
_LARGEST_FILE = 1_000_000  # bytes; Dockerfiles and task files are smaller


@dataclass(frozen=True)
class Context:
    """``complete``: what is not in ``files`` is not there; else it is only not known. ``name`` tells contexts apart."""

    name: str = ""
    files: dict[str, str] = field(default_factory=dict, repr=False)
    complete: bool = True
    revision: str = ""

    def read(self, path: str) -> str | None:
        return self.files.get(posixpath.normpath(path))


NO_CONTEXT = Context()


def is_remote(context: str) -> bool:
    return context.lower().startswith(_REMOTE)


def remote(world: World, context: str) -> Context:
    """``context``: a URL, with ``#ref:folder`` or without."""
    url, _, fragment = context.partition("#")
    folder = fragment.partition(":")[2].strip("/")
    for source in world.seeds.get("sources") or []:
        if source["context"].lower() == url.lower():
            files = {
                posixpath.relpath(path, folder or "."): text
                for path, text in (source.get("files") or {}).items()
                if not folder or path.startswith(folder + "/")
            }
            return Context(context, files, False, source.get("revision") or "")
    return Context(context, {}, False)


def uploaded(data: bytes) -> Context | None:
    """The text files of an uploaded tar; None if it is none."""
    files = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                reader = archive.extractfile(member) if member.isfile() and member.size <= _LARGEST_FILE else None
                if reader is not None:
                    files[posixpath.normpath(member.name)] = reader.read().decode("utf-8", errors="replace")
    except (tarfile.TarError, EOFError, OSError):
        return None
    return Context(hashlib.sha256(data).hexdigest(), files)
