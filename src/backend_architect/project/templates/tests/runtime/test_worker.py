"""The worker: jobs begin after the commit, are tried again, and never hold up others."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.core.database import Database, Pool, connect_pool
from app.core.settings import Settings
from app.worker import BATCH, HANDLERS, Handler, build_queue, forget
from tests.conftest import Client

pytestmark = pytest.mark.anyio

SOON = timedelta(milliseconds=10)


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[Pool]:
    """The queue's own connections."""
    pool = await connect_pool(settings)
    yield pool
    await pool.close()


async def work_until(pool: Pool, db: Database, handlers: dict[str, Handler], done: Callable[[], bool]) -> None:
    """Run a worker until `done`."""
    queue = build_queue(pool, db, handlers)
    working = asyncio.create_task(queue.run(dequeue_timeout=timedelta(milliseconds=100)))
    try:
        async with asyncio.timeout(10):
            while not done():  # noqa: ASYNC110 - `done` looks at more than one thing
                await asyncio.sleep(0.02)
    finally:
        queue.shutdown.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(working, 10)


async def test_every_handler_is_registered(pool: Pool, db: Database) -> None:
    assert set(build_queue(pool, db, HANDLERS).qm.entrypoint_registry) == set(HANDLERS)


async def test_a_job_begins_when_its_transaction_has_committed(pool: Pool, db: Database) -> None:
    kept, dropped, seen = uuid4(), uuid4(), []

    async def note(_: Database, row_id: UUID) -> None:
        seen.append(row_id)

    with suppress(RuntimeError):
        async with db.transaction() as tx:
            await tx.enqueue("note", dropped)
            raise RuntimeError
    async with db.transaction() as tx:
        await tx.enqueue("note", kept)
    await work_until(pool, db, {"note": Handler(note, 1)}, lambda: bool(seen))
    assert seen == [kept]


async def test_a_failing_job_is_tried_again_and_then_kept_while_others_go_on(pool: Pool, db: Database) -> None:
    tries: list[UUID] = []
    done: list[UUID] = []

    async def fail(_: Database, row_id: UUID) -> None:
        tries.append(row_id)
        raise ValueError("always")

    async def succeed(_: Database, row_id: UUID) -> None:
        done.append(row_id)

    async with db.transaction() as tx:
        await tx.enqueue("fail", uuid4())
        await tx.enqueue("succeed", uuid4())
    handlers = {"fail": Handler(fail, 2, SOON), "succeed": Handler(succeed, 2, SOON)}
    await work_until(pool, db, handlers, lambda: len(tries) == 3 and len(done) == 1)
    assert await db.fetchval("SELECT /* test */ status::text FROM pgqueuer WHERE entrypoint = 'fail'") == "failed"


DEADLY = """
import asyncio, os, sys
from datetime import timedelta
from uuid import UUID

from app import worker
from app.core.settings import load_settings

async def run(database, row_id):
    if row_id == UUID(int=4):
        os._exit(137)
    await asyncio.sleep(0.1)
    await database.execute("INSERT /* test */ INTO done VALUES ($1)", row_id)

worker.HANDLERS = {"deadly": worker.Handler(run, retries=1)}
worker.LOST_AFTER = timedelta(seconds=1)
asyncio.run(worker.work(load_settings()))
"""
STATES = "SELECT /* test */ count(*) FILTER (WHERE status = 'failed') AS failed, count(*) AS left FROM pgqueuer"


async def test_a_job_that_kills_its_worker_fails_and_all_others_are_done(db: Database, settings: Settings) -> None:
    await db.execute("CREATE TABLE done (id uuid)")
    async with db.transaction() as tx:
        for number in range(7):
            await tx.enqueue("deadly", UUID(int=number))
    environment = os.environ | {"DATABASE_URL": settings.database_url, "JWT_SECRET": "x" * 32}
    deaths = 0
    async with asyncio.timeout(50):
        while True:
            worker = await asyncio.create_subprocess_exec(sys.executable, "-c", DEADLY, env=environment)
            while worker.returncode is None:
                states = await db.fetchrow(STATES)
                if states and (states["failed"], states["left"]) == (1, 1):
                    worker.terminate()
                    await worker.wait()
                    assert (deaths, await db.fetchval("SELECT /* test */ count(DISTINCT id) FROM done")) == (2, 6)
                    return
                await asyncio.sleep(0.1)
            deaths += worker.returncode == 137


LOGGED = """
INSERT /* test */ INTO pgqueuer_log (created, job_id, status, priority, entrypoint, aggregated)
SELECT now() - $1::interval, $2, 'successful', 0, 'note', $3 FROM generate_series(1, $4)
"""
COUNTED = """
INSERT /* test */ INTO pgqueuer_statistics (created, count, priority, status, entrypoint)
SELECT now() - interval '8 days' * i, 1, 0, 'successful', 'note' FROM generate_series(0, 3) i
"""
FAILED = """
INSERT /* test */ INTO pgqueuer (priority, status, entrypoint) VALUES (0, 'failed', 'fail') RETURNING id
"""


async def test_the_log_is_forgotten_after_a_week_but_of_what_failed(db: Database) -> None:
    failed = await db.fetchval(FAILED)
    old, young = timedelta(days=8), timedelta(days=6)
    for age, job, aggregated, lines in (
        (old, -1, True, 2 * BATCH + 1),
        (old, -1, False, 2),
        (young, -1, True, 3),
        (old, failed, True, 4),
    ):
        await db.execute(LOGGED, age, job, aggregated, lines)
    await db.execute(COUNTED)
    await forget(db)
    assert await db.fetchval("SELECT /* test */ count(*) FROM pgqueuer_log") == 2 + 3 + 4
    assert await db.fetchval("SELECT /* test */ count(*) FROM pgqueuer_statistics") == 1


async def test_the_queue_is_in_the_figures(client: Client, db: Database) -> None:
    await db.execute(FAILED)
    async with db.transaction() as tx:
        await tx.enqueue("renamed_since", uuid4())
        await tx.enqueue("renamed_since", uuid4())
    figures = (await client.get("/metrics")).text
    assert 'jobs{job="fail",state="failed"} 1.0' in figures
    assert 'jobs{job="renamed_since",state="queued"} 2.0' in figures
