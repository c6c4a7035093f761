"""A plan whose row estimate is far from the actual rows.

What it checks: plans that were run (auto_explain's) in which a scan, or the groups made of one table, gave ten times
more or fewer rows than the planner expected, a thousand or more of them; a scan that LIMIT may have stopped is left
alone.

Why it matters: the planner chooses by these numbers. Expecting 3 rows where 30,000 come, it picks a nested loop, an
index that reads a page for each row, and too little memory.

Example: `WHERE city = 'Paris' AND country = 'FR'`: the planner multiplies both shares and expects a hundredth of the
rows, since it does not know that one column determines the other.

Instead: statistics over both columns, `CREATE STATISTICS … (ndistinct, dependencies, mcv) ON city, country FROM …`; on
the expression; more of them for a column with many values; or `ANALYZE`, where they are old.

When it is wrong: one odd parameter; the plan is as good with the right number.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.tune.observed import Observed
from backend_architect.tune.plans import PlanNode, executed_nodes
from backend_architect.tune.plans.conditions import compared_by, grouped_by, table_of
from backend_architect.tune.plans.misestimates import EstimateFix, fix_of, grouping_fix
from backend_architect.tune.plans.worst import times, worst
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

MIN_FACTOR = 10.0
MIN_ROWS = 1_000.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and table whose rows were misestimated."""
    wrong = (seen for seen in executed_nodes(observed) if _is_wrong(seen[1]))
    for statement, node in worst(wrong, lambda each: each.off):
        source = node if node.is_scan else _only_scan(node)
        table = table_of(source, observed.catalog) if source else None
        estimate_fix = _fix(node, table, observed.catalog) if table else None
        if table and estimate_fix:
            yield _finding(statement, node, table, estimate_fix)


def _is_wrong(node: PlanNode) -> bool:
    if not node.is_scan and "Group Key" not in node.raw:
        return False
    return node.off >= MIN_FACTOR and max(node.expected, node.actual) * node.loops >= MIN_ROWS


def _only_scan(node: PlanNode) -> PlanNode | None:
    """Return the scan whose rows a node groups, None where several tables come together or nothing is read."""
    scans = [each for below in node.below for each in _scans(below)]
    return scans[0] if len(scans) == 1 else None


def _scans(node: PlanNode) -> Iterator[PlanNode]:
    if node.is_scan:
        yield node
    for below in node.below:
        yield from _scans(below)


def _fix(node: PlanNode, table: Table, catalog: Catalog) -> EstimateFix | None:
    if node.is_scan:
        return fix_of(compared_by(node.conditions, table), table, catalog) if node.conditions else None
    columns = grouped_by(node, table)
    wrong_below = any(below.off >= MIN_FACTOR for below in node.below)
    return grouping_fix(columns, table) if len(columns) > 1 and not wrong_below else None


def _finding(statement: Statement, node: PlanNode, table: Table, estimate_fix: EstimateFix) -> Finding:
    what = "rows" if node.is_scan else "groups"
    expected, actual = times(node.expected), times(node.actual)
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=f"{statement.shown} ({table.qualified})",
        message=f"{expected} {what} of {table.qualified} estimated, {actual} actual: {statement.shown}",
        why=f"the planner chooses by that number; {estimate_fix.why}",
        fix=estimate_fix.fix,
        sql=estimate_fix.sql,
        evidence=(
            Fact("off by", f"{node.off:,.0f} times"),
            Fact("in", node.kind + (f", {node.loops:,.0f} times" if node.loops > 1 else "")),
            *(Fact("condition", each) for each in node.conditions),
        ),
    )


RULE = Rule("misestimated-rows", "a plan whose row estimate is far from the actual rows", find)
