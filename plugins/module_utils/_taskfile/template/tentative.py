# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Carrying out a template whose data are only partly known: what depends on the unknown is unknown too."""

from __future__ import annotations

from typing import Any

from .evaluate import Evaluator
from .nodes import Control, Node
from .signatures import Function
from .values import show

_MARK = "\ue000"  # a private-use character: no task file has it


class Unknown:
    """A value that only the run will know. Each time it is printed it looks different, so no two are taken for one."""

    count = 0

    def __str__(self) -> str:
        Unknown.count += 1
        return f"{_MARK}{Unknown.count}{_MARK}"


UNKNOWN = Unknown()


class OpenMap(dict):
    """A map that may have more entries than these."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key, UNKNOWN)


class UndecidableError(Exception):
    """The text depends on an unknown condition, so nothing more can be said about it."""


def is_unknown(text: str) -> bool:
    """Whether a text holds something unknown."""
    return _MARK in text


def _open(value: Any) -> bool:
    return isinstance(value, (Unknown, OpenMap)) or (isinstance(value, list) and any(map(_open, value)))


class TentativeEvaluator(Evaluator):
    """Gives UNKNOWN for every function of an unknown argument; raises UndecidableError at an unknown condition."""

    def fields(self, receiver: Any, names: list[str], has_arguments: bool, boxed: bool = False) -> Any:
        for count in range(len(names)):
            if receiver is UNKNOWN:
                return UNKNOWN
            last = count == len(names) - 1
            receiver = super().fields(receiver, names[count : count + 1], has_arguments and last, boxed)
        return receiver

    def checked(self, value: Any, kind: str) -> Any:
        return value if _open(value) else super().checked(value, kind)

    def apply(self, function: Function, values: list[Any]) -> Any:
        return UNKNOWN if any(map(_open, values)) else super().apply(function, values)

    def until_decided(self, dot: Any, decisive: bool, given: list[Node], final: tuple[Any, ...]) -> Any:
        values = [self.argument(dot, "value", node) for node in given]
        return UNKNOWN if any(map(_open, (*values, *final))) else super().until_decided(dot, decisive, given, final)

    def choose(self, dot: Any, node: Control) -> None:
        self.require(dot, node)
        super().choose(dot, node)

    def loop(self, dot: Any, node: Control) -> None:
        self.require(dot, node)
        super().loop(dot, node)

    def require(self, dot: Any, node: Control) -> None:
        depth = len(self.variables)
        if _open(self.pipeline(dot, node.pipe)):
            raise UndecidableError(show(node.pipe))
        del self.variables[depth:]
