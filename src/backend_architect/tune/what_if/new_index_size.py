"""The size of an index that no database has."""

import json
from collections.abc import Mapping
from dataclasses import replace

from backend_architect.planner_twin import ColumnStatistics, IndexStatistics, Statistics, TableStatistics
from backend_architect.planner_twin.expressions import expression_statistics
from backend_architect.planner_twin.fresh_index import with_size
from backend_architect.postgres import Session
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.indexes.model import NewIndex

PAGE = 8192
NEVER_DEDUPLICATED = ("numeric", "real", "double precision", "jsonb", "interval", "record")


def new_index_bytes(session: Session, statistics: Mapping[str, Statistics], index: NewIndex) -> int:
    """Return the bytes that CREATE INDEX would write, computed from the statistics of the index's table.

    The rows of a partial one are the planner's estimate. Raises KeyError for a table without statistics.
    """
    table = statistics[index.schema].by_name[index.table]
    described = _described(session, table, index)
    stored = table.key_columns(described, (*described.keys, *described.included))
    whole = replace(described, deduplicates=all(map(_deduplicated, stored)))
    return with_size(table, whole).pages * PAGE


def _described(session: Session, table: TableStatistics, index: NewIndex) -> IndexStatistics:
    names = [key.column or f"expression {place}" for place, key in enumerate(index.keys)]
    expressions = [
        replace(found, attname=name)
        for name, key in zip(names, index.keys, strict=True)
        if key.expression and (found := expression_statistics(session, index.schema, table, key.expression))
    ]
    rows = _matching_rows(session, index) if index.predicate else table.rows
    return IndexStatistics(
        name="",
        method=index.method,
        rows=rows,
        pages=0,
        keys=tuple(names),
        included=index.included,
        expressions=tuple(expressions),
        predicate=index.predicate,
        opclasses=tuple(key.opclass for key in index.keys),
    )


def _matching_rows(session: Session, index: NewIndex) -> float:
    table = full_name(index.schema, index.table)
    text = session.value(f"EXPLAIN (FORMAT JSON) SELECT FROM ONLY {table} WHERE {index.predicate}")
    return float(json.loads(text)[0]["Plan"]["Plan Rows"])


def _deduplicated(column: ColumnStatistics) -> bool:
    """Return whether equal values of the column's type are the same bytes."""
    return column.type not in NEVER_DEDUPLICATED and not column.type.endswith("[]") and "range" not in column.type
