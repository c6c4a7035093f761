"""P55 and P56: what is created has an address, and an id that cannot be guessed; and each route that creates."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from backend_architect.design.model import Entity, Field, FieldType
from backend_architect.design.samples import sample
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.attacks.states import State, in_state, state_that_lets_in
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
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
            not_possible.append(skipped(route.title, f"its rule wants more than a usual row: {answer.description}"))
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


RANDOM_BITS = 62
FEWEST_DIFFERENT = 12  # of 62 random bits; fewer differ in one of two million pairs


def addresses(lab: Lab) -> Iterator[Case]:
    """Give for each route that makes something a case for its answer, and one for the address in it."""
    possible, not_possible = creations(lab)
    yield from not_possible
    for creation in possible:
        answer = creation.make(lab)
        location = answer.headers.get("location", "")
        held = answer.status == 201 and location.endswith(str(answer.field("id")))
        yield answer.case(creation.route.title, expected="201 with Location", held=held, advice=f"Location: {location}")
        if "read" in creation.entity.allow:
            found = lab.backend.client.ask(creation.maker, "GET", location or "/")
            held = found.status == 200 and found.field("id") == answer.field("id")
            yield found.case("where that is", expected="200 with what was made", held=held)


def identifiers(lab: Lab) -> Iterator[Case]:
    """Give for each route that makes something a case for the ids of two rows made one after the other."""
    possible, not_possible = creations(lab)
    yield from not_possible
    for creation in possible:
        yield _two_ids(lab, creation)


def _two_ids(lab: Lab, creation: Creation) -> Case:
    answers = [creation.make(lab), creation.make(lab)]
    own = [str(answer.field("id")) for answer in answers]
    every = [identity for answer in answers for identity in _ids(answer.json())]
    held = set(own) <= set(every) and all(map(_is_random, every)) and _are_far_apart(*own)
    shown = f"{own[0]} and {own[1]}, with {len(every)} ids in all"
    return Case(creation.route.title, verdict(held), "UUIDs of version 4 or 7, far apart", shown, answers[1].curl)


def _ids(value: object) -> Iterator[str]:
    """Give every id in an answer: members named `id` or `…_id`, in what is nested too."""
    for key, item in value.items() if isinstance(value, dict) else ():
        if key == "id" or key.endswith("_id"):
            yield from [str(item)] if item is not None else []
        yield from _ids(item)


def _is_random(identity: str) -> bool:
    try:
        return UUID(identity).version in {4, 7}
    except ValueError:
        return False


def _are_far_apart(first: str, second: str) -> bool:
    """Return whether the random halves of two ids have little in common."""
    different: int = (UUID(first).int ^ UUID(second).int) & ((1 << RANDOM_BITS) - 1)
    return different.bit_count() >= FEWEST_DIFFERENT


ADDRESSES = Probe("P55", Group.ATTACKS, "what is made has an address, and the answer tells it", addresses)
IDENTIFIERS = Probe("P56", Group.ATTACKS, "no id can be guessed from others", identifiers)
