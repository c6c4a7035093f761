"""A scan whose filter removes nearly every row.

What it checks: plans that were run in which a filter removed 99 of 100 rows or more, ten thousand or more in all.

Why it matters: reading a row costs the same whether it is kept. An index that holds the filter's columns would have
found only the rows that are wanted.

Example: `Index Scan using orders_user_id … Filter: (status = 'open')  Rows Removed by Filter: 48,000`, 12 rows kept.

Instead: an index that begins with the compared columns, or one more column in the index that is used; for a condition
that is always the same, a partial index.

When it is wrong: the statement runs once a day, and the index would cost every write.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.tune.observed import Observed
from backend_architect.tune.plans import PlanNode, executed_nodes
from backend_architect.tune.plans.conditions import compared_by, table_of
from backend_architect.tune.plans.worst import times, worst
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

MIN_REMOVED_SHARE = 0.99
MIN_REMOVED_ROWS = 10_000.0


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and table of which nearly all read rows are removed."""
    removing = (seen for seen in executed_nodes(observed) if seen[1].is_scan and _removes_most(seen[1]))
    for statement, node in worst(removing, _removed):
        table = table_of(node, observed.catalog)
        if table is not None:
            yield _finding(statement, node, table, observed.catalog)


def _removed(node: PlanNode) -> float:
    return node.number("Rows Removed by Filter") * node.loops


def _removes_most(node: PlanNode) -> bool:
    removed = _removed(node)
    return removed >= MIN_REMOVED_ROWS and removed >= MIN_REMOVED_SHARE * (removed + node.total)


def _finding(statement: Statement, node: PlanNode, table: Table, catalog: Catalog) -> Finding:
    read, kept = times(_removed(node) + node.total), times(node.total)
    return Finding(
        code=RULE.code,
        severity=Severity.MEDIUM,
        sureness=Sureness.LIKELY,
        subject=f"{statement.shown} ({table.qualified})",
        message=f"{read} rows of {table.qualified} read, {kept} kept: {statement.shown}",
        why="a row that the filter removes costs as much as one that is kept",
        fix=_fix(node, table, catalog),
        evidence=(
            Fact("in", f"{node.kind} {node.raw.get('Index Name', '')}".strip()),
            Fact("filter", str(node.raw.get("Filter", ""))),
        ),
    )


def _fix(node: PlanNode, table: Table, catalog: Catalog) -> str:
    compared = compared_by(node.conditions, table)
    keys = [*map(quoted, compared.equal), *(f"({each})" for each in compared.expressions)]
    keys += [quoted(each) for each in compared.columns if each not in compared.equal][:1]
    used = str(node.raw.get("Index Name", ""))
    if not keys:
        return "write the condition so that it compares columns with values: no index holds it as it is"
    instead = f", in place of {quoted(used)}" if used and _is_free(used, table, catalog) else ""
    return f"an index on {table.qualified} ({', '.join(dict.fromkeys(keys))}){instead}"


def _is_free(name: str, table: Table, catalog: Catalog) -> bool:
    """Return whether an index may be replaced: it enforces nothing."""
    return any(index.name == name and not (index.unique or index.constraint) for index in catalog.indexes_of(table.oid))


RULE = Rule("rows-removed-by-filter", "a scan whose filter removes nearly every row", find)
