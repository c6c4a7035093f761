"""An index that nothing reads.

What it checks: indexes of a megabyte or more that no statement has scanned since the statistics were reset, at least a
week ago, on a table that is written to, and that enforce nothing.

Why it matters: every insert, and every update that is not in place, writes it; it takes memory and slows VACUUM.

Example: `orders (status)` with 0 scans in 90 days.

Instead: drop it, after asking whether a monthly report or a replica reads it.

When it is wrong: a replica uses it (its counts are kept there), a yearly job does, or the counts are young.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import days, size
from backend_architect.tune.index_facts import enforces, statement_to_drop
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

LONG_ENOUGH = 7 * 86_400.0
MIN_BYTES = 1 << 20


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each index that only costs."""
    catalog = observed.catalog
    counted = catalog.counted_at_least
    if catalog.standby or counted is None or counted < LONG_ENOUGH:
        return
    for index in catalog.indexes:
        table = catalog.table_by_oid.get(index.table)
        idle = index.valid and not index.scans and not enforces(index) and index.parent is None
        if table is None or not idle or not table.writes or index.bytes < MIN_BYTES:
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.LOW,
            sureness=Sureness.LIKELY,
            subject=index.qualified,
            message=f"no statement has read {index.qualified} in {days(counted)}",
            why=f"the {table.writes:,} rows written to {table.qualified} in that time had to keep it",
            fix=f"drop {index.qualified}, if no replica and no rare job reads it",
            sql=statement_to_drop(index),
            evidence=(Fact("size", size(index.bytes)), Fact("counted for", days(counted))),
        )


RULE = Rule("unused-index", "an index that nothing reads", find)
