"""A few rows that everybody updates.

What it checks: tables of at most ten thousand rows whose rows were updated a thousand times each or more on average,
and a hundred thousand times in all; and, where the database was watched (`--watch`), tables of any size whose writers
queued for one another's rows for two seconds or more in total, and for a hundredth of the time.

Why it matters: updates of one row wait for each other, so that the transactions run one after another, however many
processors there are; each leaves a dead version that readers must skip until it is removed.

Example: `UPDATE counters SET views = views + 1 WHERE id = 1` at every page view.

Instead: collect and write every few seconds; or spread over several rows (`WHERE id = 1 AND slot = $1`) and add them
up on reading; or append, and add up later. Make the update the last statement of its transaction, so that its lock is
short.

When it is wrong: one process alone updates them, a few times a second: a queue's state, a heartbeat.
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Table
from backend_architect.tune.amounts import days
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.waiting import Waits, queues

MAX_ROWS = 10_000
MIN_UPDATES_PER_ROW = 1_000
MIN_UPDATES = 100_000
EVERY_SECOND = 10.0
WHY = "updates of one row wait for each other, and each leaves a dead version that readers must skip"
FIX = "write in batches, spread a counter over several rows, or append and add up later"


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table with rows that are updated all the time, or that writers queued for."""
    samples = observed.workload.samples if observed.workload else None
    seen = queues(samples, observed.catalog) if samples else {}
    for table in observed.catalog.tables:
        counted, waits = _counted(table, observed.catalog.counted_at_most), seen.get(table.oid)
        if counted is not None and waits is not None:
            yield _both(counted, waits)
        elif counted is not None:
            yield counted
        elif waits is not None:
            yield _queued(table, waits)


def _counted(table: Table, counted: float | None) -> Finding | None:
    """Return a finding where the counts since the last reset show it."""
    rows = max(float(table.live), table.rows, 1.0)
    each = table.updated / rows
    if table.temporary or rows > MAX_ROWS or table.updated < MIN_UPDATES or each < MIN_UPDATES_PER_ROW:
        return None
    rate = table.updated / counted if counted else 0.0
    in_place = table.updated_in_place / table.updated
    evidence = [Fact("updates", f"{table.updated:,}"), Fact("in place", f"{in_place:.0%}")]
    if counted:
        evidence += [Fact("counted for at most", days(counted)), Fact("updates a second", f"{rate:,.1f}")]
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH if rate > EVERY_SECOND else Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=table.qualified,
        message=f"each of the {rows:,.0f} rows of {table.qualified} was updated {each:,.0f} times on average",
        why=WHY,
        fix=FIX,
        sql=f"ALTER TABLE {table.qualified} SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,"
        " autovacuum_vacuum_threshold = 1000);",
        evidence=tuple(evidence),
    )


def _queued(table: Table, waits: Waits) -> Finding:
    return Finding(
        code=RULE.code,
        severity=waits.severity,
        sureness=Sureness.CERTAIN,
        subject=table.qualified,
        message=f"writers of {table.qualified} waited for {waits.seconds:,.0f} s in all for one another's rows",
        why=WHY,
        fix=FIX,
        evidence=waits.facts,
    )


def _both(counted: Finding, waits: Waits) -> Finding:
    worse = min(counted.severity, waits.severity, key=lambda each: each.rank)
    evidence = (*counted.evidence, *waits.facts)
    return replace(counted, severity=worse, sureness=Sureness.CERTAIN, evidence=evidence)


RULE = Rule("hot-rows", "a few rows that everybody updates", find)
