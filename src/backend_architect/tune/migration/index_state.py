"""What the database says of the index that a step is about: that decides, not what anybody remembers."""

from collections.abc import Mapping
from typing import Any

from pglast import parse_sql

from backend_architect.postgres import Connection
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.migration.model import MigrationStep, StepKind
from backend_architect.tune.migration.read_index import read_index

Record = Mapping[str, Any]
INDEX = """
SELECT c.oid::int8 AS oid, x.indrelid::int8 AS "table", x.indisvalid AS valid, c.relispartition AS attached,
       pg_get_indexdef(x.indexrelid) AS definition,
       (SELECT min(p.pid) FROM pg_stat_progress_create_index p
        WHERE p.index_relid = c.oid AND p.pid <> pg_backend_pid()) AS built_by
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index x ON x.indexrelid = c.oid
WHERE n.nspname = $1 AND c.relname = $2
"""
LEFT_BY_REINDEX = """
SELECT c.relname AS name FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
WHERE x.indrelid = $1::int8::oid AND NOT x.indisvalid AND starts_with(c.relname, left($2, 50))
  AND c.relname ~ '_cc(new|old)[0-9]*$'
"""


class Obstacle(Exception):
    """A step cannot be done as things are; the message says why."""


async def read_index_state(connection: Connection, step: MigrationStep) -> Record | None:
    """Return the index of that name, None where there is none."""
    found: Record | None = next(iter(await connection.fetch(INDEX, step.schema, step.index)), None)
    return found


async def is_done(connection: Connection, step: MigrationStep) -> bool:
    """Return whether a step needs not run; raises Obstacle where it never can."""
    if not step.index or step.kind is StepKind.REINDEX:
        return False
    state = await read_index_state(connection, step)
    if step.kind in {StepKind.DROP_INDEX, StepKind.DROP_PARENT_INDEX}:
        return state is None
    if state is None:
        return False
    if state["table"] != step.table_oid:
        raise Obstacle(f"{step.qualified_index} is something else already: drop or rename it")
    if step.makes_index and not same_index(step.sql, state["definition"] or ""):
        raise Obstacle(f"an index {step.qualified_index} of another kind is there already: drop or rename it")
    if state["built_by"] is not None:
        raise Obstacle(f"{step.qualified_index} is being built by process {state['built_by']} of the server")
    if step.kind is StepKind.ATTACH_INDEX:
        return bool(state["attached"])
    return bool(state["valid"]) or step.kind is StepKind.CREATE_PARENT_INDEX


def same_index(one: str, other: str) -> bool:
    """Return whether two CREATE INDEX make the same, but for how PostgreSQL writes expressions and conditions."""
    shapes = []
    for text in (one, other):
        index = read_index(parse_sql(text)[0].stmt)
        keys = [(key.column, key.opclass, key.descending, key.nulls_first) for key in index.keys]
        shapes.append((index.method, keys, index.included, bool(index.predicate)))
    return bool(shapes[0] == shapes[1])


async def drop_leftovers(connection: Connection, step: MigrationStep) -> tuple[str, ...]:
    """Drop what a broken building of the step's index left, and return the names; raises what the database raises."""
    names: list[str] = []
    if step.kind is StepKind.CREATE_INDEX:
        state = await read_index_state(connection, step)
        ours = state is not None and state["table"] == step.table_oid and state["built_by"] is None
        names = [step.qualified_index] if state is not None and ours and not state["valid"] else []
    elif step.kind is StepKind.REINDEX:
        left = await connection.fetch(LEFT_BY_REINDEX, step.table_oid, step.index)
        names = [full_name(step.schema, record["name"]) for record in left]
    for name in names:
        await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    return tuple(names)
