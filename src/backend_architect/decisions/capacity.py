"""The capacity model: the cost of each operation x its rate → processors, processes, connections and storage."""

from dataclasses import dataclass, replace
from math import ceil

from backend_architect.decisions.costs import (
    BUSY_SHARE,
    COUNTED_ROW_US,
    KEEP_COUNT_US,
    POOL_FLOOR,
    POOL_HEADROOM,
    ROUND_TRIP_US,
    OperationKind,
)
from backend_architect.decisions.kept_counts import CountBalance, kept_counts, weigh_counts
from backend_architect.decisions.storage import TableSize, estimate_storage
from backend_architect.decisions.workload import Operation, spread_load
from backend_architect.design.model import Design

READS = frozenset(
    {OperationKind.READ_ONE, OperationKind.LIST, OperationKind.FEED, OperationKind.SEARCH, OperationKind.RANKED}
)


@dataclass(frozen=True)
class Capacity:
    """What a design needs at the busiest hour. Cores are busy processors; plan twice as many."""

    operations: tuple[Operation, ...]
    tables: tuple[TableSize, ...]
    server_cores: float
    database_cores: float
    database_read_cores: float
    processes: int
    busy_connections: float
    pool_size: int
    statements: float

    @property
    def connections(self) -> int:
        """Connections that all processes may open together."""
        return self.processes * self.pool_size

    @property
    def storage_bytes(self) -> float:
        return sum(t.bytes for t in self.tables)


def estimate_capacity(design: Design) -> Capacity:
    """Return the processors, processes, connections and bytes that the declared load needs."""
    counted = _with_counts(design, spread_load(design))
    server_cores = sum(op.rate * op.server_us for op in counted if op.kind is not OperationKind.JOB) / 1e6
    processes = max(1, ceil(server_cores / BUSY_SHARE))
    operations = tuple(_past_cache(op, processes) for op in counted)
    busy = sum(op.rate * (op.database_us + ROUND_TRIP_US) for op in operations) / 1e6
    return Capacity(
        operations=operations,
        tables=estimate_storage(design),
        server_cores=server_cores,
        database_cores=_database_cores(operations),
        database_read_cores=_database_cores(tuple(op for op in operations if op.kind in READS)),
        processes=processes,
        busy_connections=busy,
        pool_size=max(POOL_FLOOR, ceil(POOL_HEADROOM * busy / processes)),
        statements=sum(op.rate for op in operations),
    )


def refill_cores(design: Design) -> float:
    """Return the database work spent each second on filling the caches of all processes."""
    capacity = estimate_capacity(design)
    return _database_cores(tuple(op for op in capacity.operations if op.cache_seconds is not None))


def _database_cores(operations: tuple[Operation, ...]) -> float:
    return sum(op.rate * op.database_us for op in operations) / 1e6


def _past_cache(operation: Operation, processes: int) -> Operation:
    """Return a cached list with the rate at which it still reaches the database: each process fills each key once."""
    if operation.cache_seconds is None:
        return operation
    refills = processes * operation.cache_keys / operation.cache_seconds
    return replace(operation, rate=min(operation.rate, refills))


def _with_counts(design: Design, operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    kept, balances = kept_counts(design), weigh_counts(design)
    return tuple(_with_count_cost(design, op, tuple(zip(balances, kept.values(), strict=True))) for op in operations)


def _with_count_cost(design: Design, operation: Operation, counts: tuple[tuple[CountBalance, bool], ...]) -> Operation:
    extra = sum(_count_cost(design, operation, balance, kept) for balance, kept in counts)
    return replace(operation, database_us=operation.database_us + extra)


def _count_cost(design: Design, operation: Operation, balance: CountBalance, kept: bool) -> float:
    entity = design.entities[balance.entity]
    if not kept and operation.kind in READS and operation.of == entity.plural:
        return operation.rows * balance.counted_rows * COUNTED_ROW_US
    source = entity.counts[balance.count].source
    return KEEP_COUNT_US if kept and operation.name == f"{source}.create" else 0.0
