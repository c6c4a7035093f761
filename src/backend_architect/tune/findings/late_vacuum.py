"""A huge table to which autovacuum comes late.

What it checks: tables whose rows are updated or deleted, where autovacuum begins only after two million dead rows or
more: a fifth of ten million, unless the table or the server says otherwise.

Why it matters: until then every scan reads the dead rows too, and then one VACUUM has to do the work of weeks at once.
The statistics age with it: the planner learns of new values only after a tenth of the table has changed.

Example: `orders` with 200 million rows: autovacuum waits for 40 million dead ones.

Instead: a small share for the large tables: `ALTER TABLE … SET (autovacuum_vacuum_scale_factor = 0.01)`.

When it is wrong: the rows that die are deleted in one go, and VACUUM is run by hand after it.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Table
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.server_settings import NEVER, vacuum_begins_at

MIN_DEAD_ROWS = 2_000_000
HUGE_ROWS = 100_000_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each large table that changes and is vacuumed by a share of its rows."""
    for table in observed.catalog.tables:
        rows = max(table.rows, float(table.live))
        begins = vacuum_begins_at(table, rows, observed.catalog.settings)
        if (
            table.kind == "r"
            and not table.temporary
            and table.updated + table.deleted
            and MIN_DEAD_ROWS <= begins < NEVER
        ):
            yield _finding(table, rows, begins)


def _finding(table: Table, rows: float, begins: float) -> Finding:
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM if rows >= HUGE_ROWS else Severity.LOW,
        sureness=Sureness.LIKELY,
        subject=table.qualified,
        message=f"autovacuum comes to {table.qualified} only after {begins:,.0f} dead rows",
        why="scans read all of them until then, and one VACUUM has to do the work of weeks",
        fix="let it come after a small share of the rows, and ANALYZE too",
        sql=f"ALTER TABLE {table.qualified} SET (autovacuum_vacuum_scale_factor = 0.01,"
        " autovacuum_analyze_scale_factor = 0.005);",
        evidence=(Fact("rows", f"{rows:,.0f}"), Fact("dead now", f"{table.dead:,}")),
    )


RULE = Rule("late-vacuum", "a huge table to which autovacuum comes late", find)
