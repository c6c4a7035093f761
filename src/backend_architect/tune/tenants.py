"""A schema for each tenant: statements name tables without one, and the session's search_path says whose they are.

The server counts such statements by their text. Each is planned on the largest schema that has its tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog, Index, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.conditions import SMALL_ROWS
from backend_architect.sql.parsing import nodes, parse
from backend_architect.tune.indexes.model import NewIndex, Recommended
from backend_architect.tune.workload import Statement, Workload

FEWEST = 2
"""Schemas with rows in a table of the same name that make an empty one of the search path a template."""
NOTE = "statements that name tables of no search path: {:,}; planned in {}, the largest of {:,} schemas that have them"
Schemas = Mapping[str, Mapping[str, Table]]
"""The tables of a name by their schema."""


def with_largest_tenant(workload: Workload, catalog: Catalog) -> Workload:
    """Return the workload, its tables that no search path finds named in the largest schema that has them all."""
    schemas = _schemas(catalog)
    changed: dict[str, tuple[Statement, str, tuple[str, ...]]] = {}
    for each in workload.statements:
        found = _changed(each, catalog, schemas)
        if found is not None:
            changed[each.id] = found
    if not changed:
        return workload
    statements = tuple(changed[each.id][0] if each.id in changed else each for each in workload.statements)
    largest = sorted({schema for _, schema, _ in changed.values()})
    having = {schema for _, _, own in changed.values() for schema in own}
    note = NOTE.format(len(changed), ", ".join(map(quoted, largest)), len(having))
    tenants = tuple(sorted(having)) if len(having) > 1 else ()
    notes = (*workload.notes, note) if tenants else workload.notes
    return replace(workload, statements=statements, notes=notes, tenants=tenants)


def for_each_tenant(each: Recommended, workload: Workload, catalog: Catalog) -> Recommended:
    """Return an advised index with the same one for every other tenant's table that is large enough, and lacks it."""
    if each.index.schema not in workload.tenants:
        return each
    return replace(each, others=tuple(_others(each.index, workload, catalog)))


def _others(index: NewIndex, workload: Workload, catalog: Catalog) -> Iterator[NewIndex]:
    needed = {key.column for key in index.keys if key.column} | set(index.included)
    for schema in workload.tenants:
        table = catalog.table_by_name.get((schema, index.table))
        if schema == index.schema or table is None or catalog.rows_of(table) < SMALL_ROWS:
            continue
        has_columns = needed <= {column.name for column in table.columns}
        if has_columns and not any(_serves(own, index) for own in catalog.indexes_of(table.oid)):
            yield replace(index, schema=schema)


def _serves(own: Index, index: NewIndex) -> bool:
    """Return whether an index that is there begins with the same columns, of all rows."""
    keys = [key.column or _bare(key.expression) for key in own.keys][: len(index.keys)]
    same = keys == [key.column or _bare(key.expression) for key in index.keys]
    return own.valid and same and own.predicate in {"", f"({index.predicate})"}


def _bare(expression: str) -> str:
    return "".join(expression.split()).removeprefix("(").removesuffix(")")


def _schemas(catalog: Catalog) -> Schemas:
    found: dict[str, dict[str, Table]] = {}
    for table in catalog.tables:
        if table.partition_of is None:
            found.setdefault(table.name, {})[table.schema] = table
    return found


def _changed(statement: Statement, catalog: Catalog, schemas: Schemas) -> tuple[Statement, str, tuple[str, ...]] | None:
    """Return a statement with its tables named in the largest schema, that schema, and all that have them."""
    bare = _unqualified(statement.text)
    lost = [each for each in bare if each.relname in schemas and _is_lost(schemas[each.relname], catalog)]
    if not lost:
        return None
    names = {each.relname for each in lost}
    having = set.intersection(*(set(schemas[name]) for name in names)) - set(catalog.search_path)
    if not having:
        return None
    largest = max(sorted(having), key=lambda own: sum(catalog.rows_of(schemas[name][own]) for name in names))
    text = statement.text
    for place in sorted((each.location for each in lost), reverse=True):
        text = f"{text[:place]}{quoted(largest)}.{text[place:]}"
    return replace(statement, text=text), largest, tuple(sorted(having))


def _unqualified(text: str) -> list[Any]:
    """Return the tables of a statement that have no schema, and are no query of its WITH."""
    trees = parse(text) or ()
    queries = {each.ctename for each in nodes(trees, ast.CommonTableExpr)}
    return [each for each in nodes(trees, ast.RangeVar) if not each.schemaname and each.relname not in queries]


def _is_lost(tables: Mapping[str, Table], catalog: Catalog) -> bool:
    """Return whether no search path finds a table of this name, or an empty one where others have rows: a template."""
    reached = [tables[schema] for schema in catalog.search_path if schema in tables]
    if any(catalog.rows_of(each) > 0 for each in reached):
        return False
    others = [
        each for schema, each in tables.items() if schema not in catalog.search_path and catalog.rows_of(each) > 0
    ]
    return len(others) >= (FEWEST if reached else 1)
