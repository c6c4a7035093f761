"""The statistics of an expression, from its values on a sample of rows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend_architect.planner_twin.array_text import write_array
from backend_architect.planner_twin.column_sample import SampleRow
from backend_architect.planner_twin.model import ColumnStatistics

COMMON_FACTOR = 3  # as often a value must come among those that are not common to be taken for common
A_SHARE = 0.1  # of the rows; from as many values on, ANALYZE takes their number to grow with the rows


@dataclass(frozen=True, slots=True)
class ExpressionValue:
    """An expression's value on one row. `rank` is its place in the order of its type, `number` itself as a number."""

    row: SampleRow
    value: str | None
    width: int
    rank: int
    number: float | None


@dataclass(frozen=True, slots=True)
class ExpressionType:
    """What an expression gives; `step` is the least distance of two values as numbers, 0 where there is none."""

    name: str
    length: int
    align: int
    step: float = 0.0


def statistics_of(
    name: str, kind: ExpressionType, found: Sequence[ExpressionValue], bases: Sequence[ColumnStatistics], rows: float
) -> ColumnStatistics:
    """Return what ANALYZE would say of the expression's values in so many rows; `bases` are the columns in it."""
    present = [each for each in found if each.value is not None]
    null_frac = min(sum(each.row.share for each in found if each.value is None), 1.0)
    common = _common(present)
    rest = sorted((each for each in present if each.value not in common), key=lambda each: each.rank)
    distinct = _distinct(kind, present, rest, bases, rows)
    weight = sum(each.row.share for each in present) or 1.0
    width = sum(each.width * each.row.share for each in present) / weight
    return ColumnStatistics(
        attname=name,
        type=kind.name,
        length=kind.length,
        align=kind.align,
        inherited=False,
        null_frac=null_frac,
        avg_width=kind.length if kind.length > 0 else max(round(width), 1),
        n_distinct=-distinct / rows if distinct > rows * A_SHARE else float(round(distinct)),
        most_common_vals=write_array(list(common)) if common else None,
        most_common_freqs=tuple(common.values()) if common else None,
        histogram_bounds=write_array([each.value or "" for each in rest]) if len(rest) > 1 else None,
        correlation=_correlation(present, bases),
    )


def _common(present: Sequence[ExpressionValue]) -> Mapping[str, float]:
    """Return the values that many rows have, each with its share, the most common first."""
    shares: dict[str, float] = {}
    times: dict[str, int] = {}
    for each in present:
        value = each.value or ""
        shares[value] = shares.get(value, 0.0) + each.row.share
        times[value] = times.get(value, 0) + (COMMON_FACTOR if each.row.common else 1)
    few = all(number > 1 for number in times.values())  # then there are hardly any others
    found = {value: share for value, share in shares.items() if few or times[value] >= COMMON_FACTOR}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _distinct(
    kind: ExpressionType,
    present: Sequence[ExpressionValue],
    rest: Sequence[ExpressionValue],
    bases: Sequence[ColumnStatistics],
    rows: float,
) -> float:
    """Return how many values there are: the common ones, and of the others as many as ANALYZE's estimator says.

    There are no more than there are of the columns together, nor than there is room for between least and greatest.
    """
    common = len({each.value for each in present}) - len({each.value for each in rest})
    most = min(math.prod(max(base.distinct(rows), 1.0) for base in bases), rows)
    others = max(most - len({each.row.values for each in present if each.row.common}), 0.0)
    if rest:
        others = min(
            others, estimated_distinct([each.value or "" for each in rest], sum(each.row.share for each in rest) * rows)
        )
    elif sum(each.row.share for each in present) > 1 - sum(base.null_frac for base in bases) - 0.01:
        others = 0.0
    numbers = [each.number for each in present if each.number is not None]
    room = (max(numbers) - min(numbers)) / kind.step + 1 if numbers and kind.step else math.inf
    return max(min(common + others, room, most), 1.0)


def estimated_distinct(sample: Sequence[str], rows: float) -> float:
    """Return how many values so many rows have, of which these are a sample (Haas and Stokes, as ANALYZE)."""
    times: dict[str, int] = {}
    for value in sample:
        times[value] = times.get(value, 0) + 1
    once = sum(number == 1 for number in times.values())
    size = len(sample)
    return max(size * len(times) / max(size - once + once * size / max(rows, 1.0), 1e-9), len(times))


def _correlation(present: Sequence[ExpressionValue], bases: Sequence[ColumnStatistics]) -> float | None:
    """Return the column's own, by as much as its order is the expression's; unknown for several columns."""
    if len(bases) > 1 or bases[0].correlation is None:
        return None
    ordered = [each.rank for each in present if not each.row.common]
    return bases[0].correlation * (_rank_correlation(ordered) if len(ordered) >= COMMON_FACTOR else 1.0)


def _rank_correlation(ranks: Sequence[int]) -> float:
    """Return Spearman's coefficient of these and of their places."""
    count = len(ranks)
    own = {rank: place for place, rank in enumerate(sorted(set(ranks)))}
    squares = sum((place - own[rank]) ** 2 for place, rank in enumerate(ranks))
    return max(1 - 6 * squares / (count * (count**2 - 1)), -1.0)
