"""The structure of a database, as frozen values from which it can be made again without its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.postgres.catalog.model import full_name


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has no place on the copy, or not as it was, and why. `kind` is a word, `name` stands as in SQL."""

    kind: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One object and the statement that makes it; `instead` makes what can stand in for it, '' where nothing can.

    `tables` are those that it stands on, by schema and name.
    """

    kind: str
    name: str
    sql: str
    instead: str = ""
    tables: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column. `type` is as SQL, `bare_type` the same without its length; `generated` and `default` are expressions.

    `generated_as` is `s` for stored and `v` for virtual, `identity` is `a` for always and `d` by default.
    """

    name: str
    type: str
    bare_type: str
    collation: str
    not_null: bool
    default: str
    generated_as: str
    identity: str
    local: bool


@dataclass(frozen=True, slots=True)
class StructureTable:
    """One table, partitioned table (`p`), foreign table (`f`) or materialised view (`m`), by pg_class.relkind.

    `parents` are as SQL; `bound` is a partition's, '' for other tables.
    """

    schema: str
    name: str
    kind: str
    columns: tuple[TableColumn, ...]
    partitioned_by: str
    parents: tuple[str, ...]
    bound: str
    unlogged: bool
    options: tuple[str, ...]

    @property
    def qualified(self) -> str:
        """Return the name as SQL, always with its schema."""
        return full_name(self.schema, self.name)


@dataclass(frozen=True, slots=True)
class Collate:
    """How a database sorts texts by default. The provider is `c` the system, `i` ICU, `b` PostgreSQL itself."""

    provider: str
    name: str

    @property
    def by_bytes(self) -> bool:
        """Return whether texts are sorted by their bytes: only then a plain btree serves LIKE 'abc%'."""
        return self.provider == "b" or (self.provider == "c" and self.name in ("C", "POSIX"))


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything of a database that the planner looks at, but for its statistics.

    `types`, `code`, `views` and `rest` are in the order of their making. `left_out` names what is not made at all.
    """

    database: str
    version: int
    collate: Collate
    schemas: tuple[str, ...]
    search_path: tuple[str, ...]
    settings: Mapping[str, str]
    extensions: tuple[Definition, ...]
    types: tuple[Definition, ...]
    code: tuple[Definition, ...]
    tables: tuple[StructureTable, ...]
    views: tuple[Definition, ...]
    rest: tuple[Definition, ...]
    collations: tuple[str, ...]
    left_out: tuple[Named, ...]
