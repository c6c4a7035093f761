"""How large PostgreSQL builds a hash index: its buckets by the rows alone, and pages behind those that overflow.

The figures are those of hashpage.c and hashutil.c.
"""

import math
from collections.abc import Iterator

from backend_architect.planner_twin.model import ColumnStatistics

ENTRY = 16 + 4
ROWS_A_PAGE = (8192 - 24 - 16) // ENTRY
ROWS_WANTED = 8192 * 75 // 100 // ENTRY
IN_QUARTERS_FROM = 1 << 10
META_AND_MAP = 2
MOST_TERMS = 200


def hash_size(column: ColumnStatistics | None, rows: float) -> int:
    """Return the pages of an index on a column with these values, unique ones where they are not known."""
    buckets = _buckets(math.ceil(rows / ROWS_WANTED))
    overflow = sum(_overflow(number, each, buckets) for number, each in _values(column, rows))
    return buckets + META_AND_MAP + round(overflow)


def _buckets(wanted: int) -> int:
    """Return how many buckets are made: a power of two, and of a large one the half and some quarters more."""
    power = 1 << max(math.ceil(math.log2(max(wanted, 2))), 1)
    if power <= IN_QUARTERS_FROM // 2:
        return power
    half = power // 2
    quarter = half // 4
    return half + -(-(wanted - half) // quarter) * quarter


def _values(column: ColumnStatistics | None, rows: float) -> Iterator[tuple[float, float]]:
    """Give how many values stand in how many rows each."""
    if column is None:
        yield rows, 1.0
        return
    common = column.most_common_freqs or ()
    yield from ((1.0, rows * share) for share in common)
    left = rows * max(1 - sum(common) - column.null_frac, 0.0)
    distinct = max(min(column.distinct(rows) - len(common), left), 1.0)
    if left >= 1:
        yield distinct, left / distinct


def _overflow(number: float, rows: float, buckets: int) -> float:
    """Return the pages behind all buckets, of which each gets some of the values by chance."""
    if number == 1:
        return max(math.ceil(rows / ROWS_A_PAGE) - 1, 0)
    mean = number / buckets
    if mean > MOST_TERMS / 2:  # chance evens out
        return buckets * max(math.ceil(mean * rows / ROWS_A_PAGE) - 1, 0)
    chance, total = math.exp(-mean), 0.0
    for values in range(1, MOST_TERMS):
        chance *= mean / values
        total += chance * max(math.ceil(values * rows / ROWS_A_PAGE) - 1, 0)
    return buckets * total
