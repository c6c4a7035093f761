"""A statement that returns ever more rows.

What it checks: SELECTs without a LIMIT, an aggregate over all or a lookup by a unique key, that return more than a
thousand rows a call.

Why it matters: the rows grow with the table; the application's memory, and the time until the first byte, with them.

Example: `SELECT * FROM notifications WHERE user_id = $1` when a user has 80,000 of them.

Instead: a page: `ORDER BY created_at DESC, id DESC LIMIT 100`, and the next one from where it ended.

When it is wrong: an export that streams.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import select_of

MANY_ROWS = 1_000
OFTEN = 10


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that gives thousands of rows a call."""
    for statement in observed.workload.statements if observed.workload else ():
        rows = statement.rows / max(statement.calls, 1)
        tree = select_of(statement.text)
        if tree is None or tree.limitCount is not None or rows < MANY_ROWS or statement.calls < OFTEN:
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.MEDIUM,
            sureness=Sureness.LIKELY,
            subject=statement.shown,
            message=f"{rows:,.0f} rows a call and no LIMIT: {statement.shown}",
            why="the answer grows with the table, and the application's memory with it",
            fix="give it a LIMIT and an order, and read the next page from where the last one ended",
            evidence=(Fact("rows a call", f"{rows:,.0f}"), Fact("calls", f"{statement.calls:,.0f}")),
        )


RULE = Rule("unbounded-read", "a statement that returns ever more rows", find)
