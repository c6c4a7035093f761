"""P12 to P14: whoever knows the id of somebody else's object can neither read nor change nor delete it."""

from collections.abc import Iterator

from backend_architect.design.model import Check, Edge
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.attacks.others_in_bodies import bodies_with_others, edges_to_others, sides_of
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, entity_of, project_routes, valid_request

ADVICE = "the rule belongs into the statement's WHERE, where no route can forget it"


def others_objects(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that is the owner's alone, for what the checks hide, and for ids in bodies."""
    design = lab.subject.design
    if design.auth is None:
        yield skipped("somebody else's object", NO_ACCOUNTS)
        return
    backend = lab.backend
    owner, stranger = backend.person("owner"), backend.person("stranger")
    routes = project_routes(lab.subject)
    for route in routes:
        if is_private(route):
            yield _tried(backend, route, valid_request(backend, route, owner), stranger)
    for check in design.checks:
        for route in routes:
            if _is_of(check, route):
                yield _tried(backend, route, _hidden(backend, route, check, owner), stranger)
    yield from bodies_with_others(backend, routes, (owner, stranger))
    yield from edges_to_others(backend, routes, (owner, stranger))
    for route in routes:
        if route.design and route.kind == "delete_edge" and isinstance(route.design.row, Edge):
            yield _edge_stays(backend, route, route.design.row, stranger)


def is_private(route: ProjectRoute) -> bool:
    """Return whether a stranger is turned away where the owner of the row in the path is not."""
    return "{" in route.path and route.refuses("stranger") and not route.refuses("owner")


def state_of(backend: Backend, route: ProjectRoute, request: Request) -> object:
    """Return the rows that a request names, and how many rows there are of what the route changes."""
    named = {name: entity_of(backend.design, name) for name in request.ids}
    rows = [backend.rows.read(entity.table, request.ids[name]) for name, entity in named.items() if entity]
    return rows, backend.rows.count(route.design.row.table) if route.design else 0


def _tried(backend: Backend, route: ProjectRoute, request: Request, stranger: Actor) -> Case:
    before = state_of(backend, route, request)
    answer = request.send(backend, stranger)
    held = answer.status in {403, 404} and state_of(backend, route, request) == before
    expected = "403 or 404, nothing changed"
    return answer.case(f"{route.title} of somebody else's", expected=expected, held=held, advice=ADVICE)


def _is_of(check: Check, route: ProjectRoute) -> bool:
    """Return whether the check says that a stranger does not find such a row by this route."""
    is_hidden = check.persona == "stranger" and check.expect in {403, 404}
    of_itself = check.action != "create" and not any("." in name for name in check.given)
    is_route = route.design is not None and route.kind == check.action and route.design.row.name == check.target
    return is_hidden and of_itself and is_route


def _hidden(backend: Backend, route: ProjectRoute, check: Check, owner: Actor) -> Request:
    """Return the request for a row of the owner that is as the check says."""
    assert route.design is not None
    row = route.design.row
    given = {row.fields[name].column: value for name, value in check.given.items()}
    made = backend.rows.make(row.name, owner.id, given)
    return valid_request(backend, route, owner).with_ids(**{f"{row.name}_id": made})


def _edge_stays(backend: Backend, route: ProjectRoute, edge: Edge, stranger: Actor) -> Case:
    """Return the case of an edge that somebody else made, and that the stranger takes away."""
    owner = backend.person("owner")
    request = valid_request(backend, route, owner, others=True)
    ends = dict(zip((item.column for item in sides_of(edge)), request.ids.values(), strict=True))
    backend.rows.make(edge.name, owner.id, ends)
    before = backend.rows.count(edge.table)
    answer = request.send(backend, stranger)
    held = answer.status in {204, 403, 404} and backend.rows.count(edge.table) == before
    return answer.case(f"{route.title} of somebody else's", expected="it stays", held=held, advice=ADVICE)


PROBE = Probe("P12-P14", Group.ATTACKS, "nobody reads or changes somebody else's objects", others_objects)
