"""The search for a set, against every set: on small workloads whose costs are made up, so that the best is known."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import pytest

from backend_architect.tune.indexes.cost_model import CostModel
from backend_architect.tune.indexes.costs import Costs, PlannedQuery
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.indexes.search import best_set
from backend_architect.tune.what_if import PlanEstimate, PlanRefused

NEAR = 0.99


class MadeUp:
    """Plans by a table of costs: each index divides a query's cost, two tables' indexes help more together."""

    kind = "made up"

    def __init__(self, factors: Mapping[tuple[str, NewIndex], float]) -> None:
        self._factors = factors

    def offer(self, indexes: Sequence[NewIndex]) -> Mapping[NewIndex, int]:
        return dict.fromkeys(indexes, 1)

    def plan(self, sql: str, added: Collection[NewIndex] = (), hidden: Collection[str] = ()) -> PlanEstimate:
        best: dict[str, tuple[float, NewIndex]] = {}
        for index in sorted(added):
            factor = self._factors.get((sql, index), 1.0)
            if factor < best.get(index.table, (1.0, index))[0]:
                best[index.table] = (factor, index)
        cost = 1000.0
        for factor, _ in best.values():
            cost *= factor
        if len(best) > 1:
            cost *= 0.5
        return PlanEstimate(cost, frozenset(index.name for _, index in best.values()), {})

    def close(self) -> None:
        pass


class Fees:
    """An upkeep of its own for each index."""

    def __init__(self, fees: Mapping[NewIndex, float]) -> None:
        self._fees = fees

    def of(self, indexes: Iterable[NewIndex]) -> float:
        return sum(self._fees[index] for index in indexes)


def _pool(seed: int) -> CostModel:
    """Return 5 queries and 9 candidates of 3 tables, with a budget for some of them."""
    chance = random.Random(seed)
    candidates = [NewIndex("public", f"t{n % 3}", (NewKey(f"c{n}"),)) for n in range(9)]
    queries = tuple(
        PlannedQuery(f"q{n}", chance.choice([1, 10, 100]), frozenset({("public", f"t{each}") for each in range(3)}))
        for n in range(5)
    )
    factors = {
        (query.sql, index): chance.uniform(0.05, 0.9)
        for query in queries
        for index in candidates
        if chance.random() < 0.5
    }
    relevant = {query.sql: frozenset(i for i in candidates if (query.sql, i) in factors) for query in queries}
    sizes = {index: chance.randint(5, 40) for index in candidates}
    upkeep = Fees({index: chance.choice([0.0, 100.0, 4000.0]) for index in candidates})
    costs = Costs(MadeUp(factors))
    floors = {query.sql: costs.cost(query, relevant[query.sql]) for query in queries}
    budget = chance.choice([40, 70, 110])
    return CostModel(queries, relevant, sizes, upkeep, costs, budget=budget, min_benefit=0.0, floors=floors)


def _saved_at_most(pool: CostModel) -> float:
    nothing: frozenset[NewIndex] = frozenset()
    sets = (frozenset(s) for n in range(len(pool.candidates) + 1) for s in combinations(pool.candidates, n))
    return max(pool.saved(nothing, each) for each in sets if pool.fits(each))


@pytest.mark.parametrize("seed", range(12))
def test_the_set_is_as_good_as_the_best_of_all(seed: int) -> None:
    pool = _pool(seed)
    bundles = [pool.costs.plan(query, pool.relevant[query.sql])[1] for query in pool.queries]
    found = best_set(pool, bundles)
    assert found.finished
    assert pool.fits(found.chosen)
    assert pool.saved(frozenset(), found.chosen) >= NEAR * _saved_at_most(pool)


@pytest.mark.parametrize("seed", range(4))
def test_a_budget_that_everything_fits_in_is_none(seed: int) -> None:
    bound, pool = _pool(seed), replace(_pool(seed), budget=None)
    roomy = replace(_pool(seed), budget=1_000)
    assert bound.is_bound
    assert not roomy.is_bound
    assert best_set(pool, []) == best_set(roomy, [])
    assert pool.costs.asked == roomy.costs.asked


def test_an_index_that_costs_more_than_it_saves_is_not_chosen() -> None:
    index = NewIndex("public", "t", (NewKey("a"),))
    query = PlannedQuery("q", 1.0, frozenset({("public", "t")}))
    for upkeep, chosen in ((900.0, set()), (10.0, {index})):
        costs = Costs(MadeUp({("q", index): 0.5}))
        pool = CostModel(
            (query,), {"q": frozenset({index})}, {index: 1}, Fees({index: upkeep}), costs, None, 0.0, {"q": 500.0}
        )
        assert best_set(pool, []).chosen == chosen


def test_past_the_deadline_the_best_yet_is_returned_and_it_says_so() -> None:
    pool = _pool(1)
    pool.costs.deadline = 0.0
    found = best_set(pool, [])
    assert not found.finished
    assert found.chosen == frozenset()


def test_a_plan_is_asked_for_once_where_nothing_that_it_uses_has_gone() -> None:
    used, unused = (NewIndex("public", "t", (NewKey(name),)) for name in "ab")
    costs = Costs(MadeUp({("q", used): 0.1}))
    query = PlannedQuery("q", 1.0, frozenset({("public", "t")}))
    assert costs.plan(query, {used, unused}) == (100.0, {used})
    assert costs.plan(query, {used}) == (100.0, {used})
    assert costs.asked == 1


def test_a_refused_plan_is_an_error_of_its_own() -> None:
    class Refusing(MadeUp):
        def plan(self, sql: str, added: Collection[NewIndex] = (), hidden: Collection[str] = ()) -> PlanEstimate:
            raise PlanRefused("no such table")

    with pytest.raises(PlanRefused, match="no such table"):
        Costs(Refusing({})).cost(PlannedQuery("q", 1.0, frozenset()), ())
