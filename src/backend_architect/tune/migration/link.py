"""The two connections that a migration uses: one runs its steps, the other watches."""

import asyncio
from dataclasses import dataclass

from backend_architect.errors import ArchitectError, DatabaseError, Problem
from backend_architect.postgres import Connection, Lost, Refused, connect

OLDEST = 13
SETTINGS = {
    "application_name": "backend-architect apply",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "client_min_messages": "warning",
}
BROKEN: tuple[type[Exception], ...] = (Refused, TimeoutError, *Lost)
ONE_AT_A_TIME = 7_243_396_115_480_341_505  # the key of the advisory lock; any number that nobody else takes
NOTICE_A_DEAD_CLIENT = "SET client_connection_check_interval = '1s'"  # 14 and later, on most systems
TAKE = "SELECT pg_try_advisory_lock($1)"
HOLDER = """
SELECT a.pid, coalesce(left(a.query, 80), '') AS query FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND (l.classid::int8 << 32) + l.objid::int8 = $1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class ApplyError(ArchitectError):
    """A migration cannot be begun or gone on with."""


@dataclass
class Link:
    """Open connections to one database; `steps` also holds the lock that keeps a second run away."""

    url: str
    steps: Connection
    watch: Connection

    async def renew(self, seconds: float) -> None:
        """Connect again after a break; raises DatabaseError when that does not succeed in time."""
        await close(self)
        until = asyncio.get_running_loop().time() + seconds
        while True:
            try:
                fresh = await open_link(self.url, seconds)
            except DatabaseError:
                if asyncio.get_running_loop().time() >= until:
                    raise
                await asyncio.sleep(0.5)
            else:
                self.steps, self.watch = fresh.steps, fresh.watch
                return


async def open_link(url: str, patience: float) -> Link:
    """Return both connections; raises ApplyError when another run holds the lock for longer than `patience` seconds."""
    steps = await connect(url, oldest=OLDEST, settings=SETTINGS)
    try:
        if steps.get_server_version().major >= 14:
            await _try(steps, NOTICE_A_DEAD_CLIENT)
        await _lock(steps, patience)
        return Link(url, steps, await connect(url, oldest=OLDEST, settings=SETTINGS))
    except BaseException:
        steps.terminate()
        raise


async def close(link: Link) -> None:
    """Close both connections, whatever their state."""
    for connection in (link.steps, link.watch):
        try:
            await connection.close(timeout=5)
        except BROKEN:
            connection.terminate()


async def _lock(connection: Connection, patience: float) -> None:
    until = asyncio.get_running_loop().time() + patience
    while not await connection.fetchval(TAKE, ONE_AT_A_TIME):
        if asyncio.get_running_loop().time() >= until:
            holder = next(iter(await connection.fetch(HOLDER, ONE_AT_A_TIME)), None)
            holder_name = f"process {holder['pid']} of the server: {holder['query']}" if holder else "another session"
            fix = "wait until it ends; a killed run's last statement may still be running there"
            raise ApplyError(
                Problem("apply-under-way", f"another migration is being applied here ({holder_name})", fix)
            )
        await asyncio.sleep(0.25)


async def _try(connection: Connection, sql: str) -> None:
    try:
        await connection.execute(sql)
    except Refused:
        return
