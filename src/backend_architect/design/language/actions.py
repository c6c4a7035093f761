"""How an action is written: a verb on a row."""

from dataclasses import dataclass
from typing import Any

from backend_architect.design.kinds import Expression, Schema, Text
from backend_architect.design.language.fields import FieldKind
from backend_architect.design.language.forms import IDENTIFIER, SETTABLE
from backend_architect.design.nodes import ListNode, MapNode, Node, ScalarNode
from backend_architect.design.reading_result import ProblemCollector
from backend_architect.design.shapes import Key, ListOf, MapOf, Record, ShortOr, refuse_shape


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """A name, or a list of names."""

    what: str

    def read(self, node: Node, path: str, found: ProblemCollector) -> tuple[Any, ...] | None:
        """Return the names; one alone is a list of one."""
        if isinstance(node, ScalarNode):
            return (IDENTIFIER.read(node, path, found),)
        return self._listed.read(node, path, found)

    def schema(self) -> Schema:
        """Return either form."""
        return {"anyOf": [IDENTIFIER.schema(), self._listed.schema()]}

    @property
    def _listed(self) -> ListOf:
        return ListOf(IDENTIFIER, self.what, 1, 50)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a client sends: a list of the row's own fields, which are stored, or a mapping of further values."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> Any:
        """Return the names of fields as a tuple, or the further values by name."""
        if isinstance(node, ListNode):
            return _STORED.read(node, path, found)
        if isinstance(node, MapNode):
            return _VALUES.read(node, path, found)
        fix = f"write [{node.text}]" if isinstance(node, ScalarNode) and node.text else ""
        refuse_shape(node, "a list of fields, or a mapping of values", path, found, fix)
        return None

    def schema(self) -> Schema:
        """Return either form."""
        return {"anyOf": [_STORED.schema(), _VALUES.schema()]}


@dataclass(frozen=True, slots=True)
class NewValue:
    """An expression whose value is stored; `null` clears."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> str | None:
        """Return the expression's text."""
        if isinstance(node, ScalarNode) and node.plain and node.text == "null":
            return node.text
        return Expression().read(node, path, found)

    def schema(self) -> Schema:
        """Return an expression, or null."""
        schema = Expression().schema()
        return {**schema, "type": [*schema["type"], "null"]}


_STORED = ListOf(IDENTIFIER, "fields", 1, 50)
_VALUES = MapOf(IDENTIFIER, FieldKind(), "values", 1, 50)
NEED = ShortOr(
    Expression(),
    Record(
        "a condition",
        (
            Key("rule", Expression(), "the SQL condition over the row and what the action takes", required=True),
            Key("message", Text(200), "what a client is told where it does not hold"),
        ),
    ),
    "rule",
)
ACTION = Record(
    "an action",
    (
        Key("allow", Expression(), "who may do it", required=True),
        Key("from", OneOrMore("states"), "the states in which it can be done; all that are not final if not said"),
        Key("to", IDENTIFIER, "the state that the row then has; the one it had if not said"),
        Key("takes", Taken(), "what a client sends: [tracking] of the row's own fields, or {amount: integer}"),
        Key("needs", MapOf(IDENTIFIER, NEED, "conditions", 1, 20), "what must hold, each by the code that clients get"),
        Key("set", MapOf(SETTABLE, NewValue(), "changes", 1, 50), "values that the row, or a related one, then has"),
    ),
    elsewhere=(
        ("if", "write `needs`"),
        ("when", "write `needs`, or `from` for states"),
        ("input", "write `takes`"),
        ("accepts", "write `takes`"),
        ("who", "write `allow`"),
        ("effects", "write `set`: {product.stock: product.stock - quantity}"),
        ("event", "write `events: {orders.place: {run: …}}` at the top of the file"),
    ),
)
