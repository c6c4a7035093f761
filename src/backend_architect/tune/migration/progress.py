"""How far the building of an index is, read on the second connection."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from backend_architect.postgres import Connection, Lost, Refused

PROGRESS = """
SELECT p.phase, p.blocks_done, p.blocks_total, p.tuples_done, p.tuples_total, p.lockers_done, p.lockers_total,
       p.current_locker_pid AS locker, coalesce(a.application_name, '') AS application,
       coalesce(extract(epoch FROM now() - a.xact_start), 0)::float8 AS open_for
FROM pg_stat_progress_create_index p LEFT JOIN pg_stat_activity a ON a.pid = p.current_locker_pid AND a.pid <> 0
WHERE p.pid = $1
"""
OLDEST = """
SELECT a.pid, a.application_name AS application, extract(epoch FROM now() - a.xact_start)::float8 AS open_for
FROM pg_stat_activity a
WHERE a.xact_start IS NOT NULL AND a.pid NOT IN (pg_backend_pid(), $1) AND a.backend_type = 'client backend'
ORDER BY a.xact_start LIMIT 1
"""


async def watch(connection: Connection, pid: int, every: float, tell: Callable[[str], None]) -> None:
    """Tell what the server process `pid` is at, whenever it has changed, until cancelled."""
    last = ""
    with suppress(Refused, *Lost):
        while True:
            await asyncio.sleep(every)
            for record in await connection.fetch(PROGRESS, pid):
                phase = str(record["phase"])
                for unit in ("blocks", "tuples"):
                    if record[f"{unit}_total"]:
                        phase += f", {record[f'{unit}_done'] / record[f'{unit}_total']:.0%} of its {unit}"
                        break
                if record["locker"]:
                    phase += f", waits for {who(record['locker'], record['application'], record['open_for'])}"
                if phase != last:
                    tell(phase)
                last = phase


async def oldest_transaction(connection: Connection, pid: int) -> str:
    """Return who has the oldest open transaction besides `pid`, which is mostly who is waited for; '' for nobody."""
    with suppress(Refused, *Lost):
        for record in await connection.fetch(OLDEST, pid):
            return who(record["pid"], record["application"] or "", record["open_for"])
    return ""


def who(pid: int, application: str, open_for: float) -> str:
    """Return a session in words."""
    return f"process {pid}{f' ({application})' if application else ''}, whose transaction is {open_for:,.0f} s old"
