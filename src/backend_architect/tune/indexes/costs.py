"""What each statement costs with a set of indexes: the planner is asked once for each set that makes a difference."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.what_if import WhatIf

Set = frozenset[NewIndex]


@dataclass(frozen=True, slots=True)
class Query:
    """A statement as it is planned: its SQL, how often it runs, and the tables that it reads, by schema and name."""

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
    """The planner with a memory. `deadline` is on the clock of time.monotonic; after it nothing is asked any more."""

    what_if: WhatIf
    deadline: float = float("inf")
    asked: int = 0
    _known: dict[str, list[_Known]] = field(default_factory=dict)
    _exact: dict[str, dict[Set, tuple[float, Set]]] = field(default_factory=dict)

    def plan(self, query: Query, indexes: Iterable[NewIndex]) -> tuple[float, Set]:
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

    def _inferred(self, query: Query, relevant: Set) -> tuple[float, Set] | None:
        """Return what follows from a plan that is known: it used nothing that is missing now."""
        for each in self._known.setdefault(query.sql, []):
            if each.used <= relevant <= each.offered and each.telling <= relevant:
                return each.cost, each.used
        return None

    def _ask(self, query: Query, relevant: Set) -> tuple[float, Set]:
        if time.monotonic() > self.deadline:
            raise TimeoutError
        self.asked += 1
        planned = self.what_if.plan(query.sql, sorted(relevant))
        used = frozenset(index for index in relevant if index.name in planned.used)
        self._known[query.sql].append(_Known(relevant, _telling(relevant), used, planned.cost))
        return planned.cost, used

    def together(self, most: int) -> frozenset[Set]:
        """Return the sets of two indexes, up to so many, that a plan has used together."""
        return frozenset(each.used for known in self._known.values() for each in known if 1 < len(each.used) <= most)

    def cost(self, query: Query, indexes: Collection[NewIndex]) -> float:
        """Return the cost of one call with these indexes."""
        return self.plan(query, indexes)[0]


def _telling(indexes: Set) -> Set:
    """Return those that have statistics of their own; of a partial one the planner takes none."""
    return frozenset(each for each in indexes if not each.predicate and any(key.expression for key in each.keys))
