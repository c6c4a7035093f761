"""The tables that a project's migrations make, out of the catalog of its database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from backend_architect.postgres import Session
from backend_architect.postgres.catalog import Catalog, Column, ForeignKey, Index, Table, read_catalog
from backend_architect.sql.column_types import bare

SCHEMA = "public"


@dataclass(frozen=True)
class ProjectTable:
    """One table of the catalog, by names: a project has them all in one schema."""

    table: Table
    catalog: Catalog

    @property
    def name(self) -> str:
        """Return its name."""
        return self.table.name

    @property
    def rows(self) -> float:
        """Return the rows that the last ANALYZE counted."""
        return max(self.table.rows, 0.0)

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.table.columns}

    @cached_property
    def indexes(self) -> tuple[Index, ...]:
        """The valid indexes."""
        return tuple(index for index in self.catalog.indexes_of(self.table.oid) if index.valid)

    @cached_property
    def foreign_keys(self) -> tuple[tuple[ForeignKey, str], ...]:
        """The foreign keys, each with the name of the table that it points at."""
        keys = (key for key in self.catalog.foreign_keys if key.table == self.table.oid)
        return tuple((key, self.catalog.table_by_oid[key.target].name) for key in keys)

    @cached_property
    def keys(self) -> tuple[frozenset[str], ...]:
        """The groups of columns that no two rows share."""
        unique = (index for index in self.indexes if index.unique and not index.predicate)
        return tuple(frozenset(key.name for key in index.keys) for index in unique)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Return the columns of the primary key, none without one."""
        return self.catalog.primary_keys.get(self.table.oid, ())

    def type_of(self, column: str) -> str:
        """Return the type of a column without its length."""
        return bare(self.columns[column].type)

    def is_key(self, column: str) -> bool:
        """Return whether no two rows have the same value of a column."""
        return frozenset({column}) in self.keys

    def target_of(self, column: str) -> str | None:
        """Return the table that a column points at."""
        return next((target for key, target in self.foreign_keys if key.columns == (column,)), None)


@dataclass(frozen=True)
class Tables:
    """Every table of the schema public."""

    catalog: Catalog

    @cached_property
    def by_name(self) -> Mapping[str, ProjectTable]:
        """Every table by its name."""
        own = (table for table in self.catalog.tables if table.schema == SCHEMA and table.kind == "r")
        return {table.name: ProjectTable(table, self.catalog) for table in own}

    def __iter__(self) -> Iterator[ProjectTable]:
        return iter(self.by_name.values())

    def get(self, name: str) -> ProjectTable | None:
        """Return a table, or None where there is none of this name."""
        return self.by_name.get(name)

    def parents_first(self) -> list[ProjectTable]:
        """Return the tables so that each comes after those that it points at, where there is such an order."""
        ready: dict[str, ProjectTable] = {}
        waiting = dict(self.by_name)
        while waiting:
            free = [
                t
                for t in waiting.values()
                if all(target not in waiting or target == t.name for _, target in t.foreign_keys)
            ]
            for table in free or [next(iter(waiting.values()))]:
                ready[table.name] = waiting.pop(table.name)
        return list(ready.values())

    def pointing_at(self, name: str) -> list[tuple[ProjectTable, ForeignKey]]:
        """Return the foreign keys that point at a table, each with its own table."""
        return [(table, key) for table in self for key, target in table.foreign_keys if target == name]


def read_tables(session: Session) -> Tables:
    """Return the tables of the schema public."""
    return Tables(session.ask(read_catalog))
