"""An index that could be made, and the advice that comes of choosing some. Sizes are in bytes."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from backend_architect.postgres.catalog import Index
from backend_architect.postgres.catalog.model import quoted, short_name
from backend_architect.tune.workload import Statement

LONGEST_NAME = 63
NEVER_PLANNED, NOT_EVERY_INDEX = "never planned", "not every index was tried"
"""Why a statement is among what was left."""
CALL_MS = 0.02
"""The time of a call that finds its row at once: none gets quicker by an index."""


@dataclass(frozen=True, slots=True, order=True)
class NewKey:
    """One key: a column's name, or '' and an expression as SQL. `opclass` is '' for the type's default."""

    column: str
    expression: str = ""
    opclass: str = ""
    descending: bool = False
    nulls_first: bool = False

    @property
    def sql(self) -> str:
        """Return the key as CREATE INDEX takes it."""
        base = quoted(self.column) if self.column else f"({self.expression})"
        more = (self.opclass, self.order)
        return " ".join([base, *(each for each in more if each)])

    @property
    def order(self) -> str:
        """Return its order as SQL, '' for what is PostgreSQL's own."""
        nulls = "" if self.nulls_first == self.descending else "NULLS FIRST" if self.nulls_first else "NULLS LAST"
        return " ".join(each for each in ("DESC" if self.descending else "", nulls) if each)


@dataclass(frozen=True, slots=True)
class NewIndex:
    """An index that is not there. `predicate` is a partial index's condition as SQL, '' for a whole one."""

    schema: str
    table: str
    keys: tuple[NewKey, ...]
    included: tuple[str, ...] = ()
    predicate: str = ""
    method: str = "btree"
    _hash: int = field(init=False, repr=False, compare=False, default=0)
    _order: str = field(init=False, repr=False, compare=False, default="")

    def __post_init__(self) -> None:
        parts = (self.schema, self.table, self.keys, self.included, self.predicate, self.method)
        object.__setattr__(self, "_hash", hash(parts))
        object.__setattr__(self, "_order", self.definition(""))

    def __hash__(self) -> int:
        """Return it as it was computed once: a search asks millions of times."""
        return self._hash

    def __lt__(self, other: "NewIndex") -> bool:
        """Return whether it comes first by its definition, written once for the same reason."""
        return self._order < other._order

    @property
    def qualified_table(self) -> str:
        """Return the table as SQL, with the schema unless it is public."""
        return short_name(self.schema, self.table)

    @property
    def name(self) -> str:
        """Return a name that tells the keys, the same for the same index, and short enough for PostgreSQL."""
        parts = [key.column or "_".join(re.findall(r"\w+", key.expression.lower())) for key in self.keys]
        plain = "_".join([self.table, *parts, "idx"])
        digest = self.name_digest
        simple = (
            self.method == "btree"
            and not (self.included or self.predicate)
            and all(key == NewKey(key.column) for key in self.keys)
        )
        name = plain if simple else f"{plain.removesuffix('_idx')}_{digest}_idx"
        encoded = name.encode()
        if len(encoded) <= LONGEST_NAME:
            return name
        room = LONGEST_NAME - len(f"_{digest}_idx")
        return f"{encoded[:room].decode(errors='ignore')}_{digest}_idx"

    @property
    def name_digest(self) -> str:
        """Return what tells it from an index with the same keys."""
        return hashlib.sha256(self.definition("").encode()).hexdigest()[:6]

    def definition(self, name: str, *, concurrently: bool = False, on: str = "") -> str:
        """Return the statement that makes it under this name; `on` stands in the table's place, as SQL."""
        how = "CONCURRENTLY " if concurrently else ""
        method = "" if self.method == "btree" else f" USING {self.method}"
        keys = ", ".join(key.sql for key in self.keys)
        include = f" INCLUDE ({', '.join(map(quoted, self.included))})" if self.included else ""
        where = f" WHERE {self.predicate}" if self.predicate else ""
        named = f"{quoted(name)} " if name else ""
        return f"CREATE INDEX {how}{named}ON {on or self.qualified_table}{method} ({keys}){include}{where}"

    def statement(self, *, concurrently: bool = True) -> str:
        """Return it as SQL under its own name; no index of a partitioned table is built concurrently."""
        return f"{self.definition(self.name, concurrently=concurrently)};"


@dataclass(frozen=True, slots=True)
class StatementCost:
    """A statement's cost a call in the planner's units, with the indexes as they are and as advised.

    Both are held to what a call was measured to take; `planned` is what the planner says of it as it is. `uses` names
    the advised indexes that its plan uses. `problem` tells why it has no plan; its costs are then 0.
    """

    statement: Statement
    before: float
    after: float
    uses: tuple[str, ...] = ()
    problem: str = ""
    planned: float = 0.0

    @property
    def gain(self) -> float:
        """Return the cost that is saved over all calls."""
        return (self.before - self.after) * self.statement.calls

    @property
    def ms_after(self) -> float:
        """Return what a call should take at best, in milliseconds; a call takes some time whatever it reads."""
        mean = self.statement.mean_ms
        return max(mean * self.after / self.before, min(mean, CALL_MS)) if self.before else mean


@dataclass(frozen=True, slots=True)
class Recommended:
    """One index to make: its size, what it saves and what keeping it costs (planner's units over all calls)."""

    index: NewIndex
    bytes: int
    gain: float
    upkeep: float
    statements: tuple[str, ...]
    """What the statements that use it are called."""
    covers: tuple[Index, ...] = ()
    """Existing indexes that nobody needs beside it."""
    tried: str = ""
    """What came of it on generated rows, '' where it was not run."""
    partitioned: bool = False
    """Whether its table is, of which PostgreSQL builds no index concurrently."""
    others: tuple[NewIndex, ...] = ()
    """The same index for the tables of other tenants, each in a schema of its own."""
    supposes: str = ""
    """The constants that it supposes its statements to have, which pg_stat_statements hides; '' where all are known."""
    security: str = ""
    """How row security was thought of, '' where its table has none."""

    @property
    def sql(self) -> str:
        """Return the statement that makes it, as it can be run."""
        return self.index.statement(concurrently=not self.partitioned)


@dataclass(frozen=True, slots=True)
class Needless:
    """An existing index that costs writers more than it saves readers.

    `rows` is how many were changed by updates that set its `columns`.
    """

    index: Index
    rows: float
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A set of indexes for a workload. `budget` is in bytes, None where there is none.

    `what_if` names what planned: `twin` or `hypopg`. `left` says what was not looked at any more when time ran out.
    """

    recommended: tuple[Recommended, ...]
    statements: tuple[StatementCost, ...]
    budget: int | None
    what_if: str
    candidates: int
    left: tuple[str, ...] = ()
    unplanned: Mapping[str, int] = field(default_factory=dict)
    """How many statements had no plan, by the reason."""
    share: float | None = None
    """Of the measured time of all statements, that of those which were planned; None where no time was measured."""
    taken_out: tuple[str, ...] = ()
    """Indexes that did harm on generated rows, with what they did."""
    judged: int = 0
    """Of how many statements every candidate was tried."""
    unit_ms: float = 0.0
    """What a unit of the costs was measured to take, over all statements; 0 where nothing was measured."""
    needless: tuple[Needless, ...] = ()
    """Existing indexes that are better dropped beside the advised ones."""
    missed: Mapping[str, str] = field(default_factory=dict)
    """Existing indexes (Index.qualified) that another begins like, and which statement costs more without them."""

    @property
    def bytes(self) -> int:
        """Return the size of all advised indexes."""
        return sum(each.bytes for each in self.recommended)

    @property
    def before(self) -> float:
        """Return the workload's cost as it is."""
        return sum(each.before * each.statement.calls for each in self.statements)

    @property
    def measured_ms(self) -> float:
        """Return the measured time of all statements, 0 where nothing was measured."""
        return sum(each.statement.total_ms for each in self.statements) if self.unit_ms else 0.0

    @property
    def ms_before(self) -> float:
        """Return the measured time of all statements that could be planned."""
        return sum(each.statement.total_ms for each in self.statements if not each.problem)

    @property
    def ms_after(self) -> float:
        """Return what that time should be at best."""
        return sum(each.ms_after * each.statement.calls for each in self.statements if not each.problem)

    @property
    def after(self) -> float:
        """Return the workload's cost with the advised indexes, without their upkeep."""
        return sum(each.after * each.statement.calls for each in self.statements)
