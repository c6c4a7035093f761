"""Every parameter of a statement as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from pglast import ast, enums

from backend_architect.sql.rewrite import rewrite
from backend_architect.tune.plannable.columns import SPELLED, NamedTables
from backend_architect.tune.plannable.lists import TYPICAL_LENGTH
from backend_architect.tune.plannable.model import ColumnValues
from backend_architect.tune.plannable.syntax import (
    ANY_OR_ALL,
    BETWEENS,
    COMPARISONS,
    cast,
    function_of,
    literal,
    number_of,
    operator_of,
    text_of,
)
from backend_architect.tune.plannable.values import HIGH, LOW, TYPICAL, value_at

OF_A_TYPE: Mapping[str, str] = {
    "integer": "1",
    "bigint": "1",
    "smallint": "1",
    "numeric": "1",
    "double precision": "1",
    "real": "1",
    "boolean": "true",
    "interval": "1 day",
    "date": "2026-01-01",
    "timestamp with time zone": "2026-01-01",
    "timestamp without time zone": "2026-01-01",
    "time": "12:00",
    "uuid": "00000000-0000-0000-0000-000000000001",
    "json": "{}",
    "jsonb": "{}",
    "inet": "10.0.0.1",
    "bytea": "",
    "regclass": "pg_class",
    "oid": "1",
    **dict.fromkeys(("text", "character varying", "varchar", "character", "char", "bpchar", "name"), "a"),
}
FIRST_ARGUMENT = {
    **dict.fromkeys(("to_tsvector", "to_tsquery", "plainto_tsquery", "phraseto_tsquery"), "simple"),
    **dict.fromkeys(("websearch_to_tsquery", "ts_headline"), "simple"),
    "date_trunc": "day",
    "date_bin": "1 day",
    "timezone": "UTC",
}
"""What a function's first of several arguments must be, or planning would refuse it."""
PATH = "{a}"
PATHS = {"#>", "#>>", "#-"}
CONTAINED = {"@>", "<@", "&&"}
ONE_KEY = '{"a": 1}'
PATH_FUNCTIONS = {"jsonb_set", "jsonb_insert"}
LOWER, UPPER = {">", ">="}, {"<", "<="}
FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is known of a statement's parameters."""

    scope: NamedTables
    values: ColumnValues
    examples: Mapping[int, str]

    def compared(self, part: Any, other: Any, place: float) -> Any:
        """Return the value of a parameter that is compared with `other`, anything else as it is."""
        number = number_of(part.arg if isinstance(part, ast.TypeCast) else part)
        if not number:
            return part
        column = self.scope.type_of(other)
        kind = self.scope.type_of(part) or column
        known = self._known(other) if kind in {column, ""} else ()
        value = self.examples.get(number) or (value_at(known, place) if known else of_type(kind))
        return cast(literal(value), kind) if kind else literal(value)

    def listed(self, part: Any, other: Any) -> Any:
        """Return the array that an element is looked for in: an example's, or values from all over the column."""
        number = number_of(part)
        if not number:
            return part
        kind = self.scope.type_of(other)
        known = self._known(other) or [of_type(kind) or "1"]
        spread = [value_at(known, (place + 0.5) / TYPICAL_LENGTH) for place in range(TYPICAL_LENGTH)]
        made = ast.A_ArrayExpr(elements=tuple(map(literal, spread)))
        whole = literal(self.examples[number]) if number in self.examples else made
        return cast(whole, f"{kind}[]") if kind else whole

    def contained(self, part: Any, other: Any) -> Any:
        """Return a list of one element, or an object of one key, for a parameter that `other` contains or overlaps."""
        number, kind = number_of(part), self.scope.type_of(other)
        if not number or not (kind.endswith("[]") or kind == "jsonb"):
            return part
        one = ONE_KEY if kind == "jsonb" else f"{{{of_type(kind.removesuffix('[]')) or '1'}}}"
        return cast(literal(self.examples.get(number, one)), kind)

    def cast(self, node: Any) -> Any:
        """Return `$1::type` with a value of the type."""
        number = number_of(node.arg)
        if number:
            node.arg = literal(self.examples.get(number, of_type(text_of(node.typeName))))
        return node

    def _known(self, node: Any) -> Sequence[str]:
        found = self.scope.column(node)
        return self.values.get((found[0].schema, found[0].name, found[1].name), ()) if found else ()


def with_literals(tree: Any, choice: Choice) -> Any:
    """Return a statement in which each parameter is a value: an example, one of its column, or one of its type."""

    def compared(node: Any) -> Any:
        if isinstance(node, ast.A_Expr):
            return _expression(node, choice)
        if isinstance(node, ast.InsertStmt):
            return _inserted(node, choice)
        return _call(node, choice.examples) if isinstance(node, ast.FuncCall) else node

    def remaining(node: Any) -> Any:
        return literal(choice.examples.get(number_of(node), "1")) if number_of(node) else node

    tree = rewrite(tree, compared)
    tree = rewrite(tree, lambda node: choice.cast(node) if isinstance(node, ast.TypeCast) else node)
    return rewrite(tree, remaining)


def of_type(kind: str) -> str | None:
    """Return a value of a type; NULL is one of every type."""
    name = kind.split("(", maxsplit=1)[0].strip()
    return "{}" if name.endswith("[]") else OF_A_TYPE.get(SPELLED.get(name, name))


def _expression(node: Any, choice: Choice) -> Any:
    operator = operator_of(node)
    if node.kind in BETWEENS:
        low, high = node.rexpr
        node.rexpr = (choice.compared(low, node.lexpr, LOW), choice.compared(high, node.lexpr, HIGH))
    elif node.kind == enums.A_Expr_Kind.AEXPR_IN and isinstance(node.rexpr, tuple):
        places = enumerate(node.rexpr)
        count = len(node.rexpr)
        node.rexpr = tuple(choice.compared(each, node.lexpr, (place + 0.5) / count) for place, each in places)
    elif node.kind in ANY_OR_ALL:
        node.rexpr = choice.listed(node.rexpr, node.lexpr)
    elif operator in PATHS and number_of(node.rexpr):
        node.rexpr = literal(PATH)
    elif operator in CONTAINED:
        node.rexpr = choice.contained(node.rexpr, node.lexpr)
        node.lexpr = choice.contained(node.lexpr, node.rexpr)
    elif operator in COMPARISONS:
        _rows(node, choice, _place(operator))
        node.rexpr = choice.compared(node.rexpr, node.lexpr, _place(operator))
        node.lexpr = choice.compared(node.lexpr, node.rexpr, _place(FLIPPED.get(operator, operator)))
    return node


def _inserted(insert: Any, choice: Choice) -> Any:
    """Put values of the columns' types into what is inserted."""
    select = insert.selectStmt
    if not isinstance(select, ast.SelectStmt):
        return insert
    kinds = choice.scope.kinds_of(insert.relation, [str(each.name) for each in insert.cols or ()])
    if select.valuesLists:
        select.valuesLists = tuple(tuple(_of_columns(row, kinds, choice)) for row in select.valuesLists)
    for target, value in zip(
        select.targetList or (), _of_columns([each.val for each in select.targetList or ()], kinds, choice), strict=True
    ):
        target.val = value
    return insert


def _of_columns(values: Sequence[Any], kinds: Sequence[str], choice: Choice) -> list[Any]:
    return [
        literal(choice.examples.get(number_of(value), of_type(kind))) if number_of(value) else value
        for value, kind in zip_longest(values, kinds[: len(values)], fillvalue="text")
    ]


def _rows(node: Any, choice: Choice, place: float) -> None:
    """Put values into `(a, b) < ($1, $2)`."""
    if isinstance(node.lexpr, ast.RowExpr) and isinstance(node.rexpr, ast.RowExpr):
        pairs = zip(node.rexpr.args or (), node.lexpr.args or (), strict=False)
        node.rexpr.args = tuple(choice.compared(value, column, place) for value, column in pairs)


def _call(call: Any, examples: Mapping[int, str]) -> Any:
    arguments = list(call.args or ())
    first = FIRST_ARGUMENT.get(function_of(call))
    if first and len(arguments) > 1 and number_of(arguments[0]):
        arguments[0] = literal(examples.get(number_of(arguments[0]), first))
    if function_of(call) in PATH_FUNCTIONS and number_of(arguments[1]):
        arguments[1] = literal(PATH)
    call.args = tuple(arguments) if call.args is not None else None
    return call


def _place(operator: str) -> float:
    return LOW if operator in LOWER else HIGH if operator in UPPER else TYPICAL
