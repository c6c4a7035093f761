"""Plans on a twin with some of its indexes and without the others; a change takes no longer than a plan."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from backend_architect.planner_twin.logins import Logins, superuser_session
from backend_architect.planner_twin.planner_settings import take_settings
from backend_architect.postgres.session import Session

INDEXES = """
SELECT x.indexrelid::int8 AS oid, x.indrelid::int8 AS table_oid, n.nspname AS schema, c.relname AS name,
       coalesce(i.inhparent, 0)::int8 AS parent, x.indislive AS live
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY x.indexrelid
"""
SWITCH = """
BEGIN;
UPDATE pg_catalog.pg_index SET indislive = NOT indislive WHERE indexrelid IN ({indexes});
UPDATE pg_catalog.pg_class SET relname = relname WHERE oid IN ({tables});
COMMIT
"""
PARAMETERS = "SELECT coalesce(cardinality(parameter_types), 0) FROM pg_prepared_statements WHERE name = $1"
KEPT = 1000
PLANNING_MS = 10_000
SESSION = {
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": str(PLANNING_MS),
}


@dataclass(frozen=True, slots=True)
class SwitchedIndex:
    """An index of the twin. `parent` is the one that it is a part of, 0 for none; `live` whether it is on at first."""

    oid: int
    table_oid: int
    schema: str
    name: str
    parent: int
    live: bool


class SwitchedPlanner:
    """A connection to a twin that only plans, and another that switches indexes; nobody else does.

    An index that is off is not live: it is left out of its table's list, so that hundreds of them cost the planner
    nothing. The change of pg_class is none, but makes the server read that list anew and forget the table's plans: in
    every session, from its next statement on.

    Only a superuser may change the catalog, and only the twin's owner plans, which may evaluate what was copied.
    """

    def __init__(self, logins: Logins, settings: Mapping[str, str]) -> None:
        self._session = Session(logins.owner, settings=SESSION)
        self._superuser = superuser_session(logins.superuser)
        self._superuser.run("SET synchronous_commit = off")
        take_settings(self._session, settings)
        self.indexes = tuple(SwitchedIndex(**each) for each in self._session.fetch(INDEXES))
        """Every index, in the order in which they were made."""
        self._tables = {each.oid: each.table_oid for each in self.indexes}
        self._off = frozenset(each.oid for each in self.indexes if not each.live)
        self._prepared: dict[str, tuple[str, str]] = {}
        self._number = 0

    def explain(self, sql: str, off: Collection[int]) -> dict[str, Any]:
        """Return the plan of one statement for unknown parameters, without the indexes that are `off`, by their oid.

        Raises what the database raises when it refuses the statement, and when there are several.
        """
        self.switch(off)
        name, arguments = self._prepared.get(sql) or self._prepare(sql)
        text = self._session.value(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) EXECUTE {name}{arguments}")
        plan: dict[str, Any] = json.loads(text)[0]["Plan"]
        return plan

    def switch(self, off: Collection[int]) -> None:
        """Leave these indexes off, and all others on, until the next change: for other connections too."""
        changed = sorted(frozenset(off) ^ self._off)
        if changed:
            tables = sorted({self._tables[oid] for oid in changed})
            self._superuser.run(SWITCH.format(indexes=_listed(changed), tables=_listed(tables)))
            self._off = frozenset(off)

    def close(self) -> None:
        """Close both connections."""
        self._session.close()
        self._superuser.close()

    def _prepare(self, sql: str) -> tuple[str, str]:
        """Return the name of the prepared statement and its arguments; the oldest is forgotten when there are many."""
        if len(self._prepared) >= KEPT:
            oldest = next(iter(self._prepared))
            self._session.run(f"DEALLOCATE {self._prepared.pop(oldest)[0]}")
        self._number += 1
        name = f"planned_{self._number}"
        self._session.fetch(f"PREPARE {name} AS {sql}")  # fetch takes only one statement
        nulls = ", ".join(["NULL"] * self._session.value(PARAMETERS, name))
        self._prepared[sql] = name, f"({nulls})" if nulls else ""
        return self._prepared[sql]


def _listed(oids: Collection[int]) -> str:
    return ", ".join(map(str, oids))
