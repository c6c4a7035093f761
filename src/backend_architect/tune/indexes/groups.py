"""The columns of large tables that candidates hold together: how many values they have decides an index's size."""

from collections.abc import Callable, Mapping

from backend_architect.postgres.catalog import Table
from backend_architect.postgres.copy import TableName
from backend_architect.tune.indexes.access import accesses_of
from backend_architect.tune.indexes.blocks import blocks_of
from backend_architect.tune.indexes.candidates import plain_candidates
from backend_architect.tune.observed import Observed
from backend_architect.tune.statement_facts import tree_of
from backend_architect.tune.workload import Statement

LARGE = 200_000  # rows
UNIQUE = 0.5  # share of the rows from which a column by itself tells nearly every row apart
MOST = 40


def column_groups(
    observed: Observed, sql_of: Callable[[Statement], str]
) -> Mapping[TableName, tuple[tuple[str, ...], ...]]:
    """Return groups of two or three columns by table, those of the largest tables first, and not too many."""
    found: dict[tuple[float, TableName, tuple[str, ...]], None] = {}
    for statement in observed.workload.statements if observed.workload else ():
        tree = tree_of(sql_of(statement))
        for access in accesses_of(blocks_of(tree, observed.catalog)) if tree is not None else ():
            table = access.table
            for index in plain_candidates(access) if table.rows >= LARGE else ():
                columns = tuple(sorted(key.column for key in index.keys))
                if index.method == "btree" and 1 < len(columns) <= 3 and _matters(table, columns):
                    found[-table.rows, TableName(table.schema, table.name), columns] = None
    groups: dict[TableName, tuple[tuple[str, ...], ...]] = {}
    for _, name, columns in sorted(found, key=lambda each: (each[0], len(each[2]), each[1:]))[:MOST]:
        groups[name] = (*groups.get(name, ()), columns)
    return groups


def _matters(table: Table, columns: tuple[str, ...]) -> bool:
    """Return whether the columns are plain, and none of them tells nearly every row apart by itself."""
    return all((column := table.column(name)) and (column.distinct or 0) > -UNIQUE for name in columns)
