# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Nodes -> values of described types. Wrong types are collected and reported together, as yaml.v2 does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .compose import Node, YamlError, compose
from .scalars import resolve

# Far more than any task file has; only aliases of aliases get there.
MAXIMUM_NODES = 1_000_000


@dataclass(frozen=True)
class Kind:
    """A Go type. name: as errors show it; shape: string, int, bool, list, map or struct.
    item: the type of a list's items or a map's values; pointer: a null item stays None."""

    name: str
    shape: str
    item: Kind | None = None
    pointer: bool = False

    @property
    def inside(self) -> Kind:
        """The item's type; whatever is described without one holds strings."""
        return self.item or STRING


@dataclass(frozen=True)
class Struct(Kind):
    """fields: YAML key -> (attribute, type). make: builds the value from the attributes that the text sets, and from
    ``line`` (1-based)."""

    fields: dict[str, tuple[str, Kind]] = field(default_factory=dict)
    make: Callable[..., Any] = dict


STRING = Kind("string", "string")
INT = Kind("int", "int")
BOOL = Kind("bool", "bool")


def list_of(item: Kind) -> Kind:
    return Kind(f"[]{item.name}", "list", item)


def pointers_to(item: Kind) -> Kind:
    """A list of pointers: its items may be null."""
    return Kind(f"[]*{item.name}", "list", item, pointer=True)


def map_of_strings() -> Kind:
    return Kind("map[string]string", "map", STRING)


@dataclass
class Leniency:
    """tolerates: scalars that may be anything are no wrong type. ignored: gets (line, struct, key) of unknown keys."""

    tolerates: Callable[[str], bool] = lambda _text: False
    ignored: list[tuple[int, str, str]] = field(default_factory=list)


class _Decoder:
    def __init__(self, leniency: Leniency | None = None) -> None:
        self.errors: list[str] = []
        self.line: int | None = None
        self.leniency = leniency or Leniency()
        self.visited = 0

    def wrong(self, node: Node, tag: str, kind: Kind) -> None:
        if self.leniency.tolerates(node.value):
            return
        shown = ""
        if node.kind == "scalar":
            content = node.value.encode()
            shown = f" `{content[:7].decode(errors='replace')}...`" if len(content) > 10 else f" `{node.value}`"
        if self.line is None:
            self.line = node.line
        self.errors.append(f"line {node.line}: cannot unmarshal {tag}{shown} into {kind.name}")

    def visit(self, node: Node) -> None:
        """Refuse what would never end, or nearly so."""
        if node.kind == "loop":
            raise YamlError(f"yaml: anchor '{node.value}' value contains itself", node.line)
        self.visited += 1
        if self.visited > MAXIMUM_NODES:
            raise YamlError("yaml: document contains excessive aliasing", node.line)

    def decode(self, node: Node, kind: Kind) -> Any:
        """The value, or None for null and for what does not fit."""
        self.visit(node)
        if node.kind == "scalar":
            return self.scalar(node, kind)
        if node.kind == "sequence" and kind.shape == "list":
            return self.sequence(node, kind)
        if node.kind == "mapping" and isinstance(kind, Struct):
            return self.struct(node, kind)
        if node.kind == "mapping" and kind.shape == "map":
            return self.mapping(node, kind)
        self.wrong(node, "!!seq" if node.kind == "sequence" else "!!map", kind)
        return None

    def scalar(self, node: Node, kind: Kind) -> Any:
        tag, value = resolve(node)
        if value is None:
            return None
        if kind.shape == "string":
            return value.decode(errors="replace") if isinstance(value, bytes) else node.value
        if kind.shape == "bool" and isinstance(value, bool):
            return value
        if kind.shape == "int" and isinstance(value, (int, float)) and not isinstance(value, bool):
            if isinstance(value, float) and value <= 2**63 - 1:
                return int(value) if value > -(2**63) else -(2**63)
            if isinstance(value, int) and value < 2**63:
                return value
        self.wrong(node, tag, kind)
        return None

    def sequence(self, node: Node, kind: Kind) -> list[Any]:
        values = []
        for item in node.items:
            before = len(self.errors)
            value = self.decode(item, kind.inside)
            if value is None and not kind.pointer:
                if len(self.errors) > before:
                    continue
                value = {"string": "", "int": 0, "bool": False}.get(kind.inside.shape)
            values.append(value)
        return values

    def mapping(self, node: Node, kind: Kind) -> dict[str, Any]:
        values = {}
        for key, item in self.merged(node):
            before = len(self.errors)
            name = self.decode(key, STRING)
            if len(self.errors) > before:
                continue
            value = self.decode(item, kind.inside)
            if len(self.errors) == before:
                values[name or ""] = "" if value is None else value
        return values

    def struct(self, node: Node, kind: Struct) -> Any:
        found: dict[str, Any] = {}
        for key, item in self.merged(node):
            name = self.decode(key, STRING)
            if name not in kind.fields:
                self.leniency.ignored.append((key.line, kind.name, key.value))
            else:
                attribute, wanted = kind.fields[name]
                before = len(self.errors)
                value = self.decode(item, wanted)
                # A null clears what an earlier key of the same name set; a wrong type leaves it.
                if value is not None:
                    found[attribute] = value
                elif len(self.errors) == before:
                    found.pop(attribute, None)
        return kind.make(**found, line=node.line)

    def merged(self, node: Node) -> list[tuple[Node, Node]]:
        """The pairs with "<<" carried out: what is merged comes first, so that the node's own keys win."""
        own, inherited = [], []
        for key, value in node.pairs:
            if key.kind == "scalar" and key.plain and key.value == "<<":
                sources = value.items if value.kind == "sequence" else [value]
                if any(source.kind != "mapping" for source in sources):
                    raise YamlError("yaml: map merge requires map or sequence of maps as the value", value.line)
                for source in reversed(sources):
                    inherited += self.merged(source)
            else:
                own.append((key, value))
        return inherited + own

    def finish(self) -> None:
        if self.errors:
            raise YamlError("yaml: unmarshal errors:\n  " + "\n  ".join(self.errors), self.line)


def decode(text: str, kind: Kind, leniency: Leniency | None = None) -> Any:
    """The text as a value of the type; None for an empty text. Raises YamlError."""
    root = compose(text)
    if root is None:
        return None
    decoder = _Decoder(leniency)
    value = decoder.decode(root, kind)
    decoder.finish()
    return value


def decode_strings(text: str) -> dict[str, str]:
    """A flat map of strings."""
    return decode(text, map_of_strings()) or {}


def decode_any(text: str, nested: type[dict] = dict) -> dict[str, Any]:
    """A map with values of any type. nested: the class of the maps below the top level."""
    root = compose(text)
    if root is None or (root.kind == "scalar" and resolve(root)[1] is None):
        return {}
    decoder = _Decoder()
    if root.kind != "mapping":
        tag = resolve(root)[0] if root.kind == "scalar" else "!!seq"
        decoder.wrong(root, tag, Kind("templating.Values", "map"))
        decoder.finish()
    found = {decoder.decode(key, STRING) or "": _any(decoder, value, nested) for key, value in decoder.merged(root)}
    decoder.finish()
    return found


def _any(decoder: _Decoder, node: Node, nested: type[dict]) -> Any:
    decoder.visit(node)
    if node.kind == "sequence":
        return [_any(decoder, item, nested) for item in node.items]
    if node.kind == "mapping":
        pairs = decoder.merged(node)
        for key, _value in pairs:
            if key.kind != "scalar":
                raise YamlError(f"yaml: invalid map key: {key.kind}", key.line)
        return nested((_any(decoder, key, nested), _any(decoder, value, nested)) for key, value in pairs)
    value = resolve(node)[1]
    return value.decode(errors="replace") if isinstance(value, bytes) else value
