"""What each statement costs with a set of indexes: the planner is asked once for each set that makes a difference."""

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from backend_architect.tune.indexes.measured import Belief
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.indexes.risk import judge
from backend_architect.tune.what_if import PlanEstimate, WhatIf

Set = frozenset[NewIndex]


@dataclass(frozen=True, slots=True)
class PlannedQuery:
    """A statement as it is planned: its SQL, how often it runs, and the tables that it reads, by schema and name.

    Where it was measured, `calls` is weighed so that `calls` times what a call costs is its share of the time.
    """

    sql: str
    calls: float
    tables: frozenset[tuple[str, str]]


@dataclass(slots=True)
class _Known:
    """A plan that is known: what it could use, what it used, and its cost.

    `telling` are the indexes on expressions, which have statistics: the planner estimates by them without using them.
    """

    offered: Set
    telling: Set
    used: Set
    cost: float


@dataclass(slots=True)
class Costs:
    """The planner with a memory. `deadline` is on the clock of time.monotonic; after it nothing is asked any more.

    A cost is the planner's, with the risk of a plan that only gives an order, and held to what a call was measured to
    take. `rows` are those of each table.
    """

    what_if: WhatIf
    deadline: float = float("inf")
    asked: int = 0
    rows: Mapping[tuple[str, str], float] = field(default_factory=dict)
    _beliefs: dict[str, Belief] = field(default_factory=dict)
    _expected: dict[str, float] = field(default_factory=dict)
    _known: dict[str, list[_Known]] = field(default_factory=dict)
    _exact: dict[str, dict[Set, tuple[float, Set]]] = field(default_factory=dict)

    def plan(self, query: PlannedQuery, indexes: Iterable[NewIndex]) -> tuple[float, Set]:
        """Return the cost of one call with these indexes, and those of them that its plan uses.

        A plan that uses only some of what it was offered stays the best where just these are offered. Raises
        PlanRefused, and TimeoutError after the deadline.
        """
        relevant = frozenset(each for each in indexes if (each.schema, each.table) in query.tables)
        exact = self._exact.setdefault(query.sql, {})
        if relevant in exact:
            return exact[relevant]
        exact[relevant] = found = self._inferred(query, relevant) or self._ask(query, relevant)
        return found

    def believe(self, query: PlannedQuery, belief: Belief) -> None:
        """Hold a statement's cost to what was measured, from now on."""
        self._beliefs[query.sql] = belief
        self._exact[query.sql] = {frozenset(): (belief.believed, frozenset())}
        self._known[query.sql] = [_Known(frozenset(), frozenset(), frozenset(), belief.believed)]

    def expected_rows(self, query: PlannedQuery) -> float:
        """Return how many rows the planner expects a call to return, by the first plan."""
        return self._expected.get(query.sql, 0.0)

    def known(self, query: PlannedQuery, indexes: Set) -> tuple[float, Set]:
        """Return the least cost that is known of a call with some of these indexes, without asking the planner."""
        found = [each for each in self._known.get(query.sql, ()) if each.used <= indexes and each.telling <= indexes]
        best = min(found, key=lambda each: each.cost, default=None)
        return (best.cost, best.used) if best else (float("inf"), frozenset())

    def _inferred(self, query: PlannedQuery, relevant: Set) -> tuple[float, Set] | None:
        """Return what follows from a plan that is known: it used nothing that is missing now."""
        for each in self._known.setdefault(query.sql, []):
            if each.used <= relevant <= each.offered and each.telling <= relevant:
                return each.cost, each.used
        return None

    def _ask(self, query: PlannedQuery, relevant: Set) -> tuple[float, Set]:
        self.check_time()
        self.asked += 1
        planned = self.what_if.plan(query.sql, sorted(relevant))
        used = frozenset(index for index in relevant if index.name in planned.used)
        self._expected.setdefault(query.sql, float(planned.plan.get("Plan Rows", 0.0)))
        cost = self._judged(query, planned, used)
        self._known[query.sql].append(_Known(relevant, _telling(relevant), used, cost))
        return cost, used

    def check_time(self) -> None:
        """Raise TimeoutError after the deadline."""
        if time.monotonic() > self.deadline:
            raise TimeoutError

    def _judged(self, query: PlannedQuery, planned: PlanEstimate, used: Set) -> float:
        judged = judge(planned, used, self.rows)
        belief = self._beliefs.get(query.sql)
        if belief is None:
            return judged.cost
        return belief.of(judged.cost, changed=bool(used), tight=judged.tight, guessed=judged.guessed)

    def together(self, most: int) -> frozenset[Set]:
        """Return the sets of two indexes, up to so many, that a plan has used together."""
        return frozenset(each.used for known in self._known.values() for each in known if 1 < len(each.used) <= most)

    def cost(self, query: PlannedQuery, indexes: Collection[NewIndex]) -> float:
        """Return the cost of one call with these indexes."""
        return self.plan(query, indexes)[0]


def _telling(indexes: Set) -> Set:
    """Return those that have statistics of their own; of a partial one the planner takes none."""
    return frozenset(each for each in indexes if not each.predicate and any(key.expression for key in each.keys))
