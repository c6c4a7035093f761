"""A database that the planner takes for a large one."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Self

from pglast import parse_sql
from pglast.ast import IndexStmt

from backend_architect.postgres.account import server_account
from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.embedded import EmbeddedServer
from backend_architect.postgres.session import Session
from backend_architect.postgres.twin.fresh_index import with_size
from backend_architect.postgres.twin.inject import inject
from backend_architect.postgres.twin.model import IndexStatistics, Statistics, TableStatistics
from backend_architect.postgres.twin.planner import Planner
from backend_architect.postgres.twin.read import read_indexes
from backend_architect.postgres.twin.sizes import TOOLS, Sizes

OWN_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'm')
"""
KEPT_FROM_VACUUM = "ALTER {kind} {name} SET (autovacuum_enabled = off)"
PREFIX = "twin_"


def make_twin(server: EmbeddedServer, database: str, statistics: Statistics) -> "Twin":
    """Return a twin of `database` that is planned as `statistics` say. The database itself is only copied.

    Nobody may be connected to it. Of the schema's tables and indexes, those without statistics are planned as empty.
    """
    name = f"{PREFIX}{secrets.token_hex(8)}"
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} TEMPLATE {quoted(database)}")
    twin = Twin(server, name)
    try:
        with Session(server.url(name)) as session:
            _empty(session, statistics.schema)
            session.run(TOOLS)
        twin.resize(statistics)
    except BaseException:
        twin.close()
        raise
    return twin


class Twin:
    """Plans statements and never runs one: its tables have no rows, and would answer so without an error."""

    def __init__(self, server: EmbeddedServer, database: str) -> None:
        if not database.startswith(PREFIX):
            raise ValueError(f"{database} is not a twin: its files would be lost")
        self._server = server
        self.database = database
        self._sizes = Sizes(server.folder, server_account())
        self._planner: Planner | None = None
        self.statistics = Statistics("public", ())
        """What it is planned as."""

    def resize(self, statistics: Statistics) -> None:
        """Let the planner see these sizes and values from now on."""
        self._leave()  # a connection keeps open what it has read of files that are replaced here
        with Session(self._server.url(self.database)) as session:
            self._sizes.write(session, statistics)
            inject(session, statistics)
        self.statistics = statistics

    def create_index(self, statement: str) -> IndexStatistics:
        """Return the index that one CREATE INDEX statement makes; it is planned from now on in the size it would have.

        `statistics` has it too, so that it can be grown with the rest. On a partitioned table so do its parts'.
        """
        made = parse_sql(statement)
        if len(made) != 1 or not isinstance(made[0].stmt, IndexStmt):
            raise ValueError("only one CREATE INDEX can be tried")
        new = self._new_indexes(statement)
        for table, index in new:
            self.statistics = self.statistics.with_index(table.name, self._sized(table, index))
        self.resize(self.statistics)
        named = made[0].stmt.relation
        for table in self.statistics.tables:
            if new and named and table.name == named.relname:
                return table.indexes[-1]
        raise ValueError("the statement makes no index on a table that has statistics")

    def _new_indexes(self, statement: str) -> list[tuple[TableStatistics, IndexStatistics]]:
        """Return the indexes that were not there before the statement ran, as empty as they are."""
        schema = self.statistics.schema
        self._leave()
        with Session(self._server.url(self.database)) as session:
            before = {index.name for indexes in read_indexes(session, schema, {}).values() for index in indexes}
            self._sizes.shrink(session, self.statistics)  # so that building it reads nothing
            try:
                session.fetch(statement)
                found = read_indexes(session, schema, {})
            finally:
                self.resize(self.statistics)
        tables = self.statistics.tables
        return [(t, index) for t in tables for index in found.get(t.name, ()) if index.name not in before]

    def _sized(self, table: TableStatistics, index: IndexStatistics) -> IndexStatistics:
        rows = table.rows
        if index.predicate:
            name = f"{quoted(self.statistics.schema)}.{quoted(table.name)}"
            rows = self.explain(f"SELECT FROM {name} WHERE {index.predicate}")["Plan Rows"]
        return with_size(table, replace(index, rows=rows))

    def explain(self, sql: str, types: Sequence[str] | None = None, *, verbose: bool = False) -> dict[str, Any]:
        """Return the plan of one statement for unknown parameters: see Planner.explain."""
        if self._planner is None:
            self._planner = Planner(self._server.url(self.database))
        return self._planner.explain(sql, types, verbose=verbose)

    def close(self) -> None:
        """Drop the twin."""
        self._leave()
        with Session(self._server.url()) as admin:
            admin.run(f"DROP DATABASE IF EXISTS {quoted(self.database)} WITH (FORCE)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _leave(self) -> None:
        if self._planner:
            self._planner.close()
            self._planner = None


def _empty(session: Session, schema: str) -> None:
    """Empty every table, and keep autovacuum away, which would cut the files back to what is in them."""
    tables = session.fetch(OWN_TABLES, schema)
    views = [each["name"] for each in tables if each["kind"] == "m"]
    names = [each["name"] for each in tables if each["kind"] == "r"]
    steps = [f"REFRESH MATERIALIZED VIEW {name} WITH NO DATA" for name in views]
    steps += [f"TRUNCATE {', '.join(names)} CASCADE"] if names else []
    steps += [KEPT_FROM_VACUUM.format(kind="TABLE", name=name) for name in names]
    steps += [KEPT_FROM_VACUUM.format(kind="MATERIALIZED VIEW", name=name) for name in views]
    for step in steps:
        session.run(step)
