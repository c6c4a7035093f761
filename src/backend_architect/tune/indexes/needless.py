"""Existing indexes that cost writers more than they save readers: they keep updates from being done in place.

An update that changes no indexed column is done within the row's page. One index on a column that many updates set
(a time, a state, a counter) ends that for all indexes of the table, so what several such indexes cost shows only
where they go together. The planner is asked what every statement costs without them, beside the new indexes.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from backend_architect.postgres.catalog import Catalog, Index, Table
from backend_architect.tune.index_facts import enforces
from backend_architect.tune.indexes.costs import Set
from backend_architect.tune.indexes.model import Needless
from backend_architect.tune.indexes.statement_candidates import StatementCandidates
from backend_architect.tune.indexes.upkeep import Upkeep, columns_in
from backend_architect.tune.observed import Observed

MIN_UPDATED_ROWS = 1_000  # rows that updates changed, below which nobody minds
CLEARLY = 2.0  # times what readers lose
EXPLAINED = 1.1  # times the calls of the workload, above which somebody else reads an index
FEW_SCANS = 10
Reads = Callable[[StatementCandidates, Set, Collection[str]], float]
"""What all calls of a statement cost with the new indexes, and without existing ones that are hidden."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with the statements that reach it, and the new indexes that it gets."""

    table: Table
    asked: Sequence[StatementCandidates]
    chosen: Set


def find_needless(
    observed: Observed,
    asked: Sequence[StatementCandidates],
    chosen: Set,
    upkeep: Upkeep,
    reads: Reads,
) -> tuple[Needless, ...]:
    """Return the indexes that are better dropped beside the chosen ones, where the server has counted the workload.

    An index of a constraint is none, nor one that is scanned more often than the workload's statements are called, nor
    any of a table of which a statement could not be planned.
    """
    workload, catalog = observed.workload, observed.catalog
    if workload is None or not workload.seconds or catalog.standby:
        return ()
    planned = {each.statement.id for each in asked}
    unplanned = " ".join(each.text for each in workload.statements if each.id not in planned)
    found: list[Needless] = []
    for table in catalog.tables:
        place = table.schema, table.name
        own = [each for each in asked if place in each.query.tables]
        if own and table.kind == "r" and table.name not in unplanned:
            concerned = _Table(table, own, frozenset(index for index in chosen if (index.schema, index.table) == place))
            found += _needless(concerned, catalog, chosen, upkeep, reads)
    return tuple(found)


def _needless(concerned: _Table, catalog: Catalog, chosen: Set, upkeep: Upkeep, reads: Reads) -> Sequence[Needless]:
    place = concerned.table.schema, concerned.table.name
    stopping = [each for each in catalog.indexes_of(concerned.table.oid) if _stops(each, concerned, catalog, upkeep)]

    def cost(dropped: Collection[Index]) -> tuple[float, float]:
        hidden = [each.qualified for each in dropped]
        kept = upkeep.whole(place, {each.oid for each in dropped}, concerned.chosen)
        return sum(reads(each, chosen, hidden) for each in concerned.asked), kept

    dropped = sorted(stopping, key=lambda each: each.name)
    for index in tuple(dropped):
        without = [each for each in dropped if each.oid != index.oid]
        if sum(cost(without)) <= sum(cost(dropped)):
            dropped = without
    (reads_now, kept_now), (reads_then, kept_then) = cost(()), cost(dropped)
    if kept_now - kept_then <= CLEARLY * max(reads_then - reads_now, 0.0):
        return ()
    return [_needless_index(each, concerned, upkeep) for each in dropped]


def _stops(index: Index, concerned: _Table, catalog: Catalog, upkeep: Upkeep) -> bool:
    """Return whether an index may go, and holds what many updates set."""
    if enforces(index) or not index.valid or index.parent is not None or index.method == "brin":
        return False
    calls = sum(each.statement.calls for each in concerned.asked)
    foreign = {column for key in catalog.foreign_keys if key.table == concerned.table.oid for column in key.columns}
    is_of_a_key = bool(index.keys) and index.keys[0].column in foreign
    explained = index.scans <= max(EXPLAINED * calls, FEW_SCANS)
    return explained and not is_of_a_key and _rows(index, concerned, upkeep) >= MIN_UPDATED_ROWS


def _rows(index: Index, concerned: _Table, upkeep: Upkeep) -> float:
    held = columns_in(index)
    updated = upkeep.updated(concerned.table.schema, concerned.table.name)
    return sum(rows for columns, rows in updated.items() if columns & held)


def _needless_index(index: Index, concerned: _Table, upkeep: Upkeep) -> Needless:
    updated = upkeep.updated(concerned.table.schema, concerned.table.name)
    columns = sorted({name for each, rows in updated.items() for name in each & columns_in(index) if rows})
    return Needless(index, _rows(index, concerned, upkeep), tuple(columns))
