"""An index that an interrupted CREATE INDEX CONCURRENTLY left behind.

What it checks: indexes that are marked invalid, and that nobody is building now. Of a partitioned table, those of which
some partition has no part.

Why it matters: no statement uses it, every write keeps it, and a unique one may refuse rows.

Example: a migration with CREATE INDEX CONCURRENTLY ran into its timeout.

Instead: drop it, and build it again.

When it is wrong: a session whose statement this role may not see is building it right now; `pg_monitor` shows it.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Index, Table
from backend_architect.tune.amounts import size
from backend_architect.tune.index_facts import statement_to_drop
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index that was left behind."""
    building = [each for each in observed.catalog.sessions if "INDEX" in each.query.upper() and each.state == "active"]
    for index in observed.catalog.indexes:
        table = observed.catalog.table_by_oid.get(index.table)
        if index.valid or (table and table.held) or any(index.name in session.query for session in building):
            continue
        if table is not None and table.kind == "p":
            yield _incomplete(index, table)
            continue
        rebuilt = index.definition.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH,
            sureness=Sureness.CERTAIN,
            subject=index.qualified,
            message=f"{index.qualified} is invalid: its build was interrupted",
            why="no statement uses it, while every write has to keep it",
            fix="drop it, and build it again",
            sql=f"{statement_to_drop(index)}\n{rebuilt};",
            evidence=(Fact("size", size(index.bytes)),),
        )


def _incomplete(index: Index, table: Table) -> Finding:
    """Return the finding of a partitioned table's index; its parts may be on their way."""
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=index.qualified,
        message=f"{index.qualified} is invalid: not every partition of {table.qualified} has its part of it",
        why="partitions without a part are read whole, and new ones get one: what is planned depends on the partition",
        fix="build it on each partition that has none, and attach it (ALTER INDEX … ATTACH PARTITION); or drop it",
        evidence=(Fact("table", table.qualified),),
    )


RULE = Rule("invalid-index", "an index that an interrupted build left behind", find)
