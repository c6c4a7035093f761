"""The steps that make one index: on a plain table one, on a partitioned one many."""

from dataclasses import dataclass, replace

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.migration.model import MigrationStep, StepKind
from backend_architect.tune.migration.partitioned import free_name, steps_of_partitioned, with_guard

ENTRY, FILLED = 12, 0.9  # an entry's own bytes, and how full a new page is


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an index is made: its expected size, what it saves, for which statements (ids), and in words."""

    bytes: int = 0
    gain: float = 0.0
    serves: tuple[str, ...] = ()
    description: str = ""


def steps_to_create(index: NewIndex, catalog: Catalog, reason: Reason) -> tuple[MigrationStep, ...]:
    """Return the steps; none where the catalog has no such table, or a temporary one."""
    table = find_table(catalog, index.schema, index.table)
    if table is None or table.temporary:
        return ()
    size = reason.bytes or rough_bytes(index, table)
    if table.kind == "p":
        made = steps_of_partitioned(index, table, catalog, size)
    else:
        made = (_step(index, table, free_name(index, catalog), size),)
    return tuple(
        replace(step, gain=reason.gain, serves=reason.serves, why=reason.description) if _makes_index(step) else step
        for step in made
    )


def rough_bytes(index: NewIndex, table: Table) -> int:
    """Return about how large a btree of plain columns becomes, 0 where nothing tells."""
    columns = [table.column(name) for name in (*(key.column for key in index.keys), *index.included)]
    if index.method != "btree" or index.predicate or table.rows <= 0:
        return 0
    if any(column is None or column.width is None for column in columns):
        return 0
    width = sum(column.width or 0 for column in columns if column is not None)
    return int(table.rows * ((width + 7 & ~7) + ENTRY) / FILLED)


def find_table(catalog: Catalog, schema: str, name: str) -> Table | None:
    """Return a table by its plain names."""
    return catalog.table_by_name.get((schema, name)) if schema else None


def _makes_index(step: MigrationStep) -> bool:
    return step.makes_index


def _step(index: NewIndex, table: Table, own_name: str, size: int) -> MigrationStep:
    full = full_name(table.schema, table.name)
    name = full_name(table.schema, own_name)
    return MigrationStep(
        id=f"create-index:{name}",
        kind=StepKind.CREATE_INDEX,
        sql=f"{with_guard(index.definition(own_name, concurrently=True, on=full))};",
        schema=table.schema,
        table=table.name,
        table_oid=table.oid,
        index=own_name,
        bytes=size,
        rollback=f"DROP INDEX CONCURRENTLY IF EXISTS {name};",
    )
