"""A set to start from, by what the planner has said of each index alone: at hand at any time, without asking more."""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from backend_architect.tune.indexes.cost_model import Pool
from backend_architect.tune.indexes.costs import PlannedQuery, Set
from backend_architect.tune.indexes.model import NewIndex


def known_start(pool: Pool) -> Set:
    """Return the set that grows by what saves most, of each statement the best index counted alone."""
    alone = {index: _alone(pool, index) for index in pool.candidates}
    current = {query.sql: pool.costs.known(query, frozenset())[0] for query in pool.queries}
    chosen: Set = frozenset()
    ranked = [(-float("inf"), index) for index in pool.candidates]
    heapify(ranked)
    while ranked:
        _, index = heappop(ranked)
        value = _worth(pool, chosen, index, current, alone)
        if value <= 0 or not pool.fits(chosen | {index}):
            continue
        if ranked and value < -ranked[0][0]:
            heappush(ranked, (-value, index))
            continue
        chosen |= {index}
        for query, cost in alone[index]:
            current[query.sql] = min(current[query.sql], cost)
    return chosen


def _alone(pool: Pool, index: NewIndex) -> list[tuple[PlannedQuery, float]]:
    return [(query, pool.costs.known(query, frozenset({index}))[0]) for query in pool.users[index]]


def _worth(
    pool: Pool,
    chosen: Set,
    index: NewIndex,
    current: Mapping[str, float],
    alone: Mapping[NewIndex, list[tuple[PlannedQuery, float]]],
) -> float:
    """Return what an index adds to a set; where not all fits, for each of its bytes."""
    saved = sum(query.calls * max(current[query.sql] - cost, 0.0) for query, cost in alone[index])
    saved -= pool.more_kept(chosen, chosen | {index})
    return saved / max(pool.sizes[index], 1) if pool.is_bound else saved
