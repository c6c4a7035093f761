"""How a field is written: one table a group of types, and the short forms `title: text`, `to:`, `one_of:`, `list:`."""

from dataclasses import dataclass
from typing import Any, get_args

from backend_architect.design.kinds import ClosedWord, Expression, Flag, Kind, Schema, Text, Value
from backend_architect.design.language.forms import CONTENT_TYPE, CURRENCY, IDENTIFIER, INTEGER, NUMBER, QUANTITY
from backend_architect.design.model import FieldType, OnDelete
from backend_architect.design.nodes import MapNode, Node, ScalarNode
from backend_architect.design.reading_result import ProblemCollector, did_you_mean
from backend_architect.design.shapes import Key, ListOf, Record, refuse_shape

HEADS = ("type", "to", "one_of", "states", "list")
DEFAULT_MAX = {FieldType.LIST: 100, FieldType.FILE: 10_000_000}
"""What bounds a list (items) or a file (bytes) that states no `max`; texts have theirs in `Field.length`."""

LIST_ITEMS = ("text", "slug", "email", "url", "integer", "decimal", "boolean", "date", "timestamp", "uuid")
SHORT_TYPES = tuple(t.value for t in FieldType if t.value not in {"one_of", "reference", "list"})
_ELSEWHERE = (
    ("reference", "write {to: <entity>}"),
    ("one_of", "write {one_of: [first, second]}"),
    ("enum", "write {one_of: [first, second]}"),
    ("list", "write {list: text}"),
    ("array", "write {list: text}"),
    ("string", "write `text`"),
    ("str", "write `text`"),
    ("varchar", "write {type: text, max: 280}, for example"),
    ("int", "write integer"),
    ("bigint", "write integer"),
    ("number", "write integer or decimal"),
    ("float", "write decimal"),
    ("bool", "write boolean"),
    ("datetime", "write timestamp"),
    ("time", "write timestamp"),
    ("password", "passwords are kept by `auth`, never in a field"),
)

_COMMON = (
    Key("optional", Flag(), "whether the value may be missing (null)", default=False),
    Key("unique", Flag(), "whether no two rows may have the same value", default=False),
    Key("default", Value(), "the value when a client sends none"),
    Key("set", Expression(), "an SQL expression by which the server fills the field at creation, e.g. me"),
    Key("read", Expression(), "who may see the value; others get null"),
)
_LENGTH = (
    Key("min", QUANTITY, "the least number of characters"),
    Key("max", QUANTITY, "the largest number of characters"),
)
_WHOLE = (Key("min", INTEGER, "the least value"), Key("max", INTEGER, "the largest value"))


def _typed(what: str, types: tuple[str, ...], *keys: Key) -> Record:
    head = Key("type", ClosedWord("a type", types), "the type of the value", required=True)
    return Record(what, (head, *keys, *_COMMON))


FORMS_BY_TYPE: tuple[Record, ...] = (
    _typed("a text field", ("text", "slug", "email", "url"), *_LENGTH),
    _typed("an integer field", ("integer",), *_WHOLE),
    _typed(
        "a decimal field",
        ("decimal",),
        Key("min", NUMBER, "the least value"),
        Key("max", NUMBER, "the largest value"),
        Key("scale", QUANTITY, "the number of digits after the point", default=2),
    ),
    _typed(
        "a money field",
        ("money",),
        *_WHOLE,
        Key("currency", CURRENCY, "the currency's ISO 4217 code; amounts are whole minor units, such as cents"),
    ),
    _typed(
        "a file field",
        ("file",),
        Key("max", QUANTITY, "the largest size in bytes"),
        Key("content_types", ListOf(CONTENT_TYPE, "content types", 1, 50), "the content types that are accepted"),
    ),
    *(_typed(f"a {name} field", (name,)) for name in ("boolean", "date", "timestamp", "duration", "uuid", "json")),
)
RELATION = Record(
    "a relation",
    (
        Key("to", IDENTIFIER, "the entity that the field points to", required=True),
        Key(
            "on_delete",
            ClosedWord("what happens when the target is deleted", get_args(OnDelete)),
            "what happens to this row when the one it points to is deleted",
            default="restrict",
        ),
        Key("show", ListOf(IDENTIFIER, "fields"), "the target's fields that are nested in answers"),
        *_COMMON,
    ),
)
CHOICE = Record(
    "a choice",
    (Key("one_of", ListOf(Text(60), "choices", 1, 100), "the values that are allowed", required=True), *_COMMON),
)
STATES = Record(
    "a field of states",
    (
        Key(
            "states", ListOf(IDENTIFIER, "states", 2, 50), "the states of a row; a new row has the first", required=True
        ),
        Key("final", ListOf(IDENTIFIER, "states", 0, 50), "the states in which a row stays"),
        Key("default", IDENTIFIER, "the state of a new row; the first if not said"),
    ),
    elsewhere=(("optional", "a row always has a state; remove the key"), ("initial", "write `default`")),
)
"""No `read`: that an action does not fit a row's state tells what the state is not."""
LIST_FIELD = Record(
    "a list field",
    (
        Key("list", ClosedWord("a type of item", LIST_ITEMS, _ELSEWHERE), "the type of the items", required=True),
        Key("min", QUANTITY, "the least number of items"),
        Key("max", QUANTITY, "the largest number of items", default=100),
        *_COMMON,
    ),
)


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A field: a type's name alone, or a mapping that begins with `type`, `to`, `one_of` or `list`."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> dict[str, Any] | None:
        """Return the field's keys; a type's name alone becomes the key `type`."""
        if isinstance(node, ScalarNode) and not (node.plain and node.value is None):
            return {"type": _TYPE.read_text(node, path, found)}
        if not isinstance(node, MapNode):
            refuse_shape(node, "a type, such as `text`, or a mapping such as {type: text, max: 80}", path, found)
            return None
        form = self._form(node, path, found)
        return form.read(node, path, found) if form else None

    def _form(self, node: MapNode, path: str, found: ProblemCollector) -> Record | None:
        heads = [head for head in HEADS if node.get(head)]
        if len(heads) != 1:
            self._refuse_heads(heads, node, path, found)
            return None
        if heads[0] != "type":
            return {"to": RELATION, "one_of": CHOICE, "states": STATES, "list": LIST_FIELD}[heads[0]]
        name = node.get("type")
        known = _TYPE.read(name, f"{path}.type", found) if name else None
        return next((form for form in FORMS_BY_TYPE if known in _types_of(form)), None)

    def _refuse_heads(self, heads: list[str], node: MapNode, path: str, found: ProblemCollector) -> None:
        place = found.places.get(path, (node.line, node.column))
        if heads:
            message = "a field has one of `" + "`, `".join(heads) + "`"
            found.add("two-types", message, place, path, "keep one of them")
            return
        near = [did_you_mean(key.text, HEADS, otherwise="-") for key, _ in node.entries]
        fix = next(
            (said for said in near if said != "-"),
            "write {type: text}, {to: user}, {one_of: [a, b]}, {states: [a, b]} or {list: text}",
        )
        found.add("missing-key", "a field needs a type", place, path, fix)

    def schema(self) -> Schema:
        """Return the short form beside one object a group of types."""
        forms: tuple[Kind, ...] = (_TYPE, RELATION, CHOICE, STATES, LIST_FIELD, *FORMS_BY_TYPE)
        return {"anyOf": [form.schema() for form in forms]}


_TYPE = ClosedWord("a type", SHORT_TYPES, _ELSEWHERE)


def _types_of(form: Record) -> tuple[str, ...]:
    head = form.keys[0].kind
    return head.words if isinstance(head, ClosedWord) else ()
