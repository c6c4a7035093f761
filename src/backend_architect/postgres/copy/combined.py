"""What columns have together: values, and rows that meet a condition, counted in a sample on the server.

Numbers alone leave it.

The planner takes columns for independent, and so does the size of an index on two of them, which can be far too large.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.copy.known import Known, TableName
from backend_architect.postgres.session import Session
from backend_architect.postgres.twin.model import TableStatistics

SAMPLE = 30_000  # rows, as many as ANALYZE takes
COUNT = """
SELECT /* backend-architect tune */ count(*)::float8 AS groups, count(*) FILTER (WHERE rows = 1)::float8 AS single,
       coalesce(sum(rows), 0)::float8 AS rows
FROM (SELECT count(*) AS rows FROM
      (SELECT {columns} FROM {table} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1) LIMIT {sample}) sample
      GROUP BY {columns}) counted
"""

MATCHING = """
SELECT /* backend-architect tune */ count(*)::float8 AS rows, {counts}
FROM (SELECT * FROM {table} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1) LIMIT {sample}) sample
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to count of one table: groups of columns, and conditions as SQL over its columns."""

    groups: tuple[tuple[str, ...], ...] = ()
    conditions: tuple[str, ...] = ()


def with_combined(known: Known, session: Session, asked: Mapping[TableName, Asked]) -> Known:
    """Return what is known, with what was counted; of a table that may not be read, or takes too long, nothing is."""
    statistics = (
        replace(
            each,
            tables=tuple(
                _counted(session, each.schema, table, asked.get(TableName(each.schema, table.name), Asked()))
                for table in each.tables
            ),
        )
        for each in known.statistics
    )
    return replace(known, statistics=tuple(statistics))


def _counted(session: Session, schema: str, table: TableStatistics, asked: Asked) -> TableStatistics:
    combined: dict[frozenset[str], float] = {}
    try:
        shares = _shares(session, schema, table, asked.conditions) if asked.conditions else {}
        for columns in asked.groups:
            combined[frozenset(columns)] = _distinct(session, schema, table, columns)
    except Refused:  # no right to read the rows, or it took too long
        return replace(table, combined=combined)
    return replace(table, combined=combined, shares=shares)


def _shares(session: Session, schema: str, table: TableStatistics, conditions: Sequence[str]) -> Mapping[str, float]:
    """Return the share of the sampled rows that meet each condition; of one that none meets, half a row's."""
    counts = (f"count(*) FILTER (WHERE {each})::float8 AS met_{n}" for n, each in enumerate(conditions))
    sql = MATCHING.format(counts=", ".join(counts), **_sampled(schema, table))
    (found,) = session.fetch(sql)
    if not found["rows"]:
        return {}
    return {each: max(found[f"met_{n}"], 0.5) / found["rows"] for n, each in enumerate(conditions)}


def _sampled(schema: str, table: TableStatistics) -> dict[str, object]:
    percent = min(100.0, 100.0 * SAMPLE / max(table.rows, 1))
    return {"table": full_name(schema, table.name), "percent": f"{percent:.6f}", "sample": SAMPLE}


def _distinct(session: Session, schema: str, table: TableStatistics, columns: tuple[str, ...]) -> float:
    """Return the number of values, as ANALYZE estimates it from a sample (Haas and Stokes)."""
    sql = COUNT.format(columns=", ".join(map(quoted, columns)), **_sampled(schema, table))
    (found,) = session.fetch(sql)
    groups, single, rows = found["groups"], found["single"], found["rows"]
    if not rows:
        return max(table.rows, 1.0)
    estimate = rows * groups / (rows - single + single * rows / max(table.rows, rows))
    return float(min(max(estimate, groups), table.rows))
