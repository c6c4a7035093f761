"""A table without a primary key.

What it checks: ordinary and partitioned tables with columns that have neither a primary key nor a unique index over
columns that are never null.

Why it matters: a single row cannot be named, so duplicates cannot be removed and logical replication cannot carry
updates and deletes.

Example: `CREATE TABLE events (at timestamptz, payload jsonb)`.

Instead: add an identity column as the key, or make the natural key the primary one.

When it is wrong: a log that is only appended to and read whole, a staging table.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table whose rows cannot be distinguished."""
    catalog = observed.catalog
    for table in catalog.tables:
        ordinary = table.kind in {"r", "p"} and not table.temporary and table.partition_of is None
        if not ordinary or not table.columns or table.oid in catalog.primary_keys or _has_key(catalog, table):
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.MEDIUM,
            sureness=Sureness.CERTAIN,
            subject=table.qualified,
            message=f"{table.qualified} has no primary key",
            why="no row can be named: duplicates stay, and logical replication cannot carry updates and deletes",
            fix="make its natural key the primary key, or add an identity column (which rewrites the table)",
            evidence=(Fact("rows", f"{catalog.rows_of(table):,.0f}"),),
        )


def _has_key(catalog: Catalog, table: Table) -> bool:
    for index in catalog.indexes_of(table.oid):
        columns = [table.column(key.column) for key in index.keys]
        if index.unique and index.valid and not index.predicate and all(c is not None and c.not_null for c in columns):
            return True
    return False


RULE = Rule("no-primary-key", "a table without a primary key", find)
