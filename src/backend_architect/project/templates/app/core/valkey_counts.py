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

# One call for any number of limits: keys are limits, arguments are their count and seconds; time is Valkey's own.
GCRA: Final = """
local t = redis.call('TIME')
local now = t[1] + t[2] / 1e6
local answer = {}
for i, key in ipairs(KEYS) do
  local seconds = tonumber(ARGV[2 * i])
  local step = seconds / tonumber(ARGV[2 * i - 1])
  local due = math.max(tonumber(redis.call('GET', key) or now), now) + step
  local ahead = due - now
  if ahead > seconds + 1e-6 then
    answer[i] = {0, 0, tostring(ahead - seconds)}
  else
    redis.call('SET', key, string.format('%.6f', due), 'PX', math.ceil(ahead * 1000) + 1000)
    answer[i] = {1, math.floor((seconds - ahead) / step + 1e-6), '0'}
  end
end
return answer
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

    async def take(self, wanted: list[tuple[str, int, int]]) -> list[tuple[bool, int, float]] | None:
        """Count one request against each (key, count, seconds): whether it may pass, what is left, and the wait."""
        if monotonic() < self.down_until:
            return None
        keys = ["limit:" + key for key, _, _ in wanted]
        arguments = [number for _, count, seconds in wanted for number in (count, seconds)]
        try:
            rows = await self.script(keys=keys, args=arguments)
        except (ValkeyError, OSError) as error:
            self.down_until = monotonic() + 2
            log.warning("valkey is not reachable, each process counts for itself", exc_info=error)
            return None
        return [(bool(allowed), int(left), float(wait)) for allowed, left, wait in rows]
