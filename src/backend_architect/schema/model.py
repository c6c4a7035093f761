"""Tables, constraints and indexes as frozen values; SQL only in `ddl.py`."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column with its PostgreSQL type; `default` and `generated` are SQL expressions."""

    name: str
    sql_type: str
    nullable: bool = False
    default: str | None = None
    generated: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKeyDefinition:
    column: str
    table: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class Constraint:
    """A named table constraint: CHECK (…), UNIQUE (…) or EXCLUDE …, as SQL."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """An index and the statements that need it; `columns` carry DESC where the order runs down."""

    name: str
    table: str
    columns: tuple[str, ...]
    needed_by: tuple[str, ...]
    method: str = "btree"

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns without their direction."""
        return tuple(column.removesuffix(" DESC") for column in self.columns)


@dataclass(frozen=True)
class TableDefinition:
    """One table. `unique` holds the column groups that a constraint makes unique; each is an index too.

    `unique_letters` are columns whose values differ in more than capital letters: e-mail addresses.
    """

    name: str
    columns: tuple[ColumnDefinition, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKeyDefinition, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    unique_letters: tuple[str, ...] = ()
    indexes: tuple[IndexDefinition, ...] = ()
    fillfactor: int | None = None

    def column(self, name: str) -> ColumnDefinition:
        """Return the column called `name`."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """`column` of the row of `table` that `via` points at becomes `value`, SQL over NEW or OLD."""

    table: str
    column: str
    via: str
    value: str


@dataclass(frozen=True, slots=True)
class KeptCount:
    """`column` of the row of `table` that `via` points at counts the rows that point there."""

    table: str
    column: str
    via: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What else changes, in the same transaction, when rows of `table` are inserted, deleted or moved.

    Changes are made for each row; what `counted` counts goes down once for all the rows that one statement deletes.
    What `moved` counts follows a row that points somewhere else after an update.
    """

    table: str
    on_insert: tuple[ColumnChange, ...] = ()
    on_delete: tuple[ColumnChange, ...] = ()
    counted: tuple[KeptCount, ...] = ()
    moved: tuple[KeptCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Turns:
    """Writers of `table` that agree on the columns `per` come one after the other when they set any of `columns`."""

    table: str
    per: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Schema:
    """Everything a migration creates, in an order in which it can be created."""

    tables: tuple[TableDefinition, ...]
    triggers: tuple[Trigger, ...] = ()
    turns: tuple[Turns, ...] = ()
    extensions: tuple[str, ...] = field(default=())
    functions: tuple[str, ...] = field(default=())

    def table(self, name: str) -> TableDefinition:
        """Return the table called `name`."""
        return next(table for table in self.tables if table.name == name)
