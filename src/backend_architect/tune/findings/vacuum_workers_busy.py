"""Autovacuum that has more to do than workers.

What it checks: whether all `autovacuum_max_workers` are at work now, while at least three more tables have passed the
number of dead rows at which autovacuum should come.

Why it matters: tables wait in line, and grow by their dead rows in the meantime; a small busy table waits behind a
huge one for hours.

Example: three workers in three tables of 500 GB, and a queue table with a million dead rows that nobody vacuums.

Instead: let each worker do more (`autovacuum_vacuum_cost_limit = 2000`), then more workers: they share one limit.

When it is wrong: it was one moment, while a bulk load was being cleaned up: see whether it stays so.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.server_settings import NEVER, setting_as_number, vacuum_begins_at

SEVERAL = 3
DEFAULT_WORKERS = 3
SHOWN = 5


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding when tables wait for a worker."""
    catalog = observed.catalog
    workers = setting_as_number(catalog.settings, "autovacuum_max_workers", DEFAULT_WORKERS)
    waiting = []
    for table in catalog.tables:
        begins = vacuum_begins_at(table, max(table.rows, float(table.live)), catalog.settings)
        if not table.temporary and begins < NEVER and table.dead > begins:
            waiting.append(table)
    if catalog.vacuum_workers < workers or len(waiting) < SEVERAL:
        return
    worst = sorted(waiting, key=lambda table: (-table.dead, table.qualified))[:SHOWN]
    yield Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=catalog.database,
        message=f"all {workers:.0f} autovacuum workers are busy, and {len(waiting)} tables are due",
        why="the tables that wait grow by their dead rows",
        fix="let the workers do more before they pause; more workers alone share the same limit",
        sql="ALTER SYSTEM SET autovacuum_vacuum_cost_limit = 2000;\nSELECT pg_reload_conf();",
        evidence=tuple(Fact(f"dead rows of {table.qualified}", f"{table.dead:,}") for table in worst),
    )


RULE = Rule("vacuum-workers-busy", "autovacuum that has more to do than workers", find)
