"""Which sessions were revoked, known in memory so that a request with a verified token needs no statement for it.

A trigger writes down every session that ends, however it ends, and each process reads that list once a second. While it
cannot, each request asks the database instead, which is slower. A session that was revoked in another process is let in
here for about a second more; for `TRUSTED_FOR` seconds at most, where the database hangs.
"""

import asyncio
import logging
import time
from uuid import UUID

import asyncpg

from app.core.database import Database, repeatable
from app.core.errors import Problem

EVERY = 1.0
TRUSTED_FOR = 4.0
KEPT = 20 * 60

IS_LIVE = "SELECT /* auth.is_live */ EXISTS (SELECT FROM auth_sessions WHERE id = :session AND revoked_at IS NULL)"
RECENT = """
SELECT /* auth.recently_revoked */ session_id FROM auth_revocations WHERE revoked_at > now() - interval '20 minutes'
"""

_log = logging.getLogger(__name__)


class Revocations:
    """The sessions revoked in the last `KEPT` seconds, longer than any access token lives."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._revoked: dict[UUID, float] = {}
        self._read_at = float("-inf")

    @property
    def in_touch(self) -> bool:
        """Return whether revocations committed more than `TRUSTED_FOR` seconds ago have reached this process."""
        return time.monotonic() - self._read_at < TRUSTED_FOR

    @repeatable
    async def include(self, session: UUID) -> bool:
        """Return whether the session was revoked."""
        if session in self._revoked:
            return True
        return not (self.in_touch or await self._db.fetchval(IS_LIVE, session=session))

    def add(self, session: UUID) -> None:
        """Refuse the session from now on in this process; the others read of it."""
        now = time.monotonic()
        self._revoked.setdefault(session, now)
        while now - next(iter(self._revoked.values())) > KEPT:
            del self._revoked[next(iter(self._revoked))]

    async def settle(self) -> None:
        """Return once every revocation committed so far is known here, or the database is asked anyway."""
        asked = time.monotonic()
        try:
            for row in await self._db.fetch(RECENT):
                self.add(row["session_id"])
            self._read_at = asked
        except (Problem, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            if self.in_touch:
                _log.warning("revocations cannot be read, asking the database each time: %r", error)
            self._read_at = float("-inf")

    async def watch(self) -> None:
        """Keep reading until cancelled."""
        while True:
            await self.settle()
            await asyncio.sleep(EVERY)
