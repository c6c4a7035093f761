"""What a set of indexes is worth: it is really built, every statement is planned with it, and it is taken back again.

All of it happens in one transaction that is rolled back, so a database that is kept stays as it was loaded.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pglast import ast
from pglast import split as split_statements

from backend_architect.postgres import Refused, Session
from backend_architect.sql.parsing import parse
from backend_architect.tune.workload import Statement

ENTRY = 2.0
"""What one new entry in a btree counts, in the planner's units: half a random page."""
ELEMENTS = {"btree": 1.0, "gin": 8.0, "gist": 2.0, "brin": 0.02, "hash": 1.0}

PARAMETERS = "SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'planned'"
INDEXES = """
SELECT i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS table, a.amname AS method,
       pg_get_indexdef(i.indexrelid) AS sql, pg_relation_size(i.indexrelid) AS bytes,
       CASE WHEN t.reltuples > 0 AND i.indpred IS NOT NULL THEN least(c.reltuples / t.reltuples, 1) ELSE 1 END AS share,
       i.indexprs IS NOT NULL AS computed, i.indisunique AS enforcing,
       (SELECT coalesce(array_agg(DISTINCT attname::text), '{}') FROM pg_depend d
        JOIN pg_attribute ON attrelid = d.refobjid AND attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid AND d.refobjsubid > 0
          AND d.refobjid = i.indrelid AND attnum > 0) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_am a ON a.oid = c.relam
WHERE t.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Built:
    """One index as it is on the disk. `share` is the part of the table's rows that it holds."""

    name: str
    table: str
    method: str
    sql: str
    bytes: int
    share: float
    computed: bool
    enforcing: bool
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """A set's cost: of each statement a call, and of its upkeep over all of them. `failed` are those not built."""

    indexes: tuple[Built, ...]
    costs: Mapping[str, float]
    """By the statement's id."""
    planned: float
    upkeep: float
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failed: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Return what the set takes on the disk."""
        return sum(index.bytes for index in self.indexes)

    @property
    def total(self) -> float:
        """Return the planner's cost of all calls, and the upkeep."""
        return self.planned + self.upkeep


def measure(session: Session, statements: Sequence[Statement], indexes: Sequence[str]) -> Measured:
    """Return what a set of CREATE INDEX statements is worth."""
    with built(session, indexes) as failed:
        return weigh(session, statements, failed)


@contextmanager
def built(session: Session, indexes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Return which indexes cannot be built; the others are there for as long as the block lasts."""
    session.run("BEGIN; SET LOCAL default_transaction_read_only = off")
    try:
        failed = tuple(problem for sql in indexes if (problem := _build(session, sql)))
        for table in sorted({index.table for index in existing(session).values() if index.computed}):
            session.run(f"ANALYZE {table}")  # an expression has statistics only after that
        yield failed
    finally:
        session.run("ROLLBACK")


def weigh(session: Session, statements: Sequence[Statement], failed: tuple[str, ...] = ()) -> Measured:
    """Return what the indexes are worth that are there now, beyond those of keys."""
    there = existing(session).values()
    new = tuple(index for index in there if not index.enforcing)
    old = [index for index in there if index.enforcing]
    plans = {statement.id: explain(session, statement.text) for statement in statements}
    costs = {each: float(plan["Total Cost"]) for each, plan in plans.items()}
    planned = sum(costs[statement.id] * statement.calls for statement in statements)
    upkeep = sum(statement.calls * entries(statement, new, len_by_table(old)) for statement in statements) * ENTRY
    uses = {each: tuple(sorted(set(_used(plan)))) for each, plan in plans.items()}
    return Measured(new, costs, planned, upkeep, uses, failed)


def len_by_table(indexes: Sequence[Built]) -> Mapping[str, int]:
    """Return how many of the indexes each table has."""
    return {table: sum(each.table == table for each in indexes) for table in {each.table for each in indexes}}


def entries(statement: Statement, new: Sequence[Built], old: Mapping[str, int]) -> float:
    """Return how many entries one call adds to the new indexes.

    An update writes to every index of a row, the old ones too, as soon as it changes a column that a new one holds.
    """
    tree = (parse(statement.text) or (None,))[0]
    if not isinstance(tree, ast.InsertStmt | ast.UpdateStmt):
        return 0.0
    own = [index for index in new if index.table.strip('"') == tree.relation.relname]
    weight = sum(ELEMENTS.get(index.method, 1.0) * index.share for index in own)
    if isinstance(tree, ast.InsertStmt):
        return weight
    changed = {target.name for target in tree.targetList}
    moved = any(index.columns & changed for index in own if index.method != "brin")
    return weight + old.get(tree.relation.relname, 0) if moved else 0.0


def explain(session: Session, sql: str) -> Mapping[str, Any]:
    """Return the plan of a statement for unknown parameters."""
    session.run("SET LOCAL plan_cache_mode = force_generic_plan")
    session.fetch(f"PREPARE planned AS {sql}")
    unknown = ", ".join(["NULL"] * session.value(PARAMETERS))
    execute = f"EXECUTE planned({unknown})" if unknown else "EXECUTE planned"
    told = session.value(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {execute}")
    session.run("DEALLOCATE planned")
    plan: Mapping[str, Any] = json.loads(told)[0]["Plan"]
    return plan


def existing(session: Session) -> Mapping[str, Built]:
    """Return all indexes of the database, by name."""
    rows = session.fetch(INDEXES)
    return {row["name"]: Built(**{**row, "columns": frozenset(row["columns"])}) for row in rows}


def read_indexes(text: str) -> list[str]:
    """Return the statements of a text."""
    return [str(each) for each in split_statements(text)]


def _build(session: Session, sql: str) -> str:
    """Return why an index cannot be built, '' when it is."""
    session.run("SAVEPOINT one")
    try:
        session.run(sql.replace(" CONCURRENTLY", "", 1))
    except Refused as error:
        session.run("ROLLBACK TO one")
        return f"{sql}: {error}"
    session.run("RELEASE one")
    return ""


def _used(plan: Mapping[str, Any]) -> Iterator[str]:
    if "Index Name" in plan:
        yield plan["Index Name"]
    for child in plan.get("Plans", ()):
        yield from _used(child)
