"""A foreign key without an index on the table that holds it.

What it checks: foreign keys whose columns are not the first keys (in any order) of a valid index of their table, on
tables of more than 32 pages (256 kB). It is of high severity where rows of the target were deleted.

Why it matters: deleting or updating a row of the target reads the whole table to find the rows that point at it, with
a lock held; and joins and lists along the key scan it too.

Example: `order_items.order_id` without an index: deleting an order reads every item.

Instead: `CREATE INDEX CONCURRENTLY` on the columns.

When it is wrong: rows of the target are never deleted, their keys never change, and nothing ever looks along the key.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, ForeignKey, Table
from backend_architect.postgres.catalog.model import UNKNOWN, quoted
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

SMALL_PAGES = 32


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each foreign key that must scan."""
    catalog = observed.catalog
    for key in catalog.foreign_keys:
        table = catalog.table_by_oid.get(key.table)
        if table is None or table.partition_of is not None or _indexed(catalog, key):
            continue
        if table.kind == "p" or table.bytes > SMALL_PAGES * 8192:
            yield _finding(catalog, key, table)


def _indexed(catalog: Catalog, key: ForeignKey) -> bool:
    """Return whether an index finds the rows of one key: partial ones only where they leave out nothing but nulls."""
    for index in catalog.indexes_of(key.table):
        first = {part.column for part in index.keys[: len(key.columns)]}
        filled = {f"({quoted(name)} IS NOT NULL)" for name in key.columns}
        whole = index.predicate in {"", UNKNOWN} or index.predicate in filled
        if index.valid and index.method in {"btree", "hash"} and whole and first == set(key.columns):
            return True
    return False


def _finding(catalog: Catalog, key: ForeignKey, table: Table) -> Finding:
    target = catalog.table_by_oid.get(key.target)
    columns = ", ".join(quoted(name) for name in key.columns)
    deletes = target.deleted if target else 0
    target_name = target.qualified if target else "its target"
    concurrently = "" if table.kind == "p" else " CONCURRENTLY"
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH if deletes else Severity.MEDIUM,
        sureness=Sureness.CERTAIN,
        subject=f"{table.qualified} ({columns})",
        message=f"the foreign key {key.name} of {table.qualified} ({columns}) has no index",
        why=f"each row deleted from {target_name} reads all of {table.qualified} ({size(table.bytes)}) under a lock",
        fix=f"index {table.qualified} ({columns})",
        sql=f"CREATE INDEX{concurrently} ON {table.qualified} ({columns});",
        evidence=(Fact("rows", f"{table.rows:,.0f}"), Fact(f"rows deleted from {target_name}", f"{deletes:,}")),
    )


RULE = Rule("unindexed-foreign-key", "a foreign key without an index", find)
