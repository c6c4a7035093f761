"""Rows of one person that another cannot read, found by asking: which they are depends on the design's rules."""

from collections.abc import Iterator

from backend_architect.design.model import Entity, FieldType
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.routes import ProjectRoute, Request

Routes = tuple[ProjectRoute, ...]
Values = dict[str, object]


def hidden_row(backend: Backend, routes: Routes, entity: Entity, people: tuple[Actor, Actor]) -> str | None:
    """Return a new row of the first person that the second does not find, or None where there is no such kind."""
    owner, stranger = people
    if not any(route.kind == "read" and route.design and route.design.row is entity for route in routes):
        return None
    if entity is backend.design.account:
        return owner.id if is_hidden(backend, routes, entity, owner.id, stranger) else None
    for _, given in kinds_of(backend, entity, owner):
        row = backend.rows.make(entity.name, owner.id, given)
        if is_hidden(backend, routes, entity, row, stranger):
            return row
    return None


def kinds_of(backend: Backend, entity: Entity, owner: Actor) -> Iterator[tuple[str, Values]]:
    """Give a usual row, one with each other choice, and one that belongs to a row with each; in words and values."""
    yield "a usual row", {}
    for name, choice in _choices(entity):
        yield f"{name} {choice}", {name: choice}
    for item in entity.references:
        target = backend.design.entities[item.to or ""]
        if not item.optional and target is not backend.design.account:
            for name, choice in _choices(target):
                made = backend.rows.make(target.name, owner.id, {name: choice})
                yield f"{item.name}.{name} {choice}", {item.column: made}


def _choices(entity: Entity) -> Iterator[tuple[str, object]]:
    """Give each field that has a few values, with each value that is not its usual one."""
    for item in entity.fields.values():
        values: tuple[object, ...] = (False, True) if item.type is FieldType.BOOLEAN else item.choices
        yield from ((item.name, value) for value in values if value != item.default)


def is_hidden(backend: Backend, routes: Routes, entity: Entity, row: str, stranger: Actor) -> bool:
    """Return whether a stranger does not find the row; one that no route reads is taken to be hidden."""
    reads = [route for route in routes if route.kind == "read" and route.design and route.design.row is entity]
    asked = [Request("GET", route.path, {f"{entity.name}_id": row}).send(backend, stranger) for route in reads]
    return not any(answer.status < 400 for answer in asked)
