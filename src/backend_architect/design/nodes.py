"""YAML as nodes that know their line and column, and their offsets: plain data only, nothing that a text can abuse.

Anchors, aliases, merge keys, tags and further documents are refused before anything is built from them, so that a
small file cannot grow into a large value. Scalars follow YAML 1.2: `yes` and `on` are texts, `true` is a boolean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from backend_architect.design.reading_result import ProblemCollector
from backend_architect.design.syntax_errors import syntax_problem
from backend_architect.errors import DesignError

MAX_DEPTH = 12
"""The language nests seven deep; anything far beyond is a mistake or an attack."""

_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A text, number, boolean or nothing, with the text as it was written (without quotes)."""

    text: str
    plain: bool
    line: int
    column: int
    start: int = 0
    end: int = 0

    @property
    def value(self) -> str | int | float | bool | None:
        """The value by YAML 1.2's core schema; a quoted text is always a text."""
        if not self.plain:
            return self.text
        if self.text in _WORDS:
            return _WORDS[self.text]
        if len(self.text) <= 30 and _INTEGER.match(self.text):
            return int(self.text)
        return float(self.text) if _FLOAT.match(self.text) else self.text


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence."""

    items: "tuple[Node, ...]"
    line: int
    column: int
    flow: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping; its keys are unique scalars."""

    entries: "tuple[tuple[ScalarNode, Node], ...]"
    line: int
    column: int
    flow: bool = False
    start: int = 0
    end: int = 0

    def get(self, key: str) -> "Node | None":
        return next((value for name, value in self.entries if name.text == key), None)


Node = ScalarNode | ListNode | MapNode


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    begin: CollectionStartEvent
    children: list[Node]


def read_nodes(text: str, found: ProblemCollector) -> Node | None:
    """Return the one document in `text`, or None when it holds none; raise DesignError when it is not plain YAML."""
    root: Node | None = None
    try:
        root = _compose(YAML(typ="safe", pure=True).parse(text), found)
    except YAMLError as error:
        found.problems.append(syntax_problem(error, text, found.file))
    if found.problems:
        raise DesignError(*found.problems)
    return root


def _compose(events: Iterator[Event], found: ProblemCollector) -> Node | None:
    root: Node | None = None
    stack: list[_Open] = []
    for event in events:
        _refuse_specials(event, found, first=root is None and not stack)
        node = _next_node(event, stack, found)
        if len(stack) > MAX_DEPTH:
            found.add("too-deep", f"this is nested more than {MAX_DEPTH} deep", _at(event), "", "write it flatter")
            return None
        if node is not None and stack:
            stack[-1].children.append(node)
        elif node is not None and root is None:
            root = node
    return root


def _next_node(event: Event, stack: list[_Open], found: ProblemCollector) -> Node | None:
    """Return the node that `event` completes, if it completes one."""
    line, column = _at(event)
    if isinstance(event, CollectionStartEvent):
        stack.append(_Open(event, []))
        return None
    if isinstance(event, CollectionEndEvent):
        return _closed(stack.pop(), event.end_mark.index, found)
    if isinstance(event, ScalarEvent):
        return ScalarNode(event.value, event.style is None, line, column, event.start_mark.index, event.end_mark.index)
    return ScalarNode("", True, line, column) if isinstance(event, AliasEvent) else None


def _closed(opened: _Open, end: int, found: ProblemCollector) -> Node:
    """Return the collection; a block ends with its last child, for its mark stands after the comments that follow."""
    (line, column), flow, start = _at(opened.begin), bool(opened.begin.flow_style), opened.begin.start_mark.index
    end = end if flow or not opened.children else opened.children[-1].end
    if not isinstance(opened.begin, MappingStartEvent):
        return ListNode(tuple(opened.children), line, column, flow, start, end)
    return MapNode(_entries(opened.children, found), line, column, flow, start, end)


def _entries(children: list[Node], found: ProblemCollector) -> tuple[tuple[ScalarNode, Node], ...]:
    entries: dict[str, tuple[ScalarNode, Node]] = {}
    for key, value in zip(children[::2], children[1::2], strict=True):
        if not isinstance(key, ScalarNode):
            found.add("bad-key", "a key must be a name", (key.line, key.column), "", "write `name: value`")
        elif key.text == "<<" and key.plain:
            found.add("merge-key", "merge keys (`<<`) are not read", (key.line, key.column), "", "write the keys out")
        elif key.text in entries:
            first = entries[key.text][0].line
            message = f"`{key.text}` is given twice; the first is on line {first}"
            found.add("duplicate-key", message, (key.line, key.column), key.text, "keep one of them")
        else:
            entries[key.text] = (key, value)
    return tuple(entries.values())


def _refuse_specials(event: Event, found: ProblemCollector, *, first: bool) -> None:
    if isinstance(event, DocumentStartEvent) and not first:
        found.add("several-documents", "the file holds a second document (`---`)", _at(event), "", "keep one design")
    if not isinstance(event, NodeEvent):
        return
    if isinstance(event, AliasEvent):
        found.add("yaml-alias", f"aliases (`*{event.anchor}`) are not read", _at(event), "", "write the value out")
    elif event.anchor:
        found.add("yaml-anchor", f"anchors (`&{event.anchor}`) are not read", _at(event), "", "remove the anchor")
    tag = getattr(event, "tag", None)
    if tag and str(tag) != "!":
        found.add("yaml-tag", f"tags (`{tag}`) are not read", _at(event), "", "remove the tag")


def _at(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1
