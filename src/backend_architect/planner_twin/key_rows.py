"""In how many rows each key of a btree stands: common values as ANALYZE counted them, the others as is likely.

Nobody tells how evenly rows fall to keys: half of the keys are taken to have as many rows as the mean, half by chance.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from backend_architect.planner_twin.distinct_keys import columns_named, distinct_keys
from backend_architect.planner_twin.model import ColumnStatistics, IndexStatistics, TableStatistics

NORMAL_ROWS = 40.0  # rows, from which their number is as good as normally distributed
DRAWN = 20
STEPS = 60
NEGLIGIBLE_PROBABILITY = 1e-6
ONCE = 1.001


@dataclass(frozen=True, slots=True)
class Equal:
    """So many keys that stand in so many rows each."""

    keys: float
    rows: int
    null: bool = False


def equal_keys(table: TableStatistics, index: IndexStatistics, keys: Sequence[ColumnStatistics]) -> Iterator[Equal]:
    """Give every number of rows that keys stand in, and how many keys do."""
    if index.unique or len(keys) < len(index.keys):
        yield Equal(index.rows, 1)
    elif len(keys) > 1:
        yield from _likely(index.rows, distinct_keys(table, index))
    else:
        yield from _of_one_column(keys[0], index, distinct_keys(table, index))


def _of_one_column(column: ColumnStatistics, index: IndexStatistics, distinct: float) -> Iterator[Equal]:
    """Give the common values, NULL, and the others; a condition may leave out just some of the common ones."""
    common = column.most_common_freqs or () if not index.predicate else ()
    nulls = column.null_frac if column.attname not in columns_named(index.predicate or "true") else 0.0
    yield from (Equal(1.0, max(round(index.rows * share), 1)) for share in common)
    if nulls * index.rows >= 1:
        yield Equal(1.0, round(nulls * index.rows), null=True)
    left = index.rows * max(1 - sum(common) - nulls, 0)
    yield from _likely(left, distinct - len(common))


def _likely(rows: float, distinct: float) -> Iterator[Equal]:
    """Give the keys of so many rows, each key with one at least."""
    if rows < 1:
        return
    keys = max(min(distinct, rows), 1.0)
    mean = rows / keys
    low, more = math.floor(mean), mean % 1
    if mean < ONCE:
        yield Equal(keys, 1)
    elif mean < NORMAL_ROWS:
        yield Equal(keys / 2 * (1 - more), low)
        yield Equal(keys / 2 * more, low + 1)
        yield from (Equal(keys / 2 * share, number) for number, share in _by_chance(mean))
    else:
        spread = NormalDist(mean, math.sqrt(mean))
        yield from (Equal(keys / DRAWN, round(spread.inv_cdf((each + 0.5) / DRAWN))) for each in range(DRAWN))


def _by_chance(mean: float) -> Iterator[tuple[int, float]]:
    """Give the shares of a Poisson distribution without 0 that has this mean."""
    rate = mean
    for _ in range(STEPS):
        rate = mean * -math.expm1(-rate)
    share, number = rate / math.expm1(rate), 1
    while share > NEGLIGIBLE_PROBABILITY or number < mean:
        yield number, share
        number += 1
        share *= rate / number
