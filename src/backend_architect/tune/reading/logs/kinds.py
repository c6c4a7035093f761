"""Which form a log has, told from its beginning."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

from backend_architect.tune.reading.logs.csv_log import csv_entries, csv_entry
from backend_architect.tune.reading.logs.entry import LogEntry
from backend_architect.tune.reading.logs.json_log import json_entries, json_entry
from backend_architect.tune.reading.logs.text_log import HEAD, text_entries


class LogKind(StrEnum):
    """The forms that PostgreSQL writes logs in (log_destination)."""

    TEXT = "stderr"
    CSV = "csvlog"
    JSON = "jsonlog"


READERS: dict[LogKind, Callable[[Iterable[str]], Iterator[LogEntry | None]]] = {
    LogKind.TEXT: text_entries,
    LogKind.CSV: csv_entries,
    LogKind.JSON: json_entries,
}


def kind_of_log(beginning: Sequence[str]) -> LogKind | None:
    """Return the form of a log by its first lines, None where they are of none."""
    if any(json_entry(line) for line in beginning if line.startswith("{")):
        return LogKind.JSON
    try:
        if any(csv_entry(row) for row in csv.reader(beginning)):
            return LogKind.CSV
    except csv.Error:
        pass
    return LogKind.TEXT if any(HEAD.match(line) for line in beginning if line[:1] not in "\t ") else None
