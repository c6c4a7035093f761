"""What decides an index's size and no statistics tell: values of columns together, and rows that meet conditions.

CountRequest of large tables alone, and not of too many.
"""

from collections.abc import Iterator, Mapping

from backend_architect.planner_twin.copy import CountRequest, TableName
from backend_architect.postgres.catalog import Table
from backend_architect.tune.indexes.candidates import plain_candidates, predicates_of
from backend_architect.tune.indexes.table_predicates import TablePredicates
from backend_architect.tune.observed import Observed

MIN_ROWS = 5_000  # rows, from which a wrong size matters
UNIQUE = 0.5  # share of the rows from which a column by itself tells nearly every row apart
MAX_DISTINCT = 1_000  # values, up to which ANALYZE sees them all
MOST_STATEMENTS = 300
MOST_GROUPS = 40
MOST_CONDITIONS = 20  # of one table
MOST_PARTS = 24  # columns counted in the rows that meet a condition, of one table


def to_count(observed: Observed) -> Mapping[TableName, CountRequest]:
    """Return what to count of each large table: columns, groups of two or three, and conditions of partial indexes."""
    groups: set[tuple[float, TableName, tuple[str, ...]]] = set()
    conditions: dict[TableName, set[str]] = {}
    parts: dict[TableName, set[tuple[str, tuple[str, ...]]]] = {}
    statements = observed.workload.statements if observed.workload else ()
    costliest = sorted(statements, key=lambda each: (-each.total_ms, -each.calls, each.id))[:MOST_STATEMENTS]
    for access in (each for statement in costliest for each in observed.asks[statement.id][0]):
        table = access.table
        name = TableName(table.schema, table.name)
        if table.rows >= MIN_ROWS and table.kind == "r":
            groups |= {(-table.rows, name, columns) for columns in _groups(access)}
            conditions.setdefault(name, set()).update(predicates_of(access))
            parts.setdefault(name, set()).update(_parts(access))
    few = sorted(groups, key=lambda each: (len(each[2]), each))[:MOST_GROUPS]
    names = sorted({name for _, name, _ in few} | {name for name, found in conditions.items() if found})
    return {
        name: CountRequest(
            tuple(columns for _, own, columns in few if own == name),
            tuple(sorted(conditions.get(name, ()))[:MOST_CONDITIONS]),
            tuple(sorted(parts.get(name, ()))[:MOST_PARTS]),
        )
        for name in names
    }


def _groups(access: TablePredicates) -> Iterator[tuple[str, ...]]:
    for index in plain_candidates(access):
        columns = tuple(sorted(key.column for key in index.keys))
        if index.method == "btree" and len(columns) <= 3 and _matters(access.table, columns):
            yield columns


def _parts(access: TablePredicates) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give each condition with the single columns that its rows may be indexed by."""
    for columns in _groups(access):
        for condition in predicates_of(access):
            if len(columns) == 1:
                yield condition, columns


def _matters(table: Table, columns: tuple[str, ...]) -> bool:
    """Return whether the columns are plain, and none of them tells nearly every row apart by itself."""
    values = [column.distinct or 0.0 if (column := table.column(name)) else -1.0 for name in columns]
    return min(values) > -UNIQUE and not (len(values) == 1 and 0 <= values[0] <= MAX_DISTINCT)
