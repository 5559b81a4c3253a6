# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the volumes of a task hold. The engine finds out only when it makes them, before the first step."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

from .errors import TaskFileError
from .model import Volume


def volume_files(volumes: Iterable[Volume]) -> dict[str, dict[str, bytes]]:
    """Volume name -> file name -> content. Raises TaskFileError with the engine's text if a value is not base64."""
    return {volume.name: {name: _decoded(volume, name) for name in volume.secret or ()} for volume in volumes}


def _decoded(volume: Volume, name: str) -> bytes:
    text = (volume.secret or {})[name]
    try:
        return base64.b64decode(text.replace("\r", "").replace("\n", "").encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise TaskFileError(
            "failed to decode Base64 value. please make sure value provided is Base64 encoded", volume.line, text
        ) from error
