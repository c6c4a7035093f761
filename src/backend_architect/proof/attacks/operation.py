"""P57 and P81: health checks, and settings that production must have."""

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from backend_architect.design.model import FieldType
from backend_architect.postgres import Session
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import FILE_STORE, Lab, held_port
from backend_architect.proof.probe import Probe
from backend_architect.running import end_group

RECOVERS_IN = 10.0
END_THE_REST = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> $2"


def health(lab: Lab) -> Iterator[Case]:
    """P57: without its database the backend is alive and not ready, and ready again when the database is back.

    Give cases for a backend whose database refuses it, and one for the time after.
    """
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


HEALTH = Probe("P57", Group.ATTACKS, "without its database the backend is alive and not ready", health)


SECONDS = 10.0
AT_ONCE = 3
ADVICE = "settings are checked before anything starts: a default of development must never serve in production"
ALWAYS: dict[str, tuple[str, ...]] = {
    "DATABASE_URL": ("",),
    "TRUSTED_HOSTS": ("",),
    "ALLOWED_ORIGINS": ("*",),
}
WITH_ACCOUNTS: dict[str, tuple[str, ...]] = {"JWT_SECRET": ("", "short")}
WITH_MAIL: dict[str, tuple[str, ...]] = {
    "SMTP_URL": ("",),
    "MAIL_FROM": ("",),
    "WEB_URL": ("", "http://app.example.com"),
}


def required_settings(lab: Lab) -> Iterator[Case]:
    """P81: in production nothing starts on settings that are missing or lax: it ends at once, and says what it wants.

    Give a case for each setting that production must have, without it and with a value that is no good.
    """
    design = lab.subject.design
    has_files = any(
        item.type is FieldType.FILE for row in design.rows_by_plural.values() for item in row.fields.values()
    )
    wanted = {**ALWAYS, **(WITH_ACCOUNTS if design.auth else {})}
    wanted |= WITH_MAIL if design.has_mail else {}
    wanted |= dict.fromkeys(FILE_STORE, ("",)) if has_files else {}
    url = lab.backend.place.environment["DATABASE_URL"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = [(name, value) for name, values in wanted.items() for value in values]
        yield from pool.map(lambda each: _case(lab, url, *each), tried)


def _case(lab: Lab, url: str, name: str, value: str) -> Case:
    """Return what came of a start with one setting missing (''), or with another value."""
    with held_port() as port:
        place = lab.place(url, PORT=str(port))
        environment = {key: given for key, given in place.environment.items() if key != name}
        environment |= {name: value} if value else {}
        process = subprocess.Popen(
            place.command("app.serve"), cwd=place.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=SECONDS)
            actual, held = f"it ended with {process.returncode}", process.returncode != 0 and name in said
            actual += "" if name in said else f", and did not name {name}"
        except subprocess.TimeoutExpired:
            actual, held = "it serves", False
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=SECONDS)
        finally:
            end_group(process.pid, place.folder)
    title = f"a start with {name}={value}" if value else f"a start without {name}"
    return Case(title, verdict(held), f"it ends at once, and names {name}", actual, "", "" if held else ADVICE)


REQUIRED_SETTINGS = Probe(
    "P81", Group.ATTACKS, "production does not start on settings that are missing or lax", required_settings
)
