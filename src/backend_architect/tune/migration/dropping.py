"""The step that drops an index, and gives it back at a rollback."""

from typing import Any

from pglast import parse_sql
from pglast.stream import RawStream

from backend_architect.postgres.catalog import Catalog, Index
from backend_architect.postgres.catalog.model import full_name
from backend_architect.tune.index_facts import enforces
from backend_architect.tune.migration.model import MigrationStep, StepKind


def step_to_drop(index: Index, catalog: Catalog, why: str, after: tuple[str, ...] = ()) -> MigrationStep | None:
    """Return the step; None for an index that enforces something, is part of a partitioned one, temporary, or held."""
    table = catalog.table_by_oid.get(index.table)
    if table is None or table.temporary or table.held or enforces(index) or index.parent is not None:
        return None
    parent = table.kind == "p"
    name = full_name(index.schema, index.name)
    return MigrationStep(
        id=f"drop-index:{name}",
        kind=StepKind.DROP_PARENT_INDEX if parent else StepKind.DROP_INDEX,
        sql=f"DROP INDEX {'' if parent else 'CONCURRENTLY '}IF EXISTS {name};",
        schema=table.schema,
        table=table.name,
        table_oid=table.oid,
        index=index.name,
        bytes=sum(each.bytes for each in catalog.indexes if each.parent == index.oid) if parent else index.bytes,
        why=why,
        rollback=f"{as_concurrent(index.definition, parent=parent)};",
        after=after,
    )


def as_concurrent(definition: str, *, parent: bool = False) -> str:
    """Return what pg_get_indexdef gives, built where it is not there, without stopping writers where possible."""
    if not parent:
        return definition.replace(" INDEX ", " INDEX CONCURRENTLY IF NOT EXISTS ", 1)
    tree: Any = parse_sql(definition)[0].stmt
    tree.if_not_exists = True
    tree.relation.inh = True  # it says ON ONLY; without that the partitions' indexes are made too
    return str(RawStream()(tree))
