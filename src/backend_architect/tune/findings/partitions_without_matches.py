"""A plan that searches partitions without matching rows.

What it checks: plans that were run in which eight or more partitions were searched and nine of ten gave no row.

Why it matters: each partition costs planning, a lock and a search. A condition on the partition key leaves out those
that cannot hold a row, when the statement is planned or when its parameters are known.

Example: `SELECT * FROM events WHERE id = $1` over 60 months: 59 of the 60 index searches find nothing.

Instead: compare the partition key itself with a value too (`AND created_at >= $2`); make it a part of the identifier;
or partition by the column that statements know.

When it is wrong: the searched rows happen to be in few partitions.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.tune.observed import Observed
from backend_architect.tune.plans import PlanNode, executed_nodes
from backend_architect.tune.plans.conditions import table_of
from backend_architect.tune.plans.worst import worst
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

FEWEST = 8
SHARE = 0.9


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement whose plan does so."""
    empty = (seen for seen in executed_nodes(observed) if _is_mostly_empty(seen[1], observed.catalog))
    for statement, node in worst(empty, lambda each: len(_searched(each))):
        table = _parent(node, observed.catalog)
        if table is not None:
            yield _finding(statement, node, table)


def _searched(node: PlanNode) -> list[PlanNode]:
    """Return the scans of partitions that ran."""
    return [each for each in node.below if each.loops and each.is_scan]


def _is_mostly_empty(node: PlanNode, catalog: Catalog) -> bool:
    searched = _searched(node) if node.kind in {"Append", "Merge Append"} else []
    empty = sum(not each.total for each in searched)
    return len(searched) >= FEWEST and empty >= SHARE * len(searched) and _parent(node, catalog) is not None


def _parent(node: PlanNode, catalog: Catalog) -> Table | None:
    """Return the partitioned table of which all these are partitions."""
    tables = [table_of(each, catalog) for each in _searched(node)]
    parents = {table.partition_of for table in tables if table}
    parent = parents.pop() if len(parents) == 1 else None
    return catalog.table_by_oid.get(parent) if parent is not None else None


def _finding(statement: Statement, node: PlanNode, table: Table) -> Finding:
    searched = _searched(node)
    empty = sum(not each.total for each in searched)
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=f"{statement.shown} ({table.qualified})",
        message=f"{empty} of {len(searched)} searched partitions of {table.qualified} hold no match: {statement.shown}",
        why="without a condition on the partition key every partition is locked, planned and searched",
        fix="compare the partition key itself with a value too",
        evidence=(
            Fact("searched", str(len(searched))),
            Fact("gave rows", str(len(searched) - empty)),
            *(Fact("condition", each) for each in searched[0].conditions),
        ),
    )


RULE = Rule("partitions-without-matches", "a plan that searches partitions without matching rows", find)
