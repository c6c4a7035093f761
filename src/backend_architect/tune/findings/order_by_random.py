"""Rows in random order.

What it checks: `ORDER BY random()`.

Why it matters: the whole table is read and sorted to give a few rows.

Example: `SELECT * FROM products ORDER BY random() LIMIT 5`.

Instead: pick random keys (`WHERE id >= $random ORDER BY id LIMIT 1`, for each), or `TABLESAMPLE SYSTEM_ROWS`.

When it is wrong: the table holds some dozens of rows.
"""

from collections.abc import Iterator

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.parsing import nodes
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import function_name, tree_of


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that shuffles."""
    for statement in observed.workload.statements if observed.workload else ():
        tree = tree_of(statement.text)
        keys = [key.node for key in nodes(tree, ast.SortBy)] if tree is not None else []
        if any(isinstance(key, ast.FuncCall) and function_name(key) == "random" for key in keys):
            yield Finding(
                code=RULE.code,
                severity=Severity.MEDIUM,
                sureness=Sureness.LIKELY,
                subject=statement.shown,
                message=f"rows are put in random order: {statement.shown}",
                why="all of them are read and sorted, to give a few",
                fix="draw random keys and look those up, or use TABLESAMPLE",
                evidence=(Fact("calls", f"{statement.calls:,.0f}"), Fact("mean", f"{statement.mean_ms:,.1f} ms")),
            )


RULE = Rule("order-by-random", "rows in random order", find)
