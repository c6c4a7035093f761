"""Statements that look up the rows of one key, and whether a key leads from a list to them."""

from collections.abc import Iterator
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.blocks import conjuncts
from backend_architect.sql.names import read_names
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import column_name, operator, select_of, tables_of
from backend_architect.tune.workload import Statement

KIND = enums.A_Expr_Kind
MOST_TABLES = 3
"""Of a lookup: what is looked up, the table that joins many to many, and one more."""


def looks_up(statement: Statement) -> bool:
    """Return whether a statement finds the rows of one key, its only parameter in WHERE; joined by keys, perhaps."""
    tree = select_of(statement.text)
    if tree is None or tree.whereClause is None or not 1 <= len(list(tables_of(tree))) <= MOST_TABLES:
        return False
    if any(True for _ in nodes(tree, ast.SubLink, ast.RangeSubselect)):
        return False
    parts = list(conjuncts(tree.whereClause))
    return any(_key(part) is not None for part in parts) and all(_is_simple(part) for part in parts)


def is_related(catalog: Catalog, listed: Statement, lookup: Statement) -> bool:
    """Return whether a key leads from the rows of a list to what is looked up; with an unknown table it may."""
    tree = select_of(lookup.text)
    lists = list(_tables(catalog, select_of(listed.text)))
    names = read_names(tree, catalog) if tree is not None else None
    for part in conjuncts(tree.whereClause) if tree is not None else ():
        key = _key(part)
        if key is None or names is None:
            continue
        found = names.find(key)
        table = found.source.table if found is not None else None
        if any(one is None or table is None or _leads(catalog, one, table, column_name(key)) for one in lists):
            return True
    return False


def _tables(catalog: Catalog, tree: Any) -> Iterator[Table | None]:
    yield from (catalog.table_by_name.get((schema, name)) for schema, name, _ in tables_of(tree))


def _leads(catalog: Catalog, one: Table, table: Table, column: str) -> bool:
    """Return whether a key leads from a list's table to a column: the rows that point at it, or those it points at."""
    for key in catalog.foreign_keys:
        if key.table == table.oid and key.target == one.oid and column in key.columns:
            return True
        if key.table == one.oid and key.target == table.oid and column in key.target_columns:
            return True
    return one.oid != table.oid and (_named_for(column, one) or (column == _identity(table) and _points(one, table)))


def _identity(table: Table) -> str:
    return next((column.name for column in table.columns if column.name.lower() in {"id", "uuid"}), "")


def _points(table: Table, target: Table) -> bool:
    return any(_named_for(column.name, target) for column in table.columns)


def _named_for(column: str, target: Table) -> bool:
    """Return whether a column is named for a table: `user_id` or `userId` for `users`."""
    name, stem = column.lower(), target.name.lower().removesuffix("s")
    return name.endswith("id") and name.removesuffix("id").removesuffix("_") == stem


def _key(part: Any) -> Any | None:
    """Return the column of `column = $1`, or of `column IN ($1)`, which some libraries write for it."""
    if not isinstance(part, ast.A_Expr) or operator(part) != "=" or part.kind not in {KIND.AEXPR_OP, KIND.AEXPR_IN}:
        return None
    values = list(part.rexpr) if part.kind == KIND.AEXPR_IN and isinstance(part.rexpr, tuple) else [part.rexpr]
    sides = [_bare(each) for each in (part.lexpr, *values)]
    columns = [side for side in sides if column_name(side)]
    plain = len(sides) == 2 and len(columns) == 1 and any(isinstance(side, ast.ParamRef) for side in sides)
    return columns[0] if plain else None


def _bare(side: Any) -> Any:
    return side.arg if isinstance(side, ast.TypeCast) else side


def _is_simple(part: Any) -> bool:
    """Return whether a condition only narrows a lookup, like `deleted_at IS NULL` or `1 = 1`, or joins its tables."""
    if isinstance(part, ast.A_Expr):
        return part.kind in {KIND.AEXPR_OP, KIND.AEXPR_IN} and operator(part) in {"=", "<>"}
    return isinstance(part, (ast.NullTest, ast.BooleanTest, ast.ColumnRef, ast.BoolExpr, ast.A_Const))
