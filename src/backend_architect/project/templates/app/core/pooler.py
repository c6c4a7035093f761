"""What has to hold where PgBouncer stands between this application and PostgreSQL, tried before it starts."""

import logging
from contextlib import AsyncExitStack

import asyncpg

from app.core.database import bounds
from app.core.settings import ConfigurationError, Settings

log = logging.getLogger("app.core.pooler")

UNBOUNDED = """
SELECT /* health.unbounded */ name FROM unnest($1::text[]) AS wanted (name) WHERE current_setting(name) = '0'
"""
WHICH = "SELECT /* health.which_backend */ pg_backend_pid()"
OCCUPANTS = 3  # connections that hold others at the start, so that a pooler has to change them
PATIENCE = 5.0  # seconds that each of them waits
OLD_POOLER = """\
The pooler loses prepared statements between transactions, and the API would fail at most of its requests. It needs
PgBouncer 1.21 or newer with max_prepared_statements above 0, or pool_mode = session."""


async def require_fitting_pooler(settings: Settings) -> None:
    """End the program where a pooler loses prepared statements, or where nothing bounds a statement behind it."""
    await _require_bounds(settings)
    await _require_prepared_statements(settings)


async def _require_prepared_statements(settings: Settings) -> None:
    """End the program where a statement is unknown as soon as a transaction runs on another connection to PostgreSQL.

    So it is with PgBouncer before 1.21, in transaction pooling. Others hold the connection on which the statement was
    prepared, one after the other, until the next execution of it has to take another one.
    """
    async with AsyncExitStack() as stack:
        first, *others = [await _connect_once(stack, settings) for _ in range(1 + OCCUPANTS)]
        try:
            prepared = await first.prepare(WHICH)
            at_first = await prepared.fetchval(timeout=PATIENCE)
            for other in others:
                await other.execute("BEGIN", timeout=PATIENCE)
                if await prepared.fetchval(timeout=PATIENCE) != at_first:
                    return
        except TimeoutError:  # all connections to PostgreSQL are taken: it is the same one each time
            log.warning("whether the pooler knows prepared statements could not be tried: it has no connection free")
        except (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError):
            raise ConfigurationError(OLD_POOLER) from None


async def _connect_once(stack: AsyncExitStack, settings: Settings) -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(settings.database_url, timeout=10)  # with its cache: else no statement has a name
    stack.callback(connection.terminate)
    return connection


async def _require_bounds(settings: Settings) -> None:
    """End the program where nothing bounds a statement: a pooler takes no such settings from its clients."""
    wanted = bounds(settings)
    connection = await asyncpg.connect(settings.database_url, timeout=10, statement_cache_size=0)
    try:
        async with connection.transaction():  # both halves of the question on the same connection to PostgreSQL
            missing = [row["name"] for row in await connection.fetch(UNBOUNDED, list(wanted))]
    finally:
        await connection.close()
    if missing:
        lines = [f"  ALTER ROLE CURRENT_USER SET {name} = '{wanted[name]}';" for name in missing]
        raise ConfigurationError("\n".join(["What comes through the pooler has no bounds. Give its role some:", *lines]))
