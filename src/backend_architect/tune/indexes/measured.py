"""What a call of a statement really costs today: the planner's cost, held to what the server measured.

The planner's cost compares plans; what a call can save is bounded by the time that it takes and by the pages that it
touches. Where the planner counts far more than that, or far less, its figure for today is replaced by one that the
pages allow. docs/tune/indexes.md states the figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backend_architect.tune.workload import Statement

QUICK_MS = 1.0
"""A quicker call finds its pages in memory."""
PAGE, QUICK_PAGE = 4.0, 1.0  # the most that a page counts, in the planner's units: with its rows; one in memory
MILLISECOND = 300.0  # units that a processor works off in one
BLIND_PAGE = 0.1  # units a page, below which the plan has not foreseen that the pages are read
MANY_PAGES = 100  # a call, below which nobody minds
WIDE = 10.0  # times: planner and measurement disagree
SEARCH_MS = 5.0
"""How long a call must take before an index whose hits nobody can estimate is worth a try."""
GUESS = 3.0  # times cheaper by the planner's guess of its hits, below which it may as well be dearer


@dataclass(frozen=True, slots=True)
class Belief:
    """What one call costs: as `planned` with the indexes that are there, and as far as that can be `believed`."""

    planned: float
    believed: float
    mean_ms: float = 0.0

    @property
    def disagrees(self) -> bool:
        """Return whether planner and measurement are wide apart."""
        return max(self.planned, self.believed) >= WIDE * min(self.planned, self.believed) > 0

    @property
    def is_blind(self) -> bool:
        """Return whether a call reads far more than the planner foresees."""
        return self.believed >= WIDE * self.planned

    def of(self, cost: float, *, changed: bool, tight: bool, guessed: bool) -> float:
        """Return what a call costs by a plan of this cost; `changed` tells whether it uses an index that is new.

        A `tight` plan reads nothing but the rows that it is asked for: what the planner did not know of the others does
        not matter to it. Of a `guessed` one nobody can tell how many rows its index finds.
        """
        if not changed or (guessed and cost < self.believed and not self._is_worth_a_guess(cost)):
            return self.believed
        if self.believed > self.planned:
            return cost if tight else cost * self.believed / max(self.planned, 1e-9)
        if cost <= self.believed:
            return cost
        return self.believed if cost <= self.planned else cost * self.believed / self.planned

    def _is_worth_a_guess(self, cost: float) -> bool:
        """Return whether an index whose hits nobody can estimate is worth a try, where calls were measured."""
        return self.mean_ms <= 0 or (self.mean_ms >= SEARCH_MS and cost * GUESS <= self.believed)


def believe(planned: float, statement: Statement) -> Belief:
    """Return what a call costs today; what nobody measured is as planned."""
    blocks = statement.blocks / statement.calls if statement.calls else 0.0
    ms = statement.mean_ms
    if ms <= 0 or blocks <= 0:
        return Belief(planned, planned, ms)
    most = blocks * (QUICK_PAGE if ms < QUICK_MS else PAGE) + ms * MILLISECOND
    if blocks >= MANY_PAGES and planned < BLIND_PAGE * blocks:
        return Belief(planned, blocks * QUICK_PAGE, ms)
    return Belief(planned, min(planned, most), ms)


def time_of_a_unit(measured: Iterable[tuple[Belief, Statement]]) -> float:
    """Return the milliseconds that a unit of the planner's cost takes on average, 0 where nothing was measured."""
    known = [(each, statement) for each, statement in measured if statement.total_ms > 0]
    cost = sum(each.believed * statement.calls for each, statement in known)
    return sum(statement.total_ms for _, statement in known) / cost if cost else 0.0
