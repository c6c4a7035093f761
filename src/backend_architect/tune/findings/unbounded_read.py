"""A statement that returns ever more rows.

What it checks: SELECTs without a LIMIT (`LIMIT ALL` is none) that return a thousand rows a call or more, and were
called ten times or more.

Why it matters: the rows grow with the table; the application's memory, and the time until the first byte, with them.

Example: `SELECT * FROM notifications WHERE user_id = $1` when a user has 80,000 of them.

Instead: a page: `ORDER BY created_at DESC, id DESC LIMIT 100`, and the next one from where it ended.

When it is wrong: an export that streams.
"""

from collections.abc import Iterator

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.sql.statement_facts import is_limited
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_ROWS = 1_000
MIN_CALLS = 10


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that gives thousands of rows a call."""
    for examined in observed.statements:
        rows = examined.statement.rows / max(examined.calls, 1)
        tree = examined.tree
        if not isinstance(tree, ast.SelectStmt) or is_limited(tree) or rows < MIN_ROWS or examined.calls < MIN_CALLS:
            continue
        yield Finding(
            code=RULE.code,
            severity=examined.severity(Severity.MEDIUM),
            sureness=Sureness.LIKELY,
            subject=examined.shown,
            message=f"{rows:,.0f} rows a call and no LIMIT: {examined.shown}",
            why="the answer grows with the table, and the application's memory with it",
            fix="give it a LIMIT and an order, and read the next page from where the last one ended",
            evidence=(Fact("rows a call", f"{rows:,.0f}"), *examined.facts),
        )


RULE = Rule("unbounded-read", "a statement that returns ever more rows", find)
