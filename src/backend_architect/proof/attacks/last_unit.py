"""P62: the last one is sold once, and a room is booked once, however many ask in the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from backend_architect.design.model import Entity, Field
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

PEOPLE, EACH = 4, 5  # five requests of each of four people


def last_unit(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that takes from a stock, and for each whose rows may not overlap."""
    found = False
    for route in project_routes(lab.subject):
        entity = route.design.row if route.design else None
        if route.kind != "create" or not isinstance(entity, Entity):
            continue
        for target, expression in entity.effects.get("create", {}).items():
            if " - " in expression:
                found = True
                yield _last_one(lab, route, entity, target)
        if entity.no_overlap:
            found = True
            yield _same_time(lab, route, entity)
    if not found:
        yield skipped("the last unit", "nothing of the design runs out, and nothing may overlap")


def _last_one(lab: Lab, route: ProjectRoute, entity: Entity, target: str) -> Case:
    """Let many take one unit at once where one unit is left."""
    relation, _, stock = target.partition(".")
    item = entity.fields[relation]
    table = lab.subject.design.entities[item.to or ""].table
    buyers = [lab.backend.insider() for _ in range(PEOPLE)]
    thing = lab.backend.rows.make(item.to or "", buyers[0].id, {stock: 1})
    wishes = [(_about(valid_request(lab.backend, route, who), item, thing), who) for who in buyers * EACH]
    answers = _at_once(lab, wishes)
    left = (lab.backend.rows.read(table, thing) or {}).get(stock)
    return _case(f"{route.title}, {len(wishes)} at once for the last one", answers, f"{stock}: {left}", fits=left == 0)


def _same_time(lab: Lab, route: ProjectRoute, entity: Entity) -> Case:
    """Let many ask for the same place at the same time."""
    guest = lab.backend.insider()
    request = valid_request(lab.backend, route, guest)
    before = lab.backend.rows.count(entity.table)
    answers = _at_once(lab, [(request, guest)] * PEOPLE * EACH)
    made = lab.backend.rows.count(entity.table) - before
    return _case(f"{route.title}, {len(answers)} at once for the same time", answers, f"{made} rows", fits=made == 1)


def _about(request: Request, item: Field, thing: str) -> Request:
    """Return the request about this very thing, wherever it names it."""
    if isinstance(request.body, dict) and item.column in request.body:
        return request.with_body({**request.body, item.column: thing})
    return request.with_ids(**{f"{item.to}_id": thing})


def _at_once(lab: Lab, wishes: list[tuple[Request, Actor]]) -> list[Exchange]:
    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(lambda wish: wish[0].send(lab.backend, wish[1]), wishes))


def _case(title: str, answers: list[Exchange], kept: str, *, fits: bool) -> Case:
    statuses = sorted(answer.status for answer in answers)
    served = sum(status < 300 for status in statuses)
    held = served == 1 and fits and statuses[-1] < 500
    return Case(title, verdict(held), "exactly one of them gets it", f"{statuses}; {kept}", answers[0].curl)


PROBE = Probe("P62", Group.ATTACKS, "the last one is sold once, however many want it", last_unit)
