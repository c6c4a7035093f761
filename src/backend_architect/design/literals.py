"""Whether a quoted literal can be a value of a type, so that PostgreSQL does not refuse it when a migration runs."""

import re
from datetime import date, datetime
from uuid import UUID

_UNIT = "microseconds?|milliseconds?|seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|months?|years?"
_INTERVAL = re.compile(rf"([+-]?\d+(\.\d+)?\s*({_UNIT})\s*)*([+-]?\d+:\d\d(:\d\d(\.\d+)?)?)?", re.IGNORECASE)


def wrong_literal(text: str, kind: str) -> str:
    """Return what is wrong with a literal as a value of a PostgreSQL type, '' where nothing is."""
    if kind == "uuid" and not _reads(UUID, text):
        return f"'{text}' is no id"
    if kind == "date" and not _reads(date.fromisoformat, text):
        return f"'{text}' is no date; write it as '2030-12-31'"
    if kind.startswith("timestamp") and not _reads(datetime.fromisoformat, text):
        return f"'{text}' is no timestamp; write it as '2030-12-31 23:59:00+00'"
    if kind == "interval" and not (text.strip() and _INTERVAL.fullmatch(text.strip())):
        return f"'{text.strip()}' is no interval; write it as '1 day 12 hours'"
    return ""


def _reads(read: object, text: str) -> bool:
    assert callable(read)
    try:
        read(text)
    except ValueError:
        return False
    return True
