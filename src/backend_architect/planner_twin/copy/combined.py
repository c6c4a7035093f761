"""What columns have together: values, and rows that meet a condition, counted in a sample on the server.

Numbers alone leave it.

The planner takes columns for independent, and so does the size of an index on two of them, which can be far too large.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from backend_architect.planner_twin.copy.known import Known, TableName
from backend_architect.planner_twin.model import TableStatistics
from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

SAMPLE = 30_000  # rows, as many as ANALYZE takes
MIN_MATCHING_ROWS = 1_000  # rows that meet a condition, to tell how many values they have
COUNT = """
SELECT /* backend-architect tune */ count(*)::float8 AS groups, coalesce(sum(rows), 0)::float8 AS rows,
       count(*) FILTER (WHERE pages = 1)::float8 AS once, count(*) FILTER (WHERE pages = 2)::float8 AS twice
FROM (SELECT count(*) AS rows, count(DISTINCT page) AS pages FROM
      (SELECT {columns}, (ctid::text::point)[0] AS page
       FROM (SELECT ctid, * FROM {table} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1) LIMIT {sample}) sample
       WHERE {condition}) sample ({names}, page)
      GROUP BY {names}) counted
"""

MATCHING = """
SELECT /* backend-architect tune */ count(*)::float8 AS rows, {counts}
FROM (SELECT * FROM {table} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1) LIMIT {sample}) sample
"""


@dataclass(frozen=True, slots=True)
class CountRequest:
    """What to count of one table: groups of columns, conditions as SQL, and groups in rows that meet a condition."""

    groups: tuple[tuple[str, ...], ...] = ()
    conditions: tuple[str, ...] = ()
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()


def with_combined(known: Known, session: Session, asked: Mapping[TableName, CountRequest]) -> Known:
    """Return what is known, with what was counted; of a table that may not be read, or takes too long, nothing is."""
    statistics = (
        replace(
            each,
            tables=tuple(
                _counted(session, each.schema, table, asked.get(TableName(each.schema, table.name), CountRequest()))
                for table in each.tables
            ),
        )
        for each in known.statistics
    )
    return replace(known, statistics=tuple(statistics))


def _counted(session: Session, schema: str, table: TableStatistics, asked: CountRequest) -> TableStatistics:
    shares: Mapping[str, float] = {}
    combined: dict[frozenset[str], float] = {}
    parts: dict[tuple[str, frozenset[str]], float] = {}
    try:
        shares = _shares(session, schema, table, asked.conditions) if asked.conditions else {}
        for columns in asked.groups:
            combined[frozenset(columns)] = _distinct(session, schema, table, columns)
        for condition, columns in asked.parts:
            if (share := shares.get(condition, 0.0)) * SAMPLE >= MIN_MATCHING_ROWS:
                found = _distinct(session, schema, table, columns, condition=condition, share=share)
                parts[condition, frozenset(columns)] = found
    except Refused:  # no right to read the rows, or it took too long
        pass
    return replace(table, combined=combined, shares=shares, combined_parts=parts)


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


def _distinct(
    session: Session,
    schema: str,
    table: TableStatistics,
    columns: tuple[str, ...],
    *,
    condition: str = "true",
    share: float = 1.0,
) -> float:
    """Return the number of values in the rows that meet a condition, a share of all, estimated from some pages."""
    names = ", ".join(f"c{number}" for number in range(len(columns)))
    listed = ", ".join(map(quoted, columns))
    sql = COUNT.format(columns=listed, names=names, condition=condition, **_sampled(schema, table))
    (found,) = session.fetch(sql)
    rows = table.rows * share
    if not found["rows"]:
        return max(rows, 1.0)
    left = max(rows / found["rows"] - 1, 0.0)
    return float(min(found["groups"] + unseen(found["once"], found["twice"], left), max(rows, found["groups"])))


def unseen(once: float, twice: float, left: float) -> float:
    """Return how many values `left` times as many pages hold beside those that a sample has.

    By how many were on one page of the sample, and on two (Chao 1987; Shen, Chao and Lin 2003). Equal values that stand
    together on a page, as in the order that they were written, do not count as often seen.
    """
    anywhere = once * (once - 1) / (2 * (twice + 1))
    return anywhere * -math.expm1(-left * once / anywhere) if anywhere > 0 else once * left
