# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""YAML as Go's yaml.v2 reads it: the first document, YAML 1.1 scalars, errors in its words.

Needs PyYAML; it is imported when the first text is read, so that whoever imports this package can do without.
"""

from __future__ import annotations

from .compose import Node, YamlError, compose
from .decode import Kind, Leniency, Struct, decode, decode_any, decode_strings, list_of, map_of_strings, pointers_to

__all__ = [
    "Kind",
    "Leniency",
    "Node",
    "Struct",
    "YamlError",
    "compose",
    "decode",
    "decode_any",
    "decode_strings",
    "list_of",
    "map_of_strings",
    "pointers_to",
]
