# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Tokens -> parsed template, with the errors of Go's text/template."""

from __future__ import annotations

from collections.abc import Container

from .lexer import Token, tokens
from .literals import LiteralError, number, quote, unquote
from .nodes import (
    Action,
    Block,
    Bool,
    Call,
    Chain,
    Command,
    Control,
    Dot,
    Field,
    Leave,
    Mark,
    Name,
    Nil,
    Node,
    Number,
    Pipe,
    String,
    Text,
    Variable,
)

_OPERANDS = frozenset(("bool", "character", "number", ".", "field", "name", "string", "raw", "variable", "("))


class ParseError(Exception):
    """line: 1-based, in the text that was parsed."""

    def __init__(self, name: str, line: int, text: str) -> None:
        super().__init__(f"template: {name}:{line}: {text}")
        self.line = line


def parse(name: str, text: str, functions: Container[str]) -> dict[str, Block]:
    """The template called ``name`` and those that it defines, by name. functions: the names that may be called."""
    return _Parser(name, text, functions).parse()


def _empty(block: Node) -> bool:
    if isinstance(block, Block):
        return all(_empty(node) for node in block.nodes)
    return isinstance(block, Text) and not block.text.strip()


class _Parser:
    def __init__(self, name: str, text: str, functions: Container[str]) -> None:
        self.name = name
        self.functions = functions
        self.source = tokens(text)
        self.waiting: list[Token] = []  # pushed back; the next one is the last
        self.latest = Token("text", "", 0, 1)
        self.variables = ["$"]
        self.ranges = 0  # how many {{range}} are open
        self.action_line = 0
        self.blocks: dict[str, Block] = {}

    # -- tokens --

    def next(self) -> Token:
        if self.waiting:
            return self.waiting.pop()
        if self.latest.kind not in ("end-of-file", "error"):
            self.latest = next(self.source)
        return self.latest

    def back(self, token: Token) -> None:
        self.waiting.append(token)

    def peek(self) -> Token:
        token = self.next()
        self.back(token)
        return token

    def next_visible(self) -> Token:
        token = self.next()
        return self.next() if token.kind == " " else token

    def peek_visible(self) -> Token:
        token = self.next_visible()
        self.back(token)
        return token

    def expect(self, kind: str, context: str) -> Token:
        token = self.next_visible()
        if token.kind != kind:
            raise self.unexpected(token, context)
        return token

    def error(self, text: str) -> ParseError:
        return ParseError(self.name, self.latest.line, text)

    def unexpected(self, token: Token, context: str) -> ParseError:
        if token.kind != "error":
            return self.error(f"unexpected {token} in {context}")
        extra = ""
        if self.action_line and self.action_line != token.line:
            extra = f" in action started at {self.name}:{self.action_line}"
            if token.value.endswith(" action"):
                extra = extra.removeprefix(" in action")
        return self.error(f"{token}{extra}")

    # -- structure --

    def parse(self) -> dict[str, Block]:
        root = Block(0)
        while self.peek().kind != "end-of-file":
            token = self.next()
            if token.kind == "left":
                word = self.next_visible()
                if (word.kind, word.value) == ("keyword", "define"):
                    self.definition()
                    continue
                self.back(word)
            self.back(token)
            node = self.text_or_action()
            if isinstance(node, Mark):
                raise self.error(f"unexpected {node}")
            root.nodes.append(node)
        self.add(self.name, root)
        return self.blocks

    def add(self, name: str, block: Block) -> None:
        if name not in self.blocks or _empty(self.blocks[name]):
            self.blocks[name] = block
        elif not _empty(block):
            raise self.error(f"template: multiple definition of template {quote(name)}")

    def definition(self) -> None:
        context = "define clause"
        name = self.literal_name(self.next_visible(), context)
        self.expect("right", context)
        outer, self.variables = self.variables, ["$"]
        block, mark = self.block()
        self.variables = outer
        if mark.kind != "end":
            raise self.error(f"unexpected {mark} in {context}")
        self.add(name, block)

    def literal_name(self, token: Token, context: str) -> str:
        if token.kind not in ("string", "raw"):
            raise self.unexpected(token, context)
        return self.unquoted(token)

    def unquoted(self, token: Token) -> str:
        try:
            return unquote(token.value)
        except LiteralError as error:
            raise self.error(str(error)) from error

    def block(self) -> tuple[Block, Mark]:
        block = Block(self.peek_visible().position)
        while self.peek_visible().kind != "end-of-file":
            node = self.text_or_action()
            if isinstance(node, Mark):
                return block, node
            block.nodes.append(node)
        raise self.error("unexpected EOF")

    def text_or_action(self) -> Node:
        token = self.next_visible()
        if token.kind == "text":
            return Text(token.position, token.value)
        if token.kind != "left":
            raise self.unexpected(token, "input")
        self.action_line = token.line
        node = self.action()
        self.action_line = 0
        return node

    def action(self) -> Node:
        token = self.next_visible()
        if token.kind == "keyword":
            if token.value in ("if", "with", "range"):
                return self.control(token)
            if token.value == "end":
                return Mark(self.expect("right", "end").position, "end")
            if token.value == "else":
                return self.otherwise()
            if token.value in ("template", "block"):
                return self.call(token)
            if token.value in ("break", "continue"):
                return self.leave(token)
        self.back(token)
        position = self.peek().position
        return Action(position, self.pipeline("command", "right"))

    def otherwise(self) -> Mark:
        following = self.peek_visible()
        if following.kind == "keyword" and following.value in ("if", "with"):
            return Mark(following.position, "else")
        return Mark(self.expect("right", "else").position, "else")

    def leave(self, token: Token) -> Leave:
        shown = f"{{{{{token.value}}}}}"
        following = self.next_visible()
        if following.kind != "right":
            raise self.unexpected(following, shown)
        if not self.ranges:
            raise self.error(f"{shown} outside {{{{range}}}}")
        return Leave(token.position, token.value)

    def call(self, token: Token) -> Call:
        context = f"{token.value} clause"
        name_token = self.next_visible()
        name = self.literal_name(name_token, context)
        quoted = quote(name)
        if token.value == "template":
            following = self.next_visible()
            if following.kind == "right":
                return Call(name_token.position, name, quoted, None)
            self.back(following)
            return Call(name_token.position, name, quoted, self.pipeline(context, "right"))
        pipe = self.pipeline(context, "right")
        outer, self.variables = self.variables, ["$"]
        block, mark = self.block()
        self.variables = outer
        if mark.kind != "end":
            raise self.error(f"unexpected {mark} in {context}")
        self.add(name, block)
        return Call(name_token.position, name, quoted, pipe)

    def control(self, token: Token) -> Control:
        kind = token.value
        depth = len(self.variables)
        pipe = self.pipeline(kind, "right")
        self.ranges += kind == "range"
        block, mark = self.block()
        self.ranges -= kind == "range"
        otherwise = None
        if mark.kind == "else":
            following = self.peek()
            if kind in ("if", "with") and (following.kind, following.value) == ("keyword", kind):
                # {{else if}} nests; the inner one takes the only {{end}}.
                otherwise = Block(mark.position, [self.control(self.next())])
            else:
                otherwise, mark = self.block()
                if mark.kind != "end":
                    raise self.error(f"expected end; found {mark}")
        del self.variables[depth:]
        return Control(token.position, kind, pipe, block, otherwise)

    # -- expressions --

    def pipeline(self, context: str, end: str) -> Pipe:
        pipe = Pipe(self.peek_visible().position)
        self.declarations(pipe, context)
        while True:
            token = self.next_visible()
            if token.kind == end:
                return self.checked(pipe, context)
            if token.kind not in _OPERANDS and (token.kind, token.value) != ("keyword", "nil"):
                raise self.unexpected(token, context)
            self.back(token)
            pipe.commands.append(self.command())

    def declarations(self, pipe: Pipe, context: str) -> None:
        while self.peek_visible().kind == "variable":
            variable = self.next_visible()
            space = self.next()
            following = self.next() if space.kind == " " else space
            if following.kind in (":=", "="):
                pipe.assign = following.kind == "="
                pipe.variables.append(variable.value)
                self.variables.append(variable.value)
                return
            if following.kind != ",":
                self.back(following)
                if space is not following:
                    self.back(space)
                self.back(variable)
                return
            pipe.variables.append(variable.value)
            self.variables.append(variable.value)
            if context != "range" or len(pipe.variables) > 1:
                raise self.error(f"too many declarations in {context}")
            if self.peek_visible().kind not in ("variable", "right", ")"):
                raise self.error("range can only initialize variables")

    def checked(self, pipe: Pipe, context: str) -> Pipe:
        if not pipe.commands:
            raise self.error(f"missing value for {context}")
        for stage, command in enumerate(pipe.commands[1:], start=2):
            if isinstance(command.arguments[0], (Bool, Dot, Nil, Number, String)):
                raise self.error(f"non executable command in pipeline stage {stage}")
        return pipe

    def command(self) -> Command:
        command = Command(self.peek_visible().position, [])
        while True:
            self.peek_visible()
            operand = self.operand()
            if operand is not None:
                command.arguments.append(operand)
            token = self.next()
            if token.kind == " ":
                continue
            if token.kind in ("right", ")"):
                self.back(token)
            elif token.kind != "|":
                raise self.unexpected(token, "operand")
            break
        if not command.arguments:
            raise self.error("empty command")
        return command

    def operand(self) -> Node | None:
        node = self.term()
        if node is None or self.peek().kind != "field":
            return node
        position = self.peek().position
        names = []
        while self.peek().kind == "field":
            names.append(self.next().value[1:])
        if isinstance(node, Field):
            return Field(position, node.names + names)
        if isinstance(node, Variable):
            return Variable(position, node.names + names)
        if isinstance(node, (Bool, String, Number, Nil, Dot)):
            raise self.error(f"unexpected . after term {quote(str(node))}")
        return Chain(position, node, names)

    def term(self) -> Node | None:  # noqa: C901 (one branch per kind of term)
        token = self.next_visible()
        kind, value, position = token.kind, token.value, token.position
        if kind == "name":
            if value not in self.functions:
                raise self.error(f"function {quote(value)} not defined")
            return Name(position, value)
        if kind == ".":
            return Dot(position)
        if kind == "keyword" and value == "nil":
            return Nil(position)
        if kind == "variable":
            if value not in self.variables:
                raise self.error(f"undefined variable {quote(value)}")
            return Variable(position, [value])
        if kind == "field":
            return Field(position, [value[1:]])
        if kind == "bool":
            return Bool(position, value == "true")
        if kind in ("number", "character"):
            try:
                return Number(position, value, number(value))
            except LiteralError as error:
                raise self.error(str(error)) from error
        if kind in ("string", "raw"):
            return String(position, value, self.unquoted(token))
        if kind == "(":
            return self.pipeline("parenthesized pipeline", ")")
        self.back(token)
        return None
