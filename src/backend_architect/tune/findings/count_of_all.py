"""A count of everything.

What it checks: statements that return nothing but `count(*)`, without a limit inside, that read many pages a call.

Why it matters: PostgreSQL counts by reading every row that matches, each time; a page with a total reads the whole
list to show twenty rows of it.

Example: `SELECT count(*) FROM orders WHERE shop_id = $1` beside every page of orders.

Instead: leave the total away; say "more than 1,000" with a LIMIT inside; keep a counter; take the planner's estimate.

When it is wrong: a report that runs once a day.
"""

from collections.abc import Iterator

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.parsing import nodes
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import function_name, select_of

MANY_BLOCKS = 500
OFTEN = 100


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that counts, often, what is large."""
    for statement in observed.workload.statements if observed.workload else ():
        tree = select_of(statement.text)
        blocks = statement.blocks / max(statement.calls, 1)
        if tree is None or statement.calls < OFTEN or blocks < MANY_BLOCKS or not _only_counts(tree):
            continue
        yield Finding(
            code=RULE.code,
            severity=Severity.MEDIUM,
            sureness=Sureness.LIKELY,
            subject=statement.shown,
            message=f"{statement.calls:,.0f} calls count everything: {statement.shown}",
            why=f"each call reads {blocks:,.0f} pages to return one number",
            fix="leave the total away, bound it with a LIMIT in a subquery, or keep a counter",
            evidence=(Fact("mean", f"{statement.mean_ms:,.1f} ms"), Fact("pages a call", f"{blocks:,.0f}")),
        )


def _only_counts(tree: ast.SelectStmt) -> bool:
    targets = tree.targetList or ()
    calls = [target.val for target in targets if isinstance(target.val, ast.FuncCall)]
    counts = len(targets) == 1 and len(calls) == 1 and function_name(calls[0]) == "count" and bool(calls[0].agg_star)
    bounded = any(inner.limitCount is not None for inner in nodes(tree, ast.SelectStmt))
    return counts and not tree.groupClause and not bounded


RULE = Rule("count-of-all", "a count of everything", find)
