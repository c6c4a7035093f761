"""Reads the structure of a database from its catalog: nothing is locked, written or dumped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend_architect.planner_twin.structure import statements
from backend_architect.planner_twin.structure.model import (
    Collate,
    Definition,
    Named,
    Structure,
    StructureTable,
    TableColumn,
)
from backend_architect.planner_twin.structure.reading import for_version, note_locked, reading, server_version
from backend_architect.postgres.catalog.model import full_name
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.search_path import search_path
from backend_architect.postgres.session import Session

Record = Mapping[str, Any]


def read_structure(session: Session) -> Structure:
    """Return the structure of the session's database; what the role may not read is named in `left_out`.

    Works from PostgreSQL 13 on, read-only. Raises DatabaseError or Refused only when nothing can be read at all.
    """
    version = server_version(session)
    with reading(session):
        parts = _Parts(session)
        return _structure(parts, version)


@dataclass
class _Parts:
    """A database's answers, and what it refused."""

    session: Session
    refused: list[Named] = field(default_factory=list)

    def ask(self, part: str, statement: str) -> Sequence[Record]:
        """Return the answer to a statement; where it is refused nothing, and the part is named."""
        for last in (False, True):
            self.session.run("SAVEPOINT part")
            try:
                found = self.session.fetch(statement)
            except Refused as error:
                self.session.run("ROLLBACK TO part")
                if last:
                    self.refused.append(Named(part, "all", str(error)))
                note_locked(self.session)  # somebody may have taken a table since
            else:
                self.session.run("RELEASE part")
                return found
        return ()

    def definitions(self, part: str, statement: str) -> tuple[Definition, ...]:
        """Return the objects that a statement finds."""
        return tuple(
            Definition(
                each.get("kind", part), each["name"], each["sql"], each.get("instead", ""),
                tables=tuple(map(tuple, each.get("tables", ()))),
            )
            for each in self.ask(part, statement)
            if each["sql"]
        )  # fmt: skip

    def in_order(self, **asked: str) -> tuple[Definition, ...]:
        """Return the objects of several statements in the order in which they were made."""
        found = [record for part, statement in asked.items() for record in self.ask(part, statement)]
        found.sort(key=lambda record: record["oid"])
        return tuple(Definition(record["kind"], record["name"], record["sql"]) for record in found if record["sql"])

    def named(self, part: str, statement: str) -> tuple[Named, ...]:
        """Return what a statement finds that cannot be made."""
        return tuple(Named(**record) for record in self.ask(part, statement))


def _structure(parts: _Parts, version: int) -> Structure:
    (database,) = parts.session.fetch(
        statements.DATABASE.format(
            provider=for_version(statements.PROVIDER, version), locale=for_version(statements.LOCALE, version)
        )
    )
    schemas = parts.ask("schemas", statements.SCHEMAS)
    paths = [*(each["path"] for each in parts.ask("settings", statements.PATHS)), database["search_path"]]
    multirange = for_version(statements.MULTIRANGE, version)
    columns = _columns(parts.ask("columns", statements.COLUMNS))
    tables = tuple(_table(each, tuple(columns.get(each["oid"], ()))) for each in parts.ask("tables", statements.TABLES))
    return Structure(
        database=database["name"],
        version=version,
        collate=Collate(database["provider"], database["collate"]),
        schemas=tuple(each["name"] for each in schemas),
        search_path=search_path(paths, [(each["name"], each["owner"]) for each in schemas], database["user"]),
        settings={each["name"]: each["value"] for each in parts.ask("settings", statements.SETTINGS)},
        extensions=parts.definitions("extension", statements.EXTENSIONS),
        types=parts.in_order(
            enums=statements.ENUMS,
            composites=statements.COMPOSITES,
            domains=statements.DOMAINS,
            ranges=statements.RANGES.format(multirange=multirange),
            sequences=statements.SEQUENCES,
        ),
        code=parts.definitions("text search configuration", statements.SEARCHES)
        + parts.in_order(functions=statements.FUNCTIONS, aggregates=statements.AGGREGATES),
        tables=tables,
        views=tuple(_view(each) for each in parts.ask("views", statements.VIEWS) if each["sql"]),
        rest=_rest(parts),
        collations=tuple(each["name"] for each in parts.ask("collations", statements.COLLATIONS)),
        left_out=_left_out(parts, tables),
    )


def _rest(parts: _Parts) -> tuple[Definition, ...]:
    """Return what stands on tables."""
    asked = {
        "constraints": statements.CONSTRAINTS,
        "indexes": statements.INDEXES,
        "indexes of partitions": statements.ATTACHED,
        "foreign keys": statements.FOREIGN_KEYS,
        "statistics": statements.STATISTICS,
        "rules": statements.RULES,
    }
    return tuple(each for part, statement in asked.items() for each in parts.definitions(part, statement))


def _left_out(parts: _Parts, tables: Iterable[StructureTable]) -> tuple[Named, ...]:
    found = [
        *parts.named("types", statements.OTHER_TYPES),
        *parts.named("functions", statements.OTHER_FUNCTIONS),
        *parts.named("tables that are held", statements.LOCKED_TABLES),
        *parts.named("row security", statements.SECURED),
        *(Named("foreign table", t.qualified, "planned as a table of its own here") for t in tables if t.kind == "f"),
    ]
    return (*found, *parts.refused)


def _view(record: Record) -> Definition:
    return Definition(record["kind"], full_name(record["schema"], record["table"]), record["sql"])


def _columns(records: Iterable[Record]) -> dict[int, list[TableColumn]]:
    found: dict[int, list[TableColumn]] = {}
    for record in records:
        values = {name: value for name, value in record.items() if name != "owner"}
        found.setdefault(record["owner"], []).append(TableColumn(**values))
    return found


def _table(record: Record, columns: tuple[TableColumn, ...]) -> StructureTable:
    lists = {"parents": tuple(record["parents"]), "options": tuple(record["options"])}
    values = {name: value for name, value in record.items() if name != "oid"}
    return StructureTable(**{**values, **lists, "columns": columns})
