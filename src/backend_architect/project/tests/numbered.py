"""Python source of values that no other row of a test has, made from the next of `_numbers`."""

from backend_architect.design.distinguishing_fields import DIGITS, bounds_of_number, frame_of_text
from backend_architect.design.model import Field, FieldType
from backend_architect.project.samples import sample_source

NEXT = "next(_numbers)"
MOMENT = f"datetime(2030, 1, 31, 12, tzinfo=UTC) + timedelta(hours={NEXT})"
DAY = f"date(2030, 1, 31) + timedelta(days={NEXT})"
OTHERS: dict[FieldType, tuple[str, str]] = {
    FieldType.DECIMAL: (f"Decimal({NEXT})", f"str({NEXT})"),
    FieldType.UUID: ("uuid4()", "str(uuid4())"),
    FieldType.DATE: (DAY, f"({DAY}).isoformat()"),
    FieldType.TIMESTAMP: (MOMENT, f"({MOMENT}).isoformat()"),
    FieldType.DURATION: (f"timedelta(minutes={NEXT})", f'f"PT{{{NEXT}}}M"'),
}
"""The source of a value of the column's type, and of one that the body of a request holds."""


def numbered_source(item: Field, *, json: bool = False) -> str:
    """Return an expression that gives the field another value each time: of the column's type, or as JSON holds it."""
    if item.type in {FieldType.INTEGER, FieldType.MONEY}:
        return _whole(item)
    if item.type in {FieldType.TEXT, FieldType.SLUG}:
        return _text(item)
    if item.type is FieldType.EMAIL:
        return f'f"person{{{NEXT}}}@example.com"'
    if item.type is FieldType.URL:
        return f'f"https://example.com/{{{NEXT}}}"'
    return OTHERS[item.type][json] if item.type in OTHERS else sample_source(item, json=json)


def _whole(item: Field) -> str:
    low, many = bounds_of_number(item)
    if many is not None:
        return f"{low} + {NEXT} % {many}"
    return NEXT if low in {0, 1} else f"{low} + {NEXT}"


def _text(item: Field) -> str:
    start, digits = frame_of_text(item)
    room = item.length[1] - len(start)
    number = NEXT if room >= DIGITS else f"{NEXT} % {10**room}"
    return f'f"{start}{{{number}{f":0{digits}" if digits > 1 else ""}}}"'
