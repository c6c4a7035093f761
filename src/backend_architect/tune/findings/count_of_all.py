"""A count of everything.

What it checks: statements that return nothing but a count of rows, without a limit inside, and pages that carry
`count(*) OVER ()`, called a hundred times or more, that read five hundred pages or more a call.

Why it matters: PostgreSQL counts by reading every row that matches, each time; a page with a total reads the whole
list to show twenty rows of it.

Example: `SELECT count(*) FROM orders WHERE shop_id = $1` beside every page of orders.

Instead: leave out the total; say "more than 1,000" with a LIMIT inside; keep a counter; take the planner's estimate.

When it is wrong: a report that runs once a day.
"""

from collections.abc import Iterator
from typing import Any

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import function_name, is_limited
from backend_architect.tune.examined import Examined
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

MIN_PAGES = 500
MIN_CALLS = 100


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that counts, often, what is large."""
    for examined in observed.statements:
        tree, pages = examined.tree, _pages(examined, observed.catalog)
        if not isinstance(tree, ast.SelectStmt) or examined.calls < MIN_CALLS or pages < MIN_PAGES:
            continue
        if not _only_counts(tree) and not _counts_beside(tree):
            continue
        yield Finding(
            code=RULE.code,
            severity=examined.severity(Severity.MEDIUM),
            sureness=Sureness.LIKELY,
            subject=examined.shown,
            message=f"{examined.calls:,.0f} calls count everything: {examined.shown}",
            why=f"each call reads {pages:,.0f} pages to return one number",
            fix="leave out the total, bound it with a LIMIT in a subquery, or keep a counter",
            evidence=(*examined.facts, Fact("pages a call", f"{pages:,.0f}")),
        )


def _pages(examined: Examined, catalog: Catalog) -> float:
    """Return the pages that a call reads: as counted, or all of a table of which everything is wanted."""
    if examined.statement.blocks:
        return examined.statement.blocks / max(examined.calls, 1)
    if any(block.conditions for block in examined.blocks):
        return 0.0
    tables = [table for block in examined.blocks for table in block.sources.values() if table is not None]
    return sum(catalog.bytes_of(table) for table in tables) / 8192


def _only_counts(tree: ast.SelectStmt) -> bool:
    """Return whether one count of rows is all that a statement gives."""
    targets = tree.targetList or ()
    bounded = any(is_limited(inner) for inner in nodes(tree, ast.SelectStmt))
    return len(targets) == 1 and _is_count(targets[0].val) and not tree.groupClause and not bounded


def _counts_beside(tree: ast.SelectStmt) -> bool:
    """Return whether a page carries the number of all rows: `count(*) OVER ()`."""
    windows = [each.val for each in tree.targetList or () if _is_count(each.val) and each.val.over is not None]
    return is_limited(tree) and any(not window.over.partitionClause for window in windows)


def _is_count(call: Any) -> bool:
    return isinstance(call, ast.FuncCall) and function_name(call) == "count" and not call.agg_distinct


RULE = Rule("count-of-all", "a count of everything", find)
