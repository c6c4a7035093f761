"""Plans with other indexes by the extension hypopg, on the server itself."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from backend_architect.planner_twin import Statistics
from backend_architect.postgres import Refused, Session
from backend_architect.postgres.catalog.model import quoted, short_name
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.observe import OLDEST, READ_ONLY
from backend_architect.tune.what_if.model import PlanEstimate, PlanRefused
from backend_architect.tune.what_if.new_index_size import new_index_bytes
from backend_architect.tune.what_if.plan_indexes import index_names, renamed

SETTINGS = {**READ_ONLY, "plan_cache_mode": "force_generic_plan"}
INSTALLED = """
SELECT n.nspname AS schema, to_regproc(format('%I.hypopg_hide_index', n.nspname)) IS NOT NULL AS hides
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'
"""
EXISTING = """
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('i', 'I')
"""
FORBIDDEN = """
SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
               AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
)
"""
PARAMETERS = "SELECT coalesce(cardinality(parameter_types), 0) FROM pg_prepared_statements WHERE name = 'planned'"


def has_hypopg(session: Session) -> bool:
    """Return whether the extension is made in the session's database."""
    return bool(session.fetch(INSTALLED))


def may_plan_everything(session: Session) -> bool:
    """Return whether the session's role has the rights that EXPLAIN asks for, on every table: a reader has not."""
    return not session.value(FORBIDDEN)


class HypopgWhatIf:
    """Offered indexes are known to this connection alone, and only while it plans; it cannot change anything.

    hypopg knows btree, hash, BRIN and bloom, and takes a btree for two to four times as large as PostgreSQL builds it.
    The sizes returned are computed from `statistics` instead, but its plans' costs come of its own. Existing indexes
    can be hidden from 1.4 on.
    """

    kind = "hypopg"

    def __init__(self, url: str, statistics: Sequence[Statistics]) -> None:
        self._session = Session(url, oldest=OLDEST, settings=SETTINGS)
        self._statistics = {each.schema: each for each in statistics}
        (installed,) = self._session.fetch(INSTALLED)
        self._schema, self._hides = quoted(installed["schema"]), installed["hides"]
        self._oids = {short_name(each["schema"], each["name"]): each["oid"] for each in self._session.fetch(EXISTING)}
        self._sizes: dict[NewIndex, int] = {}
        self.refused: dict[NewIndex, str] = {}
        """Why an offered index cannot be made."""
        self._made: dict[NewIndex, tuple[int, str]] = {}
        self._hidden: frozenset[str] = frozenset()

    def offer(self, indexes: Sequence[NewIndex]) -> Mapping[NewIndex, int]:
        """Return the bytes that each index would take; what hypopg does not know or the server refuses is left out."""
        for index in dict.fromkeys(indexes):
            if index not in self._sizes and index not in self.refused:
                self._try(index)
        return {index: self._sizes[index] for index in indexes if index in self._sizes}

    def plan(self, sql: str, added: Collection[NewIndex] = (), hidden: Collection[str] = ()) -> PlanEstimate:
        """Return the plan of a statement with these offered indexes, and without the hidden ones.

        Raises PlanRefused, also when indexes are to be hidden and hypopg is older than 1.4.
        """
        try:
            self._hide(frozenset(name for name in hidden if name in self._oids))
            self._make(dict.fromkeys(index for index in added if index in self._sizes))
            plan = self._explain(sql)
        except Refused as error:
            raise PlanRefused(str(error)) from error
        plan = renamed(plan, {name: index.name for index, (_, name) in self._made.items()})
        return PlanEstimate(float(plan["Total Cost"]), frozenset(index_names(plan)), plan)

    def close(self) -> None:
        """Close the connection, and with it forget every offered index."""
        self._session.close()

    def _try(self, index: NewIndex) -> None:
        try:
            oid, _ = self._create(index)
            self._call("hypopg_drop_index", oid)
            self._sizes[index] = new_index_bytes(self._session, self._statistics, index)
        except (Refused, KeyError) as error:
            self.refused[index] = str(error)

    def _create(self, index: NewIndex) -> tuple[int, str]:
        columns = "/* backend-architect tune */ indexrelid::int8 AS oid, indexname AS name"
        asked = f"SELECT {columns} FROM {self._schema}.hypopg_create_index($1)"
        (made,) = self._session.fetch(asked, index.definition(""))
        return made["oid"], made["name"]

    def _call(self, function: str, oid: int) -> None:
        self._session.value(f"SELECT /* backend-architect tune */ {self._schema}.{function}($1::int8::oid)", oid)

    def _make(self, wanted: Mapping[NewIndex, None]) -> None:
        for index in [each for each in self._made if each not in wanted]:
            self._call("hypopg_drop_index", self._made.pop(index)[0])
        for index in wanted:
            if index not in self._made:
                self._made[index] = self._create(index)

    def _hide(self, hidden: frozenset[str]) -> None:
        if hidden and not self._hides:
            raise PlanRefused("hypopg hides existing indexes only from 1.4 on")
        for name in sorted(hidden ^ self._hidden):
            self._call("hypopg_hide_index" if name in hidden else "hypopg_unhide_index", self._oids[name])
        self._hidden = hidden

    def _explain(self, sql: str) -> dict[str, Any]:
        """Return the plan for unknown parameters, in the way that servers before 16 know too."""
        self._session.fetch(f"PREPARE planned AS {sql}")  # fetch takes only one statement
        try:
            nulls = ", ".join(["NULL"] * self._session.value(PARAMETERS))
            text = self._session.value(f"EXPLAIN (FORMAT JSON) EXECUTE planned{f'({nulls})' if nulls else ''}")
        finally:
            self._session.run("DEALLOCATE planned")
        plan: dict[str, Any] = json.loads(text)[0]["Plan"]
        return plan
