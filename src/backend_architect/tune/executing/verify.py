"""Each advised index tried by execution: what makes a statement slower is taken out, what does not help is marked."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from backend_architect.errors import DatabaseError
from backend_architect.planner_twin import Statistics
from backend_architect.postgres import EmbeddedServer, Lost, Refused
from backend_architect.postgres.catalog import Table
from backend_architect.tune.amounts import milliseconds
from backend_architect.tune.executing.trial import MOST_ROWS, Ran, TrialDatabase, trial_database
from backend_architect.tune.indexes.model import Advice, Recommended, StatementCost
from backend_architect.tune.observed import Observed
from backend_architect.tune.plannable import column_values, common_values, rare_values, with_values
from backend_architect.tune.workload import Statement

HELPED = 0.9  # of the time or of the pages
SLOWER, MORE_BLOCKS = 1.5, 1.1  # times, by which both must be more; or one of them alone by much
HARMFUL_TIME_FACTOR, HARMFUL_BLOCKS_FACTOR = 3.0, 5.0
LEAST_MS, LEAST_BLOCKS = 0.5, 100.0
LIMIT = "limit"
FILLING, BEFORE = 0.5, 0.4  # of the time that is left: for the rows, then for running without the indexes
MOST_TRIES = 60  # statements, those first that gain most
Runs = Mapping[str, Sequence[Ran | None]]


@dataclass(frozen=True, slots=True)
class _Try:
    """A statement as it is run: once for typical values, once for the rarest, once for the commonest."""

    statement: Statement
    texts: tuple[str, ...]


def verify(
    advice: Advice,
    observed: Observed,
    statistics: Sequence[Statistics],
    server: EmbeddedServer,
    *,
    until: float,
    tell: Callable[[str], None],
) -> Advice:
    """Return the advice without what did harm on generated rows, and with what came of the others.

    On the clock of time.monotonic it ends at about `until`; what could not be tried then stays as it was planned.
    """
    places = {(each.index.schema, each.index.table) for each in advice.recommended}
    tries = _tries(advice, observed, statistics, places)
    tables = _tables(tries, observed)
    if not tries or time.monotonic() > until:
        return advice
    tell(f"running {len(tries)} statements on generated rows, without the indexes and with them")
    try:
        with trial_database(server, observed.catalog) as database:
            filled = database.fill(tables, {each.schema: each for each in statistics}, _part(FILLING, until))
            ready = [each for each in tries if {table.oid for table in _tables([each], observed)} <= filled]
            return _tried(advice, database, ready, until)
    except (DatabaseError, Refused, KeyError):  # a type or a table that cannot be made here
        return advice
    except Lost:
        return advice


def _tries(
    advice: Advice, observed: Observed, statistics: Sequence[Statistics], places: set[tuple[str, str]]
) -> list[_Try]:
    """Return the statements that use an advised index, or stop early on one of their tables."""
    kinds = [make(statistics) for make in (column_values, rare_values, common_values)]
    found: list[_Try] = []
    gains: dict[str, float] = {}
    for cost in advice.statements:
        statement = cost.statement
        accesses = observed.asks[statement.id][0] if not cost.problem else ()
        near = {(access.table.schema, access.table.name) for access in accesses} & places
        if cost.uses or (near and LIMIT in statement.text.lower()):
            named = observed.asks.named(statement)
            texts = dict.fromkeys(with_values(named, observed.catalog, values).sql for values in kinds)
            found.append(_Try(statement, tuple(texts)))
            gains[statement.id] = cost.gain
    return sorted(found, key=lambda each: (-gains[each.statement.id], each.statement.id))[:MOST_TRIES]


def _tables(tries: Sequence[_Try], observed: Observed) -> list[Table]:
    accesses = [access for each in tries for access in observed.asks[each.statement.id][0]]
    return list({access.table.oid: access.table for access in accesses}.values())  # those of what gains most first


def _part(share: float, until: float) -> float:
    """Return when this share of the time that is left is over."""
    now = time.monotonic()
    return now + share * max(until - now, 0.0)


def _tried(advice: Advice, database: TrialDatabase, tries: Sequence[_Try], until: float) -> Advice:
    before = _run_all(database, tries, _part(BEFORE, until))
    tries = [each for each in tries if each.statement.id in before]
    built = [each for each in advice.recommended if database.build(each.index)]
    after = _run_all(database, tries, until)
    harmful: dict[str, str] = {}
    for each in tries:
        harm = _harm(each, before.get(each.statement.id, ()), after.get(each.statement.id, ()))
        if harm:
            harmful |= dict.fromkeys(_used_newly(each, before, after), harm)
    names = {each.index.name for each in built}
    ran = {name for cost in advice.statements if cost.statement.id in after for name in cost.uses} & names
    kept = [_marked(each, tries, before, after) if each.index.name in ran else each for each in advice.recommended]
    taken = [each for each in kept if each.index.name in harmful]
    return _without(advice, kept, {each.index.name: harmful[each.index.name] for each in taken})


def _run_all(database: TrialDatabase, tries: Sequence[_Try], until: float) -> Runs:
    found: dict[str, list[Ran | None]] = {}
    for each in tries:
        if time.monotonic() < until:
            found[each.statement.id] = [database.run(text) for text in each.texts]
    return found


def _used_newly(each: _Try, before: Runs, after: Runs) -> set[str]:
    """Return the indexes that its runs used after, and not before."""
    old = {name for ran in before.get(each.statement.id, ()) if ran for name in ran.used}
    return {name for ran in after.get(each.statement.id, ()) if ran for name in ran.used} - old


def _harm(each: _Try, before: Sequence[Ran | None], after: Sequence[Ran | None]) -> str:
    """Return what became slower, '' where nothing did."""
    for old, new in zip(before, after, strict=False):
        if old and new and _is_worse(old, new):
            times = f"{milliseconds(old.ms)} → {milliseconds(new.ms)}, {old.blocks:,.0f} → {new.blocks:,.0f} pages"
            return f"{each.statement.shown} took {times}"
    return ""


def _is_worse(old: Ran, new: Ran) -> bool:
    slower = new.ms > SLOWER * old.ms + LEAST_MS and new.blocks > MORE_BLOCKS * old.blocks
    much = new.ms > HARMFUL_TIME_FACTOR * old.ms + LEAST_MS
    return slower or much or new.blocks > HARMFUL_BLOCKS_FACTOR * old.blocks + LEAST_BLOCKS


def _marked(each: Recommended, tries: Sequence[_Try], before: Runs, after: Runs) -> Recommended:
    """Return an index with what came of it: of the statement that gained most, or that none did."""
    name, best = each.index.name, ""
    most = 1.0
    seen = False
    for one in tries:
        for old, new in zip(before.get(one.statement.id, ()), after.get(one.statement.id, ()), strict=False):
            if old and new and name in new.used:
                seen = True
                gained = min(new.ms / max(old.ms, 1e-6), new.blocks / max(old.blocks, 1.0))
                if gained < most:
                    most, best = gained, f"{one.statement.shown} {milliseconds(old.ms)} → {milliseconds(new.ms)}"
    if most <= HELPED:
        return replace(each, tried=f"tried on up to {MOST_ROWS:,} generated rows a table: {best}")
    if not seen:
        return replace(each, tried="tried on generated rows: no statement used it there")
    return replace(each, tried="tried on generated rows: no statement gained by it there")


def _without(advice: Advice, kept: Sequence[Recommended], harmful: Mapping[str, str]) -> Advice:
    """Return the advice without these indexes; a statement that used one is taken to stay as it is."""
    sql = {each.index.name: each.index.definition("") for each in kept}
    statements = tuple(_as_it_is(cost) if set(cost.uses) & set(harmful) else cost for cost in advice.statements)
    return replace(
        advice,
        recommended=tuple(each for each in kept if each.index.name not in harmful),
        statements=statements,
        taken_out=tuple(f"{sql[name]}: on generated rows {harm}" for name, harm in harmful.items()),
    )


def _as_it_is(cost: StatementCost) -> StatementCost:
    return replace(cost, after=cost.before, uses=())
