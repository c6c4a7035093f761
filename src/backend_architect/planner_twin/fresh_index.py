"""The size of an index that is not there: as CREATE INDEX would build it on the full table."""

import math
from collections.abc import Iterator
from dataclasses import replace

from backend_architect.planner_twin.brin_size import brin_size
from backend_architect.planner_twin.btree_size import btree_size
from backend_architect.planner_twin.gin_elements import elements_of
from backend_architect.planner_twin.gin_size import Elements, gin_size
from backend_architect.planner_twin.hash_size import hash_size
from backend_architect.planner_twin.model import IndexStatistics, TableStatistics

HEAD, POINTER = 8, 4
FILLED, FILLED_IN_ORDER = 0.7, 0.98
IN_ORDER = ("range", "point", "inet")
"""What the types' names end with that GiST is built of in their order, so that its pages are full."""
DEFAULT_WIDTH = 16
PAGE = 8192


def with_size(table: TableStatistics, index: IndexStatistics) -> IndexStatistics:
    """Return the index with its pages, a btree's height and a GIN's parts, from its rows and what is known of its keys.

    A btree's are exact to a few per cent, a GIN's to a quarter. Of GiST and others it is an entry a row.
    """
    if index.method == "btree":
        size = btree_size(table, index)
        return replace(index, pages=size.pages, height=size.height)
    if index.method == "gin":
        gin = gin_size(_elements(table, index), table.pages)
        return replace(index, pages=gin.total, gin=gin)
    keys = table.key_columns(index, index.keys)
    if index.method == "brin":
        return replace(index, pages=brin_size(keys, index.opclasses, table.pages))
    if index.method == "hash":
        return replace(index, pages=hash_size(keys[0] if keys else None, index.rows))
    width = sum(column.avg_width for column in keys) or DEFAULT_WIDTH
    filled = FILLED_IN_ORDER if keys and all(column.type.endswith(IN_ORDER) for column in keys) else FILLED
    entry = HEAD + math.ceil(width / 8) * 8 + POINTER
    return replace(index, pages=math.ceil(index.rows * entry / (PAGE * filled)) + 1)


def _elements(table: TableStatistics, index: IndexStatistics) -> Iterator[Elements]:
    """Give the elements of all keys; of a key that nothing is known of, one of each row."""
    opclasses = index.opclasses or ("",) * len(index.keys)
    for key, opclass in zip(index.keys, opclasses, strict=True):
        columns = table.key_columns(index, (key,))
        if columns:
            yield from elements_of(columns[0], opclass, index.rows)
        else:
            yield Elements(index.rows, 1.0, DEFAULT_WIDTH)
