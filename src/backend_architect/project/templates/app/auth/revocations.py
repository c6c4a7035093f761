"""Which sessions were revoked, known in memory so that a request with a verified token needs no statement for it.

PostgreSQL tells every process of each revocation (a trigger, NOTIFY), usually within milliseconds, and a heartbeat
shows that the line is up. A line that breaks is noticed at once; one that falls silent (a network or a server that
hangs) is trusted for `TRUSTED_FOR` seconds after its last sign of life: for so long at most, a session that was revoked
in another process is still let in here. From then on each request asks the database instead, which is slower. LISTEN
needs a connection of its own to PostgreSQL; behind a pooler in transaction mode nothing would be heard, which the first
own notice shows.
"""

import asyncio
import contextlib
import logging
import time
from uuid import UUID, uuid4

import asyncpg

from app.core.database import Database, repeatable
from app.core.errors import Problem

CHANNEL = "auth_revocations"
HEARTBEAT = 1.0
TRUSTED_FOR = 4.0
PATIENCE = 2.0
RETRY = 3.0
KEPT = 20 * 60

IS_LIVE = "SELECT /* auth.is_live */ EXISTS (SELECT FROM auth_sessions WHERE id = :session AND revoked_at IS NULL)"
RECENT = """
SELECT /* auth.recently_revoked */ session_id FROM auth_revocations WHERE revoked_at > now() - interval '20 minutes'
"""
NOTIFY = "SELECT /* auth.notify */ pg_notify(:channel, :notice)"
BEAT = "SELECT /* auth.beat */ 1"

_LOST = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, Problem)

_log = logging.getLogger(__name__)


class Revocations:
    """The sessions revoked in the last `KEPT` seconds, longer than any access token lives."""

    def __init__(self, db: Database, dsn: str) -> None:
        self._db = db
        self._dsn = dsn
        self._revoked: dict[UUID, float] = {}
        self._own_notice = f"echo {uuid4()}"
        self._own_heard = asyncio.Event()
        self._heard_at = float("-inf")

    @property
    def in_touch(self) -> bool:
        """Return whether revocations committed more than `TRUSTED_FOR` seconds ago would have reached this process."""
        return time.monotonic() - self._heard_at < TRUSTED_FOR

    @repeatable
    async def include(self, session: UUID) -> bool:
        """Return whether the session was revoked."""
        if session in self._revoked:
            return True
        return not (self.in_touch or await self._db.fetchval(IS_LIVE, session=session))

    def add(self, session: UUID) -> None:
        """Refuse the session from now on in this process; the others hear it from PostgreSQL."""
        now = time.monotonic()
        self._revoked.setdefault(session, now)
        while now - next(iter(self._revoked.values())) > KEPT:
            del self._revoked[next(iter(self._revoked))]

    async def settle(self) -> None:
        """Return once every revocation committed so far is known here, or the database is asked anyway."""
        try:
            for row in await self._db.fetch(RECENT):
                self.add(row["session_id"])
        except _LOST:
            self._lose_touch()

    async def watch(self) -> None:
        """Keep listening until cancelled; connect again whenever the line is lost."""
        while True:
            try:
                await self._listen()
            except _LOST as error:
                _log.warning("not listening for revocations, asking the database instead: %r", error)
            self._lose_touch()
            await asyncio.sleep(RETRY)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(
            self._dsn, timeout=PATIENCE, command_timeout=PATIENCE, server_settings={"application_name": CHANNEL}
        )
        try:
            connection.add_termination_listener(self._lose_touch)
            await connection.add_listener(CHANNEL, self._on_notice)
            for row in await connection.fetch(RECENT):
                self.add(row["session_id"])
            await self._hear_own_notice()
            while not connection.is_closed():
                asked = time.monotonic()
                await connection.execute(BEAT)
                self._heard_at = asked  # an answer may have been long on its way
                await asyncio.sleep(HEARTBEAT)
        finally:
            with contextlib.suppress(*_LOST):
                await connection.close(timeout=PATIENCE)

    async def _hear_own_notice(self) -> None:
        """Send a notice through the pool and wait for it: behind a pooler it would not come."""
        self._own_heard.clear()
        await self._db.execute(NOTIFY, channel=CHANNEL, notice=self._own_notice)
        async with asyncio.timeout(PATIENCE):  # wait_for of Python 3.11 may swallow being cancelled
            await self._own_heard.wait()

    def _lose_touch(self, *_: object) -> None:
        self._heard_at = float("-inf")

    def _on_notice(self, *notice: object) -> None:
        text = str(notice[-1])
        if text == self._own_notice:
            self._own_heard.set()
        elif not text.startswith("echo "):
            self.add(UUID(text))
