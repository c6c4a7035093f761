"""Lists of constants, of which PostgreSQL 18 keeps one: `IN ($1 /*, ... */)`."""

from itertools import pairwise
from typing import Any

from pglast import ast, enums
from pglast.parser import scan

from backend_architect.tune.plannable.syntax import number_of, operator_of

TYPICAL_LENGTH = 10
"""As many as the planner expects in a list that it does not know."""
MARK, COMMENT, PARAMETER = "/*, ... */", "C_COMMENT", "PARAM"


def squashed_in(text: str) -> frozenset[int]:
    """Return the numbers of the parameters that stand for a whole list."""
    if MARK not in text:
        return frozenset()
    tokens = scan(text)
    pairs = pairwise(tokens)
    return frozenset(
        int(text[one.start + 1 : one.end + 1])
        for one, other in pairs
        if one.name == PARAMETER and other.name == COMMENT and text[other.start : other.end + 1] == MARK
    )


def with_whole_lists(node: Any, squashed: frozenset[int], lengths: dict[int, int]) -> Any:
    """Return one node with as many elements in its list as it typically has."""
    if isinstance(node, ast.A_Expr) and node.kind == enums.A_Expr_Kind.AEXPR_IN and isinstance(node.rexpr, tuple):
        node.rexpr = _whole(node.rexpr, squashed, lengths)
    elif isinstance(node, ast.A_ArrayExpr) and node.elements:
        node.elements = _whole(node.elements, squashed, lengths)
    elif _is_any(node) and number_of(node.rexpr) in lengths:
        kind = enums.A_Expr_Kind.AEXPR_IN
        parts = (node.rexpr,) * lengths[number_of(node.rexpr)]
        return ast.A_Expr(kind=kind, name=node.name, lexpr=node.lexpr, rexpr=parts)
    return node


def _is_any(node: Any) -> bool:
    any_of = isinstance(node, ast.A_Expr) and node.kind == enums.A_Expr_Kind.AEXPR_OP_ANY
    return any_of and str(node.name[-1].sval) == "=" and not operator_of(node)


def _whole(parts: tuple[Any, ...], squashed: frozenset[int], lengths: dict[int, int]) -> tuple[Any, ...]:
    one = parts[0].arg if isinstance(parts[0], ast.TypeCast) else parts[0]
    if len(parts) == 1 and number_of(one) in squashed:
        return parts * lengths.get(number_of(one), TYPICAL_LENGTH)
    return parts
