"""Ranges with a bound that the planner does not know: it takes a third of the table; an example tells better."""

from collections.abc import Mapping
from typing import Any

from pglast import ast

from backend_architect.sql.rewrite import rewrite
from backend_architect.tune.plannable.columns import NamedTables
from backend_architect.tune.plannable.syntax import BETWEENS, RANGES, cast, literal, number_of, operator_of


def with_bounds(node: Any, examples: Mapping[int, str], scope: NamedTables) -> tuple[Any, list[int]]:
    """Return one node with the bounds that an example gives, and the numbers of the parameters that they were."""
    used: list[int] = []

    def known(part: Any, kind: str) -> Any:
        number = number_of(part)
        if number in examples and kind:
            used.append(number)
            return cast(literal(examples[number]), kind)
        return rewrite(part, lambda inner: _known_cast(inner, examples, used))

    if isinstance(node, ast.A_Expr) and node.kind in BETWEENS:
        kind = scope.type_of(node.lexpr)
        node.rexpr = tuple(known(each, kind) for each in node.rexpr or ())
    elif operator_of(node) in RANGES:
        left, right = scope.type_of(node.lexpr), scope.type_of(node.rexpr)
        node.lexpr, node.rexpr = known(node.lexpr, right), known(node.rexpr, left)
    return node, used


def _known_cast(node: Any, examples: Mapping[int, str], used: list[int]) -> Any:
    """Return `$1::interval` with its value."""
    number = number_of(node.arg) if isinstance(node, ast.TypeCast) else 0
    if number in examples:
        used.append(number)
        node.arg = literal(examples[number])
    return node
