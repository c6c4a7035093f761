"""Statistics that no longer describe their table.

What it checks: tables of ten thousand rows or more that were never analyzed, or of which more than a fifth has changed
since; not by inserts alone where the table has not grown: a session that loads and analyzes it counts its rows later.

Why it matters: the planner guesses how many rows each step gives; with wrong guesses it chooses nested loops over
millions of rows, or reads whole tables.

Example: a bulk load of 5 million rows, and queries a minute later.

Instead: `ANALYZE` after bulk loads; a smaller `autovacuum_analyze_scale_factor` for large tables.

When it is wrong: the table is rewritten all the time and nobody reads it.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Table
from backend_architect.tune.amounts import days
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.server_settings import PAGE

MIN_ROWS = 10_000
CHANGED = 0.2


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table that the planner no longer knows."""
    for table in observed.catalog.tables:
        rows = max(table.rows, float(table.live))
        if table.kind != "r" or table.temporary or rows < MIN_ROWS:
            continue
        known = not table.readable or any(column.distinct is not None for column in table.columns)
        share = _changed(table) / max(rows, 1.0)
        if not known or share > CHANGED:
            yield _finding(table, share, known=known)


def _changed(table: Table) -> int:
    """Return how many rows have changed since; a table that has not grown got no rows that were inserted after it.

    A session that loads a table and analyzes it reports what it inserted after the ANALYZE.
    """
    grown = table.bytes > table.pages * PAGE
    return table.changed_since_analyze if grown else min(table.changed_since_analyze, table.updated + table.deleted)


def _finding(table: Table, share: float, *, known: bool) -> Finding:
    evidence = f"{share:.0%} of its rows have changed since the last ANALYZE" if known else "it has never been analyzed"
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH if not known else Severity.MEDIUM,
        sureness=Sureness.CERTAIN if known else Sureness.LIKELY,
        subject=table.qualified,
        message=f"the statistics of {table.qualified} are stale: {evidence}",
        why="the planner chooses by them: with wrong ones it joins and scans in the wrong way",
        fix=f"analyze {table.qualified} now, and let autovacuum do so sooner",
        sql=f"ANALYZE {table.qualified};\nALTER TABLE {table.qualified} SET (autovacuum_analyze_scale_factor = 0.02);",
        evidence=(
            Fact("rows", f"{table.rows:,.0f}"),
            Fact("changed", f"{_changed(table):,}"),
            *(() if table.last_analyzed is None else (Fact("analyzed", f"{days(table.last_analyzed)} ago"),)),
        ),
    )


RULE = Rule("stale-statistics", "statistics that no longer describe their table", find)
