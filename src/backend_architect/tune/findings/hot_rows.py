"""A few rows that everybody updates.

What it checks: tables of at most ten thousand rows whose rows were updated a thousand times each or more on average,
and a hundred thousand times in all.

Why it matters: updates of one row wait for each other, so that the transactions run one after another, however many
processors there are; each leaves a dead version that readers walk over until it is removed.

Example: `UPDATE counters SET views = views + 1 WHERE id = 1` at every page view.

Instead: collect and write every few seconds; or spread over several rows (`WHERE id = 1 AND slot = $1`) and add them
up on reading; or append, and add up later. Make the update the last statement of its transaction, so that its lock is
short.

When it is wrong: one process alone updates them, a few times a second: a queue's state, a heartbeat.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import days
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

SMALL_ROWS = 10_000
MANY_EACH = 1_000
MANY = 100_000
EVERY_SECOND = 10.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each small table that is updated all the time."""
    counted = observed.catalog.counted
    for table in observed.catalog.tables:
        rows = max(float(table.live), table.rows, 1.0)
        each = table.updated / rows
        if table.temporary or rows > SMALL_ROWS or table.updated < MANY or each < MANY_EACH:
            continue
        rate = table.updated / counted if counted else 0.0
        in_place = table.updated_in_place / table.updated
        evidence = [Fact("updates", f"{table.updated:,}"), Fact("in place", f"{in_place:.0%}")]
        evidence += [Fact("counted for", days(counted)), Fact("updates a second", f"{rate:,.1f}")] if counted else []
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH if rate > EVERY_SECOND else Severity.MEDIUM,
            sureness=Sureness.LIKELY,
            subject=table.qualified,
            message=f"each of the {rows:,.0f} rows of {table.qualified} was updated {each:,.0f} times on average",
            why="updates of one row wait for each other, and each leaves a dead version that readers walk over",
            fix="write in batches, spread a counter over several rows, or append and add up later",
            sql=f"ALTER TABLE {table.qualified} SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 1000);",
            evidence=tuple(evidence),
        )


RULE = Rule("hot-rows", "a few rows that everybody updates", find)
