"""A large table that is read whole, again and again.

What it checks: where no statements are known: tables of ten thousand rows or more that were read whole at least a
hundred times, more than half of their rows each time. Where statements are known, they show more, and this rule reports
nothing.

Why it matters: each such scan reads every page to return a few rows; most often an index is missing.

Example: `messages`, 4 million rows, scanned 12,000 times since Monday.

Instead: find the statements (pg_stat_statements), and give them their index: run this tool again with a workload.

When it is wrong: reports that need every row, or a job that copies the table.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Table
from backend_architect.tune.amounts import days, size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

SMALL_ROWS = 10_000
MIN_SCANS = 100
HALF = 0.5
LARGE_ROWS = 100_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table that scans read whole, where no statements are known."""
    if observed.workload is not None and observed.workload.statements:
        return
    for table in observed.catalog.tables:
        rows = max(table.rows, float(table.live))
        each = table.rows_scanned / max(table.scans, 1)
        if not table.temporary and rows >= SMALL_ROWS and table.scans >= MIN_SCANS and each >= HALF * rows:
            yield _finding(observed, table, each)


def _finding(observed: Observed, table: Table, each: float) -> Finding:
    catalog = observed.catalog
    nothing_ran = "run this again when the application is busy"
    otherwise = nothing_ran if observed.workload is not None else "enable pg_stat_statements, and run this again"
    all_read = sum(other.rows_scanned for other in catalog.tables)
    evidence = [
        Fact("rows a scan", f"{each:,.0f}"),
        Fact("scans by index", f"{table.index_scans:,}"),
        Fact("share of all rows scanned", f"{table.rows_scanned / max(all_read, 1):.0%}"),
    ]
    evidence += [Fact("counted for", days(catalog.counted))] if catalog.counted else []
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH if each >= LARGE_ROWS else Severity.MEDIUM,
        sureness=Sureness.POSSIBLE,
        subject=table.qualified,
        message=f"{table.qualified} ({size(table.bytes)}) was read whole {table.scans:,} times",
        why=f"each time {each:,.0f} rows are read, mostly to return a few: an index is missing",
        fix=f"find the statements: give them with --workload, or {otherwise}",
        evidence=tuple(evidence),
    )


RULE = Rule("sequential-scans", "a large table that is read whole, again and again", find)
