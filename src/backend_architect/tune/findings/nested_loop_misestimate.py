"""A nested loop over far more rows than expected.

What it checks: plans that were run in which the outer side of a nested loop gave ten times more rows than expected, so
that the inner side ran a thousand times or more.

Why it matters: a nested loop is the best join for a few rows and the worst for many: its inner side is executed again
for each. With the right estimate the planner would have read the inner table once, by a hash join.

Example: 4 orders expected, 40,000 came: the index on `items` is searched 40,000 times.

Instead: fix the estimate of the outer side: statistics over the columns that are compared together, on the expression,
or fresh ones. Turning nested loops off for all statements makes most of them slower.

When it is wrong: the inner side is a small table in memory, and the outer side does not grow any more.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.observed import Observed
from backend_architect.tune.plans import PlanNode, executed_nodes
from backend_architect.tune.plans.conditions import compared_by, table_of
from backend_architect.tune.plans.misestimates import EstimateFix, fix_of
from backend_architect.tune.plans.worst import times, worst
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

FACTOR = 10.0
MIN_LOOPS = 1_000.0
UNKNOWN = EstimateFix("", "fix the estimate of its outer side, or read fewer rows there", "")


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement with such a loop: the one that ran its inner side most often."""
    loops = (seen for seen in executed_nodes(observed) if _is_misestimated(seen[1]))
    for statement, node in worst(loops, lambda each: each.below[1].loops):
        yield _finding(statement, node, _fix(node.below[0], observed.catalog))


def _is_misestimated(node: PlanNode) -> bool:
    if node.kind != "Nested Loop" or len(node.below) != 2:
        return False
    outer, inner = node.below
    return inner.loops >= MIN_LOOPS and outer.actual >= FACTOR * max(outer.expected, 1.0)


def _fix(outer: PlanNode, catalog: Catalog) -> EstimateFix:
    """Return what fixes the lowest scan that was misestimated."""
    table = table_of(outer, catalog) if outer.is_scan else None
    if table is not None and outer.conditions:
        return fix_of(compared_by(outer.conditions, table), table, catalog)
    for below in outer.below:
        if below.actual >= FACTOR * max(below.expected, 1.0):
            return _fix(below, catalog)
    return UNKNOWN


def _finding(statement: Statement, node: PlanNode, advised: EstimateFix) -> Finding:
    outer, inner = node.below
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH,
        sureness=Sureness.LIKELY,
        subject=statement.shown,
        message=f"a nested loop runs its inner side {times(inner.loops)} times, {times(outer.expected)} were expected: "
        f"{statement.shown}",
        why=f"its inner side is executed again for each row of the outer{f'; {advised.why}' if advised.why else ''}",
        fix=advised.fix,
        sql=advised.sql,
        evidence=(
            Fact("outer side", f"{outer.kind} {outer.table}".strip()),
            Fact("inner side", f"{inner.kind} {inner.table}".strip()),
            *(Fact("condition", each) for each in outer.conditions),
        ),
    )


RULE = Rule("nested-loop-misestimate", "a nested loop over far more rows than expected", find)
