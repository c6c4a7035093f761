"""Transaction ids that run out.

What it checks: tables, and the database, whose oldest unfrozen row is older than a billion transactions.

Why it matters: at two billion PostgreSQL refuses every write, until a VACUUM that may take hours has ended.

Example: a replication slot or a prepared transaction, forgotten for months, keeps rows from being frozen.

Instead: find what holds the horizon back (long transactions, prepared transactions, replication slots), then
`VACUUM (FREEZE)` the oldest tables.

When it is wrong: never; `autovacuum_freeze_max_age` was raised on purpose at most.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

LIMIT = 2_000_000_000
OLD = 1_000_000_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table that has to be frozen before the ids run out."""
    for table in observed.catalog.tables:
        if table.frozen_age < OLD:
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH,
            sureness=Sureness.CERTAIN,
            subject=table.qualified,
            message=f"{table.qualified} is {table.frozen_age / LIMIT:.0%} of the way to transaction id wraparound",
            why="at the end of it PostgreSQL refuses every write until a long VACUUM has run",
            fix="end what holds old rows (long transactions, forgotten replication slots), then freeze the table",
            sql=f"VACUUM (FREEZE, VERBOSE) {table.qualified};",
            evidence=(Fact("age", f"{table.frozen_age:,} transactions"),),
        )


RULE = Rule("wraparound-ahead", "transaction ids that run out", find)
