"""An OR over several tables, or beside ORDER BY and LIMIT → UNION ALL of statements that an index answers each.

A row for which several sides hold is returned by the first of them: each later part leaves it out.
"""

from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.blocks import conjuncts
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.model import CannotRewrite, Rewrite, SameRows
from backend_architect.tune.rewrites.scope import SelectSources
from backend_architect.tune.rewrites.shape import meant, output_name, outputs, refuse_changing_rows

CODE = "or-across-columns"
MOST_PARTS = 4
BOUND = 20
OR = enums.BoolExprType.OR_EXPR


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
    """Return the OR, and what its sides compare: columns of several tables, or several columns and a sorted limit."""
    found = [each for each in conjuncts(tree.whereClause) if is_a(each, ast.BoolExpr) and each.boolop == OR]
    for each in found:
        owners = [_owners(side, scope) for side in each.args]
        if any(len(own) != 1 for own in owners) or len(each.args) > MOST_PARTS:
            continue
        tables = {own_source for own in owners for own_source, _ in own}
        columns = {one for own in owners for one in own}
        sorted_limit = bool(tree.sortClause) and tree.limitCount is not None
        if len(tables) > 1 or (sorted_limit and len(columns) == len(owners)):
            return each, each.args
    raise CannotRewrite("it has no OR over several tables, nor one over several columns beside ORDER BY and LIMIT")


def _owners(side: Any, scope: SelectSources) -> set[tuple[str, str]]:
    """Return the tables and columns that one side compares; none where that cannot be told."""
    if any(True for _ in nodes(side, ast.SubLink, ast.FuncCall)):
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
