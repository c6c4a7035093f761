"""Which fields keep the rows of an entity apart, where a sample of each field alone would give the same row twice."""

from backend_architect.design.model import Edge, Field, FieldType, Row
from backend_architect.design.ranges import in_ranges

COUNTABLE = frozenset({FieldType.TEXT, FieldType.SLUG, FieldType.INTEGER, FieldType.MONEY, FieldType.UUID})
"""The types of which there is always another value."""
TIMELY = frozenset({FieldType.DATE, FieldType.TIMESTAMP})
DIGITS = 6


def distinct_fields(row: Row) -> frozenset[str]:
    """Return the fields that take another value in each row: the unique ones, and one of each group that is unique."""
    found = {item.name for item in row.fields.values() if item.unique}
    groups = () if isinstance(row, Edge) else row.unique
    timed = in_ranges(row) if groups else set()
    for group in groups:
        if not {*group} & (found | timed):
            found |= {*_last_of(row, group)}
    return frozenset(found)


def crowded_group(row: Row) -> tuple[str, ...]:
    """Return a group of fields that is unique, and of which no field is another one in each row: a wallet's owner and
    its currency. Whoever makes a second such row gets the first.
    """
    apart = distinct_fields(row)
    groups = () if isinstance(row, Edge) else row.unique
    timed = in_ranges(row) if groups else set()
    return next((group for group in groups if not {*group} & (apart | timed)), ())


def _last_of(row: Row, group: tuple[str, ...]) -> list[str]:
    """Return the last field of a group that can be counted on, in a list; none where all are relations or choices."""
    fields = [row.fields[name] for name in group if name in row.fields and not row.fields[name].set]
    for types in (COUNTABLE, TIMELY):
        names = [item.name for item in fields if item.type in types]
        if names:
            return names[-1:]
    return []


def bounds_of_number(item: Field) -> tuple[int, int | None]:
    """Return the least value of a whole number, and how many there are (None: no end)."""
    low = 1 if item.min is None else int(item.min)
    if item.max is None:
        return low, None
    low = min(low, int(item.max))
    return low, int(item.max) - low + 1


def frame_of_text(item: Field) -> tuple[str, int]:
    """Return what stands before the number in a text, and how many digits that number has at least."""
    low, high = item.length
    room = min(8, max(0, high - DIGITS - 1))
    start = item.name.replace("_", "-")[:room].strip("-")
    start = f"{start}-" if start else ""
    return start, max(1, low - len(start))
