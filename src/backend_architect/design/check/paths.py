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
