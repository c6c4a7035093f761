"""`x NOT IN (SELECT y …)` → `NOT EXISTS (SELECT … WHERE y = x)`.

The two differ with NULLs: one NULL among the y, and NOT IN returns no row at all, which is hardly ever meant; an x that
is NULL is never returned (save when the subquery gives no row). The rewrite says the second, and cures the first.
"""

from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.model import CannotRewrite, Rewrite, SameRows
from backend_architect.tune.rewrites.scope import SelectSources
from backend_architect.tune.rewrites.shape import aggregates

CODE = "not-in-subquery"


def not_exists(tree: Any, catalog: Catalog) -> Rewrite:
    """Return a statement with each NOT IN over a subquery written as NOT EXISTS."""
    outer = _outer_scope(tree, catalog)
    nulls: list[tuple[str, str, str]] = []
    notes: list[str] = []

    def change(node: Any) -> Any:
        return _anti_join(node, outer, catalog, nulls, notes) if is_not_in(node) else None

    changed = trees.replaced(tree, change)
    if trees.same(tree, changed):
        raise CannotRewrite("it has no NOT IN over a subquery")
    before, after = _with_rows(tree), _with_rows(changed)
    return Rewrite(
        code=CODE,
        what="NOT EXISTS",
        sql=trees.written(changed),
        notes=tuple(dict.fromkeys(notes)),
        trial=SameRows(trees.written(before), trees.written(after), tuple(dict.fromkeys(nulls))),
    )


def is_not_in(node: Any) -> bool:
    """Return whether a node is `x NOT IN (SELECT …)`."""
    if not is_a(node, ast.BoolExpr) or node.boolop != enums.BoolExprType.NOT_EXPR or not node.args:
        return False
    inner = node.args[0]
    return is_a(inner, ast.SubLink) and inner.subLinkType == enums.SubLinkType.ANY_SUBLINK and not inner.operName


def _anti_join(
    node: Any, outer: SelectSources, catalog: Catalog, nulls: list[tuple[str, str, str]], notes: list[str]
) -> Any:
    """Return the NOT EXISTS that a NOT IN means, and say what NULLs do."""
    link = node.args[0]
    inner = link.subselect
    _refuse(inner)
    scope = SelectSources(inner, catalog)
    tests = link.testexpr.args if is_a(link.testexpr, ast.RowExpr) else (link.testexpr,)
    values = [target.val for target in inner.targetList or ()]
    if len(tests) != len(values) or any(not is_a(each, ast.ColumnRef) for each in (*tests, *values)):
        raise CannotRewrite("NOT IN compares something else than columns")
    conditions, filled = [], []
    for test, value in zip(tests, values, strict=True):
        mine, theirs = outer.owner(test), scope.owner(value)
        if mine is None or theirs is None:
            raise CannotRewrite("a column of NOT IN cannot be resolved: its table is not named, or not in the catalog")
        if mine[0].alias in {each.alias for each in scope.sources}:
            raise CannotRewrite("the subquery reads the same table under the same name")
        conditions.append(
            trees.compare(trees.column(theirs[0].alias, theirs[1].name), "=", trees.column(mine[0].alias, mine[1].name))
        )
        if theirs[0].optional or not theirs[1].not_null:
            nulls.append((theirs[0].table.schema, theirs[0].table.name, theirs[1].name))
            notes.append(
                f"a NULL in {theirs[1].name} of the subquery made NOT IN return no row at all; this returns them"
            )
        if mine[0].optional or not mine[1].not_null:
            filled.append(trees.is_null(test, no=True))
            notes.append(f"{mine[1].name} may be NULL: NOT IN does not return such rows unless the subquery is empty")
    where = trees.all_of(inner.whereClause, *conditions)
    exists = ast.SubLink(
        subLinkType=enums.SubLinkType.EXISTS_SUBLINK,
        subselect=trees.with_parts(inner, targetList=None, whereClause=where, sortClause=None, distinctClause=None),
    )
    return trees.all_of(*filled, trees.negated(exists))


def _refuse(inner: Any) -> None:
    if not is_a(inner, ast.SelectStmt) or inner.op != enums.SetOperation.SETOP_NONE or inner.valuesLists:
        raise CannotRewrite("its subquery is a UNION or VALUES")
    if inner.groupClause or inner.havingClause or aggregates(inner) or inner.limitCount is not None:
        raise CannotRewrite("its subquery groups or limits its rows")
    if inner.limitOffset is not None or inner.withClause or inner.windowClause:
        raise CannotRewrite("its subquery groups or limits its rows")


def _outer_scope(tree: Any, catalog: Catalog) -> SelectSources:
    """Return the tables around the subquery: of SELECT, UPDATE or DELETE."""
    if sum(1 for _ in nodes(tree, ast.SelectStmt)) > 1 + int(is_a(tree, ast.SelectStmt)):
        raise CannotRewrite("it holds other subqueries too")
    if is_a(tree, ast.SelectStmt):
        return SelectSources(tree, catalog)
    if not is_a(tree, (ast.UpdateStmt, ast.DeleteStmt)):
        raise CannotRewrite("it is neither SELECT, UPDATE nor DELETE")
    others = (tree.fromClause if is_a(tree, ast.UpdateStmt) else tree.usingClause) or ()
    return SelectSources(trees.select([], [tree.relation, *others], tree.whereClause), catalog)


def _with_rows(tree: Any) -> Any:
    """Return a statement so that its rows can be compared: all of a SELECT's, those that a write has changed."""
    if is_a(tree, ast.SelectStmt):
        return trees.unlimited(tree)
    returning = ast.ResTarget(val=ast.ColumnRef(fields=(ast.A_Star(),)))
    if "returningClause" in list(tree):  # from PostgreSQL 18's grammar on
        return trees.with_parts(tree, returningClause=ast.ReturningClause(exprs=(returning,)))
    return trees.with_parts(tree, returningList=(returning,))
