"""Connections to PostgreSQL: how many, how long anybody waits for one, and what becomes of one that was lost."""

import asyncio
import logging
from contextlib import suppress
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from app.errors import Unavailable
from app.settings import Settings
from app.telemetry import STATEMENT_ERRORS

log = logging.getLogger("app.connections")

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

LOST = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.AdminShutdownError,
        asyncpg.CrashShutdownError, asyncpg.InterfaceError, asyncpg.InternalClientError)  # fmt: skip


class Connections:
    """asyncpg's pool, with what just did its work well kept at hand: to take such a connection starts no task.

    Whatever failed, or somebody waits for, goes back to the pool itself, which looks after it.
    """

    def __init__(self, pool: Pool, timeout: float) -> None:
        self.pool = pool
        self.timeout = timeout
        self.at_hand: list[Connection] = []
        self.waiting = 0

    async def take(self) -> Connection:
        """Return a connection; one that is not to be had in time is a 503."""
        while self.at_hand:
            connection = self.at_hand.pop()
            if _is_open(connection):
                return connection
            await self.pool.release(connection)
        self.waiting += 1
        try:
            return await self.pool.acquire(timeout=self.timeout)
        except (*LOST, asyncpg.PostgresError) as error:
            STATEMENT_ERRORS.labels("no connection").inc()
            log.warning("no connection", extra={"kind": type(error).__name__})
            raise Unavailable from error
        finally:
            self.waiting -= 1

    async def give_back(self, connection: Connection, *, well: bool) -> None:
        """Take a connection back; `well` when its work ended as it should."""
        if well and not self.waiting:
            self.at_hand.append(connection)
        else:
            await self.pool.release(connection)

    async def close(self) -> None:
        """Close the pool; what is still running after five seconds is broken off."""
        for connection in self.at_hand:
            await self.pool.release(connection)
        try:
            async with asyncio.timeout(5):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()


def _is_open(connection: Connection) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # it has left the pool
        return False


def lost(error: Exception, connection: Connection) -> Exception:
    """Return a 503 for a lost connection, which is not used again; our own mistakes (InterfaceError too) stay."""
    if isinstance(error, asyncpg.InterfaceError) and _is_open(connection):
        return error
    with suppress(asyncpg.InterfaceError):  # it may have left the pool already
        connection.terminate()
    return Unavailable()


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
        server_settings={"application_name": "app", "jit": "off", "tcp_keepalives_idle": "60"}
        | {name: str(int(seconds * 1000)) for name, seconds in milliseconds.items()},
    )


async def _leave_clean(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Every transaction here ends in its own block, so the usual reset, a round trip, has nothing to do."""
    if connection.is_in_transaction():
        connection.terminate()
