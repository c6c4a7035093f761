"""What candidates save: of a few statements at a time, the dearest first, so that time running out leaves the rest."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from backend_architect.postgres.catalog import Index
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.indexes.costs import Costs
from backend_architect.tune.indexes.covering import is_there_already
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.indexes.statement_candidates import (
    StatementCandidates,
    may_serve,
    plain_of,
    richer_of,
    shorter,
)
from backend_architect.tune.indexes.table_predicates import TablePredicates
from backend_architect.tune.indexes.upkeep import Upkeep
from backend_architect.tune.observed import Observed
from backend_architect.tune.what_if import PlanRefused, WhatIf

SLIGHT_GAIN = 0.002  # of a statement's cost, below which an index does not matter to it
ROUNDS = 6
AT_A_TIME = 100  # statements
OFFERED_AT_A_TIME = 200  # indexes
MANY_STATEMENTS, BATCH_STATEMENTS = 200, 25
"""Of more statements fewer are looked at at a time, and only the likeliest candidates are tried."""
Tell = Callable[[int, int], None]


class Evaluation:
    """The candidates that were offered, with their sizes and their upkeep, and what each saves the statements."""

    def __init__(self, observed: Observed, what_if: WhatIf, limits: ChoiceLimits, costs: Costs) -> None:
        self._catalog = observed.catalog
        self._what_if = what_if
        self._limits = limits
        self._costs = costs
        self._tables = {(table.schema, table.name): table for table in self._catalog.tables}
        self._offered: set[NewIndex] = set()
        self._there: set[NewIndex] = set()
        self.sizes: dict[NewIndex, int] = {}
        self.upkeep = Upkeep(observed.workload, observed.catalog)

    def evaluate(self, asked: Sequence[StatementCandidates], tell: Tell) -> int:
        """Find what each statement gains from its candidates and from others' best; return how many were finished."""
        many = len(asked) > MANY_STATEMENTS
        step = BATCH_STATEMENTS if many else AT_A_TIME
        for begin in range(0, len(asked), step):
            few = asked[begin : begin + step]
            try:
                best = self._evaluate(few, {each.query.sql: plain_of(each, few=many) for each in few})
                best |= self._evaluate(few, {each.query.sql: richer_of(each, self._there) for each in few})
                self._try_others(asked[: begin + len(few)], best)
            except TimeoutError:
                return begin
            tell(begin + len(few), len(asked))
        return len(asked)

    def offer(self, indexes: Collection[NewIndex]) -> None:
        """Make candidates known to the planner, but those that are there already. Raises TimeoutError."""
        fresh = set(indexes) - self._offered
        self._there |= {index for index in fresh if is_there_already(index, self.indexes_of(index))}
        new = sorted(fresh - self._there)
        self._offered |= fresh & self._there
        for begin in range(0, len(new), OFFERED_AT_A_TIME):
            self._costs.check_time()
            self._offer_now(new[begin : begin + OFFERED_AT_A_TIME])

    def is_new(self, index: NewIndex) -> bool:
        """Return whether nobody has offered it yet."""
        return index not in self._offered

    def try_each(self, each: StatementCandidates, tried: Iterable[NewIndex]) -> None:
        """Find what a statement gains or loses by each index alone; raises TimeoutError."""
        for index in tried:
            try:
                cost = self._costs.cost(each.query, frozenset({index}))
            except PlanRefused:
                continue
            each.best = min(each.best, cost)
            if each.base - cost > SLIGHT_GAIN * each.base:
                each.gains[index] = each.base - cost
            elif cost - each.base > SLIGHT_GAIN * each.base:
                each.harms.add(index)

    def indexes_of(self, index: NewIndex) -> tuple[Index, ...]:
        """Return the existing indexes of an index's table."""
        return self._catalog.indexes_of(self._tables[index.schema, index.table].oid)

    def _evaluate(
        self, asked: Sequence[StatementCandidates], wanted: Mapping[str, Mapping[NewIndex, TablePredicates]]
    ) -> set[NewIndex]:
        self.offer({index for found in wanted.values() for index in found})
        best: set[NewIndex] = set()
        for each in asked:
            each.own |= wanted[each.query.sql]
            best |= self._rounds(each, [index for index in wanted[each.query.sql] if index in self.sizes])
        return best

    def _try_others(self, asked: Sequence[StatementCandidates], best: Collection[NewIndex]) -> None:
        """Try the best of some statements for all; a statement that gains by nothing may still be made slower."""
        ranked = sorted(best)
        for each in asked:
            if each.gains or each.is_limited:
                self.try_each(each, (index for index in ranked if may_serve(index, each)))

    def _rounds(self, each: StatementCandidates, candidates: Sequence[NewIndex]) -> set[NewIndex]:
        """Return what the planner takes of all candidates, then of the others, and so on while it gains by them.

        What it takes to its harm is taken away too, and asked again.
        """
        rest = frozenset(candidates) | each.gains.keys()
        tried: set[NewIndex] = set()
        for _ in range(ROUNDS):
            try:
                cost, used = self._costs.plan(each.query, rest)
            except PlanRefused:
                break
            if not used or (not each.statement.mean_ms and (1 - SLIGHT_GAIN) * each.base <= cost <= each.base):
                break
            if cost < each.best:
                each.best, each.used = cost, used
            tried |= used
            rest -= used
        tried |= {index for one in tried for index in shorter(one) if index in self.sizes}
        self.try_each(each, sorted(tried))
        return {index for index in tried if index in each.gains}

    def _offer_now(self, new: Sequence[NewIndex]) -> None:
        self._offered |= set(new)
        self.sizes |= {i: size for i, size in self._what_if.offer(new).items() if self._may_fit(size)}
        for index in new:
            if index in self.sizes:
                self.upkeep.add(index, self.sizes[index])

    def _may_fit(self, size: int) -> bool:
        return self._limits.budget is None or size <= self._limits.budget
