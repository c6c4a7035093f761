"""A star that fetches wide rows.

What it checks: statements with `*` (or with every column of a table of eight or more) that return ten rows or more a
call, of tables whose rows are wider than a kilobyte on average, with what is kept out of line (TOAST) counted.

Why it matters: large values are read from their own table page by page, decompressed and sent, for a list that shows a
title; no index alone can answer a star.

Example: `SELECT * FROM articles ORDER BY published_at DESC LIMIT 50`, with the body of each.

Instead: name the columns that are shown; the large ones only where one row is read.

When it is wrong: an export, which needs them all.
"""

from collections.abc import Iterator

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.blocks import Block
from backend_architect.sql.parsing import is_a
from backend_architect.tune.amounts import size
from backend_architect.tune.examined import Examined
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

WIDE = 1_000
MIN_ROWS = 10.0
MIN_CALLS = 10
MIN_COLUMNS = 8
LARGE_TYPES = ("text", "json", "jsonb", "xml", "bytea", "character varying", "tsvector", "vector", "hstore")


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that fetches more than it can show."""
    for examined in observed.statements:
        rows = examined.statement.rows / max(examined.calls, 1)
        block = examined.blocks[0] if examined.blocks else None
        if block is None or block.tree is not examined.tree or rows < MIN_ROWS or examined.calls < MIN_CALLS:
            continue
        tables = _starred(block)
        width = sum(_width(observed.catalog, table) for table in tables)
        if tables and width >= WIDE:
            yield _finding(examined, tables, width, rows)


def _starred(block: Block) -> list[Table]:
    """Return the tables of which a SELECT takes every column."""
    if not is_a(block.tree, ast.SelectStmt) or block.tree.groupClause:
        return []
    references = [each.val for each in block.tree.targetList or () if is_a(each.val, ast.ColumnRef)]
    stars = [each for each in references if is_a(each.fields[-1], ast.A_Star)]
    if any(len(star.fields) == 1 for star in stars):
        return [table for table in block.sources.values() if table is not None]
    whole = {str(star.fields[-2].sval) for star in stars}
    named: dict[str, set[str]] = {}
    for reference in references:
        owner = None if reference in stars else block.owner(reference)
        if owner and owner[0] is block:
            named.setdefault(owner[1], set()).add(owner[2])
    return [
        table
        for source, table in block.sources.items()
        if table is not None and (source in whole or _all_columns(table, named.get(source, set())))
    ]


def _all_columns(table: Table, named: set[str]) -> bool:
    return len(table.columns) >= MIN_COLUMNS and len(named) == len(table.columns)


def _width(catalog: Catalog, table: Table) -> float:
    """Return the bytes of a row: the columns' average widths, and what lies out of line."""
    leaves = catalog.leaves_of(table)
    beside = sum(leaf.total_bytes - leaf.bytes - _index_bytes(catalog, leaf) for leaf in leaves)
    inline = sum(column.width or 0 for column in (leaves[0] if leaves else table).columns)
    rows = catalog.rows_of(table)
    return inline + (max(beside, 0) / rows if rows > 0 and beside > 1 << 20 else 0.0)


def _index_bytes(catalog: Catalog, table: Table) -> int:
    return sum(index.bytes for index in catalog.indexes_of(table.oid))


def _finding(examined: Examined, tables: list[Table], width: float, rows: float) -> Finding:
    large = [
        f"{column.name} ({column.type})"
        for table in tables
        for column in table.columns
        if column.type.startswith(LARGE_TYPES)
    ]
    return Finding(
        code=RULE.code,
        severity=examined.severity(Severity.LOW),
        sureness=Sureness.LIKELY,
        subject=examined.shown,
        message=f"{rows:,.0f} rows of {size(width)} each are fetched whole: {examined.shown}",
        why=f"each call reads and sends about {size(rows * width)}, large values from a table of their own",
        fix="name the columns that are shown, and leave out what only one row's page needs: " + ", ".join(large),
        evidence=(*examined.facts, Fact("rows a call", f"{rows:,.0f}"), Fact("a row", size(width))),
    )


RULE = Rule("wide-select", "a star that fetches wide rows", find)
