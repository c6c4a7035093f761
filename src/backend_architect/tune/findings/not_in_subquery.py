"""NOT IN with a subquery.

What it checks: `x NOT IN (SELECT …)`.

Why it matters: a NULL among the subquery's rows makes the condition NULL for every row, so nothing comes back; and the
planner cannot make an anti-join of it: without memory for a hash it runs the subquery for each row.

Example: `SELECT * FROM users WHERE id NOT IN (SELECT user_id FROM orders)`.

Instead: `WHERE NOT EXISTS (SELECT FROM orders WHERE orders.user_id = users.id)`.

When it is wrong: the subquery gives few rows, of a column that is never null.
"""

from collections.abc import Iterator

from pglast import ast, enums

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.parsing import nodes
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import tree_of


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement with a NOT IN over a subquery."""
    for statement in observed.workload.statements if observed.workload else ():
        tree = tree_of(statement.text)
        negated = nodes(tree, ast.BoolExpr) if tree is not None else ()
        if any(_not_in(expression) for expression in negated):
            yield Finding(
                code=RULE.code,
                severity=Severity.MEDIUM,
                sureness=Sureness.LIKELY,
                subject=statement.shown,
                message=f"NOT IN over a subquery: {statement.shown}",
                why="one NULL in the subquery hides every row, and no anti-join can be made of it",
                fix="write NOT EXISTS with the comparison inside the subquery",
                evidence=(Fact("calls", f"{statement.calls:,.0f}"), Fact("mean", f"{statement.mean_ms:,.1f} ms")),
            )


def _not_in(expression: ast.BoolExpr) -> bool:
    if expression.boolop != enums.BoolExprType.NOT_EXPR or not expression.args:
        return False
    inner = expression.args[0]
    return isinstance(inner, ast.SubLink) and inner.subLinkType == enums.SubLinkType.ANY_SUBLINK and not inner.operName


RULE = Rule("not-in-subquery", "NOT IN with a subquery", find)
