"""A database's structure, sizes and statistics. Sizes are in bytes, ages in transactions, times in seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pglast.keywords import RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from backend_architect.postgres.search_path import OWN, schemas_in

KEYWORDS = RESERVED_KEYWORDS | TYPE_FUNC_NAME_KEYWORDS
SEARCH_PATH = "search_path="
UNKNOWN = "unknown"
"""The condition or expression of an index, where asking for it would be to wait for a lock."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `distinct`, `nulls`, `width` and `correlation` are what ANALYZE found, None where it never ran.

    `distinct` is a number of values, or with a minus sign a share of the rows.
    """

    name: str
    type: str
    not_null: bool
    distinct: float | None
    nulls: float | None
    width: int | None
    correlation: float | None
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table, partition, partitioned table or materialised view. `rows` is an estimate, -1 where nobody has counted.

    `kind` is pg_class.relkind. The counts are those since the statistics were last reset. Where it is not `readable`
    by this role, what ANALYZE found is hidden too.
    """

    oid: int
    schema: str
    name: str
    kind: str
    temporary: bool
    partition_of: int | None
    rows: float
    pages: int
    bytes: int
    total_bytes: int
    columns: tuple[Column, ...]
    options: tuple[str, ...]
    scans: int
    rows_scanned: int
    index_scans: int
    inserted: int
    updated: int
    deleted: int
    updated_in_place: int
    live: int
    dead: int
    changed_since_analyze: int
    last_analyzed: float | None
    last_vacuumed: float | None
    frozen_age: int
    readable: bool = True
    multixact_age: int = 0
    partition_key: str = ""
    """Of a partitioned table, as PARTITION BY takes it: `RANGE (created_at)`."""
    bound: str = ""
    """Of a partition: `FOR VALUES …`, or `DEFAULT`."""
    held: bool = False
    """Whether somebody holds it for himself (ACCESS EXCLUSIVE): its sizes are what the last vacuum saw."""

    @property
    def qualified(self) -> str:
        """Return the name as SQL, with the schema unless it is public."""
        return short_name(self.schema, self.name)

    @property
    def writes(self) -> int:
        """Return the rows written since the statistics were reset."""
        return self.inserted + self.updated + self.deleted

    def column(self, name: str) -> Column | None:
        """Return a column by its name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One key of an index: a column's name, or '' and the expression. `opclass` is '' for the type's default."""

    column: str
    expression: str
    opclass: str
    collation: str
    descending: bool
    nulls_first: bool

    @property
    def name(self) -> str:
        """Return the column, or the expression as SQL."""
        return self.column or self.expression


@dataclass(frozen=True, slots=True)
class Index:
    """An index. `constraint` is the name of the constraint that it carries, '' for none. `last_scan` needs 16.

    Of a table that somebody holds for himself, conditions and expressions are UNKNOWN, and `definition` is ''.
    """

    oid: int
    table: int
    schema: str
    name: str
    method: str
    keys: tuple[KeyPart, ...]
    included: tuple[str, ...]
    predicate: str
    unique: bool
    primary: bool
    valid: bool
    ready: bool
    constraint: str
    replica_identity: bool
    parent: int | None
    definition: str
    bytes: int
    pages: int
    rows: float
    fillfactor: int
    scans: int
    last_scan: float | None
    exclusion: bool = False
    """Whether it is an exclusion constraint's."""

    @property
    def qualified(self) -> str:
        """Return the name as SQL, with the schema unless it is public."""
        return short_name(self.schema, self.name)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key: the columns of `table` that point at those of `target`."""

    name: str
    table: int
    columns: tuple[str, ...]
    target: int
    target_columns: tuple[str, ...]
    on_delete: str = "a"
    """pg_constraint's letter: a for no action, r restrict, c cascade, n set null, d set default."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence; `limit` is the largest value that both it and the column it feeds can hold."""

    name: str
    last: int | None
    limit: int
    cycles: bool
    column: str


@dataclass(frozen=True, slots=True)
class ServerSession:
    """A session of the server; `waits_for` are the process ids that hold what it waits for."""

    pid: int
    user: str
    application: str
    state: str
    seconds_in_state: float
    seconds_in_transaction: float
    wait: str
    waits_for: tuple[int, ...]
    query: str


@dataclass(frozen=True, slots=True)
class NotValid:
    """A constraint that was added as NOT VALID. `kind` is pg_constraint's letter."""

    name: str
    table: int
    kind: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of row security on a table where it is switched on. `command` is pg_policy's letter, `*` for all.

    `roles` are all that it is for, () for everybody; `condition` is its USING as SQL. `owner` is the table's, whom it
    binds only where it is `forced`.
    """

    name: str
    table: int
    command: str
    permissive: bool
    roles: tuple[str, ...]
    condition: str
    owner: str
    forced: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """What a database's sessions did since its statistics were reset; before version 14 no sessions are counted."""

    commits: int
    temporary_files: int
    temporary_bytes: int
    deadlocks: int
    sessions: int | None
    session_seconds: float | None
    idle_in_transaction_seconds: float | None


@dataclass(frozen=True)
class Catalog:
    """Everything read from one database. `counted` is the time in seconds over which the counts were gathered."""

    database: str
    version: int
    standby: bool
    bytes: int
    frozen_age: int
    counted: float | None
    settings: Mapping[str, str]
    tables: tuple[Table, ...]
    indexes: tuple[Index, ...]
    foreign_keys: tuple[ForeignKey, ...]
    primary_keys: Mapping[int, tuple[str, ...]]
    sequences: tuple[Sequence, ...]
    sessions: tuple[ServerSession, ...]
    checkpoints_timed: int
    checkpoints_requested: int
    unseen: tuple[str, ...] = field(default=())
    """What the role may not read, in words."""
    lost: bool = False
    """Whether the connection was lost: the last of `unseen` were not asked for."""
    multixact_age: int = 0
    log_bytes: float | None = None
    """What the server wrote to its write-ahead log in `log_seconds`, None where it does not count that (13)."""
    log_seconds: float | None = None
    activity: Activity | None = None
    connections: int = 0
    """Those of all databases of the server."""
    vacuum_workers: int = 0
    """How many autovacuum workers were busy."""
    not_valid: tuple[NotValid, ...] = ()
    policies: tuple[Policy, ...] = ()
    unbound_roles: frozenset[str] = frozenset()
    """Superusers and roles with BYPASSRLS: no policy binds them."""
    role_settings: tuple[str, ...] = ()
    """What ALTER ROLE and ALTER DATABASE set, as `name=value`."""
    counted_at_least: float | None = None
    """`counted`, or where the server has no such time (15 and later, before a first reset) a time that is no longer."""
    counted_at_most: float | None = None
    """`counted`, or in the same case a time that is no shorter: what came in it came at least so often."""

    @property
    def knows_tables(self) -> bool:
        """Return whether the tables were read at all: without them nothing can be said of what is missing."""
        return not any(part.split(" ")[0] == "tables" for part in self.unseen)

    @cached_property
    def table_by_oid(self) -> Mapping[int, Table]:
        """Every table by its oid."""
        return {table.oid: table for table in self.tables}

    @cached_property
    def table_by_name(self) -> Mapping[tuple[str, str], Table]:
        """Every table by its schema and name, and with '' for the schema as the search paths find it.

        A table that none of them reaches is found too: the application may set its own.
        """
        place = {schema: number for number, schema in enumerate(self.search_path)}
        found: dict[tuple[str, str], Table] = {}
        for table in sorted(self.tables, key=lambda each: (place.get(each.schema, len(place)), each.schema)):
            found[table.schema, table.name] = table
            found.setdefault(("", table.name), table)
        return found

    @cached_property
    def search_path(self) -> tuple[str, ...]:
        """The schemas in which statements look for what they name without one, public at the end at least.

        What ALTER DATABASE and ALTER ROLE set comes first: this connection's own is rarely the application's.
        """
        own = [each.removeprefix(SEARCH_PATH) for each in self.role_settings if each.startswith(SEARCH_PATH)]
        paths = [*own, self.settings.get("search_path", ""), "public"]
        return tuple(dict.fromkeys(schema for path in paths for schema in schemas_in(path) if schema != OWN))

    @cached_property
    def names_of_valid_indexes(self) -> frozenset[tuple[str, str]]:
        """The schema and name of every valid index."""
        return frozenset((index.schema, index.name) for index in self.indexes if index.valid)

    def partitions_of(self, table: int) -> tuple[Table, ...]:
        """Return the partitions right below a partitioned table."""
        return self._partitions.get(table, ())

    def leaves_of(self, table: Table) -> tuple[Table, ...]:
        """Return the tables that hold a table's rows: itself, or the partitions at the bottom of it."""
        if table.kind != "p":
            return (table,)
        return tuple(leaf for below in self.partitions_of(table.oid) for leaf in self.leaves_of(below))

    def rows_of(self, table: Table) -> float:
        """Return the rows of a table with those of its partitions: what was counted last, or else is estimated."""
        return sum(max(leaf.rows, 0.0) or float(leaf.live) for leaf in self.leaves_of(table))

    def bytes_of(self, table: Table) -> int:
        """Return the size of a table with that of its partitions, without indexes."""
        return sum(leaf.bytes for leaf in self.leaves_of(table))

    @cached_property
    def _partitions(self) -> Mapping[int, tuple[Table, ...]]:
        found: dict[int, list[Table]] = {}
        for table in self.tables:
            if table.partition_of is not None:
                found.setdefault(table.partition_of, []).append(table)
        return {table: tuple(partitions) for table, partitions in found.items()}

    def indexes_of(self, table: int) -> tuple[Index, ...]:
        """Return the indexes of a table."""
        return self._indexes.get(table, ())

    @cached_property
    def _indexes(self) -> Mapping[int, tuple[Index, ...]]:
        found: dict[int, list[Index]] = {}
        for index in self.indexes:
            found.setdefault(index.table, []).append(index)
        return {table: tuple(indexes) for table, indexes in found.items()}


def quoted(name: str) -> str:
    """Return an identifier as SQL: in double quotes, unless it is plain lower case and no keyword that matters."""
    plain = name.isascii() and name.replace("_", "a").isalnum() and name == name.lower() and not name[0].isdigit()
    return name if plain and name not in KEYWORDS else '"' + name.replace('"', '""') + '"'


def full_name(schema: str, name: str) -> str:
    """Return a name as SQL, always with its schema."""
    return f"{quoted(schema)}.{quoted(name)}"


def short_name(schema: str, name: str) -> str:
    """Return a name as SQL, with the schema unless it is public."""
    return quoted(name) if schema == "public" else full_name(schema, name)
