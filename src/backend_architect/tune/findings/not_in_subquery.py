"""NOT IN with a subquery.

What it checks: `x NOT IN (SELECT …)`, and `x <> ALL (SELECT …)`, which is the same; not where all tables have less
than a thousand rows, nor where the subquery reads a column that is never null of such a table.

Why it matters: a NULL among the subquery's rows makes the condition NULL for every row, so nothing comes back; and the
planner cannot make an anti-join of it: without memory for a hash it runs the subquery for each row.

Example: `SELECT * FROM users WHERE id NOT IN (SELECT user_id FROM orders)`.

Instead: `WHERE NOT EXISTS (SELECT FROM orders WHERE orders.user_id = users.id)`.

When it is wrong: the subquery gives few rows, of a column that is never null.
"""

from collections.abc import Iterator
from typing import Any

from pglast import ast, enums

from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.blocks import blocks_of
from backend_architect.sql.conditions import SMALL_ROWS
from backend_architect.sql.parsing import nodes
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement with a NOT IN over a subquery."""
    for examined in observed.statements:
        links = [link for node in nodes(examined.tree, ast.BoolExpr, ast.SubLink) if (link := _not_in(node))]
        if not examined.is_small and any(not _is_harmless(link, observed.catalog) for link in links):
            yield Finding(
                code=RULE.code,
                severity=examined.severity(Severity.MEDIUM),
                sureness=Sureness.LIKELY,
                subject=examined.shown,
                message=f"NOT IN over a subquery: {examined.shown}",
                why="one NULL in the subquery hides every row, and no anti-join can be made of it",
                fix="write NOT EXISTS with the comparison inside the subquery",
                evidence=examined.facts,
            )


def _not_in(node: Any) -> ast.SubLink | None:
    """Return the subquery of `x NOT IN (SELECT …)`, `NOT x = ANY (SELECT …)` or `x <> ALL (SELECT …)`."""
    if isinstance(node, ast.SubLink):
        differs = _operator(node) == "<>"
        return node if node.subLinkType == enums.SubLinkType.ALL_SUBLINK and differs else None
    inner = node.args[0] if node.boolop == enums.BoolExprType.NOT_EXPR and node.args else None
    if not isinstance(inner, ast.SubLink) or inner.subLinkType != enums.SubLinkType.ANY_SUBLINK:
        return None
    return inner if _operator(inner) in {"", "="} else None


def _operator(link: Any) -> str:
    return str(link.operName[-1].sval) if link.operName else ""


def _is_harmless(link: ast.SubLink, catalog: Catalog) -> bool:
    """Return whether the subquery gives few rows, of a column that is never null."""
    blocks = blocks_of(link.subselect, catalog)
    targets = blocks[0].tree.targetList or () if blocks else ()
    owner = blocks[0].owner(targets[0].val) if targets and isinstance(targets[0].val, ast.ColumnRef) else None
    table = owner[0].sources[owner[1]] if owner else None
    column = table.column(owner[2]) if table and owner else None
    return column is not None and column.not_null and table is not None and catalog.rows_of(table) < SMALL_ROWS


RULE = Rule("not-in-subquery", "NOT IN with a subquery", find)
