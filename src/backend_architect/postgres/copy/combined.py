"""How many values several columns have together: counted in a small sample on the server, which tells numbers alone.

The planner takes columns for independent, and so does the size of an index on two of them, which can be far too large.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.copy.known import Known, TableName
from backend_architect.postgres.session import Session
from backend_architect.postgres.twin.model import TableStatistics

SAMPLE = 30_000  # rows, as many as ANALYZE takes
COUNT = """
SELECT count(*)::float8 AS groups, count(*) FILTER (WHERE rows = 1)::float8 AS single,
       coalesce(sum(rows), 0)::float8 AS rows
FROM (SELECT count(*) AS rows FROM
      (SELECT {columns} FROM {table} TABLESAMPLE SYSTEM ({percent}) LIMIT {sample}) sample GROUP BY {columns}) counted
"""

Groups = Mapping[TableName, Sequence[tuple[str, ...]]]


def with_combined(known: Known, session: Session, groups: Groups) -> Known:
    """Return what is known, with how many values each group of columns has; a table that may not be read has none."""
    statistics = (
        replace(
            each,
            tables=tuple(
                _counted(session, each.schema, table, groups.get(TableName(each.schema, table.name), ()))
                for table in each.tables
            ),
        )
        for each in known.statistics
    )
    return replace(known, statistics=tuple(statistics))


def _counted(
    session: Session, schema: str, table: TableStatistics, groups: Iterable[tuple[str, ...]]
) -> TableStatistics:
    combined: dict[frozenset[str], float] = {}
    for columns in groups:
        try:
            combined[frozenset(columns)] = _distinct(session, schema, table, columns)
        except Refused:  # no right to read the rows, or it took too long
            break
    return replace(table, combined=combined) if combined else table


def _distinct(session: Session, schema: str, table: TableStatistics, columns: tuple[str, ...]) -> float:
    """Return the number of values, as ANALYZE estimates it from a sample (Haas and Stokes)."""
    sql = COUNT.format(
        columns=", ".join(map(quoted, columns)),
        table=f"{quoted(schema)}.{quoted(table.name)}",
        percent=f"{min(100.0, 100.0 * SAMPLE / max(table.rows, 1)):.6f}",
        sample=SAMPLE,
    )
    (found,) = session.fetch(sql)
    groups, single, rows = found["groups"], found["single"], found["rows"]
    if not rows:
        return max(table.rows, 1.0)
    estimate = rows * groups / (rows - single + single * rows / max(table.rows, rows))
    return float(min(max(estimate, groups), table.rows))
