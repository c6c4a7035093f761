"""Reads that meet share a statement: everybody gets what the read alone would give, and suffers for nobody else."""

import asyncio
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from asyncpg import DivisionByZeroError

from app.core import coalescing
from app.core.coalescing import COALESCED, CoalescingDatabase, for_several
from app.core.database import statement
from app.core.settings import Settings
from tests.conftest import Connection, Statements, running
from tests.runtime.probe import create_probe_app

pytestmark = pytest.mark.anyio

OWN = "SELECT /* probe.own */ n FROM probe_rows WHERE owner = $1 ORDER BY n DESC LIMIT $2"
QUOTIENT = "SELECT /* probe.quotient */ 60 / $1::int AS n"
SLEEP = "SELECT /* probe.asleep */ $1::float8 AS n FROM pg_sleep($1::float8)"


@pytest.fixture
async def probed(db: CoalescingDatabase, monkeypatch: pytest.MonkeyPatch) -> CoalescingDatabase:
    monkeypatch.setattr(coalescing, "COALESCED", {"probe.own", "probe.quotient", "probe.asleep"})
    await db.execute("CREATE /* test */ TABLE probe_rows (owner int, n int)")
    await db.execute("INSERT /* test */ INTO probe_rows SELECT n % 40, n FROM generate_series(1, 400) AS n")
    return db


async def first(probed: CoalescingDatabase, sql: str, *values: float) -> object:
    row = await probed.fetchrow(sql, *values)
    return row["n"] if row else None


async def test_each_gets_its_own_rows_in_order(probed: CoalescingDatabase, statements: Statements) -> None:
    await probed.fetch(OWN, 0, 1)
    async with statements() as ran:
        found = await asyncio.gather(*(probed.fetch(OWN, owner, 1 + owner % 3) for owner in range(40)))
    own = [sorted((n for n in range(1, 401) if n % 40 == owner), reverse=True)[: 1 + owner % 3] for owner in range(40)]
    assert [[row["n"] for row in rows] for rows in found] == own
    assert [name for name in ran if name.startswith("probe.")] == ["probe.own.together"] * 3  # by the length of the page
    none, one = await asyncio.gather(first(probed, OWN, 41, 1), first(probed, OWN, 7, 1))
    assert (none, one) == (None, 367)


def test_the_length_of_a_page_stays_one_value() -> None:
    together = for_several(OWN, ["int4", "int8"])
    assert "WHERE owner = asked.value_1 ORDER BY n DESC LIMIT $2" in together
    assert "unnest($1::int4[]) WITH ORDINALITY AS asked (value_1, place)" in together


async def test_who_is_alone_runs_the_read_as_it_is(probed: CoalescingDatabase, statements: Statements) -> None:
    async with statements() as ran:
        assert await first(probed, OWN, 7, 1) == 367
    assert ran == ["probe.own"]


async def test_a_failure_is_nobody_elses(probed: CoalescingDatabase) -> None:
    found = await asyncio.gather(*(first(probed, QUOTIENT, n) for n in (1, 0, 3)), return_exceptions=True)
    assert (found[0], found[2]) == (60, 20)
    assert isinstance(found[1], DivisionByZeroError)


async def test_who_is_cancelled_takes_nobody_along(probed: CoalescingDatabase) -> None:
    await probed.fetch(OWN, 0, 1)
    for pause in (0, 0.0005, 0.001, 0.002):
        tasks = [asyncio.create_task(first(probed, OWN, owner, 1)) for owner in range(20)]
        await asyncio.sleep(pause)
        for task in tasks[::2]:
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert found[1::2] == [360 + owner for owner in range(1, 20, 2)]
    await asyncio.gather(*probed.running)
    assert (probed.in_use, probed.waiting) == (0, 0)


async def test_nobody_waits_long_for_a_slow_one(probed: CoalescingDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalescing, "PATIENCE", 0.2)

    async def timed(seconds: float) -> float:
        started = perf_counter()
        await first(probed, SLEEP, seconds)
        return perf_counter() - started

    slow, *others = await asyncio.gather(*(timed(seconds) for seconds in (3.0, 0, 0, 0)))
    assert slow >= 3
    assert max(others) < 1.5
    assert asyncio.get_running_loop().time() < probed.alone_until  # for a while nobody waits for others


async def test_each_read_is_planned_as_it_is_alone(settings: Settings, inspector: Connection) -> None:
    texts = dict(_texts())
    assert texts.keys() >= COALESCED
    await inspector.execute("SET plan_cache_mode = force_generic_plan")
    async with running(settings, create_probe_app):
        for name in COALESCED:
            types = [each.name for each in (await inspector.prepare(statement(texts[name]).sql)).get_parameters()]
            alone = await _plan(inspector, statement(texts[name]).sql)
            together = await _plan(inspector, for_several(texts[name], types))
            assert alone == [node for node in together if node[0] != "Function Scan"][-len(alone) :], name
            assert together[: len(together) - len(alone)] == [("Nested Loop", None), ("Function Scan", None)], name


def _texts() -> Iterator[tuple[str, str]]:
    """Give every statement of the resources by its name."""
    for file in sorted(Path("app").glob("*/queries.py")):
        module = import_module(".".join(file.with_suffix("").parts))
        for value in vars(module).values():
            if isinstance(value, str) and (name := statement(value).name) != "unnamed":
                yield name, value


async def _plan(inspector: Connection, sql: str) -> list[tuple[str, str | None]]:
    """Return the steps of a plan, each with its index or table."""
    prepared = await inspector.prepare(sql)
    values = ", ".join("NULL" for _ in prepared.get_parameters())
    plan = await inspector.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE {prepared.get_name()} ({values})")
    return list(_steps(json.loads(plan)[0]["Plan"]))


def _steps(node: Any) -> Iterator[tuple[str, str | None]]:
    if node["Node Type"] != "Subquery Scan":
        yield node["Node Type"], node.get("Index Name", node.get("Relation Name"))
    for child in node.get("Plans", ()):
        yield from _steps(child)
