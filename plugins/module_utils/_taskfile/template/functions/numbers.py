# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Arithmetic, as sprig 2.22 defines it: whole numbers are int64, whatever does not convert is 0."""

from __future__ import annotations

import math
import re
from functools import reduce
from typing import Any

from ..signatures import FunctionError, signature
from ..values import Int64, show


def _wrapped(value: int) -> Int64:
    """The value as 64 bits hold it."""
    return Int64((value + 2**63) % 2**64 - 2**63)


def to_int64(value: Any) -> Int64:
    if isinstance(value, str):
        return _wrapped(int(value)) if re.fullmatch(r"[+-]?[0-9]+", value) and abs(int(value)) < 2**63 else Int64(0)
    if isinstance(value, float):
        return _wrapped(int(value)) if math.isfinite(value) else Int64(-(2**63))
    return _wrapped(int(value)) if isinstance(value, int) else Int64(0)


def to_float(value: Any) -> float:
    if isinstance(value, str):
        try:
            return float(value) if value.strip() == value and "_" not in value else 0.0
        except ValueError:
            return 0.0
    return float(value) if isinstance(value, (int, float)) else 0.0


def _add(*values: Any) -> Int64:
    return _wrapped(sum(map(to_int64, values)))


def _subtract(first: Any, second: Any) -> Int64:
    return _wrapped(to_int64(first) - to_int64(second))


def _multiply(first: Any, *others: Any) -> Int64:
    return reduce(lambda product, value: _wrapped(product * to_int64(value)), others, to_int64(first))


def _divide(first: Any, second: Any) -> Int64:
    one, two = to_int64(first), to_int64(second)
    if two == 0:
        raise FunctionError("runtime error: integer divide by zero")
    quotient = abs(one) // abs(two)
    return _wrapped(quotient if (one < 0) == (two < 0) else -quotient)


def _remainder(first: Any, second: Any) -> Int64:
    one, two = to_int64(first), to_int64(second)
    if two == 0:
        raise FunctionError("runtime error: integer divide by zero")
    return Int64(int(math.copysign(abs(one) % abs(two), one)))


def _round(value: Any, places: int, *threshold: float) -> float:
    power = 10.0**places
    digit = power * to_float(value)
    above = math.modf(digit)[0] >= (threshold[0] if threshold else 0.5)
    return (math.ceil(digit) if above else math.floor(digit)) / power


def _atoi(text: str) -> int:
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) and abs(int(text)) < 2**63 else 0


def _from_octal(value: Any) -> Int64:
    text = show(value, nested=True)
    return Int64(int(text, 8)) if re.fullmatch(r"[+-]?[0-7]+", text) else Int64(0)


FUNCTIONS = {
    "add": signature("...any", _add),
    "add1": signature("any", lambda value: _wrapped(to_int64(value) + 1)),
    "sub": signature("any any", _subtract),
    "mul": signature("any ...any", _multiply),
    "div": signature("any any", _divide),
    "mod": signature("any any", _remainder),
    "max": signature("any ...any", lambda *values: max(map(to_int64, values))),
    "biggest": signature("any ...any", lambda *values: max(map(to_int64, values))),
    "min": signature("any ...any", lambda *values: min(map(to_int64, values))),
    "floor": signature("any", lambda value: float(math.floor(to_float(value)))),
    "ceil": signature("any", lambda value: float(math.ceil(to_float(value)))),
    "round": signature("any int ...float64", _round),
    "atoi": signature("string", _atoi),
    "int": signature("any", lambda value: int(to_int64(value))),
    "int64": signature("any", to_int64),
    "float64": signature("any", to_float),
    "toDecimal": signature("any", _from_octal),
}
