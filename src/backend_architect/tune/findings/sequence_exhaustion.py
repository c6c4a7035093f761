"""A sequence that runs out of values, or out of those that its column's type can hold.

What it checks: sequences that have used more than half of what both they and their column's type can hold.

Why it matters: the next insert after the last value fails, and changing an integer key to bigint rewrites the table
and every table that points at it.

Example: `orders.id serial` at 1.6 billion of 2.1 billion.

Instead: change the column to bigint while there is time: a new column, filled in batches, swapped in.

When it is wrong: the sequence starts high on purpose and hardly moves.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

SOON, NOW = 0.5, 0.8


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each sequence that has used most of its values."""
    for sequence in observed.catalog.sequences:
        share = (sequence.last or 0) / sequence.limit
        if sequence.cycles or share < SOON:
            continue
        feeds = f", which feeds {sequence.column}," if sequence.column else ""
        yield Finding(
            code=RULE.code,
            severity=Severity.HIGH if share >= NOW else Severity.MEDIUM,
            sureness=Sureness.CERTAIN,
            subject=sequence.column or sequence.name,
            message=f"the sequence {sequence.name}{feeds} has used {share:.0%} of its values",
            why="after the last one every insert fails",
            fix="change the column to bigint while there is time: a new column, filled in batches, then swapped in",
            evidence=(Fact("last", f"{sequence.last or 0:,}"), Fact("limit", f"{sequence.limit:,}")),
        )


RULE = Rule("sequence-exhaustion", "a sequence that runs out of values", find)
