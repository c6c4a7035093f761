"""One entry of a server's log, whatever form the log has."""

from dataclasses import dataclass

LEVELS = (
    *("LOG", "DETAIL", "STATEMENT", "ERROR", "FATAL", "PANIC", "WARNING", "HINT", "CONTEXT", "NOTICE", "INFO"),
    *("QUERY", "LOCATION", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5"),
)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A message with its detail. `session` tells sessions apart, `database` and `time` are '' where it is not told.

    `loose` are lines behind it that nothing says belong to it: the rest of a message that something on the way has cut.
    """

    session: str
    level: str
    message: str
    detail: str = ""
    database: str = ""
    time: str = ""
    loose: str = ""
