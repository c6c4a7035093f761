"""How large PostgreSQL builds a btree: pages and levels, from its rows and the statistics of its keys alone.

Equal keys are stored once with a list of the rows that hold them (deduplication), which makes an index on a repeated
key two to four times smaller than its rows suggest.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from backend_architect.planner_twin.entry_bytes import HEAD, Lengths, entry_bytes, mean_bytes
from backend_architect.planner_twin.key_rows import Equal, equal_keys
from backend_architect.planner_twin.leaf_pages import FREE_AT_FIRST, PAGE, POINTER, used_a_page
from backend_architect.planner_twin.model import ColumnStatistics, IndexStatistics, TableStatistics
from backend_architect.planner_twin.stored_keys import StoredKeys, laid_down

INNER_FILLFACTOR = 70
DEFAULT_WIDTH = 16
LAID_DOWN = 1_500  # entries, from which it is clear how full pages get


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
    stored = list(_stored(table, index, keys))
    used = used_a_page(laid_down(stored, LAID_DOWN), index.fillfactor)
    leaves = max(math.ceil(sum(each.bytes for each in stored) / used), 1)
    return with_levels(leaves, _fan_out(index, keys))


def with_levels(leaves: int, fan_out: int) -> BtreeSize:
    """Return the size of a btree with so many leaves, whose other pages point to `fan_out` pages each."""
    pages, height, level = leaves + 1, 0, leaves
    while level > 1:
        level = math.ceil(level / fan_out)
        pages += level
        height += 1
    return BtreeSize(pages, leaves, height, fan_out)


def _stored(table: TableStatistics, index: IndexStatistics, keys: Sequence[ColumnStatistics]) -> Iterator[StoredKeys]:
    """Give the keys as they are stored; of one column, those that are NULL by themselves."""
    held = keys = tuple(keys)
    if not (index.deduplicates and not index.included and keys):
        found: Sequence[Equal] = (Equal(index.rows, 1),)
        held += table.key_columns(index, index.included)
    else:
        found = tuple(equal_keys(table, index, keys))
        if len(keys) == 1:
            held = (replace(keys[0], null_frac=0.0),)
    unknown = (len(index.keys) + len(index.included) - len(held)) * DEFAULT_WIDTH
    lengths = entry_bytes(held, unknown)
    for each in found:
        of_these: Lengths = {2 * HEAD: 1.0} if each.null else lengths
        yield from (StoredKeys(each.keys * share, each.rows, size) for size, share in of_these.items() if each.keys)


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
    entry = mean_bytes(entry_bytes(needed)) if needed else HEAD + DEFAULT_WIDTH
    pivot = entry + (8 if equal else 0) + POINTER
    return max(int((FREE_AT_FIRST + POINTER - PAGE * (100 - INNER_FILLFACTOR) // 100) // pivot), 2)
