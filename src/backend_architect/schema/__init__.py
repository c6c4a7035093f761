"""Design, decisions and statements → tables, constraints, indexes and triggers."""

from graphlib import CycleError, TopologicalSorter

from backend_architect.design.model import Design, Entity
from backend_architect.queries.model import Queries
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.schema.columns import edge_table, entity_table
from backend_architect.schema.ddl import schema_sql
from backend_architect.schema.fitting import fitting_functions
from backend_architect.schema.indexes import index_tables
from backend_architect.schema.model import (
    ColumnChange,
    ColumnDefinition,
    Constraint,
    ForeignKeyDefinition,
    IndexDefinition,
    Schema,
    TableDefinition,
    Trigger,
    Turns,
)
from backend_architect.schema.triggers import build_triggers, build_turns

__all__ = [
    "ColumnChange",
    "ColumnDefinition",
    "Constraint",
    "ForeignKeyDefinition",
    "IndexDefinition",
    "Schema",
    "TableDefinition",
    "Trigger",
    "Turns",
    "build_schema",
    "schema_sql",
]


def build_schema(resolved: ResolvedDesign, queries: Queries) -> Schema:
    """Return every table in an order in which it can be created, with the indexes that the statements need."""
    design = resolved.design
    entities = [entity_table(resolved, entity) for entity in ordered_entities(design)]
    edges = [edge_table(design, edge) for edge in design.edges.values()]
    tables = index_tables(resolved, (*entities, *edges), queries.all())
    extensions = ("btree_gist",) if any(e.no_overlap for e in design.entities.values()) else ()
    functions = fitting_functions(resolved)
    return Schema(tables, build_triggers(resolved), build_turns(design), extensions, functions)


def ordered_entities(design: Design) -> tuple[Entity, ...]:
    """Return the entities with those that others must refer to first."""
    graph = {
        entity.name: {item.to for item in entity.references if item.to and not item.optional and item.to != entity.name}
        for entity in design.entities.values()
    }
    try:
        names = list(TopologicalSorter(graph).static_order())
    except CycleError:
        names = list(design.entities)
    return tuple(design.entities[name] for name in names if name in design.entities)
