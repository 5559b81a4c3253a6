# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The parts of a parsed template. str() of a part is what the engine shows in an error: "at <.Values.a.b>"."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Node:
    """position: offset in characters of where the engine says the part begins."""

    position: int


@dataclass
class Text(Node):
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass
class Block(Node):
    """What stands between two control actions."""

    nodes: list[Node] = field(default_factory=list)

    def __str__(self) -> str:
        return "".join(map(str, self.nodes))


@dataclass
class Dot(Node):
    def __str__(self) -> str:
        return "."


@dataclass
class Nil(Node):
    def __str__(self) -> str:
        return "nil"


@dataclass
class Bool(Node):
    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass
class Number(Node):
    text: str
    value: int | float

    def __str__(self) -> str:
        return self.text


@dataclass
class String(Node):
    quoted: str
    value: str

    def __str__(self) -> str:
        return self.quoted


@dataclass
class Field(Node):
    """.a.b"""

    names: list[str]

    def __str__(self) -> str:
        return "".join("." + name for name in self.names)


@dataclass
class Variable(Node):
    """$x.a: the first name is the variable's, with its dollar sign."""

    names: list[str]

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass
class Chain(Node):
    """(pipeline).a.b"""

    node: Node
    names: list[str]

    def __str__(self) -> str:
        shown = f"({self.node})" if isinstance(self.node, Pipe) else str(self.node)
        return shown + "".join("." + name for name in self.names)


@dataclass
class Name(Node):
    """A function's name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass
class Command(Node):
    """A function or value with its arguments."""

    arguments: list[Node]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Pipe) else str(part) for part in self.arguments)


@dataclass
class Pipe(Node):
    """commands joined by "|"; what it sets: variables; assign: "=" instead of ":="."""

    commands: list[Command] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    assign: bool = False

    def __str__(self) -> str:
        sign = " = " if self.assign else " := "
        left = ", ".join(self.variables) + sign if self.variables else ""
        return left + " | ".join(map(str, self.commands))


@dataclass
class Action(Node):
    pipe: Pipe

    def __str__(self) -> str:
        return f"{{{{{self.pipe}}}}}"


@dataclass
class Control(Node):
    """if, with or range. otherwise: what follows "else", or None."""

    kind: str
    pipe: Pipe
    block: Block
    otherwise: Block | None = None

    def __str__(self) -> str:
        otherwise = f"{{{{else}}}}{self.otherwise}" if self.otherwise else ""
        return f"{{{{{self.kind} {self.pipe}}}}}{self.block}{otherwise}{{{{end}}}}"


@dataclass
class Leave(Node):
    """break or continue"""

    kind: str

    def __str__(self) -> str:
        return f"{{{{{self.kind}}}}}"


@dataclass
class Call(Node):
    """{{template "name" pipeline}}"""

    name: str
    quoted: str
    pipe: Pipe | None

    def __str__(self) -> str:
        return f"{{{{template {self.quoted}{f' {self.pipe}' if self.pipe else ''}}}}}"


@dataclass
class Mark(Node):
    """else or end, as the parser meets it; never part of a finished template."""

    kind: str

    def __str__(self) -> str:
        return f"{{{{{self.kind}}}}}"
