"""P57: without its database the backend is alive and not ready, and ready again when the database is back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from backend_architect.postgres import Session
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

RECOVERS_IN = 10.0
END_THE_REST = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> $2"


def health(lab: Lab) -> Iterator[Case]:
    """Give cases for a backend whose database refuses it, and one for the time after."""
    with lab.own() as backend:
        with _database_away(lab, backend):
            yield _ask(backend, "/healthz").answers("alive while the database is down", 200)
            yield _ask(backend, "/readyz").answers("not ready while the database is down", 503)
        answer = _ask(backend, "/readyz")
        until = time.monotonic() + RECOVERS_IN
        while answer.status != 200 and time.monotonic() < until:
            time.sleep(0.1)
            answer = _ask(backend, "/readyz")
        yield answer.answers("ready when the database is back", 200)


def _ask(backend: Backend, path: str) -> Exchange:
    return backend.client.ask(backend.anonymous(), "GET", path)


@contextmanager
def _database_away(lab: Lab, backend: Backend) -> Iterator[None]:
    """Let the database end every connection and take no new one; the proof keeps its own."""
    name = urlsplit(backend.place.environment["DATABASE_URL"]).path.strip("/")
    own = backend.database.value("SELECT pg_backend_pid()")
    with Session(lab.server.url()) as admin:
        admin.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.fetch(END_THE_REST, name, own)
        try:
            yield
        finally:
            admin.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


PROBE = Probe("P57", Group.ATTACKS, "without its database the backend is alive and not ready", health)
