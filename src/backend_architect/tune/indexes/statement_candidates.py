"""A statement on its way: what it asks of its tables, its candidates, and what they save."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backend_architect.tune.indexes.candidates import few_candidates, plain_candidates, richer
from backend_architect.tune.indexes.costs import PlannedQuery, Set
from backend_architect.tune.indexes.measured import Belief
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.indexes.table_predicates import TablePredicates
from backend_architect.tune.workload import Statement

BEST_PLAIN = 6
BEST_HARMFUL = 2  # they may serve as partial ones
MORE = 1.01  # times the gain, from which a larger index is worth its room


@dataclass(slots=True)
class StatementCandidates:
    """One statement on its way: how it is planned, what it asks of tables, and what its candidates save."""

    statement: Statement
    query: PlannedQuery
    belief: Belief
    accesses: tuple[TablePredicates, ...]
    own: dict[NewIndex, TablePredicates] = field(default_factory=dict)
    gains: dict[NewIndex, float] = field(default_factory=dict)
    harms: set[NewIndex] = field(default_factory=set)
    """The indexes that the planner would take, and that may make it slower than it is."""
    used: Set = frozenset()
    best: float = 0.0
    """The least cost that was seen, with every candidate there; what it then used is `used`."""

    def __post_init__(self) -> None:
        """Begin with what it costs as it is."""
        self.best = self.base

    @property
    def base(self) -> float:
        """Return what a call costs as it is."""
        return self.belief.believed

    @property
    def is_limited(self) -> bool:
        """Return whether it may stop early, so that an index that gives an order may mislead the planner."""
        return "LIMIT" in self.query.sql or "min(" in self.query.sql or "max(" in self.query.sql

    def is_touched_by(self, index: NewIndex) -> bool:
        """Return whether an index was seen to change what it costs."""
        return index in self.gains or index in self.harms or index in self.used


def plain_of(each: StatementCandidates, *, few: bool = False) -> dict[NewIndex, TablePredicates]:
    """Return a statement's candidates on keys alone, all or the likeliest, with the access that each is for."""
    candidates = few_candidates if few else plain_candidates
    found: dict[NewIndex, TablePredicates] = {}
    for access in each.accesses:
        if access.table.kind in {"r", "p", "m"}:
            for index in candidates(access):
                found.setdefault(index, access)
    return found


def richer_of(each: StatementCandidates, there: set[NewIndex]) -> dict[NewIndex, TablePredicates]:
    """Return the richer forms of what saves a statement most in each of its tables, and of what is there already."""
    found: dict[NewIndex, TablePredicates] = {}
    for access in each.accesses:
        place = access.table.schema, access.table.name
        own = [index for index in each.gains if (index.schema, index.table) == place]
        best = sorted(own, key=lambda index: (-each.gains[index], index))[:BEST_PLAIN]
        best += sorted(index for index in each.harms if (index.schema, index.table) == place)[:BEST_HARMFUL]
        settled = [index for index in each.own if (index.schema, index.table) == place and index in there]
        for index in (*best, *settled):
            for richer_index in richer(index, access):
                found.setdefault(richer_index, access)
    return found


def shorter(index: NewIndex) -> list[NewIndex]:
    """Return the indexes on fewer of its keys, without what it includes."""
    if index.method != "btree":
        return []
    return [replace(index, keys=index.keys[:number], included=()) for number in range(1, len(index.keys) + 1)]


def best_of(each: StatementCandidates, sizes: Mapping[NewIndex, int]) -> list[NewIndex]:
    """Return the candidates than which no smaller one of the same table gains as much; and those used together."""
    best: list[NewIndex] = []
    most: dict[tuple[str, str], float] = {}
    for index in sorted(each.gains.keys() & sizes.keys(), key=lambda index: (sizes[index], -each.gains[index], index)):
        place = index.schema, index.table
        if each.gains[index] > MORE * most.get(place, 0.0):
            most[place] = each.gains[index]
            best.append(index)
    return [*best, *sorted(each.used - set(best)), *sorted(each.harms & sizes.keys())]


def may_serve(index: NewIndex, each: StatementCandidates) -> bool:
    """Return whether a statement compares or orders by the first key of another statement's candidate."""
    first = index.keys[0]
    if (index.schema, index.table) not in each.query.tables:
        return False
    for access in each.accesses:
        if (access.table.schema, access.table.name) == (index.schema, index.table):
            keys = [*access.equal, *access.joined, *access.ranges, *access.group, *(o[0] for o in access.orders)]
            keys += [*access.prefixes, *(found.key for found in access.searched)]
            if any((key.column, key.expression) == (first.column, first.expression) for key in keys):
                return True
    return False
