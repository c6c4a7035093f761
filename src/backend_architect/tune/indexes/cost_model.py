"""The candidates that are left to choose from, and what any set of them costs the whole workload."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from backend_architect.tune.indexes.costs import Costs, PlannedQuery, Set
from backend_architect.tune.indexes.model import NewIndex

MARGIN = 1.25  # sizes of other indexes than btrees are computed to a quarter, and may be so much too small


class SetUpkeep(Protocol):
    """What knows the upkeep of a set of indexes."""

    def of(self, indexes: Iterable[NewIndex]) -> float: ...


@dataclass(frozen=True)
class CostModel:
    """`relevant` are the candidates that a query may gain from, by its SQL. Sizes and `budget` are in bytes.

    `floors` are the least costs of a call that were seen, with every candidate there.
    `toll` is what each index costs beyond its upkeep, so that one which saves next to nothing is not made.
    """

    queries: tuple[PlannedQuery, ...]
    relevant: Mapping[str, Set]
    sizes: Mapping[NewIndex, int]
    upkeep: SetUpkeep
    costs: Costs
    budget: int | None
    min_benefit: float
    floors: Mapping[str, float]

    @cached_property
    def candidates(self) -> tuple[NewIndex, ...]:
        """Every candidate, in one order."""
        return tuple(sorted({each for found in self.relevant.values() for each in found}))

    @cached_property
    def users(self) -> Mapping[NewIndex, tuple[PlannedQuery, ...]]:
        """The queries that each candidate may serve."""
        found: dict[NewIndex, list[PlannedQuery]] = {each: [] for each in self.candidates}
        for query in self.queries:
            for index in self.relevant.get(query.sql, ()):
                found[index].append(query)
        return {index: tuple(queries) for index, queries in found.items()}

    @cached_property
    def is_bound(self) -> bool:
        """Whether the budget leaves anything out: every candidate together may fit."""
        return self.budget is not None and self.at_most(self.candidates) > self.budget

    @cached_property
    def _at(self) -> Mapping[tuple[str, str], Set]:
        """Return the candidates of each table."""
        found: dict[tuple[str, str], set[NewIndex]] = {}
        for index in self.sizes:
            found.setdefault((index.schema, index.table), set()).add(index)
        return {place: frozenset(own) for place, own in found.items()}

    def cost(self, query: PlannedQuery, chosen: Set) -> float:
        """Return the cost of one call of a query with the chosen indexes."""
        return self.costs.plan(query, chosen & self.relevant.get(query.sql, frozenset()))[0]

    def saved(self, chosen: Set, other: Set) -> float:
        """Return what the workload saves with `other` in the place of `chosen`, the upkeep counted."""
        changed = chosen ^ other
        concerned = {query.sql: query for index in changed for query in self.users[index]}
        reads = sum(
            query.calls * (self.cost(query, chosen) - self.cost(query, other)) for _, query in sorted(concerned.items())
        )
        return reads - self.more_kept(chosen, other)

    def most_saved(self, chosen: Set, new: Set, old: Set = frozenset()) -> float:
        """Return the most that can be saved by `new` in the place of `old`, by what the planner has said already.

        The queries that `new` may serve cost no less than with every candidate there; the others lose `old`.
        """
        served = {query.sql: query for index in new for query in self.users[index]}
        reads = sum(
            query.calls * (self.cost(query, chosen) - self.floors[sql]) for sql, query in sorted(served.items())
        )
        lost = max((self._lost(chosen, index, served) for index in old), default=0.0)
        return reads - lost - self.more_kept(chosen, (chosen - old) | new)

    def _lost(self, chosen: Set, index: NewIndex, served: Mapping[str, PlannedQuery]) -> float:
        """Return what leaving an index out costs the queries that are not served otherwise."""
        alone = [query for query in self.users[index] if query.sql not in served]
        return sum(each.calls * (self.cost(each, chosen - {index}) - self.cost(each, chosen)) for each in alone)

    def bytes(self, chosen: Iterable[NewIndex]) -> int:
        """Return the size of a set."""
        return sum(self.sizes[each] for each in chosen)

    def fits(self, chosen: Iterable[NewIndex]) -> bool:
        """Return whether a set is within the budget."""
        return not self.is_bound or self.has_room(self.at_most(chosen))

    def has_room(self, size: float) -> bool:
        """Return whether so many bytes are within the budget."""
        return self.budget is None or size <= self.budget

    def at_most(self, chosen: Iterable[NewIndex]) -> float:
        """Return the bytes that a set may come to."""
        return sum(self.sizes[each] * (1.0 if each.method == "btree" else MARGIN) for each in chosen)

    def more_kept(self, chosen: Set, other: Set) -> float:
        """Return what keeping `other` costs more than keeping `chosen`; tables whose indexes stay do not matter."""
        places = {(index.schema, index.table) for index in chosen ^ other}
        one, two = ([i for place in places for i in self._at[place] & indexes] for indexes in (chosen, other))
        return self.upkeep.of(two) - self.upkeep.of(one) + self.min_benefit * (len(two) - len(one))
