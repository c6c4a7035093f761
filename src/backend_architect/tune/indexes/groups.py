"""What decides an index's size and no statistics tell: values of columns together, and rows that meet conditions.

Asked of large tables alone, and not of too many.
"""

from collections.abc import Iterator, Mapping

from backend_architect.postgres.catalog import Table
from backend_architect.postgres.copy import Asked, TableName
from backend_architect.tune.indexes.access import Access
from backend_architect.tune.indexes.asking import asks_of
from backend_architect.tune.indexes.candidates import plain_candidates, predicates_of
from backend_architect.tune.observed import Observed

LARGE = 200_000  # rows
UNIQUE = 0.5  # share of the rows from which a column by itself tells nearly every row apart
MOST_GROUPS = 30
MOST_CONDITIONS = 20  # of one table


def to_count(observed: Observed) -> Mapping[TableName, Asked]:
    """Return what to count of each large table: groups of two or three columns, and conditions of partial indexes."""
    groups: set[tuple[float, TableName, tuple[str, ...]]] = set()
    conditions: dict[TableName, set[str]] = {}
    for access in _accesses(observed):
        table = access.table
        name = TableName(table.schema, table.name)
        if table.rows >= LARGE and table.kind == "r":
            groups |= {(-table.rows, name, columns) for columns in _groups(access)}
            conditions.setdefault(name, set()).update(predicates_of(access))
    few = sorted(groups, key=lambda each: (each[0], len(each[2]), each[1:]))[:MOST_GROUPS]
    names = sorted({name for _, name, _ in few} | {name for name, found in conditions.items() if found})
    return {
        name: Asked(
            tuple(columns for _, own, columns in few if own == name),
            tuple(sorted(conditions.get(name, ()))[:MOST_CONDITIONS]),
        )
        for name in names
    }


def _accesses(observed: Observed) -> Iterator[Access]:
    for statement in observed.workload.statements if observed.workload else ():
        yield from asks_of(statement, observed.catalog)[0]


def _groups(access: Access) -> Iterator[tuple[str, ...]]:
    for index in plain_candidates(access):
        columns = tuple(sorted(key.column for key in index.keys))
        if index.method == "btree" and 1 < len(columns) <= 3 and _matters(access.table, columns):
            yield columns


def _matters(table: Table, columns: tuple[str, ...]) -> bool:
    """Return whether the columns are plain, and none of them tells nearly every row apart by itself."""
    return all((column := table.column(name)) and (column.distinct or 0) > -UNIQUE for name in columns)
