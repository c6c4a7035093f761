"""How large PostgreSQL builds a btree: pages and levels, from its rows and the statistics of its keys alone.

Equal keys are stored once with a list of the rows that hold them (deduplication), which makes an index on a repeated
key two to four times smaller than its rows suggest. The figures are those of nbtsort.c and nbtdedup.c.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_architect.postgres.twin.model import ColumnStatistics, IndexStatistics, TableStatistics

PAGE = 8192
FREE_AT_FIRST = PAGE - 24 - 16 - 4  # less the header, the btree's own data and the place of the high key
INNER_FILLFACTOR = 70
HEAD = 8  # of an entry
POINTER = 4  # to an item, at the page's head
ROW_ADDRESS = 6
LONGEST_LIST = PAGE // 10 // 8 * 8 - POINTER
SHORT_VALUE = 127  # longer ones have a header of four bytes, and are aligned
DEFAULT_WIDTH = 16
ALIGNED = 8


@dataclass(frozen=True, slots=True)
class BtreeSize:
    """Pages in all, the leaves among them, the levels above these, and to how many pages each page there points."""

    pages: int
    leaves: int
    height: int
    fan_out: int


def btree_size(table: TableStatistics, index: IndexStatistics) -> BtreeSize:
    """Return the size of the index as CREATE INDEX would build it."""
    keys = table.key_columns(index, index.keys)
    stored = keys + table.key_columns(index, index.included)
    unknown = len(index.keys) + len(index.included) - len(stored)
    entry = _tuple_bytes(stored) + unknown * DEFAULT_WIDTH
    leaf_bytes = index.rows * (entry + POINTER)
    if index.deduplicates and not index.included and keys:
        leaf_bytes = sum(count * _bytes_of_equal(rows, entry) for count, rows in _equal_keys(table, index, keys))
    item = max(leaf_bytes / max(index.rows, 1), 1)
    room = FREE_AT_FIRST - PAGE * (100 - index.fillfactor) // 100
    leaves = max(math.ceil(leaf_bytes / (room // item * item or item)), 1)
    return with_levels(leaves, _fan_out(index, keys))


def with_levels(leaves: int, fan_out: int) -> BtreeSize:
    """Return the size of a btree with so many leaves, whose other pages point to `fan_out` pages each."""
    pages, height, level = leaves + 1, 0, leaves
    while level > 1:
        level = math.ceil(level / fan_out)
        pages += level
        height += 1
    return BtreeSize(pages, leaves, height, fan_out)


def _fan_out(index: IndexStatistics, keys: Sequence[ColumnStatistics]) -> int:
    """Return the pages that an inner page points to: each by the keys that tell it from its neighbour, and no more."""
    needed: list[ColumnStatistics] = []
    distinct = 1.0
    for column in keys:
        needed.append(column)
        distinct *= max(column.distinct(index.rows), 1)
        if distinct >= index.rows / 2:
            break
    equal = bool(keys) and not index.unique and distinct < index.rows / 2
    pivot = (_tuple_bytes(needed) if needed else HEAD + DEFAULT_WIDTH) + (8 if equal else 0) + POINTER
    return max((FREE_AT_FIRST - PAGE * (100 - INNER_FILLFACTOR) // 100) // pivot, 2)


def _equal_keys(
    table: TableStatistics, index: IndexStatistics, keys: Sequence[ColumnStatistics]
) -> Iterator[tuple[float, float]]:
    """Give how many keys stand in how many rows each: the common values, NULL, and all others alike."""
    rows = index.rows
    if index.unique or len(keys) < len(index.keys):
        yield rows, 1.0
    elif len(keys) > 1 or index.predicate:
        distinct = max(min(table.distinct_keys(index), rows), 1)
        yield distinct, rows / distinct
    else:
        (column,) = keys
        common = column.most_common_freqs or ()
        yield from ((1.0, rows * share) for share in (*common, column.null_frac) if share > 0)
        left = rows * max(1 - sum(common) - column.null_frac, 0)
        distinct = max(min(column.distinct(rows) - len(common), left), 1)
        if left >= 1:
            yield distinct, left / distinct


def _bytes_of_equal(rows: float, entry: int) -> float:
    """Return the bytes that one key takes which stands in so many rows (a mean: between whole numbers it mixes)."""
    low = math.floor(rows)
    share = rows - low
    whole = _bytes_of_list(low, entry)
    return whole if not share else whole * (1 - share) + _bytes_of_list(low + 1, entry) * share


def _bytes_of_list(rows: int, entry: int) -> int:
    longest = max((LONGEST_LIST - entry) // ROW_ADDRESS, 1)
    full, rest = divmod(rows, longest)
    size = full * (_aligned(entry + longest * ROW_ADDRESS) + POINTER)
    if rest == 1:
        return size + entry + POINTER
    return size + (_aligned(entry + rest * ROW_ADDRESS) + POINTER if rest else 0)


def _tuple_bytes(columns: Sequence[ColumnStatistics]) -> int:
    """Return the bytes of an index entry: its head, a map of NULLs where some are, and the aligned values.

    Where values differ in length and their mean just fills what entries are aligned to, every other one needs more.
    """
    end = 0.0
    for column in columns:
        long = column.length < 0 and column.avg_width >= SHORT_VALUE
        align = column.align if column.length > 0 or long else 1
        end = math.ceil(end / align) * align + column.avg_width
    share_of_nulls = columns[0].null_frac if len(columns) == 1 else 0.0
    several = sum(column.length < 0 and column.distinct(1e6) > 1 for column in columns) > 1
    more = ALIGNED // 2 if several and end % ALIGNED in {0, ALIGNED - 1} else 0
    return HEAD + _aligned(round(end * (1 - share_of_nulls)) + round(8 * share_of_nulls)) + more


def _aligned(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED
