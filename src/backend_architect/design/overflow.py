"""How large the numbers of an expression can become, so that no stored row makes an expression overflow when read.

A magnitude is the largest absolute value: of a number, or of an interval in days. None is not known.
"""

from itertools import pairwise

from sqlglot import exp

from backend_architect.design.model import MAX_BIGINT, MAX_INTEGER, WHOLE, Field, FieldType

LIMITS = {"integer": MAX_INTEGER, "bigint": MAX_BIGINT}
"""The largest value of each type that PostgreSQL calculates in without growing."""
MOST_DAYS = 3_653
"""A duration has at most ten years."""
ALL_DAYS = 3_652_059
"""From the first to the last day that a date can be, of the years 1 to 9999."""
SHIFT_DAYS = 1_700_000
"""Days by which any date can be moved and still be one to PostgreSQL, which begins in 4713 BC."""
BEYOND = ("0001-01-01 BC", "20000-01-01")
"""Dates that no answer can have, before and after all that can be."""
INTERVAL_DAYS = 2_000_000_000
"""Days that an interval can have."""
COUNTED = 10**12
"""More rows than that are never counted."""
SUMMED = 10_000
"""Rows that one sum is taken to have at most."""
LENGTH = 1_000_000
_DAYS = {"year": 366, "month": 31, "week": 7, "day": 1}
TIMES = ("date", "timestamp with time zone", "timestamp without time zone")


def field_magnitude(item: Field) -> int | None:
    """Return the magnitude of a stored field."""
    if item.type in WHOLE:
        return max(abs(int(bound)) for bound in item.range)
    if item.type is FieldType.DECIMAL:
        return 10**18 if item.min is None or item.max is None else int(max(abs(item.min), abs(item.max))) + 1
    return MOST_DAYS if item.type is FieldType.DURATION else None


def interval_magnitude(text: str) -> int:
    """Return the days of an interval literal, rounded up."""
    words = text.lower().split()
    days = 1
    for number, unit in pairwise(words):
        name = unit.rstrip("s")
        if name.isalpha() and number.lstrip("+-").replace(".", "", 1).isdigit():
            days += int(abs(float(number)) * _DAYS.get(name, 1)) + 1
    return days


def arithmetic_magnitude(node: exp.Expr, left: tuple[str, int | None], right: tuple[str, int | None]) -> int | None:
    """Return the magnitude of a calculation, from the types and the magnitudes of its sides."""
    if left[0] in TIMES and right[0] in TIMES:
        return ALL_DAYS
    if left[1] is None or right[1] is None:
        return None
    if isinstance(node, exp.Mul):
        return left[1] * right[1]
    if isinstance(node, exp.Div):
        return left[1] if right[0] in LIMITS else None
    return left[1] + right[1]


def function_magnitude(node: exp.Expr, most: int | None) -> int | None:
    """Return the magnitude of a function of one argument, an aggregate among them."""
    if isinstance(node, exp.Count):
        return COUNTED
    if isinstance(node, exp.Length):
        return LENGTH
    return most * SUMMED if isinstance(node, exp.Sum) and most is not None else most


def most_of(magnitudes: list[int | None]) -> int | None:
    """Return the magnitude of a value that is one of several."""
    known = [each for each in magnitudes if each is not None]
    return max(known) if known and len(known) == len(magnitudes) else None
