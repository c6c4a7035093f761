"""Rows and fields of a design, each with its path in the file."""

from collections.abc import Iterator

from backend_architect.design.model import Design, Entity, Field, Row


def rows_with_paths(design: Design) -> Iterator[tuple[str, Row]]:
    """Return every entity and edge with its path: `entities.post`."""
    for name, entity in design.entities.items():
        yield f"entities.{name}", entity
    for name, edge in design.edges.items():
        yield f"edges.{name}", edge


def fields_with_paths(design: Design) -> Iterator[tuple[str, Row, Field]]:
    """Return every field that is written as one (an edge's pair is not) with its row and path."""
    for path, row in rows_with_paths(design):
        own = row.fields if isinstance(row, Entity) else row.extra
        for name, item in own.items():
            yield f"{path}.fields.{name}", row, item


def references_with_paths(design: Design) -> Iterator[tuple[str, Row, Field]]:
    """Return every relation, sides of pairs too, with its row and the path of its target's name."""
    for path, row, item in fields_with_paths(design):
        if item.is_reference:
            yield f"{path}.to", row, item
    for name, edge in design.edges.items():
        for side in edge.pair:
            yield f"edges.{name}.pair.{side.name}", edge, side


def has_hidden_fields(design: Design) -> bool:
    """Return whether any field has a read rule of its own."""
    return any(item.read for _, _, item in fields_with_paths(design))


def changed_field(design: Design, entity: Entity, target: str) -> tuple[Entity | None, Field | None]:
    """Return the related entity and its field that an effect's target names (`product.stock`), as far as they exist."""
    relation, _, name = target.partition(".")
    item = entity.fields.get(relation)
    related = design.entities.get(item.to or "") if item else None
    return related, related.fields.get(name) if related else None
