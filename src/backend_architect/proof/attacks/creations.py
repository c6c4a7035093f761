"""The routes that make something, each with a request that works."""

from dataclasses import dataclass, replace

from backend_architect.design.model import Entity, Field, FieldType
from backend_architect.design.samples import sample
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.attacks.states import State, in_state, state_that_lets_in
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

REFUSED = frozenset({403, 404, 409})
CHANGEABLE = (FieldType.TEXT, FieldType.INTEGER, FieldType.MONEY)


@dataclass(frozen=True, slots=True)
class Creation:
    """A route that makes a row of `entity`, and somebody who may."""

    route: ProjectRoute
    entity: Entity
    maker: Actor
    state: State | None = None
    """What the rows that it names are changed to first, where usual ones are not enough."""

    def request(self, lab: Lab) -> Request:
        """Return a request that makes another row: what it names is new."""
        made = in_state(lab.backend, self.route, self.state, self.maker) if self.state else None
        return made or valid_request(lab.backend, self.route, self.maker)

    def make(self, lab: Lab) -> Exchange:
        """Return the answer to such a request."""
        return self.request(lab).send(lab.backend, self.maker)

    def changed(self, lab: Lab, request: Request) -> Request:
        """Return the request with another body, which is valid too."""
        body: dict[str, object] = {**request.body} if isinstance(request.body, dict) else {}
        fields = [item for item in self.entity.accepted("create") if item.type in CHANGEABLE]
        if not fields:  # times and files: a new body has others
            return request.with_body(self.request(lab).body)
        changes = {item.column: _other(item, body.get(item.column)) for item in fields[:1]}
        return request.with_body(body | changes)


def creations(lab: Lab) -> tuple[list[Creation], list[Case]]:
    """Return the routes that an insider can make something with, and a case that says why for each other."""
    maker = lab.backend.insider()
    possible: list[Creation] = []
    not_possible: list[Case] = []
    for route in project_routes(lab.subject):
        if route.kind != "create" or route.design is None or not isinstance(route.design.row, Entity):
            continue
        creation = Creation(route, route.design.row, maker)
        answer = creation.make(lab)
        if answer.status in REFUSED:
            everything = frozenset(lab.backend.design.auth.roles) if lab.backend.design.auth else frozenset()
            state = state_that_lets_in(lab.backend, route, Persona("insider", maker, everything))
            creation = replace(creation, state=state)
            answer = creation.make(lab) if state else answer
        if answer.status in REFUSED:
            not_possible.append(skipped(route.title, f"its rule wants more than a usual row: {answer.told}"))
        else:
            possible.append(creation)
    if not possible and not not_possible:
        not_possible = [skipped("what is made", "no route makes anything")]
    return possible, not_possible


def _other(item: Field, value: object) -> object:
    if isinstance(value, str):
        return value[:-1] + ("y" if value.endswith("z") else "z")
    if isinstance(value, int):
        return value + 1 if item.max is None or value < item.max else value - 1
    return sample(item)
