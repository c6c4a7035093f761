"""A database that the planner takes for a large one."""

import secrets
from collections.abc import Sequence
from typing import Any, Self

from backend_architect.planner_twin.inject import Unwritten, inject
from backend_architect.planner_twin.logins import Logins, drop_role, superuser_session
from backend_architect.planner_twin.model import Statistics
from backend_architect.planner_twin.planner import Planner
from backend_architect.planner_twin.sizes import TOOLS, FileSizes
from backend_architect.planner_twin.trying import IndexTrial, try_indexes
from backend_architect.postgres.account import server_account
from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.embedded import SUPERUSER, EmbeddedServer
from backend_architect.postgres.session import Session

OWN_TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind::text AS kind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'm')
"""
KEPT_FROM_VACUUM = "ALTER {kind} {name} SET (autovacuum_enabled = off)"
PREFIX = "twin_"


def make_twin(server: EmbeddedServer, database: str, *statistics: Statistics) -> "Twin":
    """Return a twin of `database` that is planned as `statistics` say, those of one schema each.

    The database itself is only copied, and nobody may be connected to it. Of these schemas' tables and indexes, those
    without statistics are planned as empty; other schemas are left as they are.
    """
    name = f"{PREFIX}{secrets.token_hex(8)}"
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {name} TEMPLATE {quoted(database)}")
    twin = Twin(server, name)
    try:
        with Session(server.url(name)) as session:
            for each in statistics:
                _empty(session, each.schema)
            session.run(TOOLS)
        twin.resize(*statistics)
    except BaseException:
        twin.close()
        raise
    return twin


class Twin:
    """Plans statements and never runs one: its tables have no rows, and would answer so without an error.

    What is planned is evaluated as `owner`, who has all tables; other than a superuser it is dropped with the twin.
    """

    def __init__(self, server: EmbeddedServer, database: str, *, owner: str = SUPERUSER) -> None:
        if not database.startswith(PREFIX):
            raise ValueError(f"{database} is not a twin: its files would be lost")
        self._server = server
        self.database = database
        self.logins = Logins(server.url(database), server.url(database, user=owner))
        self._owner = owner
        self._sizes = FileSizes(server.folder, server_account())
        self._planner: Planner | None = None
        self._schemas: dict[str, Statistics] = {}

    @property
    def url(self) -> str:
        """Return where its owner connects. A connection must be closed before sizes or indexes change."""
        return self.logins.owner

    @property
    def schemas(self) -> tuple[Statistics, ...]:
        """Return what each schema is planned as."""
        return tuple(self._schemas.values())

    @property
    def statistics(self) -> Statistics:
        """Return what the first schema is planned as: for a twin of only one."""
        return next(iter(self._schemas.values()), Statistics("public", ()))

    def resize(self, *statistics: Statistics) -> tuple[Unwritten, ...]:
        """Let the planner see these sizes and values from now on, and other schemas as before.

        Returns the columns whose values the server refuses; the planner sees none of these.
        """
        refused: list[Unwritten] = []
        self._leave()  # a connection keeps open what it has read of files that are replaced here
        with superuser_session(self.logins.superuser) as admin, Session(self.url) as session:
            for each in statistics:
                self._sizes.write(admin, each)
                refused += inject(session, each)
        self._schemas |= {each.schema: each for each in statistics}
        return tuple(refused)

    def create_indexes(self, statements: Sequence[str]) -> tuple[IndexTrial, ...]:
        """Return what each CREATE INDEX statement made; all are planned from now on in the sizes they would have.

        One that fails says why and hinders no other.
        """
        self._leave()
        tried = try_indexes(self.logins, self._sizes, self._schemas, statements)
        for made in (made for each in tried for made in each.made):
            place = made.place
            self._schemas[place.schema] = self._schemas[place.schema].with_index(place.table, made.index)
        return tried

    def explain(self, sql: str, types: Sequence[str] | None = None, *, verbose: bool = False) -> dict[str, Any]:
        """Return the plan of one statement for unknown parameters: see Planner.explain."""
        if self._planner is None:
            self._planner = Planner(self.url)
        return self._planner.explain(sql, types, verbose=verbose)

    def close(self) -> None:
        """Drop the twin."""
        self._leave()
        with Session(self._server.url()) as admin:
            admin.run(f"DROP DATABASE IF EXISTS {quoted(self.database)} WITH (FORCE)")
            if self._owner != SUPERUSER:
                admin.run(drop_role(self._owner))

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
