"""Statistics, made to fit what there is on the copy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backend_architect.planner_twin.array_text import read_array, write_array
from backend_architect.planner_twin.model import ColumnStatistics, IndexStatistics, Statistics, TableStatistics
from backend_architect.planner_twin.structure.statements import USER
from backend_architect.postgres.session import Session

THERE = f"""
SELECT n.nspname AS schema, c.relname AS name,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND {USER} AND c.relkind IN ('r', 'p', 'm', 'i', 'I')
"""
TEXTS = {"text", "character varying", "character", "name", "citext", "public.citext"}

There = Mapping[tuple[str, str], frozenset[str]]


def fitting(session: Session, statistics: Sequence[Statistics], *, sorted_alike: bool) -> tuple[Statistics, ...]:
    """Return the statistics of the tables, columns and indexes that the session's database has.

    Where it does not sort texts as the original does, the bounds of histograms of texts are put into its order.
    """
    schemas = [each.schema for each in statistics]
    there = {(each["schema"], each["name"]): frozenset(each["columns"]) for each in session.fetch(THERE, schemas)}
    return tuple(Statistics(each.schema, tuple(_tables(each, there, sorted_alike=sorted_alike))) for each in statistics)


def _tables(statistics: Statistics, there: There, *, sorted_alike: bool) -> Iterator[TableStatistics]:
    for table in statistics.tables:
        names = there.get((statistics.schema, table.name))
        if names is None:
            continue
        columns = (column if sorted_alike else _sorted(column) for column in table.columns if column.attname in names)
        indexes = (
            _index(index, there[statistics.schema, index.name])
            for index in table.indexes
            if (statistics.schema, index.name) in there
        )
        yield replace(table, columns=tuple(columns), indexes=tuple(indexes))


def _index(index: IndexStatistics, names: frozenset[str]) -> IndexStatistics:
    return replace(index, expressions=tuple(each for each in index.expressions if each.attname in names))


def _sorted(column: ColumnStatistics) -> ColumnStatistics:
    """Return the column with the bounds of a histogram of texts in the order of their bytes."""
    if column.type not in TEXTS or not column.histogram_bounds:
        return column
    bounds = sorted(read_array(column.histogram_bounds), key=lambda text: text.encode())
    return replace(column, histogram_bounds=write_array(bounds))
