"""A set to start from, by what the planner has said of each index alone: at hand at any time, without asking more."""

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

from backend_architect.tune.indexes.cost_model import CostModel
from backend_architect.tune.indexes.costs import PlannedQuery, Set
from backend_architect.tune.indexes.model import NewIndex


def known_start(cost_model: CostModel) -> Set:
    """Return the set that grows by what saves most, of each statement the best index counted alone."""
    alone = {index: _alone(cost_model, index) for index in cost_model.candidates}
    current = {query.sql: cost_model.costs.known(query, frozenset())[0] for query in cost_model.queries}
    chosen: Set = frozenset()
    ranked = [(-float("inf"), index) for index in cost_model.candidates]
    heapify(ranked)
    while ranked:
        _, index = heappop(ranked)
        value = _worth(cost_model, chosen, index, current, alone)
        if value <= 0 or not cost_model.fits(chosen | {index}):
            continue
        if ranked and value < -ranked[0][0]:
            heappush(ranked, (-value, index))
            continue
        chosen |= {index}
        for query, cost in alone[index]:
            current[query.sql] = min(current[query.sql], cost)
    return chosen


def _alone(cost_model: CostModel, index: NewIndex) -> list[tuple[PlannedQuery, float]]:
    return [(query, cost_model.costs.known(query, frozenset({index}))[0]) for query in cost_model.users[index]]


def _worth(
    cost_model: CostModel,
    chosen: Set,
    index: NewIndex,
    current: Mapping[str, float],
    alone: Mapping[NewIndex, list[tuple[PlannedQuery, float]]],
) -> float:
    """Return what an index adds to a set; where not all fits, for each of its bytes."""
    saved = sum(query.calls * max(current[query.sql] - cost, 0.0) for query, cost in alone[index])
    saved -= cost_model.more_kept(chosen, chosen | {index})
    return saved / max(cost_model.sizes[index], 1) if cost_model.is_bound else saved
