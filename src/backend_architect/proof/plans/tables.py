"""The tables that a project's migrations make: columns, keys and indexes, as the database holds them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from backend_architect.postgres import Session

READ = """
SELECT c.relname AS name, greatest(c.reltuples, 0)::float8 AS rows, c.relpages::int AS pages, (
    SELECT json_agg(json_build_array(a.attname, format_type(a.atttypid, NULL), a.attnotnull,
        a.atthasdef OR a.attidentity <> '') ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
) AS columns, (
    SELECT json_agg(json_build_array(x.indexrelid::regclass::text, am.amname, x.indisunique, x.indisexclusion,
        pg_get_expr(x.indpred, x.indrelid),
        (SELECT json_agg(pg_get_indexdef(x.indexrelid, k, true) ORDER BY k) FROM generate_series(1, x.indnkeyatts) k),
        (SELECT json_agg(x.indoption[k - 1] & 1 ORDER BY k) FROM generate_series(1, x.indnkeyatts) k),
        x.indisprimary))
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am am ON am.oid = i.relam
    WHERE x.indrelid = c.oid AND x.indisvalid
) AS indexes, (
    SELECT json_agg(json_build_array(f.conname,
        (SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(f.conkey) WITH ORDINALITY k(at, n)
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.at),
        (SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(f.confkey) WITH ORDINALITY k(at, n)
            JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.at),
        t.relname, f.confdeltype::text))
    FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid WHERE f.conrelid = c.oid AND f.contype = 'f'
) AS foreign_keys
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class ProjectColumn:
    name: str
    type: str
    not_null: bool
    has_default: bool


@dataclass(frozen=True, slots=True)
class ProjectIndex:
    """An index; `keys` are columns or expressions as SQL, `descending` tells which of them run down."""

    name: str
    method: str
    unique: bool
    exclusion: bool
    predicate: str
    keys: tuple[str, ...]
    descending: tuple[bool, ...]
    primary: bool


@dataclass(frozen=True, slots=True)
class ProjectForeignKey:
    """`columns` point at `target_columns` of `target`; `on_delete` is PostgreSQL's letter, c for cascade."""

    name: str
    columns: tuple[str, ...]
    target_columns: tuple[str, ...]
    target: str
    on_delete: str


@dataclass(frozen=True)
class ProjectTable:
    """One table; `rows` and `pages` are what the last ANALYZE counted."""

    name: str
    rows: float
    pages: int
    columns: Mapping[str, ProjectColumn]
    indexes: Mapping[str, ProjectIndex]
    foreign_keys: tuple[ProjectForeignKey, ...]

    @cached_property
    def keys(self) -> tuple[frozenset[str], ...]:
        """Return the groups of columns that no two rows share."""
        return tuple(frozenset(i.keys) for i in self.indexes.values() if i.unique and not i.predicate)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Return the columns of the primary key, none without one."""
        return next((index.keys for index in self.indexes.values() if index.primary), ())

    def is_key(self, column: str) -> bool:
        """Return whether no two rows have the same value of a column."""
        return frozenset({column}) in self.keys

    def target_of(self, column: str) -> str | None:
        """Return the table that a column points at."""
        return next((key.target for key in self.foreign_keys if key.columns == (column,)), None)


@dataclass(frozen=True)
class Tables:
    """Every table by its name."""

    by_name: Mapping[str, ProjectTable]

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
                if all(k.target not in waiting or k.target == t.name for k in t.foreign_keys)
            ]
            for table in free or [next(iter(waiting.values()))]:
                ready[table.name] = waiting.pop(table.name)
        return list(ready.values())

    def pointing_at(self, name: str) -> list[tuple[ProjectTable, ProjectForeignKey]]:
        """Return the foreign keys that point at a table, each with its own table."""
        return [(table, key) for table in self for key in table.foreign_keys if key.target == name]


def read_tables(session: Session) -> Tables:
    """Return the tables of the schema public."""
    return Tables({row["name"]: _table(row) for row in session.fetch(READ)})


def _table(row: Mapping[str, object]) -> ProjectTable:
    columns = {str(each[0]): ProjectColumn(*each) for each in _list(row["columns"])}
    indexes = {str(each[0]): _index(each) for each in _list(row["indexes"])}
    keys = tuple(ProjectForeignKey(k[0], tuple(k[1]), tuple(k[2]), k[3], k[4]) for k in _list(row["foreign_keys"]))
    return ProjectTable(str(row["name"]), float(str(row["rows"])), int(str(row["pages"])), columns, indexes, keys)


def _index(each: list[Any]) -> ProjectIndex:
    name, method, unique, exclusion, predicate, keys, descending, primary = each
    down = tuple(bool(option) for option in descending)
    return ProjectIndex(name, method, unique, exclusion, predicate or "", tuple(keys), down, primary)


def _list(value: object) -> list[list[Any]]:
    return list(json.loads(str(value))) if value else []
