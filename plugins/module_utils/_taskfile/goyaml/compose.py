# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""YAML text -> tree of nodes with lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .scanner import loader_class


class YamlError(Exception):
    """str() is yaml.v2's text. line: 1-based where the fault really is, or None."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.line = line


@dataclass
class Node:
    """kind: scalar, sequence, mapping, or loop for an alias inside what it stands for.
    plain: a scalar without quotes and tag. line: 1-based.
    entries: a sequence's items; a mapping's keys and values as pairs, "<<" not merged yet."""

    kind: str
    line: int
    tag: str = ""
    value: str = ""
    plain: bool = False
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)


# What PyYAML says -> what libyaml's Go port says.
_WORDS = (
    (r"mapping values are not allowed here", "mapping values are not allowed in this context"),
    (r"sequence entries are not allowed here", "block sequence entries are not allowed in this context"),
    (r"mapping keys are not allowed here", "mapping keys are not allowed in this context"),
    (r"found character .* that cannot start any token", "found character that cannot start any token"),
    (r"expected ',' or '\]', but got .*", "did not find expected ',' or ']'"),
    (r"expected ',' or '\}', but got .*", "did not find expected ',' or '}'"),
    (r"expected the node content, but found .*", "did not find expected node content"),
    (r"expected '<document start>', but found .*", "did not find expected <document start>"),
    (r"found unexpected document separator", "found unexpected document indicator"),
    (r"found unknown escape character .*", "found unknown escape character"),
    (r"expected escape sequence of .* hexadecimal numbers, but found .*", "did not find expected hexdecimal number"),
    (r"expected chomping or indentation indicators, but found .*", "did not find expected comment or line break"),
    (r"found incompatible YAML document .*", "found incompatible YAML document"),
    (r"expected alphabetic or numeric character, but found .*",
     "did not find expected alphabetic or numeric character"),
    (r"expected a comment or a line break, but found .*", "did not find expected comment or line break"),
    (r"expected indentation indicator in the range 1-9, but found 0", "found an indentation indicator equal to 0"),
    (r"expected ' ', but found .*", "did not find expected whitespace or line break"),
    (r"expected URI, but found .*", "did not find expected tag URI"),
    (r"expected '>', but found .*", "did not find the expected '>'"),
    (r"found undefined tag handle .*", "found undefined tag handle"),
    (r"special characters are not allowed", "control characters are not allowed"),
)  # fmt: skip


def compose(text: str) -> Node | None:
    """The first document's root, or None for an empty one. Raises YamlError; ImportError without PyYAML."""
    import yaml

    _check_directives(text)
    try:
        return _Composer(yaml.parse(text, Loader=loader_class())).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, isinstance(error, yaml.scanner.ScannerError), len(text)) from error
    except (ValueError, OverflowError) as error:
        # PyYAML does not look whether there is such a character.
        raise _bad_escape(None) from error
    except yaml.reader.ReaderError as error:
        raise YamlError("yaml: control characters are not allowed", text.count("\n", 0, error.position) + 1) from error


def _bad_escape(line: int | None) -> YamlError:
    where = _where(line) if line else ""
    return YamlError(f"yaml: {where}found invalid Unicode character escape code", line)


def _check_directives(text: str) -> None:
    """PyYAML lets pass what yaml.v2 refuses above the first ``---``."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith("%"):
            words = line[1:].split()
            if not words or words[0] not in ("YAML", "TAG"):
                raise YamlError(f"yaml: {_where(number)}found unknown directive name", number)
            if words[0] == "YAML" and words[1:2] != ["1.1"]:
                raise YamlError(f"yaml: {_where(number - 1)}found incompatible YAML document", number)
        elif line.strip() and not line.startswith("#"):
            return


def _where(line: int) -> str:
    return f"line {line}: " if line > 1 else ""


def _syntax_error(error: Any, by_scanner: bool, length: int) -> YamlError:
    problem = error.problem or "unknown problem parsing YAML content"
    if problem.startswith("expected <block end>, but found"):
        collection = "block collection" in (error.context or "")
        problem = "did not find expected '-' indicator" if collection else "did not find expected key"
    for pattern, words in _WORDS:
        problem = re.sub(rf"\A{pattern}\Z", words, problem, flags=re.DOTALL)
    true_line = shown = None
    mark = error.problem_mark
    if mark is not None:
        # At the end of a text without a last line feed yaml.v2's parser is already on the next line.
        late = not by_scanner or problem == "could not find expected ':'"
        line = mark.line + (late and mark.index >= length and mark.column > 0)
        true_line = mark.line + 1
        # yaml.v2 reports the parser's lines one too low, and none at all for the first line.
        if line:
            shown = line + by_scanner
        elif error.context_mark is not None and error.context_mark.line:
            shown = error.context_mark.line
    where = f"line {shown}: " if shown else ""
    return YamlError(f"yaml: {where}{problem}", true_line)


class _Composer:
    def __init__(self, events: Any) -> None:
        self.events = events
        self.anchors: dict[str, Node | None] = {}

    def document(self) -> Node | None:
        next(self.events)  # start of the stream
        event = next(self.events)
        if type(event).__name__ != "DocumentStartEvent":
            return None
        root = self.node(next(self.events))
        next(self.events)  # end of the document: a fault right behind the root is this document's
        return root

    def node(self, event: Any) -> Node:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                raise YamlError(f"yaml: unknown anchor '{event.anchor}' referenced", line)
            target = self.anchors[event.anchor]
            return target or Node("loop", line, value=event.anchor)
        anchor = event.anchor
        if anchor:
            self.anchors[anchor] = None
        tag = (event.tag or "").replace("tag:yaml.org,2002:", "!!")
        if kind == "ScalarEvent":
            if any("\ud800" <= character <= "\udfff" for character in event.value):
                raise _bad_escape(line)
            node = Node("scalar", line, tag, event.value, plain=event.implicit[0] and not tag)
        elif kind == "SequenceStartEvent":
            node = Node("sequence", line, tag)
            while type(event := next(self.events)).__name__ != "SequenceEndEvent":
                node.items.append(self.node(event))
        else:
            node = Node("mapping", line, tag)
            while type(event := next(self.events)).__name__ != "MappingEndEvent":
                key = self.node(event)
                node.pairs.append((key, self.node(next(self.events))))
        if anchor:
            self.anchors[anchor] = node
        return node
