"""Chooses the indexes for a whole workload: the planner itself says what each is worth, together with the others."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from backend_architect.postgres.catalog import Index
from backend_architect.tune.indexes.choice_limits import ChoiceLimits, Saving, is_worth_it
from backend_architect.tune.indexes.constant_conditions import names_no_table
from backend_architect.tune.indexes.cost_model import CostModel
from backend_architect.tune.indexes.costs import Costs, PlannedQuery, Set
from backend_architect.tune.indexes.covering import covered_by, like_another
from backend_architect.tune.indexes.evaluation import Evaluation
from backend_architect.tune.indexes.initial_set import known_start
from backend_architect.tune.indexes.measured import WIDE, believe, time_of_a_unit
from backend_architect.tune.indexes.merging import merged
from backend_architect.tune.indexes.model import (
    NEVER_PLANNED,
    NOT_EVERY_INDEX,
    Advice,
    Needless,
    NewIndex,
    Recommended,
    StatementCost,
)
from backend_architect.tune.indexes.needless import find_needless
from backend_architect.tune.indexes.search import best_set
from backend_architect.tune.indexes.statement_candidates import StatementCandidates, best_of
from backend_architect.tune.indexes.trimming import trimmed
from backend_architect.tune.observed import Observed
from backend_architect.tune.supposed_constants import WORDS
from backend_architect.tune.what_if import PlanRefused, WhatIf
from backend_architect.tune.workload import Statement

Progress = Callable[[str], None]
SqlOf = Callable[[Statement], str]
NO_TABLE = "it names no table"
SLOW_MS = 1.0  # a call, from which it matters for which values it is planned
CUT_SHORT = "the search for a better set was cut short"
MERGES = 3
MOST_MERGED = 400
KEPT_COST = 1.1  # times, from which an index that another covers is missed
MOST_LIKE_ANOTHER = 20  # indexes of a table
SAME_COST, SAME_UNITS = 1.01, 0.5  # times the cost of a call, and units more, that do not matter
TOGETHER = 3  # indexes that a plan used, which may only help together
PLANNING, EVALUATING, SEARCHING = 0.3, 0.65, 0.92  # of the time, until when; the rest is for telling what came of it


def choose(
    observed: Observed,
    what_if: WhatIf,
    limits: ChoiceLimits,
    *,
    sql_of: SqlOf,
    tell: Progress,
    rare_of: SqlOf | None = None,
) -> Advice:
    """Return the indexes that serve the workload best within the limits; `sql_of` gives a statement as it is planned.

    `rare_of` gives it for the rarest values: so is one planned that reads far more than the planner foresees. When time
    runs out it is the best set that was found, and `left` says what was not looked at.
    """
    return _Choice(observed, what_if, limits, tell).advice(sql_of, rare_of)


class _Choice:
    """The steps of one choice, and what they share."""

    def __init__(self, observed: Observed, what_if: WhatIf, limits: ChoiceLimits, tell: Progress) -> None:
        self._observed = observed
        self._limits = limits
        self._tell = tell
        self._what_if = what_if
        catalog = observed.catalog
        rows = {(table.schema, table.name): catalog.rows_of(table) for table in catalog.tables}
        self._costs = Costs(what_if, rows=rows)
        self._evaluation = Evaluation(observed, what_if, limits, self._costs)
        self._left: list[str] = []
        self._judged = 0
        self._refused: Counter[str] = Counter()
        self._until = limits.until
        self._began = time.monotonic()

    def advice(self, sql_of: SqlOf, rare_of: SqlOf | None) -> Advice:
        workload = self._observed.workload
        statements = workload.statements if workload else ()
        self._hold(PLANNING)
        asked = self._weighed(self._with_rare(self._read(statements, sql_of), rare_of))
        self._hold(EVALUATING)
        finished = self._evaluation.evaluate(asked, self._report_progress)
        self._left += [f"{each.statement.shown}: {NOT_EVERY_INDEX}" for each in asked[finished:]]
        self._judged = finished
        self._hold(SEARCHING)
        chosen = self._worth_it(asked, self._search(asked))
        if dropped := self._needless(asked, chosen):
            self._evaluation.upkeep.leave_out(each.index.oid for each in dropped)
            chosen = self._worth_it(asked, self._search(asked, chosen))
        self._hold(1.0)
        chosen = self._trimmed(asked, chosen)
        return replace(
            self._advice(statements, asked, chosen),
            needless=self._needless(asked, chosen) if dropped else (),
            missed=self._missed(asked),
        )

    def _missed(self, asked: Sequence[StatementCandidates]) -> Mapping[str, str]:
        """Return the existing indexes that another one begins like, and what costs more without them."""
        found: dict[str, str] = {}
        for table in self._observed.catalog.tables:
            place = table.schema, table.name
            for index in like_another(self._observed.catalog.indexes_of(table.oid))[:MOST_LIKE_ANOTHER]:
                for each in (each for each in asked if place in each.query.tables):
                    try:
                        self._costs.check_time()
                        there = self._what_if.plan(each.query.sql).cost
                        without = self._what_if.plan(each.query.sql, (), [index.qualified]).cost
                    except (PlanRefused, TimeoutError):
                        continue
                    if without > KEPT_COST * there + SAME_UNITS:
                        found[index.qualified] = f"{each.statement.shown}: {without / max(there, 1e-9):,.1f} times"
        return found

    def _needless(self, asked: Sequence[StatementCandidates], chosen: Set) -> tuple[Needless, ...]:
        """Return the existing indexes that nobody needs beside the chosen; none without time."""

        def reads(each: StatementCandidates, new: Set, hidden: Collection[str]) -> float:
            own = sorted(index for index in new if (index.schema, index.table) in each.query.tables)
            self._costs.check_time()
            there = self._what_if.plan(each.query.sql, own).cost
            without = self._what_if.plan(each.query.sql, own, hidden).cost if hidden else there
            return each.query.calls * self._cost(each, chosen)[0] * max(without / max(there, 1e-9), 1.0)

        try:
            return find_needless(self._observed, asked, chosen, self._evaluation.upkeep, reads)
        except (PlanRefused, TimeoutError):
            return ()

    def _hold(self, share: float) -> None:
        """Let the planner be asked until this share of the time is over."""
        self._costs.deadline = self._began + share * max(self._until - self._began, 0.0)

    def _read(self, statements: Sequence[Statement], sql_of: SqlOf) -> list[StatementCandidates]:
        """Return what can be planned, the dearest first as far as that is known."""
        found: list[StatementCandidates] = []
        for statement in sorted(statements, key=lambda each: (-each.total_ms, -each.calls, each.id)):
            if time.monotonic() > self._costs.deadline:
                self._left.append(f"{statement.shown}: {NEVER_PLANNED}")
                continue
            sql = sql_of(statement)
            accesses, reason = self._observed.asks[statement.id]
            tables = frozenset((access.table.schema, access.table.name) for access in accesses)
            query = PlannedQuery(sql, statement.calls, tables)
            if not tables and not reason and names_no_table(sql):
                self._refused[NO_TABLE] += 1
                continue
            try:
                base = self._costs.cost(query, frozenset())
            except PlanRefused as error:
                reason = str(error)
            except TimeoutError:
                self._left.append(f"{statement.shown}: {NEVER_PLANNED}")
                continue
            if reason:
                self._refused[reason] += 1
            else:
                found.append(StatementCandidates(statement, query, believe(base, statement), accesses))
        return found

    def _with_rare(self, asked: Sequence[StatementCandidates], rare_of: SqlOf | None) -> list[StatementCandidates]:
        """Return the statements, as they are planned for rare values those that ask for such ones.

        The counts tell: they read far more than is planned, or return far fewer rows.
        """
        return [self._rarer(each, rare_of) if rare_of and self._asks_for_few(each) else each for each in asked]

    def _asks_for_few(self, each: StatementCandidates) -> bool:
        rows = each.statement.rows / each.statement.calls if each.statement.calls else 0.0
        few = each.statement.mean_ms >= SLOW_MS and rows * WIDE <= self._costs.expected_rows(each.query)
        return each.belief.is_blind or few

    def _rarer(self, each: StatementCandidates, rare_of: SqlOf) -> StatementCandidates:
        query = replace(each.query, sql=rare_of(each.statement))
        try:
            planned = self._costs.cost(query, frozenset())
        except (PlanRefused, TimeoutError):
            return each
        if each.belief.is_blind and not each.belief.planned < planned <= each.base:
            return each
        believed = each.base if each.belief.is_blind else min(planned, each.base)
        return StatementCandidates(
            each.statement, query, replace(each.belief, planned=planned, believed=believed), each.accesses
        )

    def _weighed(self, asked: Sequence[StatementCandidates]) -> list[StatementCandidates]:
        """Return the statements with their share of the measured time for a weight, the dearest first."""
        unit = time_of_a_unit((each.belief, each.statement) for each in asked)
        self._evaluation.upkeep.hold(unit)
        for each in asked:
            if unit and each.statement.total_ms:
                each.query = replace(each.query, calls=each.statement.total_ms / unit / max(each.base, 1e-9))
            self._costs.believe(each.query, each.belief)
        return sorted(asked, key=lambda each: (-each.base * each.query.calls, each.query.sql))

    def _report_progress(self, done: int, of: int) -> None:
        self._tell(f"{done} of {of} statements, {self._costs.asked:,} plans")

    def _cost_model(self, asked: Sequence[StatementCandidates]) -> CostModel:
        sizes = self._evaluation.sizes
        return CostModel(
            queries=tuple(each.query for each in asked),
            relevant={each.query.sql: frozenset(best_of(each, sizes)) for each in asked},
            sizes=sizes,
            upkeep=self._evaluation.upkeep,
            costs=self._costs,
            budget=self._limits.budget,
            min_benefit=self._limits.least * sum(each.query.calls * each.best for each in asked),
            floors={each.query.sql: each.best for each in asked},
        )

    def _search(self, asked: Sequence[StatementCandidates], known: Set = frozenset()) -> Set:
        chosen: Set = frozenset()
        for _ in range(MERGES):
            cost_model = self._shared(self._cost_model(asked), asked, chosen)
            bundles = {*self._costs.together(TOGETHER), *(each.used for each in asked)}
            held = frozenset(cost_model.candidates)
            found = best_set(
                cost_model,
                (each for each in bundles if each <= held),
                chosen,
                chosen or known or known_start(cost_model),
            )
            if not found.finished:
                self._left.append(CUT_SHORT)
            if found.chosen == chosen or not found.finished:
                return found.chosen
            chosen = found.chosen
            self._tell(f"{len(chosen)} indexes chosen, {self._costs.asked:,} plans")
            if not self._merge(asked, chosen):
                return chosen
        return chosen

    def _shared(self, cost_model: CostModel, asked: Sequence[StatementCandidates], chosen: Set) -> CostModel:
        """Return the cost_model in which each statement also sees what others' candidates and the chosen do for it."""
        everything = {*cost_model.candidates, *chosen}
        relevant = {
            each.query.sql: cost_model.relevant[each.query.sql] | frozenset(everything & each.gains.keys())
            for each in asked
        }
        return replace(cost_model, relevant=relevant)

    def _merge(self, asked: Sequence[StatementCandidates], chosen: Set) -> bool:
        """Try indexes that do the work of two chosen ones; return whether there are any."""
        pairs = [(one, other, index) for one, other, index in merged(chosen) if self._evaluation.is_new(index)]
        sizes = self._evaluation.sizes
        try:
            self._evaluation.offer({index for _, _, index in pairs[:MOST_MERGED]})
            for each in asked:
                tried = [i for one, other, i in pairs if i in sizes and (one in each.gains or other in each.gains)]
                self._evaluation.try_each(each, tried)
                each.own |= {index: each.accesses[0] for index in tried if index in each.gains and each.accesses}
        except TimeoutError:
            return False
        return bool(pairs)

    def _worth_it(self, asked: Sequence[StatementCandidates], chosen: Set) -> Set:
        """Return the set without those that nothing uses beside the others, or that save next to nothing."""
        least = sum(each.query.calls * each.best for each in asked)
        sizes, upkeep_of = self._evaluation.sizes, self._evaluation.upkeep.of
        for index in sorted(chosen, key=lambda index: (-sizes[index], index)):
            place, without = (index.schema, index.table), chosen - {index}
            savings = [self._saving(each, chosen, without) for each in asked if each.is_touched_by(index)]
            beside = frozenset(other for other in without if (other.schema, other.table) == place)
            upkeep = upkeep_of(beside | {index}) - upkeep_of(beside)
            replaces = bool(self._covered(index))
            if not is_worth_it(
                savings, upkeep, least=least, limits=self._limits, replaces=replaces, statements=len(asked)
            ):
                chosen = without
        return chosen

    def _trimmed(self, asked: Sequence[StatementCandidates], chosen: Set) -> Set:
        """Return the set with each index as short as it may be."""

        def is_as_good(old: Set, new: Set) -> bool:
            self._evaluation.offer(new)
            if not new <= self._evaluation.sizes.keys():
                return False
            places = {(index.schema, index.table) for index in new - old}
            concerned = [each for each in asked if places & each.query.tables]
            return all(self._costs.cost(each.query, new) <= SAME_COST * self._costs.cost(each.query, old) + SAME_UNITS
                       for each in concerned)  # fmt: skip

        try:
            return trimmed(chosen, is_as_good)
        except TimeoutError:
            return chosen

    def _saving(self, each: StatementCandidates, chosen: Set, without: Set) -> Saving:
        ms = each.statement.mean_ms / each.base if each.base else 0.0
        return Saving(each.query.calls, self._cost(each, without)[0], self._cost(each, chosen)[0], ms)

    def _cost(self, each: StatementCandidates, chosen: Set) -> tuple[float, Set]:
        """Return what a call costs with a set, when time is over by what the planner has said before."""
        try:
            return self._costs.plan(each.query, chosen)
        except TimeoutError:
            return self._costs.known(each.query, chosen)

    def _advice(self, statements: Sequence[Statement], asked: Sequence[StatementCandidates], chosen: Set) -> Advice:
        by_id = {each.statement.id: each for each in asked}
        costs = [self._cost_of(statement, by_id, chosen) for statement in statements]
        names = {cost.statement.id: cost for cost in costs}
        recommended = [self._recommended(index, asked, chosen, names) for index in sorted(chosen)]
        return Advice(
            recommended=tuple(sorted(recommended, key=lambda each: (-each.gain, each.index))),
            statements=tuple(costs),
            budget=self._limits.budget,
            what_if=self._what_if.kind,
            candidates=len(self._evaluation.sizes),
            left=tuple(dict.fromkeys(self._left)),
            judged=self._judged,
            unplanned=dict(sorted(self._refused.items())),
            unit_ms=time_of_a_unit((each.belief, each.statement) for each in asked),
        )

    def _cost_of(self, statement: Statement, by_id: Mapping[str, StatementCandidates], chosen: Set) -> StatementCost:
        each = by_id.get(statement.id)
        if each is None:
            return StatementCost(statement, 0.0, 0.0, problem="it could not be planned")
        after, used = self._cost(each, chosen)
        uses = tuple(sorted(index.name for index in used))
        return StatementCost(statement, each.base, after, uses, planned=each.belief.planned)

    def _recommended(
        self, index: NewIndex, asked: Sequence[StatementCandidates], chosen: Set, costs: Mapping[str, StatementCost]
    ) -> Recommended:
        name = index.name
        serving = [each for each in asked if name in costs[each.statement.id].uses]
        without = chosen - {index}
        gain = sum(
            each.query.calls * (min(self._cost(each, without)[0], each.base) - costs[each.statement.id].after)
            for each in serving
        )
        upkeep_of = self._evaluation.upkeep.of
        return Recommended(
            index=index,
            bytes=self._evaluation.sizes[index],
            gain=gain,
            upkeep=upkeep_of(chosen) - upkeep_of(without),
            statements=tuple(each.statement.shown for each in serving),
            covers=tuple(old for old in self._covered(index) if self._is_needless(old, index, asked, chosen)),
            supposes=self._supposed(index, serving),
        )

    def _supposed(self, index: NewIndex, serving: Sequence[StatementCandidates]) -> str:
        """Return the constants that an index of words holds and that nobody has seen."""
        if not any(WORDS in key.expression for key in index.keys):
            return ""
        return next((supposed for each in serving if (supposed := self._observed.asks.supposed(each.statement))), "")

    def _covered(self, index: NewIndex) -> tuple[Index, ...]:
        return covered_by(index, self._evaluation.indexes_of(index))

    def _is_needless(self, old: Index, index: NewIndex, asked: Sequence[StatementCandidates], chosen: Set) -> bool:
        """Return whether no statement gets dearer without an index that a new one covers; unknown without time."""
        place = index.schema, index.table
        for each in asked:
            if place in each.query.tables:
                own = sorted(new for new in chosen if (new.schema, new.table) in each.query.tables)
                try:
                    self._costs.check_time()
                    there = self._what_if.plan(each.query.sql, own).cost
                    without = self._what_if.plan(each.query.sql, own, [old.qualified]).cost
                except (PlanRefused, TimeoutError):
                    return False
                if without > KEPT_COST * there + SAME_UNITS:
                    return False
        return True
