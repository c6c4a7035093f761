"""How many bytes the values of a column take, from the values themselves that ANALYZE kept."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache

from backend_architect.planner_twin.column_sample import sample_rows
from backend_architect.planner_twin.model import ColumnStatistics

SHORT_HEAD, LONG_HEAD = 1, 4
SHORT_VALUE = 126  # longer ones have a header of four bytes
DIGITS = 4  # of a numeric's groups, two bytes each
MAX_DIFFERENCE_BYTES = 2.0  # bytes that the values kept may be from the mean width, which ANALYZE rounds down


@lru_cache(maxsize=4096)
def value_bytes(column: ColumnStatistics) -> Mapping[int, float]:
    """Return the share of the values that are not NULL by their bytes; all of the mean width where nothing is known."""
    mean = {column.avg_width: 1.0}
    measure = _measured_by(column)
    if column.length > 0 or measure is None:
        return mean
    found: Counter[int] = Counter()
    for row in sample_rows([column]):
        if row.values[0] is not None:
            found[_packed(measure(row.values[0]))] += row.share  # type: ignore[assignment]
    whole = sum(found.values())
    if (
        not whole
        or abs(sum(size * share for size, share in found.items()) / whole - column.avg_width) > MAX_DIFFERENCE_BYTES
    ):
        return mean
    return {size: share / whole for size, share in sorted(found.items())}


def _measured_by(column: ColumnStatistics) -> Callable[[str], int] | None:
    """Return what tells the bytes of a value written out, None where its text does not tell."""
    if column.type in {"text", "character varying", "character", "citext"}:
        return _text_bytes
    return _numeric_bytes if column.type == "numeric" else None


def _text_bytes(value: str) -> int:
    return len(value.encode())


def _numeric_bytes(value: str) -> int:
    """Return the bytes of a numeric: a head, and its digits by fours from the point on, without zeros around them."""
    whole, _, fraction = value.lstrip("-").partition(".")
    if not whole.isdigit():
        return 2
    digits = whole.zfill(-(-len(whole) // DIGITS) * DIGITS) + fraction.ljust(-(-len(fraction) // DIGITS) * DIGITS, "0")
    groups = [digits[place : place + DIGITS] for place in range(0, len(digits), DIGITS)]
    filled = [place for place, group in enumerate(groups) if int(group)]
    return 2 + 2 * (filled[-1] - filled[0] + 1 if filled else 0)


def _packed(size: int) -> int:
    return size + (SHORT_HEAD if size <= SHORT_VALUE else LONG_HEAD)
