"""The condition of a plan's node, as EXPLAIN writes it → the columns and expressions that it compares."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pglast import ast, enums
from pglast.stream import RawStream

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.parsing import is_a, nodes, parse
from backend_architect.tune.plans.node import PlanNode
from backend_architect.tune.rewrites.trees import column, replaced

KIND = enums.A_Expr_Kind
EQUAL = {KIND.AEXPR_OP, KIND.AEXPR_OP_ANY, KIND.AEXPR_IN}
AND, NOT = enums.BoolExprType.AND_EXPR, enums.BoolExprType.NOT_EXPR


@dataclass(frozen=True, slots=True)
class ComparedColumns:
    """What the conditions on one table compare: columns with a value, other columns, and expressions as SQL."""

    equal: tuple[str, ...]
    other: tuple[str, ...]
    expressions: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that is compared bare."""
        return (*self.equal, *(each for each in self.other if each not in self.equal))


def compared_by(conditions: Iterable[str], table: Table) -> ComparedColumns:
    """Return what conditions compare; those that are no SQL (they name subplans) are passed over."""
    equal: list[str] = []
    other: list[str] = []
    expressions: list[str] = []
    for part in (each for condition in conditions for each in _conjuncts(_tree(condition))):
        side, equals = _side(part)
        name = _column(side, table)
        if name:
            (equal if equals else other).append(name)
        elif side is not None and any(_column(each, table) for each in nodes(side, ast.ColumnRef)):
            expressions.append(_bare(side))
    return ComparedColumns(tuple(dict.fromkeys(equal)), tuple(dict.fromkeys(other)), tuple(dict.fromkeys(expressions)))


def table_of(node: PlanNode, catalog: Catalog) -> Table | None:
    """Return the table that a node reads; where the plan names no schema, the one that a statement would find."""
    return catalog.table_by_name.get((node.schema, node.table))


def _tree(condition: str) -> Any:
    trees = parse(f"SELECT WHERE {condition}")  # a text of EXPLAIN's, for the parser alone
    return trees[0].whereClause if trees and len(trees) == 1 else None


def _conjuncts(condition: Any) -> Iterator[Any]:
    if is_a(condition, ast.BoolExpr) and condition.boolop == AND:
        for part in condition.args:
            yield from _conjuncts(part)
    elif condition is not None:
        yield condition


def _side(part: Any) -> tuple[Any, bool]:
    """Return the side of a condition that holds columns, and whether it is compared for equality."""
    if is_a(part, ast.NullTest):
        return _uncast(part.arg), True
    if is_a(part, ast.BoolExpr) and part.boolop == NOT:
        return _uncast(part.args[0]), True
    if is_a(part, ast.ColumnRef):  # a boolean
        return part, True
    if not is_a(part, ast.A_Expr):
        return None, False
    left, right = _uncast(part.lexpr), _uncast(part.rexpr)
    has_left = any(True for _ in nodes(left, ast.ColumnRef)) if left is not None else False
    return (left if has_left else right), part.kind in EQUAL and part.name[-1].sval == "="


def _uncast(node: Any) -> Any:
    """Return a node without the casts that EXPLAIN writes around bare columns: (status)::text."""
    return _uncast(node.arg) if is_a(node, ast.TypeCast) and is_a(_inside(node.arg), ast.ColumnRef) else node


def _inside(node: Any) -> Any:
    return _inside(node.arg) if is_a(node, ast.TypeCast) else node


def _column(node: Any, table: Table) -> str:
    """Return the name of a table's column, '' for anything else."""
    if not is_a(node, ast.ColumnRef) or not is_a(node.fields[-1], ast.String):
        return ""
    name = str(node.fields[-1].sval)
    return name if table.column(name) else ""


def _bare(node: Any) -> str:
    """Return an expression as SQL over the columns of its table alone."""
    bare = replaced(node, lambda each: column(each.fields[-1].sval) if is_a(each, ast.ColumnRef) else None)
    return str(RawStream()(bare))


def grouped_by(node: PlanNode, table: Table) -> tuple[str, ...]:
    """Return the columns of a table that a node groups by, none where it groups by something else too."""
    keys = node.raw.get("Group Key") or ()
    trees = [parse(f"SELECT {key}") for key in keys]
    names = [_column(tree[0].targetList[0].val, table) if tree else "" for tree in trees]
    return tuple(dict.fromkeys(names)) if all(names) else ()
