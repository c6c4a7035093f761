"""The statistics of the same tables with more rows, or fewer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backend_architect.planner_twin.btree_size import btree_size, with_levels
from backend_architect.planner_twin.growing_columns import Growth, grow_key, grow_other
from backend_architect.planner_twin.model import (
    ColumnStatistics,
    GinPages,
    IndexStatistics,
    Statistics,
    TableStatistics,
)

ROOM = 8192 - 24
ROW_HEAD = 24 + 4
MOST_PAGES = 2**31 - 1
FEW_PAGES = 10  # below, what is on them says little of how many rows a page holds


def grow(statistics: Statistics, rows: Mapping[str, float], references: Mapping[tuple[str, str], str]) -> Statistics:
    """Return the statistics as they would be with so many `rows` in each table; a table not named keeps its own.

    `references` gives the table that a column points to, by table and column: there are as many more values in it as
    that table has rows. Times keep their range: more happens in the same months.
    """
    then = {table.name: float(max(rows.get(table.name, table.rows), 0)) for table in statistics.tables}
    sizes = _Sizes({table.name: table.rows for table in statistics.tables}, then, references)
    return Statistics(statistics.schema, tuple(_grown(table, sizes) for table in statistics.tables))


@dataclass(frozen=True, slots=True)
class _Sizes:
    """The rows of every table before and after."""

    now: Mapping[str, float]
    then: Mapping[str, float]
    references: Mapping[tuple[str, str], str]

    def growth(self, table: str, column: str, *, unique: bool) -> Growth | None:
        """Return how the table and the column's domain grow; None for a column that holds no keys."""
        domain = self.references.get((table, column)) or (table if unique else None)
        if domain is None:
            return None
        return Growth(self.now[table], self.then[table], self.now.get(domain, 0), self.then.get(domain, 0), unique)


def _grown(table: TableStatistics, sizes: _Sizes) -> TableStatistics:
    rows = sizes.then[table.name]
    if rows == table.rows:
        same = _grown_columns(table, sizes)
        return replace(table, columns=same)
    pages = _pages(table, rows)
    grown = replace(table, rows=rows, pages=pages, columns=_grown_columns(table, sizes))
    return replace(grown, indexes=tuple(_grown_index(table, grown, index) for index in table.indexes))


def _grown_columns(table: TableStatistics, sizes: _Sizes) -> tuple[ColumnStatistics, ...]:
    own_keys = {
        index.keys[0] for index in table.indexes if index.unique and len(index.keys) == 1 and not index.predicate
    }
    return tuple(_grown_column(table, column, sizes, own_keys) for column in table.columns)


def _grown_column(table: TableStatistics, column: ColumnStatistics, sizes: _Sizes, own: set[str]) -> ColumnStatistics:
    growth = sizes.growth(table.name, column.attname, unique=column.attname in own)
    return grow_key(column, growth) if growth else grow_other(column, table.rows, sizes.then[table.name])


def _pages(table: TableStatistics, rows: float) -> int:
    """Return the pages for so many rows: as dense as they are, or where there are too few to tell, by their width."""
    if table.pages >= FEW_PAGES and table.rows > 0:
        return _at_most(rows * table.pages / table.rows)
    width = sum(column.avg_width * (1 - column.null_frac) for column in table.columns if not column.inherited)
    per_page = max(ROOM // (ROW_HEAD + math.ceil((width or table.default_width) / 8) * 8), 1)
    return _at_most(rows / per_page) if rows else 0


def _grown_index(before: TableStatistics, table: TableStatistics, index: IndexStatistics) -> IndexStatistics:
    times = table.rows / before.rows if before.rows > 0 else 1.0
    rows = index.rows * times if before.rows > 0 else table.rows
    expressions = tuple(grow_other(column, index.rows, rows) for column in index.expressions)
    grown = replace(index, rows=rows, expressions=expressions)
    if index.method == "btree":
        return _grown_btree(before, table, index, grown)
    if index.method == "brin":
        return grown
    if index.gin:
        gin = _grown_gin(index.gin, times)
        return replace(grown, pages=gin.total, gin=gin)
    return replace(grown, pages=_at_most(index.pages * times))


def _grown_btree(
    before: TableStatistics, table: TableStatistics, index: IndexStatistics, grown: IndexStatistics
) -> IndexStatistics:
    """Return the index as large as the formula says, corrected by how far it is off for the index as it stands."""
    now, then = btree_size(before, index), btree_size(table, grown)
    if index.pages < FEW_PAGES:
        return replace(grown, pages=then.pages, height=then.height)
    leaves = max(math.ceil(then.leaves * index.pages / now.pages), 1)
    size = with_levels(leaves, then.fan_out)
    return replace(grown, pages=_at_most(size.pages), height=size.height)


def _grown_gin(gin: GinPages, times: float) -> GinPages:
    """Return the index's parts: as much for each row, and new words ever more slowly, as the root (Heaps' law).

    Pages that held words not yet sorted in are free now, and do not become more.
    """
    more_words = math.sqrt(times)
    used = _at_most((gin.entry + gin.data) * times)
    entry = min(_at_most(gin.entry * more_words), used)
    free = max(gin.total - gin.entry - gin.data, 1)
    return GinPages(_at_most(used + free), entry, used - entry, round(gin.entries * more_words))


def _at_most(pages: float) -> int:
    """Return so many whole pages, and no more than PostgreSQL's statistics can say: 16 TB."""
    return min(max(math.ceil(pages), 1), MOST_PAGES)
