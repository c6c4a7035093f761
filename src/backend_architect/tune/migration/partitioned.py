"""An index of a partitioned table without stopping its writers.

CONCURRENTLY does not exist for it: the index is made on the parent alone, where it holds nothing and is not valid; then
concurrently on each partition; then each of them is attached, and with the last one the parent's becomes valid.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.indexes.model import LONGEST_NAME, NewIndex
from backend_architect.tune.migration.model import MigrationStep, StepKind


def steps_of_partitioned(
    index: NewIndex, table: Table, catalog: Catalog, bytes_of_all: int
) -> tuple[MigrationStep, ...]:
    """Return the steps that make it on a partitioned table and on everything below."""
    root = full_name(index.schema, free_name(index, catalog))
    undo = f"DROP INDEX IF EXISTS {root};"
    whole = sum(each.bytes for each in _leaves(table, catalog))
    made = [_make(index, table, free_name(index, catalog), ())]
    for child in _children(table, catalog):
        made += _below(index, child, catalog, made[0])
    shared = [_sized(step, catalog, whole, bytes_of_all) for step in made]
    return tuple(replace(step, rollback=undo) if step.kind is StepKind.ATTACH_INDEX else step for step in shared)


def _below(index: NewIndex, table: Table, catalog: Catalog, parent: MigrationStep) -> Iterator[MigrationStep]:
    own = replace(index, schema=table.schema, table=table.name)
    made = _make(own, table, free_name(own, catalog), (parent.id,))
    yield made
    last = made.id
    for child in _children(table, catalog):
        for step in _below(own, child, catalog, made):
            last = step.id
            yield step
    yield MigrationStep(
        id=f"attach-index:{made.qualified_index}",
        kind=StepKind.ATTACH_INDEX,
        sql=f"ALTER INDEX {parent.qualified_index} ATTACH PARTITION {made.qualified_index};",
        schema=table.schema,
        table=table.name,
        table_oid=table.oid,
        index=made.index,
        after=tuple(sorted({made.id, parent.id, last})),
    )


def _make(index: NewIndex, table: Table, own_name: str, after: tuple[str, ...]) -> MigrationStep:
    parent = table.kind == "p"
    on = f"{'ONLY ' if parent else ''}{full_name(table.schema, table.name)}"
    name = full_name(table.schema, own_name)
    return MigrationStep(
        id=f"create-index:{name}",
        kind=StepKind.CREATE_PARENT_INDEX if parent else StepKind.CREATE_INDEX,
        sql=f"{with_guard(index.definition(own_name, concurrently=not parent, on=on))};",
        schema=table.schema,
        table=table.name,
        table_oid=table.oid,
        index=own_name,
        rollback=f"DROP INDEX {'' if parent else 'CONCURRENTLY '}IF EXISTS {name};",
        after=after,
    )


def free_name(index: NewIndex, catalog: Catalog) -> str:
    """Return the index's own name, or one beside it where a valid index of another kind has it already."""
    taken, own = catalog.names_of_valid_indexes, index.name
    if (index.schema, own) not in taken:
        return own
    short = own.encode()[: LONGEST_NAME - 3].decode(errors="ignore")
    return next(name for number in count(2) if (index.schema, name := f"{short}_{number}") not in taken)


def with_guard(definition: str) -> str:
    """Return a CREATE INDEX that does nothing where the index is there."""
    head = "CREATE INDEX CONCURRENTLY " if definition.startswith("CREATE INDEX CONCURRENTLY ") else "CREATE INDEX "
    return f"{head}IF NOT EXISTS {definition.removeprefix(head)}"


def _sized(step: MigrationStep, catalog: Catalog, whole: int, bytes_of_all: int) -> MigrationStep:
    """Return the step with its share of the size, by its partition's."""
    if step.kind is not StepKind.CREATE_INDEX or not whole:
        return step
    return replace(step, bytes=int(bytes_of_all * catalog.table_by_oid[step.table_oid].bytes / whole))


def _children(table: Table, catalog: Catalog) -> list[Table]:
    return sorted((each for each in catalog.tables if each.partition_of == table.oid), key=_by_name)


def _by_name(table: Table) -> tuple[str, str]:
    return table.schema, table.name


def _leaves(table: Table, catalog: Catalog) -> Iterator[Table]:
    for child in _children(table, catalog):
        if child.kind == "p":
            yield from _leaves(child, catalog)
        else:
            yield child
