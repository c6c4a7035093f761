"""What ANALYZE would find of a column in a larger table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import linear_regression

from backend_architect.planner_twin.array_text import read_array, write_array
from backend_architect.planner_twin.model import ColumnStatistics

COUNTERS = {"smallint", "integer", "bigint"}
SORTED_BY_TEXT = {"uuid", "text", "character varying"}
SAMPLE = 30_000  # rows that ANALYZE reads with the default target of 100
ALL_DIFFERENT = 0.98  # of the rows, from which on more rows are taken to have as many more values
SCALES_FROM = 0.1  # a column with more values than this share of its rows is taken to have more in more rows


@dataclass(frozen=True, slots=True)
class Growth:
    """The rows of a table, and of the one whose rows the column's values stand for, before and after.

    `unique` is whether no two rows may have the same value.
    """

    rows: float
    rows_then: float
    domain: float
    domain_then: float
    unique: bool

    @property
    def of_domain(self) -> float:
        """Return how many times as many values there are to choose from."""
        return self.domain_then / self.domain if 0 < self.domain < math.inf and self.domain_then > 0 else 1.0


def grow_key(column: ColumnStatistics, growth: Growth) -> ColumnStatistics:
    """Return the statistics of a column that holds keys (its own table's or another's), of which there are more now."""
    if growth.rows == growth.rows_then and growth.of_domain == 1:
        return column
    distinct = _distinct_then(column, growth)
    grown = replace(column, n_distinct=_as_statistic(distinct, growth.rows_then, column))
    stretched = _stretched(grown, growth.of_domain)
    if growth.of_domain <= 1:
        return replace(stretched, most_common_vals=grown.most_common_vals)
    return _thinned(stretched, growth.of_domain, distinct, growth.rows_then)


def grow_other(column: ColumnStatistics, rows: float, rows_then: float) -> ColumnStatistics:
    """Return the statistics of a column whose values are of the same kind at every size: times, texts, amounts, states.

    Shares, bounds and order stay. Where nearly every row has a value of its own, so will more rows; else they draw from
    as many values as explain those that were found.
    """
    if rows == rows_then:
        return column
    distinct = _distinct_then(column, Growth(rows, rows_then, math.inf, math.inf, unique=False))
    return replace(column, n_distinct=_as_statistic(distinct, rows_then, column))


def _distinct_then(column: ColumnStatistics, growth: Growth) -> float:
    """Return how many values there will be: as when rows draw from a number of values that grows as its own table."""
    present, present_then = (rows * (1 - column.null_frac) for rows in (growth.rows, growth.rows_then))
    seen = min(column.distinct(growth.rows), present)
    if growth.unique or present <= 0:
        return present_then
    drawn_from = _domain_that_gives(seen, present, growth.domain or math.inf)
    if math.isinf(drawn_from):
        return seen / present * present_then
    expected = _drawn(drawn_from, present)
    then = seen * _drawn(drawn_from * growth.of_domain, present_then) / expected
    return min(then, present_then, growth.domain_then or then)


def _drawn(domain: float, rows: float) -> float:
    """Return how many different values so many rows have that each draw one."""
    return -domain * math.expm1(-rows / domain)


def _domain_that_gives(seen: float, rows: float, most: float) -> float:
    """Return the number of values that so many rows drew from, when so many were seen; infinite where all differ."""
    if math.isinf(most):
        if seen >= rows * ALL_DIFFERENT:
            return math.inf
        most = rows / (1 - ALL_DIFFERENT)
    low, high = seen, max(most, seen)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _drawn(middle, rows) < seen else (low, middle)
    return high


def _as_statistic(distinct: float, rows: float, column: ColumnStatistics) -> float:
    if rows <= 0:
        return column.n_distinct
    return -min(distinct / rows, 1.0) if distinct > rows * SCALES_FROM else max(round(distinct), 1)


def _stretched(column: ColumnStatistics, times: float) -> ColumnStatistics:
    """Return the column with the values of a counter spread over its larger range; others fill the range they have."""
    if column.type not in COUNTERS:
        return column
    return replace(
        column,
        histogram_bounds=_times(column.histogram_bounds, times),
        most_common_vals=_times(column.most_common_vals, times),
    )


def _times(values: str | None, times: float) -> str | None:
    return values and write_array([str(int(int(value) * times)) for value in read_array(values)])


def _thinned(column: ColumnStatistics, times: float, distinct: float, rows: float) -> ColumnStatistics:
    """Return the column with each common value's share made smaller, and those left out that are no longer common."""
    if not column.most_common_vals or not column.most_common_freqs:
        return column
    values = read_array(column.most_common_vals)
    share = math.pow(times, _skew(column.most_common_freqs) - 1)
    shares = [each * share for each in column.most_common_freqs]
    kept = _still_common(shares, distinct, column.null_frac, rows)
    if kept == len(values):
        return replace(column, most_common_freqs=tuple(shares))
    return replace(
        column,
        most_common_vals=write_array(values[:kept]) if kept else None,
        most_common_freqs=tuple(shares[:kept]) if kept else None,
        histogram_bounds=column.histogram_bounds or _histogram(values[kept:], column.type),
    )


def _skew(shares: Sequence[float]) -> float:
    """Return the exponent of the power law that the shares follow by rank: 0 all alike, 1 or more a few have it all.

    The larger it is, the less a common value's share shrinks as more values come.
    """
    if len(shares) < 3:
        return 0.0
    ranks = [math.log(rank) for rank in range(1, len(shares) + 1)]
    heights = [math.log(max(share, 1e-12)) for share in shares]
    return min(max(-linear_regression(ranks, heights).slope, 0.0), 1.0)


def _still_common(shares: Sequence[float], distinct: float, nulls: float, rows: float) -> int:
    """Return how many of the shares ANALYZE would keep: each must be clearly above the mean of the rest."""
    sample = min(SAMPLE, rows)
    for kept in range(len(shares), 0, -1):
        rest = max(1 - sum(shares[: kept - 1]) - nulls, 0) / max(distinct - (kept - 1), 1)
        spread = math.sqrt(shares[kept - 1] * (1 - shares[kept - 1]) * sample * max(1 - sample / max(rows, 1), 0))
        if shares[kept - 1] * sample > rest * sample + 2 * spread + 0.5:
            return kept
    return 0


def _histogram(values: Sequence[str], type_: str) -> str | None:
    if len(values) < 2:
        return None
    if type_ in COUNTERS:
        return write_array(sorted(values, key=int))
    return write_array(sorted(values)) if type_ in SORTED_BY_TEXT else None
