"""How entities and edges are written."""

from typing import Any

from backend_architect.design.kinds import ClosedWord, Expression
from backend_architect.design.language.actions import ACTION
from backend_architect.design.language.fields import SHORT_TYPES, FieldKind
from backend_architect.design.language.forms import IDENTIFIER, PLURAL_FIELD, TARGET
from backend_architect.design.model import ACTIONS, AFTER_UPDATE
from backend_architect.design.reading_result import ProblemCollector, did_you_mean
from backend_architect.design.shapes import Key, ListOf, MapOf, Record, ShortOr

_FIELDS = MapOf(IDENTIFIER, FieldKind(), "fields", max=200)
_RULES = MapOf(IDENTIFIER, Expression(), "rules", max=100)
_ALLOW = MapOf(ClosedWord("an action", ACTIONS), Expression(), "rules by action")
_ENTITY_ALLOW = MapOf(ClosedWord("an action", (*ACTIONS, AFTER_UPDATE)), Expression(), "rules by action")
_PLURAL = Key("plural", IDENTIFIER, "the plural, which names the table and the route; the regular one if not said")
_COMPUTED_TYPES = tuple(name for name in SHORT_TYPES if name != "file")

NO_OVERLAP = Record(
    "`no_overlap`",
    (
        Key("from", IDENTIFIER, "the field with the start, which belongs to the range", required=True),
        Key("to", IDENTIFIER, "the field with the end, which no longer belongs to it", required=True),
        Key(
            "per",
            ListOf(IDENTIFIER, "fields", 1, 5),
            "the fields that two rows must share to be compared",
            required=True,
        ),
    ),
)
COMPUTED = ShortOr(
    Expression(),
    Record(
        "a computed field",
        (
            Key("type", ClosedWord("a type", _COMPUTED_TYPES), "the type of the value", required=True),
            Key("as", Expression(), "the SQL expression over the row", required=True),
        ),
    ),
    "as",
)
ENTITY = Record(
    "an entity",
    (
        _PLURAL,
        Key("fields", _FIELDS, "the stored fields; id, created_at and updated_at are implied", required=True),
        Key(
            "unique",
            ListOf(ListOf(IDENTIFIER, "fields", 1, 8), "lists of fields", 0, 20),
            "lists of fields whose values together are unique: [[team, slug]]",
        ),
        Key(
            "constraints", MapOf(IDENTIFIER, Expression(), "constraints", max=50), "conditions every row keeps, by name"
        ),
        Key("no_overlap", NO_OVERLAP, "ranges that may not overlap, such as bookings of a room"),
        Key("counts", MapOf(IDENTIFIER, PLURAL_FIELD, "counts", max=50), "numbers of rows that point here: likes.post"),
        Key("computed", MapOf(IDENTIFIER, COMPUTED, "computed fields", max=50), "read-only values made by SQL"),
        Key("rules", _RULES, "SQL conditions with a name, to use in `allow` and elsewhere"),
        Key("allow", _ENTITY_ALLOW, "who may do what; an action that is absent does not exist"),
        Key(
            "accepts",
            MapOf(
                ClosedWord("an action that takes a body", ("create", "update")),
                ListOf(IDENTIFIER, "fields", 0, 200),
                "fields by action",
            ),
            "the fields a client may send; every field without `set` if not said",
        ),
        Key(
            "effects",
            MapOf(
                ClosedWord("an action with effects", ("create", "delete")),
                MapOf(TARGET, Expression(), "changes", 1, 20),
                "changes by action",
            ),
            "changes of related rows in the same transaction: {create: {product.stock: product.stock - quantity}}",
        ),
        Key(
            "actions", MapOf(IDENTIFIER, ACTION, "actions", max=50), "verbs on a row, such as place, approve or cancel"
        ),
    ),
    elsewhere=(
        ("indexes", "indexes follow from `lists`; remove the key"),
        ("permissions", "write `allow`"),
        ("relations", "a relation is a field: {to: user}"),
        ("check", "write `constraints`"),
        ("checks", "write `constraints`"),
    ),
)


def _sides_are_in_the_pair(values: dict[str, Any], path: str, found: ProblemCollector) -> None:
    pair = tuple(values["pair"])
    for side in values.get("set", {}):
        if side not in pair:
            below = f"{path}.set.{side}"
            message = f"`{side}` is not a side of the pair"
            found.add("unknown-side", message, found.places[below], below, did_you_mean(side, pair))
    for name in values.get("fields", {}):
        if name in pair:
            below = f"{path}.fields.{name}"
            message = f"`{name}` is a side of the pair already"
            found.add("duplicate-field", message, found.places[below], below, "rename the field")


EDGE = Record(
    "an edge",
    (
        Key(
            "pair",
            MapOf(IDENTIFIER, IDENTIFIER, "the pair's two sides", 2, 2),
            "the two sides, each with its entity",
            required=True,
        ),
        _PLURAL,
        Key("set", MapOf(IDENTIFIER, Expression(), "sides", 1, 2), "the side that the server fills: {user: me}"),
        Key("fields", _FIELDS, "what the edge carries besides the pair"),
        Key("rules", _RULES, "SQL conditions with a name"),
        Key("allow", _ALLOW, "who may do what; an action that is absent does not exist"),
    ),
    also=_sides_are_in_the_pair,
    elsewhere=(
        ("unique", "a pair is always unique; remove the key"),
        ("counts", "counts belong to an entity's `counts`"),
        ("between", "write `pair`"),
    ),
)
