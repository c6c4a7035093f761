"""Reads one database for a snapshot, or for a comparison with a stored one."""

import asyncio
from pathlib import Path

from backend_architect.errors import Place, Problem
from backend_architect.postgres import connect
from backend_architect.tune.comparing.model import Snapshot
from backend_architect.tune.comparing.read import take_snapshot
from backend_architect.tune.comparing.stored import SnapshotError, snapshot_text
from backend_architect.tune.observe import OLDEST, READ_ONLY


async def read_counts(url: str) -> Snapshot:
    """Return the counts of a database as they are now, over one read-only connection."""
    connection = await connect(url, oldest=OLDEST, settings=READ_ONLY)
    try:
        return await take_snapshot(connection)
    finally:
        await connection.close()


def store_snapshot(url: str, file: Path) -> None:
    """Write the counts of a database to a file."""
    text = snapshot_text(asyncio.run(read_counts(url)))
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = Problem("snapshot-not-written", str(error.strerror), "give another path", Place(str(file)))
        raise SnapshotError(problem) from error
