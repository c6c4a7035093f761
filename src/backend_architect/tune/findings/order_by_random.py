"""Rows in random order.

What it checks: statements that sort by `random()`, by an expression over it, or by a random UUID, on tables of a
thousand rows or more; not those that take a sample first (`TABLESAMPLE`), nor an aggregate's own order.

Why it matters: the whole table is read and sorted to give a few rows.

Example: `SELECT * FROM products ORDER BY random() LIMIT 5`.

Instead: pick random keys (`WHERE id >= $random ORDER BY id LIMIT 1`, for each), or `TABLESAMPLE SYSTEM_ROWS`.

When it is wrong: the table holds some dozens of rows.
"""

from collections.abc import Iterator
from typing import Any

from pglast import ast

from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import column_name, function_name
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

RANDOM = {"random", "gen_random_uuid", "uuid_generate_v4"}


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that shuffles."""
    for examined in observed.statements:
        if not examined.is_small and any(_shuffles(select) for select in nodes(examined.tree, ast.SelectStmt)):
            yield Finding(
                code=RULE.code,
                severity=examined.severity(Severity.MEDIUM),
                sureness=Sureness.LIKELY,
                subject=examined.shown,
                message=f"rows are put in random order: {examined.shown}",
                why="all of them are read and sorted, to give a few",
                fix="draw random keys and look those up, or use TABLESAMPLE",
                evidence=examined.facts,
            )


def _shuffles(select: ast.SelectStmt) -> bool:
    """Return whether rows are sorted by something random, also by the name or number of a column that is."""
    sampled = any(True for _ in nodes(select.fromClause or (), ast.RangeTableSample))
    keys = [_target(select, key.node) for key in select.sortClause or ()]
    return not sampled and any(function_name(call) in RANDOM for key in keys for call in nodes(key, ast.FuncCall))


def _target(select: ast.SelectStmt, key: Any) -> Any:
    targets = list(select.targetList or ())
    if isinstance(key, ast.A_Const) and isinstance(key.val, ast.Integer) and 0 < (key.val.ival or 0) <= len(targets):
        return targets[(key.val.ival or 0) - 1].val
    named = [target.val for target in targets if target.name and target.name == column_name(key)]
    return named[0] if named else key


RULE = Rule("order-by-random", "rows in random order", find)
