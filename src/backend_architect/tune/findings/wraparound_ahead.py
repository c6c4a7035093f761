"""Transaction ids that run out.

What it checks: tables, and the database as a whole, whose oldest transaction id or multixact id (of rows that several
transactions locked at once) is older than a billion.

Why it matters: at two billion PostgreSQL refuses every write, until a VACUUM that may take hours has ended.

Example: a replication slot or a prepared transaction, forgotten for months, keeps rows from being frozen.

Instead: find what holds the horizon back (long transactions, prepared transactions, replication slots), then
`VACUUM (FREEZE)` the oldest tables.

When it is wrong: hardly ever. `autovacuum_freeze_max_age` may have been raised on purpose, up to two billion.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

LIMIT = 2_000_000_000
OLD = 1_000_000_000
TRANSACTIONS, MULTIXACTS = "transaction", "multixact"


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each table that has to be frozen before the ids run out, else one for the database."""
    catalog = observed.catalog
    found = False
    for table in catalog.tables:
        for kind, age in ((TRANSACTIONS, table.frozen_age), (MULTIXACTS, table.multixact_age)):
            if age >= OLD:
                found = True
                yield _finding(table.qualified, kind, age, f"VACUUM (FREEZE, VERBOSE) {table.qualified};")
    whole = ((TRANSACTIONS, catalog.frozen_age), (MULTIXACTS, catalog.multixact_age))
    for kind, age in () if found else whole:  # a system catalog, or a table of TOAST
        if age >= OLD:
            yield _finding(catalog.database, kind, age, "VACUUM (FREEZE, VERBOSE);")


def _finding(subject: str, kind: str, age: int, sql: str) -> Finding:
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH,
        sureness=Sureness.CERTAIN,
        subject=subject if kind == TRANSACTIONS else f"{subject} (multixact)",
        message=f"{subject} is {age / LIMIT:.0%} of the way to {kind} id wraparound",
        why="at the end of it PostgreSQL refuses every write until a long VACUUM has run",
        fix="end what holds old rows (long transactions, forgotten replication slots), then freeze the table",
        sql=sql,
        evidence=(Fact("age", f"{age:,} {kind}s"),),
    )


RULE = Rule("wraparound-ahead", "transaction ids that run out", find)
