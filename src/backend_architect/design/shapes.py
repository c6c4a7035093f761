"""Kinds that hold other kinds: lists, mappings by name, records with known keys, and short forms beside long ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backend_architect.design.kinds import ClosedWord, Kind, Schema, TextForm, name_of, place_of, shortened
from backend_architect.design.nodes import ListNode, MapNode, Node, ScalarNode
from backend_architect.design.reading_result import ProblemCollector, did_you_mean


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record; `about` is what an editor shows beside it."""

    name: str
    kind: Kind
    about: str
    required: bool = False
    default: Any = None

    def schema(self) -> Schema:
        """Return the value's schema with its description, so that an editor can complete it."""
        described: Schema = {"description": self.about} | self.kind.schema()
        return described if self.default is None else described | {"default": self.default}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one kind."""

    item: Kind
    what: str
    min: int = 0
    max: int = 1000

    def read(self, node: Node, path: str, found: ProblemCollector) -> tuple[Any, ...] | None:
        """Return the items."""
        if not isinstance(node, ListNode):
            fix = f"write [{node.text}]" if isinstance(node, ScalarNode) and node.text else ""
            refuse_shape(node, f"a list of {self.what}", path, found, fix)
            return None
        if not self.min <= len(node.items) <= self.max:
            message = f"a list of {self.what} has {self.min} to {self.max} items, and this has {len(node.items)}"
            found.add("list-length", message, place_of(node, path, found), path)
        return tuple(_item(self.item, item, f"{path}.{n}", found) for n, item in enumerate(node.items))

    def schema(self) -> Schema:
        """Return an array with its bounds."""
        return {"type": "array", "items": self.item.schema(), "minItems": self.min, "maxItems": self.max}


def _item(kind: Kind, node: Node, path: str, found: ProblemCollector) -> Any:
    found.places[path] = (node.line, node.column)
    return kind.read(node, path, found)


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from names of one form to values of one kind."""

    key: TextForm | ClosedWord
    value: Kind
    what: str
    min: int = 0
    max: int = 10_000

    def read(self, node: Node, path: str, found: ProblemCollector) -> dict[Any, Any] | None:
        """Return the values by what their keys mean, in the order of the file."""
        if not isinstance(node, MapNode):
            refuse_shape(node, f"a mapping of {self.what}", path, found)
            return None
        if not self.min <= len(node.entries) <= self.max:
            bounds = f"{self.min} to {self.max}" if self.min != self.max else str(self.min)
            message = f"a mapping of {self.what} has {bounds} entries, and this has {len(node.entries)}"
            found.add("map-length", message, place_of(node, path, found), path)
        return {
            self.key.read_text(key, below, found): self.value.read(value, below, found)
            for key, value, below in entries(node, path, found)
        }

    def schema(self) -> Schema:
        """Return an object whose keys match the form."""
        schema: Schema = {"type": "object", "minProperties": self.min, "maxProperties": self.max}
        if isinstance(self.key, ClosedWord):
            value = self.value.schema()
            properties = {word: {"description": f"{self.what}: {word}"} | value for word in self.key.words}
            return schema | {"properties": properties, "additionalProperties": False}
        keys = self.key.schema()
        names = {"propertyNames": {"maxLength": keys["maxLength"]}, "additionalProperties": False}
        return schema | {"patternProperties": {keys["pattern"]: self.value.schema()}} | names


Also = Callable[[dict[str, Any], str, ProblemCollector], None]


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys. `also` checks what no single key can; `extra` says the same to the schema."""

    what: str
    keys: tuple[Key, ...]
    also: Also | None = None
    extra: Schema = field(default_factory=dict)
    elsewhere: tuple[tuple[str, str], ...] = ()

    def read(self, node: Node, path: str, found: ProblemCollector) -> dict[str, Any] | None:
        """Return the values that are given, by key."""
        if not isinstance(node, MapNode):
            refuse_shape(node, f"a mapping with the keys of {self.what}", path, found)
            return None
        kinds = {key.name: key.kind for key in self.keys}
        values: dict[str, Any] = {}
        before = len(found.problems)
        for key, value, below in entries(node, path, found):
            if key.text in kinds:
                values[key.text] = kinds[key.text].read(value, below, found)
            else:
                self._refuse_key(key, below, found)
        self._require(values, node, path, found)
        if self.also and len(found.problems) == before:
            self.also(values, path, found)
        return values

    def _refuse_key(self, key: ScalarNode, path: str, found: ProblemCollector) -> None:
        known = tuple(k.name for k in self.keys)
        fix = dict(self.elsewhere).get(key.text) or did_you_mean(key.text, known)
        message = f"`{shortened(key.text)}` is not a key of {self.what}"
        found.add("unknown-key", message, (key.line, key.column), path, fix)

    def _require(self, values: dict[str, Any], node: MapNode, path: str, found: ProblemCollector) -> None:
        for key in self.keys:
            if key.required and key.name not in values:
                message = f"{self.what} needs `{key.name}`"
                found.add("missing-key", message, place_of(node, path, found), path, f"`{key.name}` is {key.about}")

    def schema(self) -> Schema:
        """Return an object that has these keys and no other."""
        schema: Schema = {"type": "object", "properties": {k.name: k.schema() for k in self.keys}}
        required = [k.name for k in self.keys if k.required]
        return schema | ({"required": required} if required else {}) | {"additionalProperties": False} | self.extra


@dataclass(frozen=True, slots=True)
class ShortOr:
    """A value with a short form, a single value, and a long form, a mapping; read as the long form's dict."""

    short: Kind
    long: Kind
    short_is: str

    def read(self, node: Node, path: str, found: ProblemCollector) -> dict[str, Any] | None:
        """Return the long form; a short one becomes its key `short_is`."""
        if isinstance(node, MapNode):
            read: dict[str, Any] | None = self.long.read(node, path, found)
            return read
        return {self.short_is: self.short.read(node, path, found)}

    def schema(self) -> Schema:
        """Return either form."""
        return {"anyOf": [self.short.schema(), self.long.schema()]}


def entries(node: MapNode, path: str, found: ProblemCollector) -> list[tuple[ScalarNode, Node, str]]:
    """Return the entries of a mapping with their paths, after keeping the place of each."""
    result = []
    for key, value in node.entries:
        below = f"{path}.{key.text}" if path else key.text
        nearer = value if value.line == key.line and not is_missing(value) else key
        found.places[below] = (nearer.line, nearer.column)
        result.append((key, value, below))
    return result


def is_missing(node: Node) -> bool:
    """Tell whether nothing was written."""
    return isinstance(node, ScalarNode) and node.plain and node.text == ""


def refuse_shape(node: Node, wanted: str, path: str, found: ProblemCollector, fix: str = "") -> None:
    """Add that a node has another shape than the one wanted."""
    if isinstance(node, ScalarNode) and node.plain and node.value is None:
        found.add("missing-value", f"nothing is given here; it should be {wanted}", place_of(node, path, found), path)
    else:
        message = f"this is {name_of(node)}; it should be {wanted}"
        found.add("wrong-type", message, place_of(node, path, found), path, fix)
