"""The embedded server that twins of other databases live on."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from backend_architect.errors import DatabaseError
from backend_architect.planner_twin.logins import drop_role
from backend_architect.planner_twin.twin import PREFIX
from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.embedded import EmbeddedServer, start_embedded
from backend_architect.postgres.session import Session

SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "max_connections": "30",
    "max_locks_per_transaction": "2048",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
}
"""Nothing on it is worth keeping: what a crash destroys is made again."""

BROKEN = {"server-failed", "other-major-version", "no-such-database"}
OWNER = re.compile(rf"{PREFIX}(\d+)_")
ROLES = "SELECT rolname AS name FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY 1"
TWINS = "SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1) ORDER BY 1"


@contextmanager
def twin_server(folder: Path | None = None) -> Iterator[EmbeddedServer]:
    """Return a server for twins, in the user's cache folder; it stops with its last user, also at Ctrl-C.

    Several programs may use it at the same time. Twins that a killed one left behind are dropped.
    """
    if folder is None and (folder := _cache_folder()) is None:
        with tempfile.TemporaryDirectory(prefix="backend-architect-") as own, twin_server(Path(own) / "twin") as server:
            yield server
        return
    with _started(folder) as server:
        yield server


@contextmanager
def _started(folder: Path) -> Iterator[EmbeddedServer]:
    """Start the server; where its files are broken it starts anew with empty ones."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(start_embedded(folder, SETTINGS))
            _drop_left_behind(server)
        except DatabaseError as error:
            stack.close()
            if not BROKEN & {problem.code for problem in error.problems}:
                raise
            shutil.rmtree(folder, ignore_errors=True)
            server = stack.enter_context(start_embedded(folder, SETTINGS))
        yield server


def _cache_folder() -> Path | None:
    """Return where the server's files are kept; None where the user has no such place."""
    caches = Path.home() / "Library" / "Caches" if sys.platform == "darwin" else Path.home() / ".cache"
    own = Path(os.environ.get("XDG_CACHE_HOME") or caches) / "backend-architect"
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return own / "twin-18" if os.access(own, os.W_OK) else None


def _drop_left_behind(server: EmbeddedServer) -> None:
    """Drop the twins of programs that have ended, and then the roles that had them."""
    with Session(server.url()) as admin:
        for name in _left_behind(admin, TWINS):
            admin.run(f"DROP DATABASE IF EXISTS {quoted(name)} WITH (FORCE)")
        for name in _left_behind(admin, ROLES):
            admin.run(drop_role(name))


def _left_behind(admin: Session, asked: str) -> Iterator[str]:
    for record in admin.fetch(asked, PREFIX):
        owner = OWNER.match(record["name"])
        if owner and not psutil.pid_exists(int(owner[1])):
            yield record["name"]
