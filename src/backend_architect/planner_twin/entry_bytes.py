"""How long the entries of a btree are: their head, a map of NULLs where some are, and the aligned values."""

from collections.abc import Mapping, Sequence

from backend_architect.planner_twin.model import ColumnStatistics
from backend_architect.planner_twin.value_bytes import value_bytes

HEAD = 8  # of an entry, and of one with a NULL as much again
SHORT_VALUE = 127  # with its head; longer ones are aligned
ALIGNED = 8
SLIGHT = 1e-4
Lengths = Mapping[int, float]


def entry_bytes(columns: Sequence[ColumnStatistics], unknown: int = 0) -> Lengths:
    """Return the share of a btree's entries by their bytes; `unknown` are those of columns nothing is known of.

    The columns count as independent.
    """
    ends: dict[tuple[int, bool], float] = {(0, False): 1.0}
    for column in columns:
        ends = _with_column(ends, column)
    found: dict[int, float] = {}
    for (end, has_null), share in sorted(ends.items()):
        size = aligned((2 if has_null else 1) * HEAD + end + unknown)
        found[size] = found.get(size, 0.0) + share
    return found


def mean_bytes(lengths: Lengths) -> float:
    """Return the mean of the lengths."""
    return sum(size * share for size, share in lengths.items())


def aligned(size: int) -> int:
    """Return the size as it is stored: every entry begins at a multiple of eight."""
    return -(-size // ALIGNED) * ALIGNED


def _with_column(ends: Mapping[tuple[int, bool], float], column: ColumnStatistics) -> dict[tuple[int, bool], float]:
    """Return where values end, and whether a NULL is among them, with those of one more column."""
    found: dict[tuple[int, bool], float] = {}
    values = value_bytes(column)
    for (end, has_null), share in ends.items():
        if column.null_frac:
            found[end, True] = found.get((end, True), 0.0) + share * column.null_frac
        for size, part in values.items():
            packed = column.length < 0 and size <= SHORT_VALUE
            begin = end if packed else -(-end // column.align) * column.align
            place = begin + size, has_null
            found[place] = found.get(place, 0.0) + share * part * (1 - column.null_frac)
    return {place: share for place, share in found.items() if share > SLIGHT**2}
