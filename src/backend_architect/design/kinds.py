"""The kinds of value that a design file holds. Each reads a node and describes itself as JSON Schema.

Reading and the published schema come from the same objects, so that they cannot drift apart. A kind that meets a
wrong node adds a problem and returns None: nothing is built from a file that has problems.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from backend_architect.design.nodes import ListNode, MapNode, Node, ScalarNode
from backend_architect.design.reading_result import ProblemCollector, did_you_mean

Schema = dict[str, Any]


class Kind(Protocol):
    """A kind of value."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> Any:
        """Return the plain value of `node`; add to `found` what is wrong with it."""

    def schema(self) -> Schema:
        """Return the JSON Schema that accepts the same values."""


def _same(match: re.Match[str]) -> Any:
    return match[0]


@dataclass(frozen=True, slots=True)
class TextForm:
    """A text of one form, such as `20/hour`; `means` turns the match into its value, and may raise ValueError."""

    what: str
    pattern: str
    code: str
    fix: str = ""
    means: Callable[[re.Match[str]], Any] = _same
    max: int = 200
    also: tuple[str, ...] = ()
    minimum: int | None = None

    def read(self, node: Node, path: str, found: ProblemCollector) -> Any:
        """Return what the text means."""
        scalar = as_scalar(node, self.what, path, found)
        return None if scalar is None else self.read_text(scalar, path, found)

    def read_text(self, scalar: ScalarNode, path: str, found: ProblemCollector) -> Any:
        """Return what a scalar's text means, whether it stands as a value or as a key."""
        too_long = len(scalar.text) > self.max
        match = None if too_long else re.fullmatch(self.pattern, scalar.text)
        said = f"`{shortened(scalar.text)}` is " + (
            f"longer than {self.max} characters" if too_long else f"not {self.what}"
        )
        try:
            if match:
                return self.means(match)
        except ValueError as error:
            said = str(error)
        found.add(self.code, said, (scalar.line, scalar.column), path, self.fix)
        return None

    def schema(self) -> Schema:
        """Return the pattern; numbers that YAML reads as such are let through by their type."""
        types: Any = ["string", *self.also] if self.also else "string"
        schema: Schema = {"type": types, "pattern": f"^(?:{self.pattern})$", "maxLength": self.max}
        return schema if self.minimum is None else schema | {"minimum": self.minimum}


@dataclass(frozen=True, slots=True)
class Text:
    """A free text."""

    max: int = 1000
    what: str = "a text"

    def read(self, node: Node, path: str, found: ProblemCollector) -> str | None:
        """Return the text."""
        scalar = as_scalar(node, self.what, path, found)
        if scalar is None:
            return None
        if not isinstance(scalar.value, str):
            fix = f"put it in quotes: '{scalar.text}'"
            found.add("wrong-type", f"`{scalar.text}` is not a text", (scalar.line, scalar.column), path, fix)
        elif not scalar.text.strip() or len(scalar.text) > self.max:
            message = f"a text has 1 to {self.max} characters, and this has {len(scalar.text.strip())}"
            fix = "shorten it" if scalar.text.strip() else "write a text, or remove the key"
            found.add("text-length", message, (scalar.line, scalar.column), path, fix)
        return scalar.text

    def schema(self) -> Schema:
        """Return a string with its bounds."""
        return {"type": "string", "pattern": r"\S", "maxLength": self.max}


@dataclass(frozen=True, slots=True)
class Expression:
    """An SQL expression as written; its meaning is checked later."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> str | None:
        """Return the expression's text."""
        scalar = as_scalar(node, "an SQL expression", path, found)
        if scalar is not None and not 0 < len(scalar.text.strip()) <= 2000:
            message = "an expression has 1 to 2000 characters"
            fix = "name parts of it as `rules`" if scalar.text.strip() else "write one, or remove the key"
            found.add("text-length", message, (scalar.line, scalar.column), path, fix)
        return None if scalar is None else scalar.text.strip()

    def schema(self) -> Schema:
        """Return a string; `true` and a bare number are expressions too."""
        return {"type": ["string", "boolean", "number"], "pattern": r"\S", "maxLength": 2000}


@dataclass(frozen=True, slots=True)
class ClosedWord:
    """One word of a closed set."""

    what: str
    words: tuple[str, ...]
    elsewhere: tuple[tuple[str, str], ...] = ()

    def read(self, node: Node, path: str, found: ProblemCollector) -> str | None:
        """Return the word."""
        scalar = as_scalar(node, self.what, path, found)
        return None if scalar is None else self.read_text(scalar, path, found)

    def read_text(self, scalar: ScalarNode, path: str, found: ProblemCollector) -> str | None:
        """Return the word that a scalar's text is."""
        if scalar.text in self.words:
            return scalar.text
        fix = dict(self.elsewhere).get(scalar.text) or did_you_mean(scalar.text, self.words)
        message = f"`{shortened(scalar.text)}` is not {self.what}"
        found.add("unknown-value", message, (scalar.line, scalar.column), path, fix)
        return None

    def schema(self) -> Schema:
        """Return the enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> bool | None:
        """Return the boolean."""
        scalar = as_scalar(node, "true or false", path, found)
        if scalar is not None and not isinstance(scalar.value, bool):
            message = f"`{shortened(scalar.text)}` is not a boolean"
            found.add("wrong-type", message, (scalar.line, scalar.column), path, "write true or false, without quotes")
        return None if scalar is None else scalar.value is True

    def schema(self) -> Schema:
        """Return a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Value:
    """Any single value: a text, a number or a boolean."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> str | int | float | bool | None:
        """Return the value; numbers may be grouped by underscores."""
        scalar = as_scalar(node, "a single value", path, found)
        if scalar is None:
            return None
        if scalar.plain and re.fullmatch(r"-?[0-9]{1,3}(_[0-9]{3})+", scalar.text):
            return int(scalar.text)
        return scalar.value

    def schema(self) -> Schema:
        """Return the three types."""
        return {"type": ["string", "number", "boolean"]}


def as_scalar(node: Node, what: str, path: str, found: ProblemCollector) -> ScalarNode | None:
    """Return the node when it is a single value that is there; else add why not."""
    if isinstance(node, ScalarNode) and (not node.plain or node.value is not None):
        return node
    if isinstance(node, ScalarNode):
        found.add("missing-value", f"nothing is given here; it should be {what}", place_of(node, path, found), path)
    else:
        message = f"this is {name_of(node)}; it should be {what}"
        found.add("wrong-type", message, place_of(node, path, found), path)
    return None


def name_of(node: Node) -> str:
    """Return what a node is, in words."""
    if isinstance(node, MapNode):
        return "a mapping"
    return "a list" if isinstance(node, ListNode) else f"`{shortened(node.text)}`"


def place_of(node: Node, path: str, found: ProblemCollector) -> tuple[int, int]:
    """Return the place kept for `path`, which is its key's when the value starts on a later line."""
    return found.places.get(path, (node.line, node.column))


def shortened(text: str) -> str:
    """Return a text that fits into a message."""
    return text if len(text) <= 60 else text[:57] + "…"
