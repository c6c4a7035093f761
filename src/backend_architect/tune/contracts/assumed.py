"""Statistics of tables that have no rows: as many as somebody says, with values as the schema suggests.

A unique column has as many values as rows, one that points to a table as many as that has rows, a boolean two, one
with an enumerated type as many as that has, a time or a number nearly as many as rows, a text a tenth. The same schema
gives the same statistics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backend_architect.planner_twin.copy import Known, TableName
from backend_architect.planner_twin.fresh_index import with_size
from backend_architect.planner_twin.model import ColumnStatistics, Statistics, TableStatistics
from backend_architect.postgres import Session

COLUMNS = """
SELECT n.nspname AS schema, c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type,
       a.attlen::int AS length, CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END AS align,
       t.typcategory::text AS category, NOT a.attnotnull AS nullable,
       (SELECT count(*)::int FROM pg_enum e WHERE e.enumtypid = a.atttypid) AS labels
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'm', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY n.nspname, c.relname, a.attnum
"""
PAGE, ROW_HEAD = 8192 - 24, 28
TEXT_WIDTH = 24
NULLS = 0.1
TEXTS, SCALARS = "S", {"D", "N", "T"}
PARTIAL = 0.1


def assume(session: Session, known: Known, rows: Mapping[str, float], default: float) -> Known:
    """Return what is known with statistics for every table that has none: `rows` by the table's name, or `default`."""
    columns: dict[TableName, list[Mapping[str, Any]]] = {}
    for each in session.fetch(COLUMNS, [each.schema for each in known.statistics]):
        columns.setdefault(TableName(each["schema"], each["table"]), []).append(each)
    counts = {
        TableName(each.schema, table.name): table.rows or _rows_of(each.schema, table.name, rows, default)
        for each in known.statistics
        for table in each.tables
    }
    made = tuple(
        Statistics(each.schema, tuple(_table(each.schema, table, columns, counts, known) for table in each.tables))
        for each in known.statistics
    )
    return replace(known, statistics=made, never_analyzed=())


def _rows_of(schema: str, table: str, rows: Mapping[str, float], default: float) -> float:
    return rows.get(f"{schema}.{table}", rows.get(table, default))


def _table(
    schema: str,
    table: TableStatistics,
    columns: Mapping[TableName, Sequence[Mapping[str, Any]]],
    counts: Mapping[TableName, float],
    known: Known,
) -> TableStatistics:
    if table.rows:
        return table
    place = TableName(schema, table.name)
    rows = counts[place]
    unique = {index.keys[0] for index in table.indexes if index.unique and len(index.keys) == 1 and not index.predicate}
    parents = {column: counts.get(parent, rows) for (own, column), parent in known.references.items() if own == place}
    found = tuple(_column(each, rows, unique, parents) for each in columns.get(place, ()))
    width = ROW_HEAD + sum((column.avg_width + 7) // 8 * 8 for column in found)
    filled = replace(table, rows=rows, pages=max(int(rows * width / PAGE) + 1, 1), all_visible=1.0, columns=found)
    indexes = (replace(each, rows=rows * (PARTIAL if each.predicate else 1.0)) for each in table.indexes)
    return replace(filled, indexes=tuple(with_size(filled, each) for each in indexes))


def _column(column: Mapping[str, Any], rows: float, unique: set[str], parents: Mapping[str, float]) -> ColumnStatistics:
    return ColumnStatistics(
        attname=column["name"],
        type=column["type"],
        length=column["length"],
        align=column["align"],
        inherited=False,
        null_frac=NULLS if column["nullable"] else 0.0,
        avg_width=column["length"] if column["length"] > 0 else TEXT_WIDTH,
        n_distinct=_distinct(column, rows, unique, parents),
        correlation=1.0 if column["name"] in unique else 0.0,
    )


def _distinct(column: Mapping[str, Any], rows: float, unique: set[str], parents: Mapping[str, float]) -> float:
    """Return the number of values as statistics have it: negative for a share of the rows."""
    name = column["name"]
    if name in unique:
        return -1.0
    if name in parents:
        return max(min(parents[name], rows), 1.0)
    if column["type"] == "boolean":
        return 2.0
    if column["labels"]:
        return float(column["labels"])
    if column["category"] in SCALARS:
        return -0.9
    return -0.1 if column["category"] == TEXTS else -0.5
