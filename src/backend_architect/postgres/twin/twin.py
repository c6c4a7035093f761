"""A database that the planner takes for a large one."""

import json
import secrets
from collections.abc import Sequence
from typing import Any, Self

from backend_architect.postgres.account import server_account
from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.embedded import EmbeddedServer
from backend_architect.postgres.session import Session
from backend_architect.postgres.twin.inject import inject
from backend_architect.postgres.twin.model import Statistics
from backend_architect.postgres.twin.sizes import TOOLS, Files

OWN_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'm')
"""
KEPT_FROM_VACUUM = "ALTER {kind} {name} SET (autovacuum_enabled = off)"
PARAMETERS = "SELECT coalesce(cardinality(parameter_types), 0) FROM pg_prepared_statements WHERE name = 'planned'"


def make_twin(server: EmbeddedServer, database: str, statistics: Statistics) -> "Twin":
    """Return a twin of `database` that is planned as `statistics` say. The database itself is only copied.

    Nobody may be connected to it. Of the schema's tables and indexes, those without statistics are planned as empty.
    """
    name = f"twin_{secrets.token_hex(8)}"
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
        self._server = server
        self._database = database
        self._files = Files(server.folder, server_account())
        self._planner: Session | None = None

    def resize(self, statistics: Statistics) -> None:
        """Let the planner see these sizes and values from now on."""
        self.leave()  # a connection keeps open what it has read of files that are replaced here
        with Session(self._server.url(self._database)) as session:
            self._files.write(session, statistics)
            inject(session, statistics)

    def explain(self, sql: str, types: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the plan of one statement for unknown parameters ($1, $2, …), as EXPLAIN's JSON tells it.

        `types` names the types of the parameters, where the statement alone does not tell them. Raises what the
        database raises when it refuses the statement.
        """
        session = self._planner or self._join()
        session.fetch(f"PREPARE planned{_in_brackets(types or ())} AS {sql}")  # fetch takes one statement, and no more
        try:
            unknown = _in_brackets(["NULL"] * session.value(PARAMETERS))
            plan: dict[str, Any] = json.loads(session.value(f"EXPLAIN (FORMAT JSON) EXECUTE planned{unknown}"))[0][
                "Plan"
            ]
            return plan
        finally:
            session.run("DEALLOCATE planned")

    def close(self) -> None:
        """Drop the twin."""
        self.leave()
        with Session(self._server.url()) as admin:
            admin.run(f"DROP DATABASE IF EXISTS {self._database} WITH (FORCE)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _join(self) -> Session:
        self._planner = Session(self._server.url(self._database))
        self._planner.run("SET default_transaction_read_only = on; SET plan_cache_mode = force_generic_plan")
        return self._planner

    def leave(self) -> None:
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
    session.run(";".join(steps))


def _in_brackets(values: Sequence[str]) -> str:
    return f"({', '.join(values)})" if values else ""
