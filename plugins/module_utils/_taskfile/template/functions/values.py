# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Defaults, types and the environment, as sprig 2.22 defines them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..signatures import Function, FunctionError, signature
from ..values import is_true, kind_name, type_name


def is_empty(value: Any) -> bool:
    """sprig's idea of empty: nil, zero, false, "" and nothing inside."""
    return not is_true(value)


def _default(default: Any, *given: Any) -> Any:
    if not given or is_empty(given[0]):
        return default
    return given[0]


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if not is_empty(value)), None)


def _ternary(when_true: Any, when_false: Any, condition: bool) -> Any:
    return when_true if condition else when_false


def _fail(message: str) -> str:
    raise FunctionError(message)


def environment_functions(environment: Mapping[str, str]) -> dict[str, Function]:
    """env and expandenv over the given variables."""

    def expand(text: str) -> str:
        return re.sub(
            r"\$(?:\{(\w+)\}|(\w+))", lambda match: environment.get(match[1] or match[2], ""), text, flags=re.ASCII
        )

    return {
        "env": signature("string", lambda name: environment.get(name, "")),
        "expandenv": signature("string", expand),
    }


FUNCTIONS = {
    "default": signature("any ...any", _default),
    "empty": signature("any", is_empty),
    "coalesce": signature("...any", _coalesce),
    "ternary": signature("any any bool", _ternary),
    "fail": signature("string", _fail),
    "typeOf": signature("any", type_name),
    "typeIs": signature("string any", lambda name, value: type_name(value) == name),
    "typeIsLike": signature("string any", lambda name, value: type_name(value) in (name, "*" + name)),
    "kindOf": signature("any", kind_name),
    "kindIs": signature("string any", lambda name, value: kind_name(value) == name),
}
