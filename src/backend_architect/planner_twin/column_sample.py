"""Rows as they are likely to be, drawn from what ANALYZE found of their columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from backend_architect.planner_twin.array_text import read_array
from backend_architect.planner_twin.model import ColumnStatistics

DRAWN = 101  # a prime, so that every stride passes through all of a column's values
STRIDES = (1, 37, 59, 23, 83)


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One row: its values as text, the share of all rows that it stands for, and whether these have the same values."""

    values: tuple[str | None, ...]
    share: float
    common: bool


def sample_rows(columns: Sequence[ColumnStatistics]) -> tuple[SampleRow, ...]:
    """Return rows with values of these columns; of several columns as if these had nothing to do with each other.

    None when a column's values are not known.
    """
    known = [tuple(_values(column)) for column in columns]
    if not all(known) or len(known) > len(STRIDES):
        return ()
    if len(known) == 1:
        return tuple(SampleRow((value,), share, common) for value, share, common in known[0])
    drawn = [_draw(values) for values in known]
    rows = (
        tuple(values[place * stride % DRAWN] for values, stride in zip(drawn, STRIDES, strict=False))
        for place in range(DRAWN)
    )
    return tuple(SampleRow(row, 1 / DRAWN, common=False) for row in rows)


def _values(column: ColumnStatistics) -> Iterator[tuple[str | None, float, bool]]:
    """Give the values that ANALYZE kept, each with its share and whether it is one that is common."""
    shares = column.most_common_freqs or ()
    common = read_array(column.most_common_vals) if column.most_common_vals else []
    bounds = read_array(column.histogram_bounds) if column.histogram_bounds else []
    left = max(1 - column.null_frac - sum(shares), 0.0)
    yield from ((value, share, True) for value, share in zip(common, shares, strict=True))
    yield from ((value, left / len(bounds), False) for value in bounds)
    if column.null_frac and (common or bounds):
        yield None, column.null_frac, True


def _draw(values: Sequence[tuple[str | None, float, bool]]) -> list[str | None]:
    """Return as many values as are drawn, each as often as its share says."""
    ends = list(accumulate(share for _, share, _ in values))
    drawn, place = [], 0
    for number in range(DRAWN):
        wanted = (number + 0.5) / DRAWN * ends[-1]
        while ends[place] < wanted:
            place += 1
        drawn.append(values[place][0])
    return drawn
