"""jsonlog: an object a line."""

import json
from collections.abc import Iterable, Iterator

from backend_architect.tune.reading.logs.entry import LogEntry

FIELDS = (
    ("session_id", "pid", "process_id"),
    ("message",),
    ("detail",),
    ("dbname", "database_name"),
    ("timestamp", "log_time"),
)
"""As the server names them, or CloudNativePG, which takes them from a csvlog."""


def json_entries(lines: Iterable[str]) -> Iterator[LogEntry | None]:
    """Yield the entries of a jsonlog, and None for each line that is none."""
    for line in lines:
        if line.strip():
            yield json_entry(line)


def json_entry(line: str) -> LogEntry | None:
    """Return the entry that a line is, None where it is none."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or "error_severity" not in data or not isinstance(data.get("message", ""), str):
        return None
    session, *texts = (str(next((data[name] for name in names if data.get(name)), "")) for names in FIELDS)
    return LogEntry(session, str(data["error_severity"]), *texts)
