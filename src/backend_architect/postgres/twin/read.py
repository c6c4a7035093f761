"""Reads what the planner knows from a database that is loaded and analyzed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session
from backend_architect.postgres.twin import statements
from backend_architect.postgres.twin.array_text import read_array, write_array
from backend_architect.postgres.twin.btree_size import btree_size, with_levels
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
    with _page_inspection(session) as may_inspect:
        found = read_indexes(session, schema, columns)
        indexes = {
            table: tuple(_inspected(session, schema, index) if may_inspect else index for index in own)
            for table, own in found.items()
        }
        tables = [
            _table(record, tuple(columns.get(record["name"], ())), indexes.get(record["name"], ()))
            for record in session.fetch(statements.TABLES, schema)
        ]
    if not may_inspect:
        tables = [_with_computed_heights(table) for table in tables]
    return Statistics(schema, tuple(_with_real_ends(session, schema, tables)))


def read_indexes(
    session: Session, schema: str, columns: Mapping[str, Sequence[ColumnStatistics]]
) -> Mapping[str, Sequence[IndexStatistics]]:
    """Return the indexes of each table as the catalog has them; `columns` are statistics by table or index."""
    indexes: dict[str, list[IndexStatistics]] = {}
    for record in session.fetch(statements.INDEXES, schema):
        indexes.setdefault(record["owner"], []).append(_index(record, tuple(columns.get(record["name"], ()))))
    return indexes


def read_references(session: Session, schema: str = "public") -> References:
    """Return the table that each foreign key's column points to, by table and column."""
    return {(each["table"], each["column"]): each["parent"] for each in session.fetch(statements.REFERENCES, schema)}


def _column(record: Record) -> ColumnStatistics:
    values = {name: value for name, value in record.items() if name != "owner"}
    lists = {name: tuple(values[name]) for name in SHARES if values[name] is not None}
    return ColumnStatistics(**{**values, **lists})


def _index(record: Record, expressions: tuple[ColumnStatistics, ...]) -> IndexStatistics:
    same = ("name", "method", "rows", "pages", "unique", "predicate", "fillfactor", "deduplicates")
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


def _inspected(session: Session, schema: str, index: IndexStatistics) -> IndexStatistics:
    """Return the index with what its first page says."""
    name = f"{quoted(schema)}.{quoted(index.name)}"
    if index.method == "btree" and index.pages:
        return replace(index, height=session.value(statements.HEIGHT, name))
    if index.method == "gin" and index.pages:
        return replace(index, gin=GinPages(**session.fetch(statements.GIN, name)[0]))
    return index


def _with_computed_heights(table: TableStatistics) -> TableStatistics:
    indexes = (
        replace(index, height=with_levels(max(index.pages - 1, 1), btree_size(table, index).fan_out).height)
        if index.method == "btree"
        else index
        for index in table.indexes
    )
    return replace(table, indexes=tuple(indexes))


def _with_real_ends(session: Session, schema: str, tables: Iterable[TableStatistics]) -> Iterator[TableStatistics]:
    """Give the tables with each histogram reaching to the least and greatest value, where a btree knows them.

    For a search near the end of a histogram the planner looks up the real end in the index; a twin's has none.
    """
    ordered = {(each["owner"], each["column"]) for each in session.fetch(statements.ORDERED, schema)}
    for table in tables:
        name = f"{quoted(schema)}.{quoted(table.name)}"
        columns = (
            _with_ends(session, name, column) if (table.name, column.attname) in ordered else column
            for column in table.columns
        )
        yield replace(table, columns=tuple(columns))


def _with_ends(session: Session, table: str, column: ColumnStatistics) -> ColumnStatistics:
    if not column.histogram_bounds or column.inherited:
        return column
    name = quoted(column.attname)
    asked = f"SELECT {name}::text AS found FROM {table} t WHERE {name} IS NOT NULL ORDER BY t.{name}"
    try:
        least, greatest = (session.value(f"{asked} {way} LIMIT 1") for way in ("ASC", "DESC"))
    except Refused:  # the role may not read the table
        return column
    bounds = read_array(column.histogram_bounds)
    return replace(column, histogram_bounds=write_array([least, *bounds[1:-1], greatest]))
