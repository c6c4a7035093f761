"""Measures what an applied migration came to, from the counts before it, right after it, and now."""

import asyncio
from pathlib import Path

from backend_architect.postgres import connect
from backend_architect.tune.comparing import WorkloadComparison, compare, read_snapshot, take_snapshot
from backend_architect.tune.comparing.compare import Served
from backend_architect.tune.comparing.model import MIN_CALLS
from backend_architect.tune.comparing.session import read_counts
from backend_architect.tune.migration.journal import Journal, JournalError, read_journal
from backend_architect.tune.migration.model import Migration
from backend_architect.tune.observe import OLDEST, READ_ONLY

LOOK_EVERY = 5.0


async def measure(url: str, journal: Journal, wait: float = 0.0) -> WorkloadComparison | None:
    """Return what the new indexes came to; waits up to `wait` seconds for enough calls. None where nothing was read."""
    if journal.before is None or journal.start is None:
        return None
    served = served_by(journal.migration)
    connection = await connect(url, oldest=OLDEST, settings=READ_ONLY)
    try:
        until = asyncio.get_running_loop().time() + wait
        while True:
            after = await take_snapshot(connection)
            comparison = compare(journal.before, after, start=journal.start, served=served)
            if _is_enough(comparison) or asyncio.get_running_loop().time() >= until:
                return comparison
            await asyncio.sleep(min(LOOK_EVERY, max(0.1, until - asyncio.get_running_loop().time())))
    finally:
        await connection.close()


def served_by(migration: Migration) -> Served:
    """Return the ids of the statements that each new index is for, by its name as SQL."""
    return {step.qualified_index: step.serves for step in migration.steps if step.makes_index and step.serves}


def _is_enough(comparison: WorkloadComparison) -> bool:
    """Return whether every statement that an index is for was called often enough."""
    changes = [change for each in comparison.created for change in each.statements]
    return all(change.calls_after >= MIN_CALLS for change in changes)


async def compare_with(url: str, file: Path, wait: float = 0.0) -> WorkloadComparison:
    """Return what came since a file was written: the journal of a migration, or a snapshot of the counts.

    Raises SnapshotError where it is neither.
    """
    try:
        journal = read_journal(file)
    except JournalError:
        journal = None
    measured = await measure(url, journal, wait) if journal else None
    return measured or compare(read_snapshot(file), await read_counts(url))
