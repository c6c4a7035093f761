"""A table or partition that nobody reads.

What it checks: tables of a hundred megabytes or more that no statement has read in thirty days of counting; and of a
partitioned table all such partitions together, where they take a gigabyte or more.

Why it matters: it is backed up, vacuumed, frozen and replicated for nobody, and written to as long as something
writes.

Example: `audit_log_old`, 80 GB, last read before the statistics were reset in spring.

Instead: ask who needs it; then dump and drop it, or detach the partitions and keep them on cheaper storage.

When it is wrong: it must be kept by law; or a replica reads it, whose counts are kept there.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Table
from backend_architect.tune.amounts import days, size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

LONG_ENOUGH = 30 * 86_400.0
MIN_BYTES, MIN_PARTITIONED_BYTES = 100 << 20, 1 << 30


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table that is kept for nobody."""
    catalog = observed.catalog
    if catalog.counted_at_least is None or catalog.counted_at_least < LONG_ENOUGH:
        return
    for table in catalog.tables:
        if table.partition_of is not None or table.temporary:
            continue
        idle = [leaf for leaf in catalog.leaves_of(table) if not leaf.scans and not leaf.index_scans]
        room = sum(leaf.total_bytes for leaf in idle)
        if room >= (MIN_PARTITIONED_BYTES if table.kind == "p" else MIN_BYTES):
            yield _finding(table, idle, room, catalog.counted_at_least)


def _finding(table: Table, idle: list[Table], room: int, counted: float) -> Finding:
    what = f"{len(idle)} partitions of {table.qualified}" if table.kind == "p" else table.qualified
    return Finding(
        code=RULE.code,
        severity=Severity.LOW,
        sureness=Sureness.POSSIBLE,
        subject=table.qualified,
        message=f"no statement has read {what} in {days(counted)}",
        why="it is backed up, vacuumed and replicated for nobody",
        fix="ask who needs it, then dump and drop it, or move it to cheaper storage",
        evidence=(Fact("size", size(room)), Fact("rows written", f"{sum(leaf.writes for leaf in idle):,}")),
    )


RULE = Rule("unread-table", "a table that nobody reads", find)
