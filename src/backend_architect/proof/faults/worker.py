"""The project's own worker as a process, with a handler that the proof can watch and lead into trouble."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from backend_architect.postgres import Session
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, skipped
from backend_architect.proof.lab import Lab
from backend_architect.running import stop

WAIT_SECONDS = 60.0
FIRST_WAIT = 0.1
"""Seconds before a failed job is tried for the second time."""

# Each job notes that it was begun; its effect is stored in a transaction, as the handlers of a project should do it.
TABLES = """
CREATE TABLE IF NOT EXISTS proof_jobs (job uuid PRIMARY KEY, kind text NOT NULL);
CREATE TABLE IF NOT EXISTS proof_tries (job uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE TABLE IF NOT EXISTS proof_effects (job uuid NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
"""
# The queue, its retries and its settings are the project's; only the work is the proof's, and the waits are shorter.
SCRIPT = f"""
import asyncio
from dataclasses import replace
from datetime import timedelta

from app import worker
from app.core.environment import prepared_environment
from app.core.settings import load_settings


async def run(db, job):
    await db.execute("INSERT /* proof.try */ INTO proof_tries (job) VALUES ($1)", job)
    tries = await db.fetchval("SELECT /* proof.tries */ count(*) FROM proof_tries WHERE job = $1", job)
    kind = await db.fetchval("SELECT /* proof.kind */ kind FROM proof_jobs WHERE job = $1", job)
    if kind == "poison":
        raise RuntimeError("this job always fails")
    async with db.transaction() as tx:
        await tx.execute("INSERT /* proof.effect */ INTO proof_effects (job) VALUES ($1)", job)
        if kind == "slow" and tries == 1:
            await asyncio.sleep(60)


soon = timedelta(seconds={FIRST_WAIT})
worker.HANDLERS = {{name: replace(each, run=run, first_wait=soon) for name, each in worker.HANDLERS.items()}}
worker.LOST_AFTER = timedelta(seconds=2)
with prepared_environment():
    asyncio.run(worker.work(load_settings()))
"""


def with_events(run: Callable[[Lab], Iterator[Case]]) -> Callable[[Lab], Iterator[Case]]:
    """Return a probe's function that passes over a design without events: nothing is left to a worker there."""

    def tried(lab: Lab) -> Iterator[Case]:
        if not lab.subject.design.events:
            yield skipped("jobs", "the design has no events, and the backend no worker")
        else:
            yield from run(lab)

    return tried


@contextmanager
def working(backend: Backend) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker on the backend's database while the block lasts."""
    place = backend.place
    command = [str(place.python), "-W", "ignore", "-c", SCRIPT]
    with backend.log.open("a") as log:
        process = subprocess.Popen(
            command, cwd=place.folder, env=place.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            stop(process, place.folder)


def awaited(database: Session, sql: str, *args: object) -> bool:
    """Return whether a condition in the database came true in time."""
    until = time.monotonic() + WAIT_SECONDS
    while not database.value(sql, *args):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
