"""A statement whose pages are not in memory.

What it checks: statements called at least a hundred times that read a hundred pages or more a call from outside of
`shared_buffers`, and at least half of all their pages.

Why it matters: such a page comes from the operating system's memory at best, and from the disk at worst: a hundred to
a thousand times slower than one that is there.

Example: a lookup over an index of 40 GB on a server with 8 GB of memory.

Instead: read fewer pages: an index that finds the rows, or holds them all (INCLUDE); a narrower or partial index; old
rows in partitions of their own; more memory only after that.

When it is wrong: the server was restarted recently, so that its memory was empty; or the pages are in the operating
system's memory, which PostgreSQL cannot see.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.amounts import size
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_CALLS = 100
MIN_BLOCKS_READ = 100.0
MIN_READ_SHARE = 0.5
PAGE = 8192


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that mostly reads what is not in memory."""
    for examined in observed.statements:
        statement = examined.statement
        read = statement.blocks_read / max(statement.calls, 1)
        share = statement.blocks_read / max(statement.blocks, 1)
        if statement.calls < MIN_CALLS or read < MIN_BLOCKS_READ or share < MIN_READ_SHARE:
            continue
        yield Finding(
            code=RULE.code,
            severity=examined.severity(Severity.MEDIUM),
            sureness=Sureness.LIKELY,
            subject=examined.shown,
            message=f"{share:.0%} of the pages are read from outside of shared_buffers: {examined.shown}",
            why=f"each call waits for {read:,.0f} pages ({size(read * PAGE)}) that are not in memory",
            fix="read fewer pages: an index that finds or holds the rows, or old rows in partitions of their own",
            evidence=(
                *examined.facts,
                Fact("pages a call", f"{statement.blocks / statement.calls:,.0f}"),
                Fact("shared_buffers", observed.catalog.settings.get("shared_buffers", "?")),
            ),
        )


RULE = Rule("cold-reads", "a statement whose pages are not in memory", find)
