"""From a database and its workload to advice: what its planner knows is copied, and indexes are tried on the copy."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from backend_architect.errors import DatabaseError, Problem
from backend_architect.planner_twin.copy import (
    CountRequest,
    Known,
    TableName,
    make_copy,
    read_known,
    twin_server,
    with_combined,
)
from backend_architect.planner_twin.structure import Named, Structure, reached, read_structure
from backend_architect.postgres import Lost, Session
from backend_architect.tune.executing import verify
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.indexes.groups import to_count
from backend_architect.tune.indexes.model import NEVER_PLANNED, Advice, StatementCost
from backend_architect.tune.indexes.select import Progress, choose
from backend_architect.tune.observe import OLDEST, READ_ONLY
from backend_architect.tune.observed import Observed
from backend_architect.tune.plannable import column_values, plannable, rare_values, with_values
from backend_architect.tune.row_security import said_of_policies
from backend_architect.tune.tenants import for_each_tenant
from backend_architect.tune.what_if import HypopgWhatIf, TwinWhatIf, WhatIf, has_hypopg, may_plan_everything
from backend_architect.tune.workload import Statement, Workload

GENERIC_FROM = 16
SAMPLE_MS = "2000"
TRYING = 0.2  # of the time, for running statements on generated rows
MAX_NAMES = 5
ROW_SECURITY = "row security"  # its conditions are in the statements
PREPARATION_SHARE = 0.25  # of the time
MANY_STATEMENTS = 500  # which are always planned for
FEWER = 0.5  # times, since copying takes more of the time that is left the more tables are reached


NOT_READ = Problem("no-advice", "no indexes were chosen: the tables could not be read", "tune again")


@dataclass(frozen=True, slots=True)
class PlanningSource:
    """What was read of a database for planning elsewhere."""

    structure: Structure
    known: Known
    hypopg: bool
    may_plan: bool = True
    """Whether the role has every right on every table: EXPLAIN asks for them, on the server itself."""


@dataclass(frozen=True, slots=True)
class Advised:
    """The advice, None where there is nothing to advise on, and what stood in its way."""

    advice: Advice | None
    problems: tuple[Problem, ...] = ()
    source: PlanningSource | None = None
    """What was read for it, so that nobody reads it again."""


class By(StrEnum):
    """What plans with indexes that are not there."""

    AUTO = "auto"
    """hypopg where the server has it and the role may have every statement planned there, else the twin."""
    TWIN = "twin"
    HYPOPG = "hypopg"


def advise(url: str, observed: Observed, limits: ChoiceLimits, tell: Progress, *, by: By = By.AUTO) -> Advised:
    """Return which indexes the workload wants.

    Nothing is written on the server, and no row leaves it. What cannot be done becomes a problem.
    """
    if observed.workload is None or not observed.workload.statements or limits.seconds <= 0:
        return Advised(None)
    if not observed.catalog.knows_tables:
        return Advised(None, (NOT_READ,))
    began = time.monotonic() if limits.began is None else limits.began
    limits = replace(limits, began=began)
    everything = observed
    observed, beyond = costliest_in_time(observed, time.monotonic() - began, limits)
    try:
        _check_time(began + (1 - TRYING) * limits.seconds, "reading the statements and looking for findings")
        tell("reading the structure and the planner's statistics")
        source = _wanted(read_source(url, texts_of(observed)), by)
        _check_time(limits.until, "reading the structure and the statistics")
        sql_of = _sql_of(observed, source)
        to_sample = to_count(observed)
        _check_time(limits.until, "taking the statements apart")
        counted = _with_samples(url, source, to_sample, tell)
        with planning(url, counted, observed, until=limits.until) as (what_if, left_out):
            spent = time.monotonic() - began
            choice = replace(limits, seconds=(1 - TRYING) * limits.seconds)
            chosen = choose(observed, what_if, choice, sql_of=sql_of, rare_of=_rare_of(observed, source), tell=tell)
        advice = _as_it_is_made(_with_left(_run(chosen, observed, source, limits, tell), beyond), everything)
    except DatabaseError as error:
        return Advised(None, (_no_advice(error),))
    except Lost as error:
        return Advised(None, (_no_advice(error),))
    problems = (*_limitations(source.known, left_out), *short_of_time(advice, spent, limits))
    return Advised(advice, problems, source)


def _check_time(until: float, what: str) -> None:
    """Raise DatabaseError after `until`: what comes next is not begun."""
    if time.monotonic() > until:
        raise DatabaseError(Problem("short-of-time", f"{what} took all of the time", "--time gives it more"))


def costliest_in_time(observed: Observed, spent: float, limits: ChoiceLimits) -> tuple[Observed, tuple[Statement, ...]]:
    """Return the observed with the statements that there is time to copy and plan for, and those beyond: the cheaper.

    Where reading many took `spent` seconds, a large part of the limit, copying what all of them reach would take the
    rest. The longer the limit, the more are planned for.
    """
    workload = observed.workload
    if workload is None or len(workload.statements) <= MANY_STATEMENTS or spent <= PREPARATION_SHARE * limits.seconds:
        return observed, ()
    ranked = sorted(workload.statements, key=lambda each: (-each.total_ms, -each.calls, each.id))
    number = max(int(PREPARATION_SHARE * limits.seconds / spent * FEWER * len(ranked)), MANY_STATEMENTS)
    near, beyond = ranked[:number], tuple(ranked[number:])
    return replace(observed, workload=replace(workload, statements=tuple(near))), beyond


def _with_left(advice: Advice, beyond: Sequence[Statement]) -> Advice:
    """Return the advice with the statements that nobody planned for want of time."""
    costs = (StatementCost(each, 0.0, 0.0, problem="it could not be planned") for each in beyond)
    left = (f"{each.shown}: {NEVER_PLANNED}" for each in beyond)
    return replace(advice, statements=(*advice.statements, *costs), left=(*advice.left, *left))


def _run(advice: Advice, observed: Observed, source: PlanningSource, limits: ChoiceLimits, tell: Progress) -> Advice:
    """Return the advice as running it on generated rows leaves it."""
    if not advice.recommended or time.monotonic() > limits.until:
        return advice
    with twin_server() as server:
        return verify(advice, observed, source.known.statistics, server, until=limits.until, tell=tell)


def _as_it_is_made(advice: Advice, observed: Observed) -> Advice:
    """Return the advice with what can be run: none concurrently on partitioned tables, and one for each tenant."""
    parents = {(table.schema, table.name) for table in observed.catalog.tables if table.kind == "p"}
    placed = [(each, (each.index.schema, each.index.table) in parents) for each in advice.recommended]
    made = tuple(replace(each, partitioned=is_parent) for each, is_parent in placed)
    if observed.workload is not None and observed.workload.tenants:
        made = tuple(for_each_tenant(each, observed.workload, observed.catalog) for each in made)
    if observed.workload is not None and observed.catalog.policies:
        made = tuple(said_of_policies(each, observed.workload, observed.catalog) for each in made)
    return replace(advice, recommended=made, share=_planned_share(advice, observed.workload))


def _planned_share(advice: Advice, workload: Workload | None) -> float | None:
    """Return the share of the time of planned statements; a function's own has that of what runs inside of it."""
    whole = workload.total_ms + workload.unread_ms if workload else 0.0
    if workload is None or whole <= 0:
        return None
    without = sum(each.statement.total_ms for each in advice.statements if each.problem)
    inside = sum(each.statement.nested_ms for each in advice.statements if not each.problem)
    return min(max(1 - (max(without - inside, 0.0) + workload.unread_ms) / whole, 0.0), 1.0)


def _wanted(source: PlanningSource, by: By) -> PlanningSource:
    if by is By.HYPOPG and not source.hypopg:
        raise DatabaseError(Problem("no-hypopg", "hypopg is not there", "CREATE EXTENSION hypopg, or --what-if twin"))
    return replace(source, hypopg=source.hypopg and (by is By.HYPOPG or (by is By.AUTO and source.may_plan)))


def read_source(url: str, texts: Iterable[str] | None = None) -> PlanningSource:
    """Return what planning needs, read on one connection that cannot change anything.

    Of all, or of what statements of these texts can reach.
    """
    with Session(url, oldest=OLDEST, settings=READ_ONLY) as session:
        structure = read_structure(session)
        may_plan = may_plan_everything(session)
        if texts is None:
            return PlanningSource(structure, read_known(session, structure.schemas), has_hypopg(session), may_plan)
        structure = reached(structure, texts)
        only = frozenset((table.schema, table.name) for table in structure.tables)
        return PlanningSource(
            structure, read_known(session, structure.schemas, only=only), has_hypopg(session), may_plan
        )


def texts_of(observed: Observed) -> tuple[str, ...]:
    """Return the statements of the workload."""
    return tuple(each.text for each in observed.workload.statements) if observed.workload else ()


def _with_samples(
    url: str, source: PlanningSource, asked: Mapping[TableName, CountRequest], tell: Progress
) -> PlanningSource:
    """Return the source with what a sample tells of columns that an index may hold together."""
    if not asked:
        return source
    tell("counting values of columns in samples")
    with Session(url, oldest=OLDEST, settings={**READ_ONLY, "statement_timeout": SAMPLE_MS}) as session:
        return replace(source, known=with_combined(source.known, session, asked))


@contextmanager
def planning(
    url: str, source: PlanningSource, observed: Observed, *, until: float = float("inf")
) -> Iterator[tuple[WhatIf, Sequence[Named]]]:
    """Give something that plans, and what of the database it does not know as it is.

    Raises DatabaseError where it is not there by `until`, on the clock of time.monotonic.
    """
    if source.hypopg:
        by_hypopg = HypopgWhatIf(url, source.known.statistics)
        try:
            yield by_hypopg, ()
        finally:
            by_hypopg.close()
        return
    with twin_server() as server:
        copy = make_copy(server, source.structure, source.known, until=until)
        try:
            what_if = TwinWhatIf(copy.twin)  # the copy has the server's settings, and all of its search paths
            try:
                yield what_if, copy.left_out
            finally:
                what_if.close()
        finally:
            copy.twin.close()


def _sql_of(observed: Observed, source: PlanningSource) -> Callable[[Statement], str]:
    """Return what gives each statement as the planner takes it; what it gave once, it keeps."""
    values = column_values(source.known.statistics)
    made = plannable if not source.hypopg or observed.catalog.version >= GENERIC_FROM else with_values
    given: dict[str, str] = {}

    def sql_of(statement: Statement) -> str:
        if statement.id not in given:
            given[statement.id] = made(observed.asks.named(statement), observed.catalog, values).sql
        return given[statement.id]

    return sql_of


def _rare_of(observed: Observed, source: PlanningSource) -> Callable[[Statement], str]:
    """Return what gives a statement that asks for the rarest values of columns that have few."""
    values = rare_values(source.known.statistics)
    return lambda statement: with_values(observed.asks.named(statement), observed.catalog, values).sql


def _no_advice(error: BaseException) -> Problem:
    if isinstance(error, DatabaseError) and error.problems:
        first = error.problems[0]
        return Problem("no-advice", f"no indexes were chosen: {first.message}", first.fix)
    return Problem("no-advice", f"no indexes were chosen: {error}", "try again when the database answers")


def _limitations(known: Known, left_out: Sequence[Named]) -> Iterator[Problem]:
    """Give what makes the advice less sure than it could be."""
    if known.unseen:
        yield Problem(
            "statistics-hidden", f"no statistics of {_some(known.unseen)} are visible to this role", known.grant
        )
    if known.never_analyzed:
        yield Problem("never-analyzed", f"nobody has analyzed {_some(known.never_analyzed)}", "run ANALYZE on them")
    lacking = [each for each in left_out if each.kind != ROW_SECURITY]
    if lacking:
        message = _some([f"{each.kind} {each.name} ({each.reason})" for each in lacking])
        yield Problem("not-as-it-is", f"planned without {message}", "plans that need it may differ from the server's")
    for each in known.problems:
        yield Problem("not-as-it-is", f"{each.kind} {each.name}: {each.reason}", "tune at another time to be surer")


def short_of_time(advice: Advice, spent: float, limits: ChoiceLimits) -> Iterator[Problem]:
    """Give where the time went, when it was too short for the choice and much of it was gone before."""
    if advice.left and spent > PREPARATION_SHARE * limits.seconds:
        message = f"reading the database and copying its structure took {spent:.0f} of the {limits.seconds:.0f} seconds"
        yield Problem("short-of-time", message, "--time gives the choice of indexes more")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(names[:MAX_NAMES]) + more
