"""An OR over several tables, or beside ORDER BY and LIMIT → UNION ALL of statements that an index answers each.

A row for which several sides hold is returned by the first of them: each later part leaves it out. A page's cursor that
is written as an OR of the order's keys is one too: it is no place at which an index begins, each of its sides is.
"""

from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.blocks import conjuncts
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import function_name
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.model import CannotRewrite, Rewrite, SameRows
from backend_architect.tune.rewrites.scope import SelectSources
from backend_architect.tune.rewrites.shape import meant, output_name, outputs, refuse_changing_rows

CODE = "or-across-columns"
MOST_PARTS = 4
BOUND = 20
OR = enums.BoolExprType.OR_EXPR
SAME_IN_A_STATEMENT = {"now", "transaction_timestamp", "statement_timestamp"}


def union_all(tree: Any, catalog: Catalog) -> Rewrite:
    """Return the statement as one part for each side of its OR."""
    refuse_changing_rows(tree)
    if tree.lockingClause or tree.withClause or tree.limitOffset is not None:
        raise CannotRewrite("it locks rows, skips rows or has a WITH")
    scope = SelectSources(tree, catalog)
    sides = _sides(tree, scope)
    keys = tuple(_place(tree, item, scope) for item in tree.sortClause or ())
    bound = trees.number(BOUND)
    return Rewrite(
        code=CODE,
        what="one part for each side of OR",
        sql=trees.written(_union(tree, sides, scope, tree.limitCount)),
        notes=("IS NOT TRUE keeps a row for which both sides hold from being returned twice",),
        trial=SameRows(
            before=trees.written(trees.unlimited(tree)),
            after=trees.written(_union(tree, sides, scope, None)),
            before_bounded=trees.written(trees.limited(tree, bound)) if keys else "",
            after_bounded=trees.written(_union(tree, sides, scope, bound)) if keys else "",
            keys=keys,
        ),
    )


def gains(tree: Any, catalog: Catalog) -> bool:
    """Return whether a statement has such an OR: one bitmap of two indexes cannot serve it."""
    try:
        _sides(tree, SelectSources(tree, catalog))
    except CannotRewrite:
        return False
    return True


def _sides(tree: Any, scope: SelectSources) -> tuple[Any, tuple[Any, ...]]:
    """Return the OR, and its sides: of columns of several tables, or several columns or a cursor and a sorted limit."""
    found = [each for each in conjuncts(tree.whereClause) if is_a(each, ast.BoolExpr) and each.boolop == OR]
    for each in found:
        owners = [_owners(side, scope) for side in each.args]
        sorted_limit = bool(tree.sortClause) and tree.limitCount is not None
        if len(each.args) > MOST_PARTS:
            continue
        if sorted_limit and _is_cursor(owners, tree, scope):
            return each, each.args
        if any(len(own) != 1 for own in owners):
            continue
        tables = {own_source for own in owners for own_source, _ in own}
        columns = {one for own in owners for one in own}
        if len(tables) > 1 or (sorted_limit and len(columns) == len(owners)):
            return each, each.args
    raise CannotRewrite("it has no OR over several tables, nor one over several columns beside ORDER BY and LIMIT")


def _is_cursor(owners: list[set[tuple[str, str]]], tree: Any, scope: SelectSources) -> bool:
    """Return whether every side compares the first key of the order, and none anything but its keys."""
    keys = [owner for item in tree.sortClause if (owner := scope.owner(meant(tree, item.node)))]
    order = [(source.alias, column.name) for source, column in keys]
    return bool(order) and all(order[0] in own and own <= set(order) for own in owners)


def _owners(side: Any, scope: SelectSources) -> set[tuple[str, str]]:
    """Return the tables and columns that one side compares; none where that is unknown."""
    calls = list(nodes(side, ast.FuncCall))
    if any(True for _ in nodes(side, ast.SubLink)) or any(function_name(c) not in SAME_IN_A_STATEMENT for c in calls):
        return set()
    owners = [scope.owner(each) for each in nodes(side, ast.ColumnRef)]
    return {(owner[0].alias, owner[1].name) for owner in owners if owner} if None not in owners else set()


def _union(tree: Any, found: tuple[Any, tuple[Any, ...]], scope: SelectSources, limit: Any) -> Any:
    either, sides = found
    rest = [each for each in conjuncts(tree.whereClause) if each is not either]
    parts = []
    for at, side in enumerate(sides):
        where = trees.all_of(*rest, side, *(trees.not_true(each) for each in sides[:at]))
        part = trees.with_parts(tree, whereClause=where)
        parts.append(
            trees.limited(part, limit)
            if limit is not None
            else trees.with_parts(trees.unlimited(part), sortClause=None)
        )
    whole = parts[0]
    for part in parts[1:]:
        whole = _both(whole, part)
    whole = trees.with_parts(whole, sortClause=_outer_order(tree, scope))
    return trees.limited(whole, limit) if limit is not None else whole


def _both(left: Any, right: Any) -> Any:
    union = enums.SetOperation.SETOP_UNION
    return trees.with_parts(trees.select([], [], None), fromClause=None, op=union, all=True, larg=left, rarg=right)


def _outer_order(tree: Any, scope: SelectSources) -> Any:
    """Return the order of the whole, by the names of what is returned, or by their places."""
    items = []
    names = [output_name(each) for each in tree.targetList]
    for item in tree.sortClause or ():
        place = _place(tree, item, scope)
        simple = len(names) == len(list(outputs(tree, scope))) and names[place] and names.count(names[place]) == 1
        items.append(trees.with_parts(item, node=trees.column(names[place]) if simple else trees.number(place + 1)))
    return tuple(items) or None


def _place(tree: Any, item: Any, scope: SelectSources) -> int:
    """Return the place of a key of the order among what is returned."""
    wanted = meant(tree, item.node)
    for place, shown in enumerate(outputs(tree, scope)):
        if is_a(wanted, ast.ColumnRef) and is_a(shown, ast.ColumnRef):
            if scope.owner(wanted) is not None and scope.owner(wanted) == scope.owner(shown):
                return place
        elif trees.same(wanted, shown):
            return place
    raise CannotRewrite("it is ordered by something that it does not return")
