"""A table in which dead rows pile up.

What it checks: tables with ten thousand dead rows or more, which are more than a fifth of all.

Why it matters: scans read the dead rows too, indexes keep pointing at them, and the table grows on the disk.

Example: a queue table with 900,000 dead rows and 4,000 live ones.

Instead: vacuum it; lower `autovacuum_vacuum_scale_factor` for it; end the transactions that have been open for hours,
which keep dead rows from being removed.

When it is wrong: a bulk deletion has just happened, and autovacuum is about to come.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import days
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_DEAD_ROWS = 10_000
MIN_DEAD_SHARE = 0.2
TURNED_OFF = {"autovacuum_enabled=false", "autovacuum_enabled=off"}


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table that autovacuum does not keep up with."""
    for table in observed.catalog.tables:
        share = table.dead / max(table.live + table.dead, 1)
        if table.temporary or table.dead < MIN_DEAD_ROWS or share < MIN_DEAD_SHARE:
            continue
        off = bool(TURNED_OFF & set(table.options)) or observed.catalog.settings.get("autovacuum") == "off"
        last = "never" if table.last_vacuumed is None else f"{days(table.last_vacuumed)} ago"
        switch_on = "autovacuum_enabled = true, " if TURNED_OFF & set(table.options) else ""
        settings = f"{switch_on}autovacuum_vacuum_scale_factor = 0.02"
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH if share > 0.5 else Severity.MEDIUM,
            sureness=Sureness.LIKELY,
            subject=table.qualified,
            message=f"{share:.0%} of the rows of {table.qualified} are dead"
            + (", and autovacuum is off" if off else ""),
            why="every scan reads them, and the table and its indexes grow",
            fix="vacuum it now, and let autovacuum come sooner",
            sql=f"VACUUM (ANALYZE) {table.qualified};\nALTER TABLE {table.qualified} SET ({settings});",
            evidence=(Fact("dead", f"{table.dead:,}"), Fact("live", f"{table.live:,}"), Fact("last vacuum", last)),
        )


RULE = Rule("vacuum-behind", "a table in which dead rows pile up", find)
