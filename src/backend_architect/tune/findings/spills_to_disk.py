"""A sort or a hash that does not fit into memory.

What it checks: statements that write a megabyte or more of temporary files a call.

Why it matters: what does not fit into `work_mem` is written to disk and read again.

Example: a report that sorts 400 MB with `work_mem = 4MB`.

Instead: an index that gives the order; fewer columns in what is sorted; or more `work_mem` for that role or statement
alone, since every sort of every session may take as much.

When it is wrong: a nightly job, whose time matters to nobody.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_TEMP_BLOCKS = 128
PAGE = 8192


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that writes temporary files."""
    memory = observed.catalog.settings.get("work_mem", "")
    for examined in observed.statements:
        statement = examined.statement
        blocks = statement.temporary_blocks / max(statement.calls, 1)
        if blocks < MIN_TEMP_BLOCKS:
            continue
        yield Finding(
            code=RULE.code,
            severity=examined.severity(Severity.MEDIUM),
            sureness=Sureness.CERTAIN,
            subject=statement.shown,
            message=f"{size(blocks * PAGE)} of temporary files a call: {statement.shown}",
            why="what does not fit into work_mem is written to disk and read again",
            fix="an index that gives the order, fewer columns, or more work_mem for this role alone",
            evidence=(Fact("work_mem", memory), *examined.facts),
        )


RULE = Rule("spills-to-disk", "a sort or a hash that does not fit into memory", find)
