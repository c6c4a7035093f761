"""Chooses the indexes for a whole workload: the planner itself says what each is worth, together with the others."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from backend_architect.postgres.catalog import Index
from backend_architect.tune.indexes.access import Access
from backend_architect.tune.indexes.asked import Asked, best_of, may_serve, plain_of, richer_of, shorter
from backend_architect.tune.indexes.asking import names_no_table
from backend_architect.tune.indexes.costs import Costs, Query, Set
from backend_architect.tune.indexes.covering import covered_by, is_there_already
from backend_architect.tune.indexes.merging import merged
from backend_architect.tune.indexes.model import Advice, NewIndex, Recommended, StatementCost
from backend_architect.tune.indexes.pool import Pool
from backend_architect.tune.indexes.search import best_set
from backend_architect.tune.indexes.upkeep import Upkeep
from backend_architect.tune.indexes.worth import Limits, Saving, is_worth_it
from backend_architect.tune.observed import Observed
from backend_architect.tune.what_if import PlanRefused, WhatIf
from backend_architect.tune.workload import Statement

Progress = Callable[[str], None]
NO_TABLE = "it names no table"
SLIGHT_GAIN = 0.002  # of a statement's cost, below which an index does not matter to it
MERGES = 3
TOGETHER = 3  # indexes that a plan used, which may only help together
ROUNDS = 6
EVALUATING = 0.65  # of the time; the rest is for the search


def choose(
    observed: Observed, what_if: WhatIf, limits: Limits, *, sql_of: Callable[[Statement], str], tell: Progress
) -> Advice:
    """Return the indexes that serve the workload best within the limits; `sql_of` gives a statement as it is planned.

    When time runs out it says in `left` what was not looked at.
    """
    return _Choice(observed, what_if, limits, tell).advice(sql_of)


class _Choice:
    """The steps of one choice, and what they share."""

    def __init__(self, observed: Observed, what_if: WhatIf, limits: Limits, tell: Progress) -> None:
        self._observed = observed
        self._catalog = observed.catalog
        self._limits = limits
        self._tell = tell
        self._what_if = what_if
        self._costs = Costs(what_if)
        self._sizes: dict[NewIndex, int] = {}
        self._upkeep = Upkeep(observed.workload, observed.catalog)
        self._offered: set[NewIndex] = set()
        self._there: set[NewIndex] = set()
        self._tables = {(table.schema, table.name): table for table in self._catalog.tables}
        self._left: list[str] = []
        self._refused: Counter[str] = Counter()

    def advice(self, sql_of: Callable[[Statement], str]) -> Advice:
        workload = self._observed.workload
        statements = workload.statements if workload else ()
        until = self._limits.until
        self._costs.deadline = until - (1 - EVALUATING) * max(until - time.monotonic(), 0.0)
        asked = self._read(statements, sql_of)
        self._evaluate(asked, {each.query.sql: plain_of(each) for each in asked})
        self._evaluate(asked, {each.query.sql: richer_of(each, self._there) for each in asked})
        self._costs.deadline = until
        chosen = self._search(asked)
        return self._told(statements, asked, chosen)

    def _read(self, statements: Sequence[Statement], sql_of: Callable[[Statement], str]) -> list[Asked]:
        """Return what can be planned, the dearest first."""
        found: list[Asked] = []
        for statement in sorted(statements, key=lambda each: each.id):
            sql = sql_of(statement)
            accesses, reason = self._observed.asks[statement.id]
            tables = frozenset((access.table.schema, access.table.name) for access in accesses)
            query = Query(sql, statement.calls, tables)
            if not tables and not reason and names_no_table(sql):
                self._refused[NO_TABLE] += 1
                continue
            try:
                base = self._costs.cost(query, frozenset())
            except PlanRefused as error:
                reason = str(error)
            except TimeoutError:
                self._left.append(f"{statement.shown}: never planned")
                continue
            if reason:
                self._refused[reason] += 1
            else:
                found.append(Asked(statement, query, base, accesses, best=base))
        return sorted(found, key=lambda each: (-each.base * each.query.calls, each.query.sql))

    def _evaluate(self, asked: Sequence[Asked], wanted: Mapping[str, Mapping[NewIndex, Access]]) -> None:
        """Find what each statement gains from its candidates, and then what others' best do for it."""
        self._offer({index for found in wanted.values() for index in found})
        best: set[NewIndex] = set()
        for number, each in enumerate(asked):
            each.own |= wanted[each.query.sql]
            try:
                best |= self._rounds(each, [index for index in wanted[each.query.sql] if index in self._sizes])
            except TimeoutError:
                self._left += [f"{one.statement.shown}: not every index was tried" for one in asked[number:]]
                return
            self._tell(f"{number + 1} of {len(asked)} statements, {self._costs.asked:,} plans")
        ranked = sorted(best)
        for each in asked:
            if each.gains and not self._try_each(each, (index for index in ranked if may_serve(index, each))):
                self._left.append(f"{each.statement.shown}: not every index of other statements was tried")

    def _rounds(self, each: Asked, candidates: Sequence[NewIndex]) -> set[NewIndex]:
        """Return what the planner takes of all candidates, then of the others, and so on while it gains by them."""
        rest = frozenset(candidates) | each.gains.keys()
        tried: set[NewIndex] = set()
        for _ in range(ROUNDS):
            try:
                cost, used = self._costs.plan(each.query, rest)
            except PlanRefused:
                break
            if cost >= (1 - SLIGHT_GAIN) * each.base:
                break
            if cost < each.best:
                each.best, each.used = cost, used
            tried |= used
            rest -= used
        tried |= {index for one in tried for index in shorter(one) if index in self._sizes}
        if not self._try_each(each, sorted(tried)):
            raise TimeoutError
        return {index for index in tried if index in each.gains}

    def _try_each(self, each: Asked, tried: Iterable[NewIndex]) -> bool:
        for index in tried:
            try:
                cost = self._costs.cost(each.query, frozenset({index}))
            except PlanRefused:
                continue
            except TimeoutError:
                return False
            each.best = min(each.best, cost)
            if each.base - cost > SLIGHT_GAIN * each.base:
                each.gains[index] = each.base - cost
        return True

    def _offer(self, indexes: set[NewIndex]) -> None:
        """Make candidates known to the planner, but those that are there already."""
        self._there |= {index for index in indexes if is_there_already(index, self._indexes_of(index))}
        new = sorted(indexes - self._offered - self._there)
        self._offered |= indexes
        self._sizes |= {i: size for i, size in self._what_if.offer(new).items() if self._may_fit(size)}
        for index in new:
            if index in self._sizes:
                self._upkeep.add(index, self._sizes[index])

    def _may_fit(self, size: int) -> bool:
        return self._limits.budget is None or size <= self._limits.budget

    def _indexes_of(self, index: NewIndex) -> tuple[Index, ...]:
        return self._catalog.indexes_of(self._tables[index.schema, index.table].oid)

    def _pool(self, asked: Sequence[Asked]) -> Pool:
        return Pool(
            queries=tuple(each.query for each in asked),
            relevant={each.query.sql: frozenset(best_of(each, self._sizes)) for each in asked},
            sizes=self._sizes,
            upkeep=self._upkeep,
            costs=self._costs,
            budget=self._limits.budget,
            toll=self._limits.least * sum(each.query.calls * each.best for each in asked),
            floors={each.query.sql: each.best for each in asked},
        )

    def _search(self, asked: Sequence[Asked]) -> Set:
        chosen: Set = frozenset()
        for _ in range(MERGES):
            pool = self._shared(self._pool(asked), asked, chosen)
            bundles = {*self._costs.together(TOGETHER), *(each.used for each in asked)}
            held = frozenset(pool.candidates)
            found = best_set(pool, (each for each in bundles if each <= held), chosen)
            if not found.finished:
                self._left.append("the search for a better set was cut short")
            if found.chosen == chosen or not found.finished:
                return found.chosen
            chosen = found.chosen
            self._tell(f"{len(chosen)} indexes chosen, {self._costs.asked:,} plans")
            if not self._merge(asked, chosen):
                return chosen
        return chosen

    def _shared(self, pool: Pool, asked: Sequence[Asked], chosen: Set) -> Pool:
        """Return the pool in which each statement also sees what others' candidates and the chosen do for it."""
        everything = {*pool.candidates, *chosen}
        relevant = {
            each.query.sql: pool.relevant[each.query.sql] | frozenset(everything & each.gains.keys()) for each in asked
        }
        return replace(pool, relevant=relevant)

    def _merge(self, asked: Sequence[Asked], chosen: Set) -> bool:
        """Try indexes that do the work of two chosen ones; return whether there are any."""
        pairs = [(one, other, index) for one, other, index in merged(chosen) if index not in self._offered]
        self._offer({index for _, _, index in pairs})
        for each in asked:
            tried = [i for one, other, i in pairs if i in self._sizes and (one in each.gains or other in each.gains)]
            self._try_each(each, tried)
            each.own |= {index: each.accesses[0] for index in tried if index in each.gains and each.accesses}
        return bool(pairs)

    def _told(self, statements: Sequence[Statement], asked: Sequence[Asked], chosen: Set) -> Advice:
        self._costs.deadline = float("inf")
        chosen = self._worth_it(asked, chosen)
        by_id = {each.statement.id: each for each in asked}
        costs = [self._cost_of(statement, by_id, chosen) for statement in statements]
        names = {cost.statement.id: cost for cost in costs}
        recommended = [self._recommended(index, asked, chosen, names) for index in sorted(chosen)]
        return Advice(
            recommended=tuple(sorted(recommended, key=lambda each: (-each.gain, each.index))),
            statements=tuple(costs),
            budget=self._limits.budget,
            what_if=self._what_if.kind,
            candidates=len(self._sizes),
            left=tuple(dict.fromkeys(self._left)),
            unplanned=dict(sorted(self._refused.items())),
        )

    def _worth_it(self, asked: Sequence[Asked], chosen: Set) -> Set:
        """Return the set without those that nothing uses beside the others, or that save next to nothing."""
        least = sum(each.query.calls * each.best for each in asked)
        for index in sorted(chosen, key=lambda index: (-self._sizes[index], index)):
            place, without = (index.schema, index.table), chosen - {index}
            savings = [self._saving(each, chosen, without) for each in asked if place in each.query.tables]
            beside = frozenset(other for other in without if (other.schema, other.table) == place)
            upkeep = self._upkeep.of(beside | {index}) - self._upkeep.of(beside)
            replaces = bool(covered_by(index, self._indexes_of(index)))
            if not is_worth_it(savings, upkeep, least=least, limits=self._limits, replaces=replaces):
                chosen = without
        return chosen

    def _saving(self, each: Asked, chosen: Set, without: Set) -> Saving:
        return Saving(each.query.calls, self._costs.cost(each.query, without), self._costs.cost(each.query, chosen))

    def _cost_of(self, statement: Statement, by_id: Mapping[str, Asked], chosen: Set) -> StatementCost:
        each = by_id.get(statement.id)
        if each is None:
            return StatementCost(statement, 0.0, 0.0, problem="it could not be planned")
        after, used = self._costs.plan(each.query, chosen)
        return StatementCost(statement, each.base, after, tuple(sorted(index.name for index in used)))

    def _recommended(
        self, index: NewIndex, asked: Sequence[Asked], chosen: Set, costs: Mapping[str, StatementCost]
    ) -> Recommended:
        serving = [each for each in asked if index.name in costs[each.statement.id].uses]
        without = chosen - {index}
        gain = sum(
            each.query.calls * (self._costs.cost(each.query, without) - costs[each.statement.id].after)
            for each in serving
        )
        return Recommended(
            index=index,
            bytes=self._sizes[index],
            gain=gain,
            upkeep=self._upkeep.of(chosen) - self._upkeep.of(without),
            statements=tuple(each.statement.shown for each in serving),
            covers=covered_by(index, self._indexes_of(index)),
        )
