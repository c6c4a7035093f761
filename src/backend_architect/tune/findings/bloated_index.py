"""A btree that takes far more room than its rows need.

What it checks: btrees of ten megabytes or more that take more than twice what their rows, at the columns' average
widths and the index's fill factor, would fill.

Why it matters: more pages are read for the same rows, and fewer of them stay in memory.

Example: an index on `updated_at` of a queue table: 900 MB for rows that fit into 80.

Instead: `REINDEX INDEX CONCURRENTLY`.

When it is wrong: the size that the rows need is an estimate from average widths. It is off where nobody has analyzed
the table since wide values were deleted.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Index, Table
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

PAGE, ROOM_OF_PAGE = 8192, 8192 - 24 - 16
ENTRY = 8 + 4
MIN_BYTES = 10 << 20
TIMES = 2.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index that would become less than half its size."""
    for index in observed.catalog.indexes:
        table = observed.catalog.table_by_oid.get(index.table)
        if table is None or index.method != "btree" or index.bytes < MIN_BYTES or not index.valid:
            continue
        needed = _needed(index, table)
        if needed and index.bytes > TIMES * needed:
            yield Finding(
                code=RULE.code,
                severity=Severity.MEDIUM if index.bytes > 100 << 20 else Severity.LOW,
                sureness=Sureness.LIKELY,
                subject=index.qualified,
                message=f"{index.qualified} takes {size(index.bytes)} where about {size(needed)} would do",
                why="the same rows cost more reads, and more memory to keep them",
                fix="rebuild it without blocking writes",
                sql=f"REINDEX INDEX CONCURRENTLY {index.qualified};",
                evidence=(Fact("size", size(index.bytes)), Fact("needed, estimated", size(needed))),
            )


def _needed(index: Index, table: Table) -> float:
    """Return the bytes that the index would have when new, without deduplication; 0 where nothing is known."""
    columns = [table.column(name) for name in [key.column for key in index.keys] + list(index.included)]
    if index.rows <= 0 or any(column is None or column.width is None for column in columns):
        return 0.0
    width = sum((column.width or 0) + 7 & ~7 for column in columns if column is not None)
    per_page = max(1.0, ROOM_OF_PAGE * index.fillfactor / 100 // (width + ENTRY))
    return index.rows / per_page * PAGE


RULE = Rule("bloated-index", "a btree that takes far more room than its rows need", find)
