"""The tables of the comparison with other stacks: what is divided by what, and which aims are said to be missed."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PEERS = Path(__file__).parents[2] / "benchmarks/peers"


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(PEERS))
    yield import_module("tables")
    for name in [name for name, module in sys.modules.items() if str(PEERS) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


def test_a_ratio_is_the_median_of_the_ratios_within_a_round(tables: ModuleType) -> None:
    loads = _loads(tables, {tables.BUILT: [100, 400, 300], tables.BARE: [100, 200, 300]})
    assert tables.ratio(loads, tables.BUILT, tables.BARE, "feed") == 1.0


def test_every_aim_that_was_missed_is_told(tables: ModuleType) -> None:
    rates = {tables.BUILT: [1000], tables.BARE: [1000], "NestJS + Prisma": [500], "Django ninja": [10]}
    text = tables.report(_loads(tables, rates), {title: dict.fromkeys(tables.OPERATIONS, 1.0) for title in rates})
    missed = text.partition("Aims that were not reached:")[2].strip().splitlines()
    assert missed[0] == "- read one: 2.00 times NestJS + Prisma, the aim is 2.5."
    assert len([line for line in missed if line.startswith("- ")]) == len(tables.OPERATIONS)


def test_failed_requests_are_told(tables: ModuleType) -> None:
    loads = _loads(tables, {tables.BUILT: [1], tables.BARE: [1]}, failed=2)
    statements = {title: dict.fromkeys(tables.OPERATIONS, 1.0) for title in (tables.BUILT, tables.BARE)}
    assert "Requests that failed: 20." in tables.report(loads, statements)


def _loads(tables: ModuleType, rates: dict[str, list[int]], failed: int = 0) -> dict[tuple[str, str], list[Any]]:
    """Return loads of every operation with these requests a second, a number a round."""
    return {
        (title, operation): [tables.Load(rate, 1.0, 5.0, failed, 100.0, 50.0) for rate in found]
        for title, found in rates.items()
        for operation in tables.OPERATIONS
    }
