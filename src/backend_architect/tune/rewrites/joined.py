"""A list and a lookup for each of its rows → the list with what was looked up, in one statement.

A key that is unique becomes a LEFT JOIN: it adds columns and no rows. The many rows of any other key become one array
of JSON behind each row of the list, by LEFT JOIN LATERAL. Either way the list keeps its rows, its order and its limit.
"""

from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.statement_facts import column_name
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.batch import CODE, Lookup, lookup_of
from backend_architect.tune.rewrites.model import CannotRewrite, Joined, Rewrite
from backend_architect.tune.rewrites.scope import FromSource, SelectSources, unique_keys
from backend_architect.tune.rewrites.shape import outputs, refuse_changing_rows


def joined_list(listed: Any, tree: Any, catalog: Catalog) -> Rewrite:
    """Return the list with the rows that are looked up for each of its own."""
    refuse_changing_rows(listed)
    lookup, scope = lookup_of(tree, catalog), SelectSources(listed, catalog)
    source, own = _pointing(scope, lookup)
    last = max(trees.parameters(listed), default=0)
    others = [number for number in trees.parameters(tree) if number != lookup.parameter]
    numbers = _numbers(lookup, others, last)
    lookup = lookup_of(trees.renumbered(tree, numbers), catalog)
    key = trees.column(source.alias, own)
    unique = _is_unique(lookup)
    outer = _qualified(listed, scope)
    result = (_with_columns if unique else _with_array)(outer, lookup, key)
    listed_with_key = trees.unlimited(trees.with_parts(outer, targetList=(*outer.targetList, trees.target(key))))
    return Rewrite(
        code=CODE,
        what="the list with what is looked up for its rows",
        sql=trees.written(result),
        notes=(_note(unique, lookup),),
        trial=Joined(
            listed_with_key=trees.written(listed_with_key),
            lookup=trees.written(lookup.tree),
            parameter=lookup.parameter,
            joined=trees.written(trees.unlimited(result)),
            as_json=not unique,
        ),
    )


def _numbers(lookup: Lookup, others: list[int], last: int) -> dict[int, int]:
    """Return the lookup's parameters as the joined statement counts them, its key behind them all."""
    return {**{old: last + at for at, old in enumerate(others, 1)}, lookup.parameter: last + len(others) + 1}


def _pointing(scope: SelectSources, lookup: Lookup) -> tuple[FromSource, str]:
    """Return the source and the column of the list that hold the keys: a foreign key says so, from either side."""
    oid, name = lookup.source.table.oid, lookup.column.name
    for source in scope.sources:
        for key in scope.catalog.foreign_keys:
            if (key.table, key.target, key.target_columns) == (source.table.oid, oid, (name,)):
                return source, key.columns[0]
            if (key.table, key.target, key.columns) == (oid, source.table.oid, (name,)):
                return source, key.target_columns[0]
    raise CannotRewrite(f"no foreign key shows which column of the list holds {lookup.source.table.qualified}'s {name}")


def _is_unique(lookup: Lookup) -> bool:
    unique = (lookup.column.name,) in unique_keys(lookup.scope.catalog, lookup.source.table)
    return unique and len(lookup.scope.sources) == 1 and not lookup.gathers


def _qualified(listed: Any, scope: SelectSources) -> Any:
    """Return the list with each column's table said: the joined one may have columns of the same names."""
    named = {each.name for each in listed.targetList if each.name}
    for item in listed.sortClause or ():
        if len(getattr(item.node, "fields", None) or ()) == 1 and column_name(item.node) in named:
            raise CannotRewrite("the list is ordered by a name that it gives itself")
    parts = {
        name: scope.qualified(getattr(listed, name))
        for name in ("targetList", "whereClause", "sortClause", "fromClause")
    }
    return trees.with_parts(listed, **parts)


def _with_columns(outer: Any, lookup: Lookup, key: Any) -> Any:
    """Return the list joined with the table of the lookup, whose columns stand behind its own."""
    alias = _free_alias(outer, lookup.source.alias)
    renamed = trees.replaced(lookup.tree.targetList, lambda node: _under(node, lookup, alias))
    taken = {each.name or column_name(each.val) for each in outer.targetList}
    targets = [_apart(each, alias, taken) for each in _spelled(renamed, lookup, alias)]
    named = lookup.tree.fromClause[0]
    table = named if alias == named.relname else trees.with_parts(named, alias=ast.Alias(aliasname=alias))
    rest = [trees.replaced(each, lambda node: _under(node, lookup, alias)) for each in lookup.rest]
    on = trees.all_of(trees.compare(trees.column(alias, lookup.column.name), "=", key), *rest)
    return _joined(outer, table, on, targets)


def _with_array(outer: Any, lookup: Lookup, key: Any) -> Any:
    """Return the list with one array of JSON behind each row, of the rows that its lookup would give."""
    alias = _free_alias(outer, lookup.source.alias)
    held = {each.alias for each in lookup.scope.sources}
    if key.fields[0].sval in held:
        raise CannotRewrite("the list and the lookup read a table under the same name")
    where = lookup.where(trees.compare(lookup.key, "=", key))
    rows = trees.subquery(trees.with_parts(lookup.tree, whereClause=where), "found")
    array = trees.call("json_agg", trees.column("found"))
    empty = ast.CoalesceExpr(args=(array, trees.text("[]")))
    gathered = trees.select([trees.target(empty, "rows")], [rows])
    lateral = trees.subquery(gathered, alias, lateral=True)
    return _joined(outer, lateral, trees.TRUE, [trees.target(trees.column(alias, "rows"), alias)])


def _joined(outer: Any, source: Any, on: Any, targets: list[Any]) -> Any:
    sources = (*outer.fromClause[:-1], trees.join(outer.fromClause[-1], source, on))
    return trees.with_parts(outer, fromClause=sources, targetList=(*outer.targetList, *targets))


def _spelled(targets: Any, lookup: Lookup, alias: str) -> list[Any]:
    """Return the lookup's outputs, a star as the columns that it stands for."""
    if not any(True for _ in nodes(targets, ast.A_Star)):
        return list(targets)
    if any(not is_a(each.val, ast.ColumnRef) for each in targets):
        raise CannotRewrite("the lookup returns * beside something else")
    columns = [each.fields[-1].sval for each in outputs(lookup.tree, lookup.scope)]
    return [trees.target(trees.column(alias, each)) for each in columns]


def _apart(target: Any, alias: str, taken: set[str]) -> Any:
    """Return an output under a name that the list does not have."""
    name = target.name or column_name(target.val)
    if name in taken or not name:
        return trees.target(target.val, f"{alias}_{name}")
    return target


def _under(node: Any, lookup: Lookup, alias: str) -> Any:
    """Return a column of the lookup under the name that its table has in the list."""
    if is_a(node, ast.SubLink):
        raise CannotRewrite("the lookup holds a subquery")
    if not is_a(node, ast.ColumnRef) or is_a(node.fields[-1], ast.A_Star):
        return None
    owner = lookup.scope.owner(node)
    if owner is None:
        raise CannotRewrite("the lookup names something that is no column of its table")
    return trees.column(alias, owner[1].name)


def _free_alias(outer: Any, wished: str) -> str:
    """Return a name that no source of the list has."""
    held = {each.alias.aliasname if each.alias else each.relname for each in nodes(outer.fromClause, ast.RangeVar)}
    return next(name for name in (wished, *(f"{wished}_{at}" for at in range(2, 99))) if name not in held)


def _note(unique: bool, lookup: Lookup) -> str:
    table = lookup.source.table.qualified
    if unique:
        return (
            f"{lookup.column.name} is unique in {table}: the join adds columns and no rows; NULLs where there is none"
        )
    return "the rows that were looked up are one array of JSON behind each row, empty where there are none"
