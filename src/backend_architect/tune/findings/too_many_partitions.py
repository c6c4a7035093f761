"""More partitions than their rows need.

What it checks: partitioned tables with more than a thousand partitions, or with more than a hundred that hold less
than a thousand rows each on average.

Why it matters: a statement that cannot prune partitions locks and plans for each of them; each session keeps what it
knows of every partition in memory; and VACUUM, dumps and upgrades walk through all of them.

Example: a partition for each day and customer: 40,000 of some hundred rows.

Instead: larger ones (a month instead of a day), and dropping the old ones; partitions of some gigabytes are good.

When it is wrong: they are made ahead of rows that will come soon.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MAX_PARTITIONS = 1_000
MIN_PARTITIONS, MIN_ROWS_PER_PARTITION = 100, 1_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each partitioned table whose partitions are too small."""
    catalog = observed.catalog
    for table in catalog.tables:
        if table.kind != "p" or table.partition_of is not None:
            continue
        number = len(catalog.leaves_of(table))
        rows = catalog.rows_of(table) / max(number, 1)
        if number <= MAX_PARTITIONS and not (number > MIN_PARTITIONS and rows < MIN_ROWS_PER_PARTITION):
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.MEDIUM if number > MAX_PARTITIONS else Severity.LOW,
            sureness=Sureness.LIKELY,
            subject=table.qualified,
            message=f"{table.qualified} has {number:,} partitions of {rows:,.0f} rows each",
            why="statements that cannot prune plan for and lock each of them, and every session keeps all in memory",
            fix="make them larger, and drop or merge those that nobody reads any more",
            evidence=(Fact("partitions", f"{number:,}"), Fact("rows", f"{catalog.rows_of(table):,.0f}")),
        )


RULE = Rule("too-many-partitions", "more partitions than their rows need", find)
