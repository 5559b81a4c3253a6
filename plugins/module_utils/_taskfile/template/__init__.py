# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Go's text/template with the functions of sprig, as far as task files use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import TaskFileError, UnsupportedError
from .evaluate import Evaluator, ExecuteError
from .parser import ParseError, parse
from .signatures import Function

# The engine's function library has these too. They draw on key material, the network or libraries of their own, so
# the result here could differ from the engine's without anybody noticing.
UNSUPPORTED = frozenset(
    [
        "abbrevboth",
        "buildCustomCert",
        "camelcase",
        "decryptAES",
        "derivePassword",
        "encryptAES",
        "genCA",
        "genPrivateKey",
        "genSelfSignedCert",
        "genSignedCert",
        "getHostByName",
        "hello",
        "kebabcase",
        "semver",
        "semverCompare",
        "shuffle",
        "snakecase",
        "toDate",
        "toPrettyJson",
        "urlJoin",
        "urlParse",
    ]
)


class _Known(Mapping[str, Function]):
    """The function table as the parser sees it: a name that the engine knows and we do not is refused at once.

    The functions are loaded when a template first names one: most task files use none, and each module process would
    load them anew.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._loaded: dict[str, Function] | None = None

    @property
    def _functions(self) -> dict[str, Function]:
        if self._loaded is None:
            from .functions import table

            self._loaded = table(self._environment)
        return self._loaded

    def __contains__(self, name: object) -> bool:
        if name in UNSUPPORTED:
            raise UnsupportedError(f'template function "{name}" is not supported here, although the real engine has it')
        return name in self._functions

    def __getitem__(self, name: str) -> Function:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def render(
    name: str,
    text: str,
    data: Any,
    environment: Mapping[str, str] | None = None,
    evaluator: type[Evaluator] = Evaluator,
) -> str:
    """The text with its actions carried out; "<no value>" is deleted.

    name: what errors call the template. environment: what the function env reads; nothing by default.
    Raises TaskFileError with the engine's text ("failed to parse template: …", "failed to execute template: …").
    """
    functions = _Known(environment or {})
    try:
        blocks = parse(name, text, functions)
    except ParseError as error:
        raise TaskFileError(f"failed to parse template: {name}. Err: {error}", error.line) from error
    try:
        return evaluator(name, text, blocks, functions).run(data).replace("<no value>", "")
    except ExecuteError as error:
        raise TaskFileError(f"failed to execute template: {name}. Err: {error}", error.line) from error
