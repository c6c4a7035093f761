"""Limits counted in Valkey, for all processes together."""

import logging
from time import monotonic
from typing import Final

from valkey.asyncio import Valkey
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff
from valkey.exceptions import ValkeyError

log = logging.getLogger("app.core.valkey_counts")

PATIENCE = 0.1  # seconds that Valkey has for an answer

# The key is that of a caller, arguments are the count and the seconds of a limit; time is Valkey's own.
GCRA: Final = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1e6
local seconds = tonumber(ARGV[2])
local step = seconds / tonumber(ARGV[1])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + step
local ahead = due - now
if ahead > seconds + 1e-6 then
  return {0, 0, tostring(ahead - seconds)}
end
redis.call('SET', KEYS[1], string.format('%.6f', due), 'PX', math.ceil(ahead * 1000) + 1000)
return {1, math.floor((seconds - ahead) / step + 1e-6), '0'}
"""


class InValkey:
    """Counts in Valkey, unless it is down."""

    def __init__(self, url: str) -> None:
        self.down_until = 0.0
        retry = Retry(NoBackoff(), 0)
        self.valkey = Valkey.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=retry)
        self.script = self.valkey.register_script(GCRA)

    async def close(self) -> None:
        """Close the connections."""
        await self.valkey.aclose()

    async def take(self, key: str, count: int, seconds: int) -> tuple[bool, int, float] | None:
        """Count one request: whether it may pass, what is left, and the wait; None while Valkey is down."""
        if monotonic() < self.down_until:
            return None
        try:
            allowed, left, wait = await self.script(keys=["limit:" + key], args=[count, seconds])
        except (ValkeyError, OSError) as error:
            self.down_until = monotonic() + 2
            log.warning("valkey is not reachable, each process counts for itself", exc_info=error)
            return None
        return bool(allowed), int(left), float(wait)
