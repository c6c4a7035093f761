"""Reads what the planner knows from a database that is loaded and analyzed."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from backend_architect.planner_twin import statements
from backend_architect.planner_twin.model import ColumnStatistics, IndexStatistics, Statistics, TableStatistics
from backend_architect.planner_twin.read_ends import with_real_ends
from backend_architect.planner_twin.read_heights import with_computed_heights, with_inspected_pages
from backend_architect.planner_twin.structure.reading import for_version, server_version
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

Record = Mapping[str, Any]
SHARES = ("most_common_freqs", "most_common_elem_freqs", "elem_count_histogram")
References = Mapping[tuple[str, str], str]
Only = Collection[tuple[str, ...]] | None
"""The tables that matter, by schema and name; None for all."""


def read_statistics(session: Session, schema: str = "public") -> Statistics:
    """Return what the planner knows of the schema's tables. Nothing is left behind in the database.

    The heights of btrees and the parts of GIN indexes need the extension pageinspect, which is made in a transaction
    that is taken back; where that is refused, heights are computed.
    """
    with _page_inspection(session):
        (found,) = read_schemas(session, (schema,))
    return found


def read_schemas(session: Session, schemas: Sequence[str], *, only: Only = None) -> tuple[Statistics, ...]:
    """Return what the planner knows of the tables of each schema, in a few statements of an open transaction.

    `only` are the tables that matter, by schema and name; None for all.
    What must be read from an index itself is computed where the role may not, or where the extension pageinspect is
    not there.
    """
    names = None if only is None else sorted({name for _, name in only})
    records = session.fetch(statements.INDEXES, list(schemas), names)
    columns = _columns(session, schemas, None if names is None else [*names, *(each["name"] for each in records)])
    indexes = _indexes(records, columns)
    tables: dict[str, list[TableStatistics]] = {schema: [] for schema in schemas}
    for record in session.fetch(statements.TABLES, list(schemas)):
        place = (record["schema"], record["name"])
        if only is not None and place not in only:
            continue
        own = _table(record, tuple(columns.get(place, ())), tuple(indexes.get(place, ())))
        tables[record["schema"]].append(own)
    found = [Statistics(schema, tuple(tables[schema])) for schema in schemas]
    inspected = with_inspected_pages(session, found)
    known = [with_computed_heights(each) for each in found] if inspected is None else inspected
    return tuple(with_real_ends(session, known))


def read_indexes(
    session: Session, schema: str, columns: Mapping[str, Sequence[ColumnStatistics]]
) -> Mapping[str, Sequence[IndexStatistics]]:
    """Return the indexes of each table as the catalog has them; `columns` are statistics by table or index."""
    own = {(schema, name): each for name, each in columns.items()}
    found = _indexes(session.fetch(statements.INDEXES, [schema], None), own)
    return {table: indexes for (_, table), indexes in found.items()}


def read_references(session: Session, schema: str = "public") -> References:
    """Return the table of the same schema that each foreign key's column points to, by table and column."""
    found = session.fetch(statements.REFERENCES, [schema])
    return {(each["table"], each["column"]): each["parent"] for each in found if each["parent_schema"] == schema}


def _columns(
    session: Session, schemas: Sequence[str], names: Sequence[str] | None
) -> dict[tuple[str, str], list[ColumnStatistics]]:
    """Return the statistics of columns by schema and table or index."""
    asked = statements.COLUMNS.format(ranges=for_version(statements.RANGES, server_version(session)))
    found: dict[tuple[str, str], list[ColumnStatistics]] = {}
    for record in session.fetch(asked, list(schemas), names):
        found.setdefault((record["schema"], record["owner"]), []).append(_column(record))
    return found


def _indexes(
    records: Sequence[Record], columns: Mapping[tuple[str, str], Sequence[ColumnStatistics]]
) -> dict[tuple[str, str], list[IndexStatistics]]:
    """Return the indexes by schema and table."""
    found: dict[tuple[str, str], list[IndexStatistics]] = {}
    for record in records:
        own = _index(record, tuple(columns.get((record["schema"], record["name"]), ())))
        found.setdefault((record["schema"], record["owner"]), []).append(own)
    return found


def _column(record: Record) -> ColumnStatistics:
    values = {name: value for name, value in record.items() if name not in ("owner", "schema")}
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
def _page_inspection(session: Session) -> Iterator[None]:
    """Have the extension pageinspect where it can be made; it is gone afterwards unless it was there before."""
    session.run("BEGIN")
    try:
        session.run("SAVEPOINT inspection")
        try:
            session.run("CREATE EXTENSION IF NOT EXISTS pageinspect")
        except Refused:
            session.run("ROLLBACK TO inspection")
        yield
    finally:
        session.run("ROLLBACK")
