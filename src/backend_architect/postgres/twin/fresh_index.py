"""The size of an index that is not there: as CREATE INDEX would build it on the full table."""

import math
from dataclasses import replace

from backend_architect.postgres.twin.btree_size import btree_size
from backend_architect.postgres.twin.model import IndexStatistics, TableStatistics

ENTRY_HEAD = 8 + 4
FILLED = 8192 * 0.7
DEFAULT_WIDTH = 16
BRIN_PAGES = 3


def with_size(table: TableStatistics, index: IndexStatistics) -> IndexStatistics:
    """Return the index with its pages and height, from its rows and the statistics of its keys.

    A btree's are exact to a few per cent. Others are rough: an entry a row, its pages 70 % full.
    """
    if index.method == "btree":
        size = btree_size(table, index)
        return replace(index, pages=size.pages, height=size.height)
    if index.method == "brin":
        return replace(index, pages=BRIN_PAGES)
    width = sum(column.avg_width for column in table.key_columns(index, index.keys)) or DEFAULT_WIDTH
    return replace(index, pages=math.ceil(index.rows * (width + ENTRY_HEAD) / FILLED) + 1)
