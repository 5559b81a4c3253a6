# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Every function that a task file may call."""

from __future__ import annotations

from collections.abc import Mapping

from ..signatures import Function
from . import builtins, collections, dates, encoding, numbers, paths, regular, strings, values


def table(environment: Mapping[str, str]) -> dict[str, Function]:
    """The functions by name. environment: what env and expandenv read."""
    return {
        **builtins.FUNCTIONS,
        **strings.FUNCTIONS,
        **values.FUNCTIONS,
        **encoding.FUNCTIONS,
        **collections.FUNCTIONS,
        **numbers.FUNCTIONS,
        **regular.FUNCTIONS,
        **dates.FUNCTIONS,
        **paths.FUNCTIONS,
        **values.environment_functions(environment),
    }
