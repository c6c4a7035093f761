"""The capacity model: more load never needs less, and the numbers can be followed by hand."""

from dataclasses import replace
from itertools import pairwise

import pytest

from backend_architect.decisions import estimate_capacity, scale_load
from backend_architect.design.model import Design

from .designs import counted_posts, notes, sharing

FACTORS = (0.01, 0.1, 1, 2, 5, 10, 100)


def _needs(design: Design) -> tuple[float, ...]:
    c = estimate_capacity(design)
    return (c.server_cores, c.database_cores, c.database_read_cores, c.processes, c.busy_connections, c.connections,
            c.statements, c.storage_bytes)  # fmt: skip


@pytest.mark.parametrize("base", [notes(), counted_posts(50), sharing()], ids=["notes", "counted", "sharing"])
def test_more_load_never_needs_less(base: Design) -> None:
    grown = [_needs(scale_load(base, factor)) for factor in FACTORS]
    assert all(less <= more for one, other in pairwise(grown) for less, more in zip(one, other, strict=True))


@pytest.mark.parametrize("part", ["reads", "writes"])
def test_more_of_one_kind_never_needs_less(part: str) -> None:
    base = sharing()
    rates = (10.0, 100.0, 1_000.0, 10_000.0)
    loads = [replace(base.load, reads=r) if part == "reads" else replace(base.load, writes=r) for r in rates]
    grown = [_needs(replace(base, load=load)) for load in loads]
    assert all(less <= more for one, other in pairwise(grown) for less, more in zip(one, other, strict=True))


def test_a_thousand_single_reads_can_be_followed_by_hand() -> None:
    capacity = estimate_capacity(notes(reads=1_000, writes=0))
    assert capacity.server_cores == pytest.approx(0.588)
    assert capacity.database_cores == pytest.approx(0.225)
    assert capacity.processes == 2
    assert capacity.busy_connections == pytest.approx(0.725)
    assert capacity.pool_size == 5


def test_a_cached_list_reaches_the_database_once_a_process_and_period() -> None:
    capacity = estimate_capacity(sharing())
    trending = next(op for op in capacity.operations if op.name == "trending")
    assert trending.rate == pytest.approx(capacity.processes / 60)


def test_every_read_and_write_is_spread() -> None:
    operations = estimate_capacity(replace(sharing(), lists=sharing().lists[:2])).operations
    requests = sum(op.rate for op in operations if not op.name.startswith(("job", "sign-in")))
    assert requests == pytest.approx(860)


def test_scaling_multiplies_everything_but_latency() -> None:
    load = scale_load(sharing(), 10).load
    assert (load.users, load.reads, load.writes, load.rows["likes"], load.p95_ms) == (
        2_000_000, 8_000, 600, 2_000_000_000, 200,
    )  # fmt: skip


def test_no_load_needs_no_processors() -> None:
    capacity = estimate_capacity(notes(reads=0, writes=0))
    assert (capacity.server_cores, capacity.database_cores, capacity.processes) == (0, 0, 1)
