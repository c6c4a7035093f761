"""A UUID that is stored as text.

What it checks: indexed columns of type text, varchar or char whose values are 36 letters wide on average, as a UUID is
written, and whose name says that they identify something, in tables of ten thousand rows or more.

Why it matters: a uuid takes 16 bytes, its text 37; every index over it is more than twice the size, is compared by the
collation's rules, and any text gets in.

Example: `users.id varchar(36) PRIMARY KEY`.

Instead: the type `uuid`, in the table and in all that point at it.

When it is wrong: the values only look like UUIDs: they have a prefix, or come from elsewhere in several forms.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Column, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.column_types import family
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

WRITTEN = 37  # 36 letters and their length
SMALL_ROWS = 10_000
LARGE_ROWS = 10_000_000
ENDINGS = ("id", "uuid", "guid", "key", "token")


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each indexed column of UUIDs that are text."""
    catalog = observed.catalog
    for table in catalog.tables:
        if table.partition_of is None and catalog.rows_of(table) >= SMALL_ROWS:
            for column in table.columns:
                if _is_uuid(column) and _indexed(catalog, table, column):
                    yield _finding(table, column, catalog.rows_of(table))


def _is_uuid(column: Column) -> bool:
    named = column.name.lower().endswith(ENDINGS)
    return named and column.width == WRITTEN and family(column.type) in {"text", "char"}


def _indexed(catalog: Catalog, table: Table, column: Column) -> bool:
    return any(key.column == column.name for index in catalog.indexes_of(table.oid) for key in index.keys)


def _finding(table: Table, column: Column, rows: float) -> Finding:
    name = f"{table.qualified}.{quoted(column.name)}"
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM if rows > LARGE_ROWS else Severity.LOW,
        sureness=Sureness.LIKELY,
        subject=name,
        message=f"{name} holds UUIDs as {column.type}",
        why="the text takes 37 bytes instead of 16 in the table and in every index, and compares more slowly",
        fix="make it uuid, together with every column that points at it (this rewrites the tables under a lock)",
        sql=f"ALTER TABLE {table.qualified} ALTER COLUMN {quoted(column.name)} TYPE uuid "
        f"USING {quoted(column.name)}::uuid;",
        evidence=(Fact("average width", f"{column.width} bytes"), Fact("rows", f"{rows:,.0f}")),
    )


RULE = Rule("uuid-as-text", "a UUID that is stored as text", find)
