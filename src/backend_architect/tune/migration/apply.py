"""Runs a migration step by step, notes each in a journal, and goes on with one that was broken off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend_architect.errors import Place, Problem
from backend_architect.tune.comparing import take_snapshot
from backend_architect.tune.migration.canary import is_watched, watch_index
from backend_architect.tune.migration.checks import find_obstacles
from backend_architect.tune.migration.journal import (
    Journal,
    StepRecord,
    StepState,
    put_away,
    read_journal,
    write_journal,
)
from backend_architect.tune.migration.link import ApplyError, Link, close, open_link
from backend_architect.tune.migration.model import Migration, MigrationStep
from backend_architect.tune.migration.run import Patience, Tell, clean_up, run_step

LOCK_PATIENCE = 30.0
HURRY = 3_000  # milliseconds that an interrupted run may still wait for a lock, to leave nothing behind


@dataclass(frozen=True, slots=True)
class ApplyRun:
    """Where the journal is, how patient the run is, and whom it tells what it does."""

    journal: Path
    tell: Tell
    patience: Patience = field(default_factory=Patience)
    canary: float = 0.0
    """For how many seconds each new index is watched before the next step, 0 for not at all."""


def begin_journal(path: Path, migration: Migration | None) -> Journal:
    """Return the journal to go on with: the one that was broken off, or a new one for this migration.

    Raises ApplyError where there is neither, or where another migration was broken off.
    """
    found = read_journal(path)
    if found is None or (migration is not None and not found.unfinished and found.migration.digest != migration.digest):
        if migration is None:
            fix = "give the journal's path by --journal"
            raise ApplyError(Problem("no-journal", "no migration was begun here", fix, Place(str(path))))
        if found is not None:
            put_away(path, found)
        return Journal(migration)
    if migration is not None and found.migration.digest != migration.digest:
        message = f"another migration ({found.migration.digest}) was broken off"
        fix = "go on with it by `architect tune URL --apply`, or move the journal away"
        raise ApplyError(Problem("unfinished-migration", message, fix, Place(str(path))))
    return found


async def apply_migration(url: str, migration: Migration | None, run: ApplyRun) -> Journal:
    """Return the journal after every step was tried that could be; None goes on with what the journal holds.

    Raises ApplyError where something forbids it, and DatabaseError when the database is gone for good; asyncio's
    CancelledError passes through after the running statement was cancelled and its leftover dropped.
    """
    journal = begin_journal(run.journal, migration)
    async with _linked(url) as link:
        obstacles = await find_obstacles(link.steps, journal.migration)
        if obstacles:
            raise ApplyError(*obstacles)
        if journal.before is None:
            journal = replace(journal, before=await take_snapshot(link.watch))
        write_journal(run.journal, journal)
        for step in journal.migration.steps:
            if journal.state(step.id) is not StepState.DONE:
                journal = await _take(link, step, journal, run)
        journal = replace(journal, start=await take_snapshot(link.watch))
        write_journal(run.journal, journal)
    return journal


async def _take(link: Link, step: MigrationStep, journal: Journal, run: ApplyRun) -> Journal:
    """Return the journal with one more step tried, written before it and after it."""
    missing = [each for each in step.after if journal.state(each) is not StepState.DONE]
    if missing:
        entry = StepRecord(StepState.SKIPPED, f"it needs what was not done: {', '.join(missing)}")
        return _note(step, entry, journal, run)
    journal = journal.noted(step.id, StepRecord(StepState.RUNNING))
    write_journal(run.journal, journal)
    run.tell(step, "begins")
    try:
        before = await take_snapshot(link.watch) if run.canary else None
        entry = await run_step(link, step, run.patience, run.tell)
        if before is not None and is_watched(step, entry):
            run.tell(step, f"built; watched for up to {run.canary:g} s")
            entry = await watch_index(link, step, before, entry, run.canary)
    except asyncio.CancelledError:
        hurry = replace(run.patience, lock_timeout=min(HURRY, run.patience.lock_timeout or HURRY))
        left = await clean_up(link, step, hurry)
        _note(step, StepRecord(StepState.INTERRUPTED, left), journal, run)
        raise
    return _note(step, entry, journal, run)


def _note(step: MigrationStep, entry: StepRecord, journal: Journal, run: ApplyRun) -> Journal:
    noted = journal.noted(step.id, entry)
    write_journal(run.journal, noted)
    run.tell(step, entry.state.value + (f": {entry.reason}" if entry.reason else ""))
    return noted


@asynccontextmanager
async def _linked(url: str) -> AsyncIterator[Link]:
    link = await open_link(url, LOCK_PATIENCE)
    try:
        yield link
    finally:
        await close(link)
