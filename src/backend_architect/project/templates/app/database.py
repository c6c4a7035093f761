"""The connection pool, and the one place where statements run.

Every statement carries its name in a comment after its first word: `SELECT /* posts.read */ ...`. The name is in the
metrics, in the slow-query log and in pg_stat_statements, so that a slow row leads straight back to a function.
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from random import random
from time import perf_counter
from typing import Annotated, Protocol, TypeAlias, TypeVar

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from fastapi import Depends, Request
from prometheus_client import Histogram

from app.errors import Unavailable
from app.settings import Settings
from app.telemetry import POOL_IN_USE, STATEMENT_ERRORS, STATEMENT_SECONDS

log = logging.getLogger("app.database")
T = TypeVar("T")
Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

ATTEMPTS = 3
NAME = re.compile(r"/\*\s*(\S+)\s*\*/")
LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError,
        asyncpg.CrashShutdownError, asyncpg.TooManyConnectionsError, asyncpg.InterfaceError)  # fmt: skip


class Executor(Protocol):
    """Whatever runs statements: the database itself, each in a transaction of its own, or one transaction."""

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]: ...
    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None: ...
    async def fetchval(self, sql: str, *args: object) -> object: ...
    async def execute(self, sql: str, *args: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """What is known of an SQL text: its name, where its timings go, and whether it may simply run again."""

    name: str
    seconds: Histogram
    is_read: bool


@cache
def statement(sql: str) -> Statement:
    """Return what is known of `sql`; its text is constant, so this runs once for each."""
    match = NAME.search(sql)
    name = match[1] if match else "unnamed"
    return Statement(name, STATEMENT_SECONDS.labels(name), sql.lstrip()[:6].upper() == "SELECT")


class Database:
    """A bounded pool. A statement that finds no free connection in time is answered with 503, not left to wait."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self.pool = pool
        self.size = settings.pool_max
        self.acquire_timeout = settings.acquire_timeout
        self.slow = settings.slow_query
        self.in_use = 0

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        return await self._run(sql, lambda connection: connection.fetch(sql, *args))

    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None:
        return await self._run(sql, lambda connection: connection.fetchrow(sql, *args))

    async def fetchval(self, sql: str, *args: object) -> object:
        return await self._run(sql, lambda connection: connection.fetchval(sql, *args))

    async def execute(self, sql: str, *args: object) -> str:
        return await self._run(sql, lambda connection: connection.execute(sql, *args))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Transaction"]:
        """Return an executor whose statements are committed together when the block ends well."""
        connection = await self._acquire()
        try:
            async with connection.transaction():
                yield Transaction(connection, self.slow)
        except LOST as error:
            raise _unavailable(error, connection) from error
        finally:
            await self._release(connection)

    async def _run(self, sql: str, call: Callable[[Connection], Awaitable[T]]) -> T:
        """Run one statement; deadlocks, and reads whose connection was lost, are tried again."""
        known = statement(sql)
        for attempt in range(1, ATTEMPTS + 1):
            connection = await self._acquire()
            try:
                return await timed(known, call(connection), self.slow)
            except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                if attempt == ATTEMPTS:
                    raise
            except LOST as error:
                lost = _unavailable(error, connection)
                if attempt == ATTEMPTS or not known.is_read or isinstance(error, TimeoutError):
                    raise lost from error
            finally:
                await self._release(connection)
            await asyncio.sleep(random() * 0.02 * attempt)  # noqa: S311 - spreads out those who met
        raise Unavailable

    async def _acquire(self) -> Connection:
        """Return a connection. With one free there is nothing to wait for, and so no timer to pay."""
        timeout = None if self.in_use < self.size else self.acquire_timeout
        try:
            connection: Connection = await self.pool.acquire(timeout=timeout)
        except LOST as error:
            STATEMENT_ERRORS.labels("no connection").inc()
            raise Unavailable from error
        self.in_use += 1
        POOL_IN_USE.set(self.in_use)
        return connection

    async def _release(self, connection: Connection) -> None:
        self.in_use -= 1
        POOL_IN_USE.set(self.in_use)
        await self.pool.release(connection)


class Transaction:
    """Statements that are committed together, or not at all."""

    def __init__(self, connection: Connection, slow: float) -> None:
        self.connection = connection
        self.slow = slow

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        return await timed(statement(sql), self.connection.fetch(sql, *args), self.slow)

    async def fetchrow(self, sql: str, *args: object) -> asyncpg.Record | None:
        return await timed(statement(sql), self.connection.fetchrow(sql, *args), self.slow)

    async def fetchval(self, sql: str, *args: object) -> object:
        return await timed(statement(sql), self.connection.fetchval(sql, *args), self.slow)

    async def execute(self, sql: str, *args: object) -> str:
        return await timed(statement(sql), self.connection.execute(sql, *args), self.slow)


async def timed(known: Statement, running: Awaitable[T], slow: float) -> T:
    """Return the result of a statement; its time is counted, and told in the log when it took long."""
    started = perf_counter()
    try:
        return await running
    except (asyncpg.PostgresError, OSError) as error:
        STATEMENT_ERRORS.labels(type(error).__name__).inc()
        raise
    finally:
        seconds = perf_counter() - started
        known.seconds.observe(seconds)
        if seconds >= slow:
            log.warning("slow query", extra={"statement": known.name, "ms": round(seconds * 1000, 1)})


def _unavailable(error: Exception, connection: Connection) -> Exception:
    """Return a 503 for a lost connection; asyncpg raises InterfaceError for our own mistakes too: those stay."""
    mistake = isinstance(error, asyncpg.InterfaceError) and not connection.is_closed()
    return error if mistake else Unavailable()


async def connect_pool(settings: Settings) -> Pool:
    """Return a pool that opens its connections when they are first needed, each with bounds on what may hang."""
    milliseconds = {
        "statement_timeout": settings.statement_timeout,
        "lock_timeout": settings.lock_timeout,
        "idle_in_transaction_session_timeout": settings.request_timeout,
    }
    return await asyncpg.create_pool(
        settings.database_url,
        min_size=0,
        max_size=settings.pool_max,
        timeout=settings.acquire_timeout,
        command_timeout=settings.statement_timeout + 1,
        statement_cache_size=512,
        max_inactive_connection_lifetime=300,
        reset=_leave_clean,
        server_settings={"application_name": "app", "jit": "off"}
        | {name: str(int(seconds * 1000)) for name, seconds in milliseconds.items()},
    )


async def _leave_clean(connection: Connection) -> None:
    """Every transaction here ends in its own block, so the usual reset, a round trip, has nothing to do."""
    if connection.is_in_transaction():
        connection.terminate()


async def database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


Db = Annotated[Database, Depends(database)]
