# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The certificate authority of one state directory, and the server's certificate with every emulated name."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable
from pathlib import Path

import trustme

CA_FILE = "ca.pem"
_KEY_FILE = "ca-key.pem"


def authority(state: Path) -> trustme.CA:
    """The authority kept in ``state``, made on first use.

    It is kept over restarts: clients and long playbooks remember the file. Its key never leaves the directory, and no
    system store ever learns of it.
    """
    certificate, key = state / CA_FILE, state / _KEY_FILE
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    ca = trustme.CA(organization_name="azure-emulator", organization_unit_name="Local Azure, for rehearsals only")
    _write_private(key, ca.private_key_pem.bytes())
    certificate.write_bytes(ca.cert_pem.bytes())
    return ca


def server_context(ca: trustme.CA, names: Iterable[str], state: Path) -> tuple[Path, Path]:
    """Issues one certificate for all ``names`` (exact or ``*.suffix``) and returns (certificate chain, key) files."""
    leaf = ca.issue_cert(*names)
    chain, key = state / "server.pem", state / "server-key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    _write_private(key, leaf.private_key_pem.bytes())
    return chain, key


def client_context(ca_file: Path) -> ssl.SSLContext:
    """Trusts the emulator and nothing else."""
    return ssl.create_default_context(cafile=str(ca_file))


def _write_private(file: Path, content: bytes) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
