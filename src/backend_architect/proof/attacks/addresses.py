"""Where attacks go: the addresses of a design's routes with ids in them, and what each takes."""

import re
from collections.abc import Sequence
from uuid import uuid4

from backend_architect.design.model import Entity, Field
from backend_architect.design.routes import Route
from backend_architect.proof.subject import Subject

PARAMETER = re.compile(r"\{[^}]+\}")
BODIES = ("create", "update", "put_edge")


def filled(path: str, value: str = "") -> str:
    """Return a route's path, with a value for each of its parameters; without one, an id that nothing has."""
    return PARAMETER.sub(lambda _: value or str(uuid4()), path)


def address(route: Route, value: str = "") -> str:
    """Return where a route of the design is asked."""
    return "/v1" + filled(route.path, value)


def routes_with_bodies(subject: Subject) -> tuple[Route, ...]:
    """Return the routes that take fields from clients."""
    return tuple(route for route in subject.routes if fields_of(route))


def fields_of(route: Route) -> Sequence[Field]:
    """Return the fields that a client may send to a route."""
    if route.kind not in BODIES:
        return ()
    if not isinstance(route.row, Entity):
        return tuple(route.row.extra.values())
    sent = route.row.accepted("update" if route.kind == "update" else "create")
    return tuple(item for item in sent if item is not route.parent)
