"""The only place that opens a connection: an embedded PostgreSQL, and a checked connection to any other.

`start_embedded(folder)` runs a real PostgreSQL 18 for as long as its `with` block lasts; `connect(url)` opens one
connection and says in words what is wrong when it cannot.
"""

from backend_architect.postgres.connection import Connection, Lost, Refused, connect, leave
from backend_architect.postgres.embedded import EmbeddedServer, crash, start_again, start_embedded
from backend_architect.postgres.failures import failure_while_running
from backend_architect.postgres.postmaster import read_postmaster
from backend_architect.postgres.session import Session

__all__ = [
    "Connection",
    "EmbeddedServer",
    "Lost",
    "Refused",
    "Session",
    "connect",
    "crash",
    "failure_while_running",
    "leave",
    "read_postmaster",
    "start_again",
    "start_embedded",
]
