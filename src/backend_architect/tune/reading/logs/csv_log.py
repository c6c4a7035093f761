"""csvlog: the columns of an entry, which may hold line ends themselves."""

import csv
from collections.abc import Iterable, Iterator

from backend_architect.tune.reading.logs.entry import LEVELS, LogEntry
from backend_architect.tune.reading.logs.stream import LONGEST

TIME, DATABASE, SESSION, LEVEL, MESSAGE, DETAIL = 0, 2, 5, 11, 13, 14
FEWEST = 23
"""Columns of PostgreSQL 12 and older; later versions add some at the end."""


def csv_entries(lines: Iterable[str]) -> Iterator[LogEntry | None]:
    """Yield the entries of a csvlog, and None for each row that is none."""
    csv.field_size_limit(LONGEST)
    rows = csv.reader(lines)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield None
        else:
            if row:
                yield csv_entry(row)


def csv_entry(row: list[str]) -> LogEntry | None:
    """Return the entry that a row is, None where it is none."""
    if len(row) < FEWEST or row[LEVEL] not in LEVELS:
        return None
    return LogEntry(row[SESSION], row[LEVEL], row[MESSAGE], row[DETAIL], row[DATABASE], row[TIME])
