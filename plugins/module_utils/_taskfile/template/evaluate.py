# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""A parsed template + data -> text, with the errors of Go's text/template under ``missingkey=zero``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .literals import quote
from .nodes import (
    Action,
    Block,
    Call,
    Chain,
    Command,
    Control,
    Dot,
    Field,
    Leave,
    Name,
    Nil,
    Node,
    Number,
    Pipe,
    Text,
    Variable,
)
from .signatures import ArgumentError, Function, FunctionError, checked, constant, ideal
from .values import NO_VALUE, is_true, show, sorted_items, type_name

MAXIMUM_DEPTH = 100  # of templates that call templates; Go allows more, no task file needs more
_INTERFACE = "interface {}"


class ExecuteError(Exception):
    """line: 1-based, in the template's text."""

    def __init__(self, text: str, line: int) -> None:
        super().__init__(text)
        self.line = line


class _LeaveLoop(Exception):  # noqa: N818 (control flow, not an error)
    def __init__(self, kind: str) -> None:
        self.kind = kind


class Evaluator:
    """Runs one template. functions: by name, all that the parser let pass."""

    def __init__(self, name: str, text: str, blocks: Mapping[str, Block], functions: Mapping[str, Function]) -> None:
        self.name = name
        self.text = text
        self.blocks = blocks
        self.functions = functions
        self.running = [name]  # templates that call each other, outermost first
        self.node: Node = Block(0)  # what an error is reported at
        self.output: list[str] = []
        # Name, value, and whether Go sees it as an interface {} (an item that a range gave): only errors show that.
        self.variables: list[tuple[str, Any, bool]] = []
        self.boxed_dot = False

    def run(self, data: Any) -> str:
        self.variables = [("$", data, False)]
        self.walk(data, self.blocks[self.name])
        return "".join(self.output)

    def fail(self, text: str) -> ExecuteError:
        before = self.text[: self.node.position]
        line = before.count("\n") + 1
        column = len(before[before.rfind("\n") + 1 :].encode())
        shown = str(self.node)
        where = f'template: {self.name}:{line}:{column}: executing "{self.running[-1]}" at <{shown}>: '
        return ExecuteError(where + text, line)

    # -- structure --

    def walk(self, dot: Any, node: Node) -> None:
        self.node = node
        if isinstance(node, Text):
            self.output.append(node.text)
        elif isinstance(node, Block):
            for part in node.nodes:
                self.walk(dot, part)
        elif isinstance(node, Action):
            value = self.pipeline(dot, node.pipe)
            if not node.pipe.variables:
                self.node = node
                self.output.append(show(value))
        elif isinstance(node, Control):
            depth = len(self.variables)
            if node.kind == "range":
                self.loop(dot, node)
            else:
                self.choose(dot, node)
            del self.variables[depth:]
        elif isinstance(node, Leave):
            raise _LeaveLoop(node.kind)
        elif isinstance(node, Call):
            self.call_template(dot, node)

    def choose(self, dot: Any, node: Control) -> None:
        value = self.pipeline(dot, node.pipe)
        if is_true(value) and node.kind == "with":
            outer, self.boxed_dot = self.boxed_dot, False
            self.walk(value, node.block)
            self.boxed_dot = outer
        elif is_true(value):
            self.walk(dot, node.block)
        elif node.otherwise:
            self.walk(dot, node.otherwise)

    def loop(self, dot: Any, node: Control) -> None:
        value = self.pipeline(dot, node.pipe, declare=False)
        items = self.items(value, len(node.pipe.variables))
        boxed = type_name(value) not in ("[]string", "[]int", "int", "int64")
        depth, outer = len(self.variables), self.boxed_dot
        for key, item in items:
            values = (item,) if len(node.pipe.variables) == 1 else (key, item)
            for name, bound in zip(node.pipe.variables, values, strict=False):
                self.bind(name, bound, node.pipe.assign, boxed and bound is item)
            self.boxed_dot = boxed
            try:
                self.walk(item, node.block)
            except _LeaveLoop as leave:
                if leave.kind == "break":
                    break
            finally:
                self.boxed_dot = outer
                del self.variables[depth:]
        if not items and node.otherwise:
            self.walk(dot, node.otherwise)

    def items(self, value: Any, variables: int) -> list[tuple[Any, Any]]:
        if value is NO_VALUE or value is None:
            return []
        if isinstance(value, (list, tuple)):
            return list(enumerate(value))
        if isinstance(value, dict):
            return sorted_items(value)
        if isinstance(value, int) and not isinstance(value, bool):
            if variables > 1:
                raise self.fail(f"can't use {value} to iterate over more than one variable")
            return [(number, number) for number in range(value)]
        raise self.fail(f"range can't iterate over {show(value)}")

    def call_template(self, dot: Any, node: Call) -> None:
        block = self.blocks.get(node.name)
        if block is None:
            raise self.fail(f"template {quote(node.name)} not defined")
        if len(self.running) > MAXIMUM_DEPTH:
            raise self.fail(f"exceeded maximum template depth ({MAXIMUM_DEPTH})")
        value = self.pipeline(dot, node.pipe) if node.pipe else NO_VALUE
        outer, self.variables = self.variables, [("$", value, False)]
        self.running.append(node.name)
        self.walk(value, block)
        self.running.pop()
        self.variables = outer

    # -- expressions --

    def bind(self, name: str, value: Any, assign: bool, boxed: bool = False) -> None:
        if assign:
            self.variables[self.lookup(name)] = (name, value, boxed)
        else:
            self.variables.append((name, value, boxed))

    def lookup(self, name: str) -> int:
        """Where the innermost variable of the name stands."""
        for index in reversed(range(len(self.variables))):
            if self.variables[index][0] == name:
                return index
        raise self.fail(f"undefined variable: {name}")

    def pipeline(self, dot: Any, pipe: Pipe, declare: bool = True) -> Any:
        """The value of a pipeline; never None: a nil becomes NO_VALUE, as each stage strips the interface."""
        self.node = pipe
        value: Any = None
        for stage, command in enumerate(pipe.commands):
            value = self.command(dot, command, (value,) if stage else ())
            if value is None:
                value = NO_VALUE
        if declare:
            for name in pipe.variables:
                self.bind(name, value, pipe.assign)
        return value

    def command(self, dot: Any, command: Command, final: tuple[Any, ...]) -> Any:
        """final: what the stage before gave, as a tuple of one; empty in the first stage."""
        first = command.arguments[0]
        if isinstance(first, Name):
            self.node = first
            return self.call(dot, first, command, command.arguments, final)
        has_arguments = len(command.arguments) > 1 or bool(final)
        if isinstance(first, (Field, Chain, Variable)):
            return self.value(dot, first, has_arguments)
        if not isinstance(first, Pipe):
            self.node = first
        if has_arguments:
            raise self.fail(f"can't give argument to non-function {first}")
        if isinstance(first, Nil):
            raise self.fail("nil is not a command")
        if isinstance(first, Number):
            try:
                return ideal(first)
            except ArgumentError as error:
                raise self.fail(str(error)) from error
        return self.value(dot, first)

    def value(self, dot: Any, node: Node, has_arguments: bool = False) -> Any:
        """The value of anything but a function's call and a number."""
        self.node = node
        if isinstance(node, Dot):
            return dot
        if isinstance(node, Field):
            return self.fields(dot, node.names, has_arguments, self.boxed_dot)
        if isinstance(node, Variable):
            _name, value, boxed = self.variables[self.lookup(node.names[0])]
            if len(node.names) == 1:
                if has_arguments:
                    raise self.fail(f"can't give argument to non-function {node}")
                return value
            return self.fields(value, node.names[1:], has_arguments, boxed)
        if isinstance(node, Chain):
            inner = node.node
            if isinstance(inner, Name):
                self.node = inner
                value = self.call(dot, inner, inner, [inner], ())
            else:
                value = self.value(dot, inner)
            return self.fields(value, node.names, has_arguments)
        if isinstance(node, Pipe):
            return self.pipeline(dot, node)
        return node.value  # type: ignore[attr-defined] # Bool or String

    def fields(self, receiver: Any, names: list[str], has_arguments: bool, boxed: bool = False) -> Any:
        seen = _INTERFACE if boxed or receiver is None else type_name(receiver)
        for index, name in enumerate(names):
            if receiver is NO_VALUE:
                continue
            if receiver is None:
                raise self.fail(f"nil pointer evaluating {seen}.{name}")
            if not isinstance(receiver, dict):
                raise self.fail(f"can't evaluate field {name} in type {seen}")
            if has_arguments and index == len(names) - 1:
                raise self.fail(f"{name} is not a method but has arguments")
            receiver = receiver.get(name)
            seen = _INTERFACE
        return receiver

    def call(self, dot: Any, name: Node, at: Node, arguments: list[Node], final: tuple[Any, ...]) -> Any:
        function = self.functions[str(name)]
        given = arguments[1:]
        try:
            function.check_count(str(name), len(given) + len(final))
            if function.short_circuit:
                return self.until_decided(dot, str(name) == "or", given, final)
            values = [self.argument(dot, function.parameter(index), node) for index, node in enumerate(given)]
            if final:
                self.node = arguments[-1] if given else self.node
                values.append(self.checked(final[0], function.parameters[-1]))
            return self.apply(function, values)
        except ArgumentError as error:
            raise self.fail(str(error)) from error
        except FunctionError as error:
            self.node = at
            raise self.fail(f"error calling {name}: {error}") from error

    def apply(self, function: Function, values: list[Any]) -> Any:
        return function.call(*values)

    def checked(self, value: Any, kind: str) -> Any:
        return checked(value, kind)

    def until_decided(self, dot: Any, decisive: bool, given: list[Node], final: tuple[Any, ...]) -> Any:
        value: Any = None
        for node in given:
            value = self.argument(dot, "value", node)
            if is_true(value) == decisive:
                return value
        return final[0] if final else value

    def argument(self, dot: Any, kind: str, node: Node) -> Any:
        self.node = node
        if isinstance(node, (Dot, Field, Variable, Chain, Pipe)):
            return self.checked(self.value(dot, node), kind)
        if isinstance(node, Name):
            return self.checked(self.call(dot, node, node, [node], ()), kind)
        return constant(node, kind)
