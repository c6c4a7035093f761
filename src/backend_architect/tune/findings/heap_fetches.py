"""An index-only scan that still reads the table.

What it checks: plans that were run in which an index-only scan fetched half of its rows, and a thousand or more, from
the table.

Why it matters: the index does not say whether a row is visible: the table is read for each row whose page VACUUM has
not marked all-visible. Without VACUUM an index-only scan is an ordinary one, a random page for each row.

Example: `Index Only Scan … Heap Fetches: 118,442` on a table that is only inserted into.

Instead: `VACUUM` the table, and let autovacuum come earlier: a smaller `autovacuum_vacuum_insert_scale_factor` (from 13
on) for what only grows, a smaller `autovacuum_vacuum_scale_factor` for what changes.

When it is wrong: the rows that are read are those that were written a moment ago.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Table
from backend_architect.tune.amounts import days
from backend_architect.tune.observed import Observed
from backend_architect.tune.plans import PlanNode, executed_nodes
from backend_architect.tune.plans.conditions import table_of
from backend_architect.tune.plans.worst import times, worst
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

MIN_FETCHES = 1_000.0
MIN_FETCH_SHARE = 0.5


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and table."""
    fetching = (seen for seen in executed_nodes(observed) if _fetches(seen[1]))
    for statement, node in worst(fetching, lambda each: each.number("Heap Fetches")):
        table = table_of(node, observed.catalog)
        if table is not None:
            yield _finding(statement, node, table)


def _fetches(node: PlanNode) -> bool:
    fetched = node.number("Heap Fetches")
    return node.kind == "Index Only Scan" and fetched >= MIN_FETCHES and fetched >= MIN_FETCH_SHARE * node.total


def _finding(statement: Statement, node: PlanNode, table: Table) -> Finding:
    since = "never" if table.last_vacuumed is None else f"{days(table.last_vacuumed)} ago"
    option = (
        "autovacuum_vacuum_insert_scale_factor"
        if table.deleted + table.updated == 0
        else "autovacuum_vacuum_scale_factor"
    )
    return Finding(
        code=RULE.code,
        severity=Severity.LOW,
        sureness=Sureness.CERTAIN,
        subject=f"{statement.shown} ({table.qualified})",
        message=f"an index-only scan fetches {times(node.number('Heap Fetches'))} of {times(node.total)} rows from "
        f"{table.qualified}: {statement.shown}",
        why="pages that VACUUM has not marked all-visible must be read to see which rows are visible",
        fix=f"VACUUM the table, and let autovacuum come earlier: a smaller {option} for it",
        sql=f"VACUUM {table.qualified};",
        evidence=(Fact("index", str(node.raw.get("Index Name", ""))), Fact("vacuumed", since)),
    )


RULE = Rule("heap-fetches", "an index-only scan that still reads the table", find)
