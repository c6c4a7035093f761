"""Reads what the planner knows from a database that is loaded and analyzed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session
from backend_architect.postgres.twin import statements
from backend_architect.postgres.twin.array_text import read_array, write_array
from backend_architect.postgres.twin.btree_size import btree_size
from backend_architect.postgres.twin.model import (
    ColumnStatistics,
    GinPages,
    IndexStatistics,
    Statistics,
    TableStatistics,
)

Record = Mapping[str, Any]
SHARES = ("most_common_freqs", "most_common_elem_freqs", "elem_count_histogram")
References = Mapping[tuple[str, str], str]


def read_statistics(session: Session, schema: str = "public") -> Statistics:
    """Return what the planner knows of the schema's tables. Nothing is left behind in the database.

    The heights of btrees and the parts of GIN indexes need the extension pageinspect, which is made in a transaction
    that is taken back; where that is refused, heights are computed.
    """
    columns: dict[str, list[ColumnStatistics]] = {}
    for record in session.fetch(statements.COLUMNS, schema):
        columns.setdefault(record["owner"], []).append(_column(record))
    indexes: dict[str, list[IndexStatistics]] = {}
    with _page_inspection(session) as may_inspect:
        for record in session.fetch(statements.INDEXES, schema):
            index = _index(record, tuple(columns.get(record["name"], ())))
            seen = _inspected(session, index, record["qualified"]) if may_inspect and record["pages"] else index
            indexes.setdefault(record["owner"], []).append(seen)
        tables = [
            _table(record, tuple(columns.get(record["name"], ())), tuple(indexes.get(record["name"], ())))
            for record in session.fetch(statements.TABLES, schema)
        ]
    if not may_inspect:
        tables = [_with_computed_heights(table) for table in tables]
    return Statistics(schema, tuple(_with_real_ends(session, schema, table) for table in tables))


def read_references(session: Session, schema: str = "public") -> References:
    """Return the table that each foreign key's column points to, by table and column."""
    return {(each["table"], each["column"]): each["parent"] for each in session.fetch(statements.REFERENCES, schema)}


def _column(record: Record) -> ColumnStatistics:
    values = {name: value for name, value in record.items() if name != "owner"}
    lists = {name: tuple(values[name]) for name in SHARES if values[name] is not None}
    return ColumnStatistics(**{**values, **lists})


def _index(record: Record, expressions: tuple[ColumnStatistics, ...]) -> IndexStatistics:
    same = ("name", "method", "rows", "pages", "unique", "partial", "fillfactor", "deduplicates")
    columns = tuple(record["columns"])
    return IndexStatistics(
        **{name: record[name] for name in same},
        keys=columns[: record["key_count"]],
        included=columns[record["key_count"] :],
        expressions=expressions,
    )


def _table(
    record: Record, columns: tuple[ColumnStatistics, ...], indexes: tuple[IndexStatistics, ...]
) -> TableStatistics:
    """Return the table; as the planner does, count the rows of pages that came since ANALYZE as dense as the others."""
    analyzed = record["analyzed_pages"]
    grown = record["pages"] / analyzed if analyzed and record["pages"] else 1.0
    return TableStatistics(
        name=record["name"],
        rows=record["analyzed_rows"] * grown,
        pages=record["pages"],
        all_visible=min(record["visible_pages"] / analyzed, 1.0) if analyzed else 0.0,
        columns=columns,
        indexes=indexes,
        default_width=record["default_width"],
    )


@contextmanager
def _page_inspection(session: Session) -> Iterator[bool]:
    """Give whether the extension pageinspect can be used; it is gone afterwards unless it was there before."""
    session.run("BEGIN")
    try:
        session.run("SAVEPOINT inspection")
        try:
            session.run("CREATE EXTENSION IF NOT EXISTS pageinspect")
            may_inspect = True
        except Refused:
            session.run("ROLLBACK TO inspection")
            may_inspect = False
        yield may_inspect
    finally:
        session.run("ROLLBACK")


def _inspected(session: Session, index: IndexStatistics, qualified: str) -> IndexStatistics:
    """Return the index with what its first page says."""
    if index.method == "btree":
        return replace(index, height=session.value(statements.HEIGHT, qualified))
    if index.method == "gin":
        return replace(index, gin=GinPages(**session.fetch(statements.GIN, qualified)[0]))
    if index.method == "brin":
        return replace(index, range_pages=session.value(statements.BRIN, qualified))
    return index


def _with_computed_heights(table: TableStatistics) -> TableStatistics:
    indexes = (
        replace(index, height=btree_size(table, index).height) if index.method == "btree" else index
        for index in table.indexes
    )
    return replace(table, indexes=tuple(indexes))


def _with_real_ends(session: Session, schema: str, table: TableStatistics) -> TableStatistics:
    """Return the table with each histogram reaching to the least and greatest value, where a btree knows them.

    For a search near the end of a histogram the planner looks up the real end in the index; a twin's has none.
    """
    leading = {index.keys[0] for index in table.indexes if index.method == "btree" and not index.partial}
    columns = (
        _with_ends(session, f"{quoted(schema)}.{quoted(table.name)}", column)
        if column.attname in leading and column.histogram_bounds and not column.inherited
        else column
        for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def _with_ends(session: Session, table: str, column: ColumnStatistics) -> ColumnStatistics:
    name = quoted(column.attname)
    asked = f"SELECT {name}::text AS found FROM {table} WHERE {name} IS NOT NULL ORDER BY {table}.{name} "
    ends = [session.value(f"{asked} {way} LIMIT 1") for way in ("ASC", "DESC")]
    bounds = read_array(column.histogram_bounds or "{}")
    return replace(column, histogram_bounds=write_array([ends[0], *bounds[1:-1], ends[1]]))
