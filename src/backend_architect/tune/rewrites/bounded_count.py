"""`SELECT count(*) …` for a page → a count that stops: a page says "1,000 or more" and reads no further."""

from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import is_a
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.model import CannotRewrite, Rewrite, SameRows
from backend_architect.tune.rewrites.scope import SelectSources

CODE = "count-of-all"
MAX_COUNT = 1_000
MOST_IN_TRIAL = 30


def bounded_count(tree: Any, catalog: Catalog) -> Rewrite:
    """Return the count that stops one above a thousand."""
    if tree.groupClause or tree.havingClause or tree.distinctClause or tree.limitCount is not None:
        raise CannotRewrite("it groups or limits its rows")
    counted = tree.targetList[0].val
    if len(tree.targetList) != 1 or not is_a(counted, ast.FuncCall) or not counted.agg_star or counted.agg_filter:
        raise CannotRewrite("it returns something else than count(*)")
    scope = SelectSources(tree, catalog)
    least = ast.MinMaxExpr(op=1, args=(counted, trees.number(MOST_IN_TRIAL + 1)))
    before = trees.with_parts(tree, targetList=(trees.target(least),))
    return Rewrite(
        code=CODE,
        what="a count that stops",
        sql=trees.written(_bounded(tree, MAX_COUNT + 1)),
        notes=(
            f"{MAX_COUNT + 1} means more than {MAX_COUNT:,}; to know whether a page follows, read one row more",
            *_estimate(tree, scope),
        ),
        trial=SameRows(trees.written(before), trees.written(_bounded(tree, MOST_IN_TRIAL + 1))),
    )


def _bounded(tree: Any, most: int) -> Any:
    inner = trees.limited(trees.with_parts(tree, targetList=None, withClause=None, sortClause=None), trees.number(most))
    outer = trees.select(tree.targetList, [trees.subquery(inner, "bounded")])
    return trees.with_parts(outer, withClause=tree.withClause)


def _estimate(tree: Any, scope: SelectSources) -> tuple[str, ...]:
    """Return how to ask for an estimate, where the whole of one table is counted."""
    if tree.whereClause is not None or len(scope.sources) > 1:
        return ()
    table = scope.sources[0].table.qualified
    literal = trees.plain(trees.text(table))
    return (f"the estimate is at hand: SELECT reltuples::bigint FROM pg_class WHERE oid = {literal}::regclass",)
