"""A default partition that fills.

What it checks: default partitions that hold rows, beside others.

Why it matters: rows land there because nobody made their partition. Nearly every statement has to search it to find
them; and a new partition cannot be attached without reading the whole default one under a lock, and fails when rows
for it lie there already.

Example: the job that makes next month's partition stopped in March; all rows since then are in `events_default`.

Instead: make the missing partitions, move the rows into them in one transaction, and watch that the default stays
empty.

When it is wrong: a list partition whose default holds the rare values on purpose.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.partitions import partition_key
from backend_architect.tune.rule import Rule

FEWEST_ROWS = 100
HIGH_SHARE = 0.1


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each default partition that holds rows which belong elsewhere."""
    catalog = observed.catalog
    for table in catalog.tables:
        parent = catalog.table_by_oid.get(table.partition_of or 0)
        rows = catalog.rows_of(table)
        if table.bound != "DEFAULT" or parent is None or rows < FEWEST_ROWS:
            continue
        share = rows / max(catalog.rows_of(parent), 1.0)
        key = partition_key(parent.partition_key)
        ranged = key is not None and key.strategy == "range"
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH if ranged and share > HIGH_SHARE else Severity.MEDIUM if ranged else Severity.LOW,
            sureness=Sureness.CERTAIN if ranged else Sureness.POSSIBLE,
            subject=table.qualified,
            message=f"{rows:,.0f} rows of {parent.qualified} lie in its default partition {table.qualified}",
            why="nearly every statement must search it too, and no partition can be attached for what lies there",
            fix="make the missing partitions, move the rows there, and make partitions ahead of time",
            evidence=(Fact("share of all rows", f"{share:.0%}"), Fact("key", parent.partition_key)),
        )


RULE = Rule("filled-default-partition", "a default partition that fills", find)
