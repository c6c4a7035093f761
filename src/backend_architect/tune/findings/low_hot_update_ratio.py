"""Updates that add an entry to every index.

What it checks: tables with at least a hundred thousand updates, of which less than half were done in place (HOT), that
have two indexes or more, and whose pages are filled completely (`fillfactor` 100).

Why it matters: a HOT update needs room in the row's page, and no index on what changes. Otherwise every index of the
table gets a new entry, the write-ahead log gets all of them, and VACUUM has to remove the old ones.

Example: `sessions`, with an index on `last_seen_at`, which changes at each request.

Instead: leave room in the pages (`fillfactor = 85`); drop the index on the column that always changes, or make it
coarser; move the changing column into a table of its own.

When it is wrong: the updates change an indexed column on purpose, once in each row's life.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_UPDATES = 100_000
MAX_HOT_SHARE = 0.5
MIN_INDEXES = 2
HIGH_UPDATES_PER_ROW = 5


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table whose updates cost an entry in every index."""
    catalog = observed.catalog
    for table in catalog.tables:
        indexes = len(catalog.indexes_of(table.oid))
        share = table.updated_in_place / max(table.updated, 1)
        if (
            table.temporary
            or table.updated < MIN_UPDATES
            or share >= MAX_HOT_SHARE
            or indexes < MIN_INDEXES
            or _has_room(table)
        ):
            continue
        yield _finding(catalog, table, share, indexes)


def _has_room(table: Table) -> bool:
    return any(option.startswith("fillfactor=") and option != "fillfactor=100" for option in table.options)


def _finding(catalog: Catalog, table: Table, share: float, indexes: int) -> Finding:
    rows = max(catalog.rows_of(table), 1.0)
    often = table.updated > HIGH_UPDATES_PER_ROW * rows
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM if often else Severity.LOW,
        sureness=Sureness.LIKELY,
        subject=table.qualified,
        message=f"only {share:.0%} of the {table.updated:,} updates of {table.qualified} were done in place (HOT)",
        why=f"each of the others writes an entry into all {indexes} indexes, which VACUUM has to remove again",
        fix="leave room in the pages (for rows written from now on), and check which index holds a column "
        "that always changes",
        sql=f"ALTER TABLE {table.qualified} SET (fillfactor = 85);",
        evidence=(Fact("updates a row", f"{table.updated / rows:,.1f}"), Fact("indexes", str(indexes))),
    )


RULE = Rule("low-hot-update-ratio", "updates that add an entry to every index", find)
