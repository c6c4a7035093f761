"""The one PostgreSQL of all candidates: the peers' database and the built project's, the same rows in both."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import psutil

from backend_architect.postgres.embedded import EmbeddedServer, start_embedded

SETTINGS: Final = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
    "max_connections": "400",
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "60min",
    "autovacuum": "off",
    "jit": "off",
}
RESET_PEERS: Final = (
    "DELETE FROM likes WHERE created_at > '2026-01-02Z' OR post_id > 200000",
    "DELETE FROM posts WHERE id > 200000",
    "SELECT setval(pg_get_serial_sequence('posts', 'id'), 200000)",
    "VACUUM (ANALYZE) likes, posts",
)
RESET_BUILT: Final = (
    "DELETE FROM likes WHERE created_at > '2026-01-02Z'",
    "DELETE FROM posts WHERE created_at > '2026-01-02Z'",
    "VACUUM (ANALYZE) likes, posts",
)
VACUUM: Final = "VACUUM (FREEZE, ANALYZE);"
STATEMENTS: Final = """
SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1) AND query NOT LIKE '%pg_stat_statements%'
"""
BUSY: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Databases:
    """A running PostgreSQL."""

    server: EmbeddedServer

    def url(self, database: str) -> str:
        """Return the URL of one of its databases."""
        return self.server.url(database)

    def execute(self, database: str, *statements: str) -> None:
        """Run statements, each on its own; one that holds several runs them together."""
        asyncio.run(self._execute(database, statements))

    def value(self, database: str, sql: str, *arguments: object) -> Any:
        """Return the one value of a statement."""
        return asyncio.run(self._value(database, sql, arguments))

    def wait_until_idle(self) -> None:
        """Return when nothing runs, so that a slow candidate's last statements do not slow the next one."""
        asyncio.run(self._wait_until_idle())

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far, those that have ended too."""
        postmaster = psutil.Process(self.server.pid)
        seconds = 0.0
        for child in postmaster.children():
            try:
                seconds += sum(child.cpu_times()[:2])
            except psutil.NoSuchProcess:  # its time is among its parent's by now
                continue
        return seconds + sum(postmaster.cpu_times()[:4])

    async def _execute(self, database: str, statements: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(self.url(database))
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def _value(self, database: str, sql: str, arguments: tuple[object, ...]) -> Any:
        connection = await asyncpg.connect(self.url(database))
        found = await connection.fetchval(sql, *arguments)
        await connection.close()
        return found

    async def _wait_until_idle(self) -> None:
        connection = await asyncpg.connect(self.url("postgres"))
        for _ in range(100):
            if not await connection.fetchval(BUSY):
                break
            await asyncio.sleep(0.2)
        await connection.close()


@contextmanager
def running_databases(folder: Path) -> Iterator[Databases]:
    """Give a PostgreSQL on `folder`, with the settings that the peers were measured with."""
    with start_embedded(folder, SETTINGS) as server:
        yield Databases(server)


def fill_peers(databases: Databases, database: str, source: Path) -> None:
    """Make and fill the peers' database unless it is there, whole or not at all."""
    if databases.value("postgres", "SELECT 1 FROM pg_database WHERE datname = $1", database):
        return
    fresh = f"{database}_new"
    schema = (source / "sql/schema.sql").read_text().replace(VACUUM, "")
    databases.execute("postgres", f"DROP DATABASE IF EXISTS {fresh}", f"CREATE DATABASE {fresh}")
    databases.execute(fresh, schema, VACUUM)
    databases.execute("postgres", f"ALTER DATABASE {fresh} RENAME TO {database}")
