"""An index that an interrupted CREATE INDEX CONCURRENTLY left behind.

What it checks: indexes that are marked invalid, and that nobody is building now.

Why it matters: no statement uses it, every write keeps it, and a unique one may refuse rows.

Example: a migration with CREATE INDEX CONCURRENTLY ran into its timeout.

Instead: drop it, and build it again.

When it is wrong: a session whose statement this role may not see is building it right now; `pg_monitor` shows it.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import size
from backend_architect.tune.index_facts import statement_to_drop
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index that was left behind."""
    building = [each for each in observed.catalog.sessions if "INDEX" in each.query.upper() and each.state == "active"]
    for index in observed.catalog.indexes:
        table = observed.catalog.table_by_oid.get(index.table)
        unknown = table is not None and (table.kind == "p" or table.held)
        if index.valid or unknown or any(index.name in session.query for session in building):
            continue
        rebuilt = index.definition.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH,
            sureness=Sureness.CERTAIN,
            subject=index.qualified,
            message=f"{index.qualified} is invalid: its building was interrupted",
            why="no statement uses it, while every write has to keep it",
            fix="drop it, and build it again",
            sql=f"{statement_to_drop(index)}\n{rebuilt};",
            evidence=(Fact("size", size(index.bytes)),),
        )


RULE = Rule("invalid-index", "an index that an interrupted building left behind", find)
