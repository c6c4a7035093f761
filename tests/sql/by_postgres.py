"""The columns that PostgreSQL itself says a statement uses: what a procedure with that body depends on."""

from collections.abc import Iterator
from typing import Any

from pglast import ast

from backend_architect.postgres import Refused, Session
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.names import StatementNames, read_names
from backend_architect.sql.parsing import nodes
from backend_architect.sql.scopes import Source
from backend_architect.sql.statement_facts import tree_of

Used = frozenset[tuple[str, str]]
TYPES = "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'asked'"
DEPENDS = """
SELECT DISTINCT n.nspname || '.' || c.relname AS table, a.attname::text AS column
FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_proc'::regclass AND d.objid = (SELECT oid FROM pg_proc WHERE proname = 'used')
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND c.relkind IN ('r', 'p', 'm')
"""


def used_by_postgres(session: Session, sql: str) -> Used | None:
    """Return the columns that a statement uses, None where the server refuses it as a body."""
    try:
        session.run(f"PREPARE asked AS {sql}")
        types = session.value(TYPES) or []
        session.run("DEALLOCATE asked")
        session.run(f"BEGIN; CREATE PROCEDURE used({', '.join(types)}) BEGIN ATOMIC {sql}; END")
    except Refused:
        session.run("ROLLBACK; DEALLOCATE ALL")
        return None
    found = frozenset((row["table"], row["column"]) for row in session.fetch(DEPENDS))
    session.run("ROLLBACK")
    return found


def used_by_names(sql: str, catalog: Catalog) -> Used:
    """Return the same by our reader: what references mean, and what is written by its name."""
    tree = tree_of(sql)
    names = read_names(tree, catalog)
    return frozenset((f"{t.schema}.{t.name}", column) for t, column in (*_read(names), *_written(tree, names)))


def _read(names: StatementNames) -> Iterator[tuple[Table, str]]:
    for scope in names.scopes:
        for reference in scope.references:
            found = names.find(reference)
            if isinstance(reference.fields[-1], ast.A_Star):
                named = reference.fields[-2].sval if len(reference.fields) > 1 else None
                for source in scope.sources.values():
                    if named in {None, source.name} and not source.only_qualified:
                        yield from _all_of(source, names)
            elif found is not None and found.source.table is not None and found.column is not None:
                yield found.source.table, found.column.name


def _all_of(source: Source, names: StatementNames) -> Iterator[tuple[Table, str]]:
    """Yield the columns behind a star: a table's, or those that a join with a name of its own hands on."""
    if source.table is not None:
        yield from ((source.table, column.name) for column in source.table.columns)
    owned = (names.column(output) for output in source.outputs.values() if isinstance(output, ast.ColumnRef))
    yield from ((found[0], found[1].name) for found in owned if found)


def _written(tree: Any, names: StatementNames) -> Iterator[tuple[Table, str]]:
    tables = {id(scope.tree): source.table for scope in names.scopes for source in [*scope.sources.values()][:1]}
    for insert in nodes(tree, ast.InsertStmt):
        table = tables[id(insert)]
        if table is None:
            continue
        chosen = insert.selectStmt
        width = len((chosen.valuesLists or [chosen.targetList or ()])[0]) if chosen is not None else 0
        named = [each.name for each in insert.cols or ()] or [each.name for each in table.columns[:width]]
        conflict = insert.onConflictClause
        inferred = conflict.infer.indexElems or () if conflict and conflict.infer else ()
        named += [each.name for each in (*inferred, *((conflict.targetList or ()) if conflict else ())) if each.name]
        if conflict and conflict.targetList:  # of EXCLUDED it counts all columns
            named += [each.name for each in table.columns]
        yield from ((table, name) for name in named)
    for change in nodes(tree, ast.UpdateStmt):
        table = tables[id(change)]
        yield from ((table, each.name) for each in change.targetList if table is not None)
