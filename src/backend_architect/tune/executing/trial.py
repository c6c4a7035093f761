"""A database of generated rows in which statements are run; whatever they change is taken back."""

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from backend_architect.planner_twin import Statistics
from backend_architect.planner_twin.logins import create_role, drop_role, superuser_session
from backend_architect.planner_twin.twin import PREFIX
from backend_architect.postgres import EmbeddedServer, Refused, Session
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.tune.executing.rows import create_table, fill_table
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.rewrites.trial.tables import own_type
from backend_architect.tune.what_if.plan_indexes import index_names

MOST_ROWS = 100_000
TOO_LONG_MS = 2_000.0
SETTINGS = {"statement_timeout": "30000", "application_name": "backend-architect tune", "jit": "off"}
EXTENSIONS = ("pg_trgm", "btree_gin", "btree_gist", "citext", "hstore", "ltree")


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run took, in milliseconds and pages, how many rows came, and the indexes that it used."""

    ms: float
    blocks: float
    rows: float
    used: frozenset[str]


class TrialDatabase:
    """The tables of a catalog with generated rows, and their existing indexes."""

    def __init__(self, session: Session, catalog: Catalog) -> None:
        self._session = session
        self._catalog = catalog

    def fill(self, tables: Sequence[Table], statistics: Mapping[str, Statistics], until: float) -> frozenset[int]:
        """Make the tables until time is over, and return the oids of those made; raises Refused where one cannot be."""
        schemas = sorted({table.schema for table in tables} | {"public"})
        for schema in schemas:
            self._session.run(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
        path = [each for each in self._catalog.search_path if each in schemas]
        self._session.run(f"SET search_path TO {', '.join(map(quoted, (*path, *schemas)))}")
        for kind in sorted({column.type for table in tables for column in table.columns}):
            for statement in own_type(kind):
                self._session.run(statement)
        filled: set[int] = set()
        for table in tables:
            if time.monotonic() > until:
                break
            self._fill(table, statistics[table.schema])
            filled.add(table.oid)
        return frozenset(filled)

    def build(self, index: NewIndex) -> bool:
        """Build an index; return whether that was possible."""
        with suppress(Refused):
            self._session.run(index.definition(index.name))
            if any(key.expression for key in index.keys):
                self._session.run(f"ANALYZE {full_name(index.schema, index.table)}")
            return True
        return False

    def drop(self, index: NewIndex) -> None:
        """Drop an index."""
        self._session.run(f"DROP INDEX {full_name(index.schema, index.name)}")

    def run(self, sql: str) -> Ran | None:
        """Return the better of two runs, None where it cannot be run; what takes too long took forever."""
        self._session.run(f"BEGIN; SET LOCAL statement_timeout = {TOO_LONG_MS}")
        try:
            return min((self._run(sql) for _ in range(2)), key=lambda ran: ran.ms)
        except Refused as error:
            late = getattr(error, "sqlstate", "") == "57014"
            return Ran(float("inf"), float("inf"), 1.0, frozenset()) if late else None
        finally:
            self._session.run("ROLLBACK")

    def _run(self, sql: str) -> Ran:
        explained = json.loads(self._session.value(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}"))[0]
        plan = explained["Plan"]
        blocks = float(plan["Shared Hit Blocks"]) + float(plan["Shared Read Blocks"])
        return Ran(float(explained["Execution Time"]), blocks, float(plan["Actual Rows"]), frozenset(index_names(plan)))

    def _fill(self, table: Table, statistics: Statistics) -> None:
        known = statistics.by_name[table.name]
        self._session.run(create_table(table))
        self._session.run(fill_table(table, known, int(min(max(known.rows, 1), MOST_ROWS))))
        for index in self._catalog.indexes_of(table.oid):
            if index.valid and index.definition:  # '' where another session holds its table
                with suppress(Refused):  # one of a function that is not here
                    self._session.run(index.definition.replace("CREATE UNIQUE INDEX", "CREATE INDEX", 1))
        self._session.run(f"VACUUM ANALYZE {full_name(table.schema, table.name)}")


@contextmanager
def trial_database(server: EmbeddedServer, catalog: Catalog) -> Iterator[TrialDatabase]:
    """Give an empty database, in which a role runs statements that can do nothing outside of it."""
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(6)}"  # as twins are called: what a killed run left is dropped
    with superuser_session(server.url()) as admin:
        admin.run(create_role(name))
        admin.run(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0 STRATEGY file_copy")
        try:
            with superuser_session(server.url(name)) as own:
                for extension in EXTENSIONS:
                    with suppress(Refused):
                        own.run(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
            with Session(server.url(name, user=name), settings=SETTINGS) as session:
                yield TrialDatabase(session, catalog)
        finally:
            admin.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.run(drop_role(name))
