"""Grouped expressions whose constants became parameters in one place and stayed in another.

pg_stat_statements writes `SELECT date_trunc($1, t) … GROUP BY date_trunc('day', t)`; a driver's parameters may make it
`$1` and `$2`. Both were the same constant, or the statement would not have run.
"""

from typing import Any

from pglast import ast

from backend_architect.sql.rewrite import copied, rewrite, within
from backend_architect.tune.plannable.syntax import text_of

PLACES = ("targetList", "groupClause", "distinctClause", "sortClause", "havingClause")
GROUPABLE = (ast.FuncCall, ast.A_Expr, ast.CaseExpr, ast.TypeCast, ast.CoalesceExpr, ast.MinMaxExpr)


def with_equal_groups(node: Any) -> Any:
    """Return a SELECT in which what is grouped, or made distinct, is written the same wherever it stands."""
    if not isinstance(node, ast.SelectStmt) or not (node.groupClause or node.distinctClause):
        return node
    if not list(within(tuple(getattr(node, place) for place in PLACES), ast.ParamRef)):
        return node
    masters: dict[str, Any] = {}
    for each in sorted(_written(node), key=_unknown):
        masters.setdefault(_shape(each), each)
    for place in PLACES if masters else ():
        setattr(node, place, rewrite(getattr(node, place), lambda each: _same(each, masters)))
    return node


def _written(select: Any) -> list[Any]:
    """Return the expressions that are grouped, made distinct or ordered by."""
    found = [each for each in (*(select.groupClause or ()), *(select.distinctClause or ())) if each is not None]
    found += [each.node for each in select.sortClause or ()]
    found += [each.val for each in select.targetList or ()] if select.distinctClause else []
    return [each for each in found if isinstance(each, GROUPABLE)]


def _same(node: Any, masters: dict[str, Any]) -> Any:
    if not isinstance(node, GROUPABLE):
        return node
    master = masters.get(_shape(node))
    return node if master is None else copied(master)


def _unknown(node: Any) -> int:
    return len(list(within(node, ast.ParamRef)))


def _shape(node: Any) -> str:
    """Return an expression as SQL, all its parameters and constants the same."""
    return text_of(rewrite(copied(node), _any_constant))


def _any_constant(node: Any) -> Any:
    return ast.ParamRef(number=1) if isinstance(node, (ast.ParamRef, ast.A_Const)) else node
