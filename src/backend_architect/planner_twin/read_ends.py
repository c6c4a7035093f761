"""The least and greatest value of columns that a btree keeps in order.

For a search near the end of a histogram the planner looks up the real end in the index; a twin's has none.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from backend_architect.planner_twin import statements
from backend_architect.planner_twin.array_text import read_array, write_array
from backend_architect.planner_twin.model import ColumnStatistics, Statistics, TableStatistics
from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

AT_ONCE = 25
SECONDS = 5.0
ONLY_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"


class ColumnName(NamedTuple):
    """A column of a table."""

    schema: str
    table: str
    column: str


Ends = Mapping[ColumnName, tuple[str, str]]


def with_real_ends(session: Session, found: Sequence[Statistics]) -> Iterator[Statistics]:
    """Give the statistics with each histogram reaching to the least and greatest value, where a btree knows them.

    Two values are read from an index for each such column, in an open transaction and for at most five seconds;
    histograms that were not come to stay as they are, and so do those of tables that the role may not read.
    """
    ordered = session.fetch(statements.ORDERED, [each.schema for each in found])
    wanted = {ColumnName(each["schema"], each["owner"], each["column"]) for each in ordered} & set(_histograms(found))
    ends = _read(session, sorted(wanted))
    for each in found:
        yield Statistics(each.schema, tuple(_with_ends(each.schema, table, ends) for table in each.tables))


def _histograms(found: Sequence[Statistics]) -> Iterator[ColumnName]:
    for each in found:
        for table in each.tables:
            for column in table.columns:
                if column.histogram_bounds and not column.inherited:
                    yield ColumnName(each.schema, table.name, column.attname)


def _read(session: Session, places: Sequence[ColumnName]) -> Ends:
    until = time.monotonic() + SECONDS
    ends: dict[ColumnName, tuple[str, str]] = {}
    if not places:
        return ends
    session.run("SAVEPOINT ends")
    session.run(ONLY_BY_INDEX)
    waiting = [places[at : at + AT_ONCE] for at in range(0, len(places), AT_ONCE)]
    while waiting and time.monotonic() < until:
        few = waiting.pop(0)
        found = _ask(session, few)
        if found is not None:
            ends |= found
        elif len(few) > 1:
            waiting += [few[: len(few) // 2], few[len(few) // 2 :]]
    session.run("ROLLBACK TO ends")
    return ends


def _ask(session: Session, places: Sequence[ColumnName]) -> Ends | None:
    """Return the ends of these columns; None when the server refuses one of them, or takes too long."""
    asked = ", ".join(_end(place, way) for place in places for way in ("ASC", "DESC"))
    session.run("SAVEPOINT few")
    try:
        (row,) = session.fetch(f"SELECT /* backend-architect tune */ {asked}")
    except Refused:
        session.run("ROLLBACK TO few")
        return None
    values = list(row.values())
    pairs = zip(values[::2], values[1::2], strict=True)
    return {place: pair for place, pair in zip(places, pairs, strict=True) if None not in pair}


def _end(place: ColumnName, way: str) -> str:
    column = quoted(place.column)
    table = full_name(place.schema, place.table)
    return f"(SELECT t.{column}::text FROM {table} t WHERE t.{column} IS NOT NULL ORDER BY t.{column} {way} LIMIT 1)"


def _with_ends(schema: str, table: TableStatistics, ends: Ends) -> TableStatistics:
    columns = (
        _reaching(column, ends.get(ColumnName(schema, table.name, column.attname))) if not column.inherited else column
        for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def _reaching(column: ColumnStatistics, ends: tuple[str, str] | None) -> ColumnStatistics:
    if ends is None or not column.histogram_bounds:
        return column
    least, greatest = ends
    bounds = read_array(column.histogram_bounds)
    return replace(column, histogram_bounds=write_array([least, *bounds[1:-1], greatest]))
