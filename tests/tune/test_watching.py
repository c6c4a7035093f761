"""A database watched: what came meanwhile, what was lost on the way, and who waited for whom."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from backend_architect.cli.progress import progress_line
from backend_architect.postgres import Session, connect
from backend_architect.report.samples import seen_lines
from backend_architect.tune import observe
from backend_architect.tune.observe import READ_ONLY
from backend_architect.tune.samples import Blocked, Samples
from backend_architect.tune.watching import Progress, watch
from backend_architect.tune.watching.activity import Sampler
from backend_architect.tune.watching.differences import Key, Reading, differences
from backend_architect.tune.workload import COUNTS
from tests.tune.conftest import NewDatabase

TABLES = """
CREATE EXTENSION pg_stat_statements;
CREATE TABLE stock (id int PRIMARY KEY, left_over int);
INSERT INTO stock SELECT i, 10 FROM generate_series(1, 10) i
"""
NEVER = "the connection to the server was never lost"


Told = list[Progress]


async def _until(told: Told, holds: Callable[[Progress], bool]) -> int:
    """Return how much was told once the last of it is so."""
    async with asyncio.timeout(60):
        while not (told and holds(told[-1])):  # noqa: ASYNC110 - what is told comes from a callback
            await asyncio.sleep(0.02)
    return len(told)


async def _load(url: str, told: Told) -> None:
    """Keep a row locked, let another session wait for it, and end the connection of whoever watches."""
    holder = await connect(url, settings={"application_name": "shop"})
    waiting, other = await connect(url), await connect(url)
    await _until(told, lambda _: True)  # the first reading is taken
    await holder.execute("BEGIN")
    await holder.execute("UPDATE stock SET left_over = left_over - 1 WHERE id = 7")
    late = asyncio.create_task(waiting.execute("UPDATE stock SET left_over = 0 WHERE id = 7 /*route='%2Fcart'*/"))
    seen = await _until(told, lambda last: last.waiting == 1)
    name = READ_ONLY["application_name"]
    await other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", name)
    await _until(told, lambda _: len(told) > seen)  # on another connection
    for number in range(30):
        await other.fetch("SELECT left_over FROM stock WHERE id = $1", number)
    await holder.execute("ROLLBACK")
    await late
    for each in (holder, waiting, other):
        await each.close()


def test_what_comes_meanwhile_is_counted_also_when_the_connection_is_lost_once(new_database: NewDatabase) -> None:
    url = new_database(TABLES)
    with Session(url) as session:
        session.value("SELECT left_over FROM stock WHERE id = $1", 1)

    async def both() -> Any:
        stop = asyncio.Event()
        watching = asyncio.create_task(watch(url, 600.0, tell=told.append, stop=stop))
        await _load(url, told)
        stop.set()
        return await watching

    told: Told = []
    watched = asyncio.run(both())
    calls = {each.text: each.calls for each in watched.workload.statements}
    assert calls["SELECT left_over FROM stock WHERE id = $1"] == 30.0
    assert any("and opened again" in note for note in watched.workload.notes), NEVER
    assert watched.problems == ()
    samples = watched.workload.samples
    (blocked,) = samples.blocked
    assert blocked.statement.startswith("UPDATE stock SET left_over = $1")
    assert (blocked.holder_state, blocked.holder_application) == ("idle in transaction", "shop")
    assert blocked.holder.startswith("UPDATE stock SET left_over = left_over - ")
    assert {each.waiting for each in told} == {0, 1}
    share = sum(each.waiting for each in told) / samples.taken
    assert blocked.seconds == pytest.approx(watched.workload.seconds * share)
    observation = asyncio.run(observe(url, watched.workload))
    assert observation.observed.workload is watched.workload


def test_watching_ends_when_it_is_told_to_and_counts_what_there_is(new_database: NewDatabase) -> None:
    url = new_database(TABLES)

    async def stopped() -> Any:
        stop, told = asyncio.Event(), Told()
        task = asyncio.create_task(watch(url, 600.0, tell=told.append, stop=stop))
        await _until(told, lambda _: True)
        session = await connect(url)
        await session.fetch("SELECT left_over FROM stock")
        stop.set()
        await session.close()
        return await asyncio.wait_for(task, 60.0)

    watched = asyncio.run(stopped())
    assert {each.text: each.calls for each in watched.workload.statements}["SELECT left_over FROM stock"] == 1.0


def test_a_database_that_counts_nothing_is_watched_for_waits_alone(new_database: NewDatabase) -> None:
    watched = asyncio.run(watch(new_database("CREATE TABLE t (id int)"), 0.1))
    assert [problem.code for problem in watched.problems] == ["no-pg-stat-statements"]
    assert watched.workload.statements == ()
    assert watched.workload.samples is not None
    assert watched.workload.samples.taken >= 1


def _reading(calls: Mapping[int, float], **more: Any) -> Reading:
    numbers: dict[Key, dict[str, float]] = {
        (10, query, True): {**dict.fromkeys(COUNTS, 0.0), "calls": number, "total_ms": number * 2}
        for query, number in calls.items()
    }
    return Reading(numbers, **more)


@pytest.mark.parametrize(
    ("before", "after", "calls", "note"),
    [
        (_reading({1: 5, 2: 7}), _reading({1: 9, 2: 7, 3: 1}), {1: 4, 3: 1}, ""),
        (_reading({1: 5}, reset=1.0), _reading({1: 9}, reset=2.0), {1: 9}, "somebody reset pg_stat_statements"),
        (_reading({1: 5}), _reading({1: 2}), {1: 2}, "evicted and seen again: 1;"),
        (_reading({1: 5, 2: 3}), _reading({1: 6}), {1: 1}, "evicted meanwhile: 1;"),
        (
            _reading({1: 5}, forgotten=3),
            _reading({1: 6}, forgotten=5),
            {1: 1},
            "least used statements 2 times",
        ),
    ],
)
def test_what_came_between_two_readings(before: Reading, after: Reading, calls: dict[int, float], note: str) -> None:
    found = differences(before, after)
    assert {query: numbers["calls"] for (_, query, _), numbers in found.numbers.items()} == calls
    assert [note in each for each in found.notes] == ([True] if note else [])


def _session(pid: int, query: str, **more: Any) -> dict[str, Any]:
    return {"pid": pid, "application": "", "state": "active", "wait": "", "query": query, "waits_for": [], **more}


def test_samples_tell_waits_by_statement_whatever_its_constants_and_comments_are() -> None:
    sampler = Sampler()
    lock = {"wait": "Lock: tuple", "waits_for": [9]}
    holder = _session(9, "SELECT 1", state="idle in transaction", application="cron")
    for number in range(4):
        update = "UPDATE t SET a = {} WHERE id = 1 /*traceparent='{}'*/"
        waiting = [_session(pid, update.format(pid, number * 10 + pid), **lock) for pid in (1, 2)]
        sampler.add([holder, *waiting, _session(3, "SELECT a FROM t", wait="Client: ClientRead")])
    samples = sampler.samples(8.0)
    (blocked,) = samples.blocked
    assert (blocked.seconds, blocked.most, blocked.holder_application) == (16.0, 2, "cron")
    assert [(each.event, each.sessions, each.most) for each in samples.waited] == [("Lock: tuple", 8, 2), ("", 4, 1)]
    assert samples.active == 3.0


def test_progress_and_waits_are_told_in_lines() -> None:
    line = progress_line(Progress(61.0, 600.0, 61, 1234.0, 2))
    assert line.startswith("watching: 61 of 600 s, 1,234 calls counted, 61 samples, 2 wait for a lock now")
    blocked = Blocked("UPDATE t", "SELECT 1", "idle in transaction", "cron", "Lock: tuple", 16.4, 2)
    lines = seen_lines(Samples(8.0, 4, (), (blocked,)))
    assert lines[1].split("  ")[-2:] == ["UPDATE t", "held up by SELECT 1 (idle in transaction)"]
    assert seen_lines(Samples(8.0, 4)) == ["No session waited."]
