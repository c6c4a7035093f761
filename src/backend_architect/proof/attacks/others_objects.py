"""P12 to P17: objects of other people are neither read, changed, deleted nor listed."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from backend_architect.design.model import Check, Edge
from backend_architect.proof.attacks.forged_tokens import NO_ACCOUNTS
from backend_architect.proof.attacks.hidden_rows import is_hidden, kinds_of
from backend_architect.proof.attacks.others_in_bodies import bodies_with_others, edges_to_others, sides_of
from backend_architect.proof.attacks.same_responses import alike
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, entity_of, project_routes, valid_request

ADVICE = "the rule belongs into the statement's WHERE, where no route can forget it"


def others_objects(lab: Lab) -> Iterator[Case]:
    """P12 to P14: whoever knows the id of somebody else's object can neither read nor change nor delete it.

    Give a case for each route that is the owner's alone, for what the checks hide, and for ids in bodies.
    """
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


OTHERS_OBJECTS = Probe("P12-P14", Group.ATTACKS, "nobody reads or changes somebody else's objects", others_objects)


def same_not_found(lab: Lab) -> Iterator[Case]:
    """P15: somebody else's object is not told from one that does not exist.

    Give a case for each route by which a stranger does not find a row.
    """
    if lab.subject.design.auth is None:
        yield skipped("somebody else's object", NO_ACCOUNTS)
        return
    backend = lab.backend
    owner, stranger = backend.person("owner"), backend.person("stranger")
    for route in project_routes(lab.subject):
        if is_private(route):
            request = valid_request(backend, route, owner)
            nothing = request.with_ids(**{name: backend.rows.identity() for name in request.ids})
            missing = nothing.send(backend, stranger)
            yield missing.answers(f"{route.title} of a random id", 404)
            yield alike(request.send(backend, stranger), missing, f"{route.title} of somebody else's")


SAME_NOT_FOUND = Probe("P15", Group.ATTACKS, "somebody else's object looks like none", same_not_found)


PAGES = 5


def others_in_lists(lab: Lab) -> Iterator[Case]:
    """P16: no list shows a row to somebody who may not read it.

    Give a case for each list and each kind of row that a stranger cannot read.
    """
    if lab.subject.design.auth is None:
        yield skipped("lists", NO_ACCOUNTS)
        return
    backend = lab.backend
    owner, stranger = backend.person("owner"), backend.person("stranger")
    routes = project_routes(lab.subject)
    tried = 0
    for entity in lab.subject.design.entities.values():
        for kind, given in kinds_of(backend, entity, owner):
            row = owner.id if entity is backend.design.account else backend.rows.make(entity.name, owner.id, given)
            if not is_hidden(backend, routes, entity, row, stranger):
                continue
            for route in routes:
                if route.design and route.design.list and route.design.row is entity:
                    tried += 1
                    case = _listed(backend, route, row, (owner, stranger))
                    yield replace(case, title=f"{case.title}, {kind}")
    if not tried:
        yield skipped("lists", "a stranger may read every row that is in a list")


def _listed(backend: Backend, route: ProjectRoute, row: str, people: tuple[Actor, Actor]) -> Case:
    request = _request(backend, route, row, people[0])
    (_, mine), (answer, seen) = (_ids(backend, request, person) for person in people)
    title = f"{route.title} as a stranger{', where the owner sees it' if row in mine else ''}"
    return answer.case(title, expected="no such row", held=row not in seen and answer.status < 500)


def _request(backend: Backend, route: ProjectRoute, row: str, owner: Actor) -> Request:
    """Return the request for the list that the row is in, where it depends on a row that the path names."""
    request = valid_request(backend, route, owner)
    route_of = route.design
    assert route_of is not None
    spec = route_of.list
    if spec is None or route_of.parent is None or not request.ids:
        return request
    parameter = next(iter(request.ids))
    if spec.through:
        edge = backend.design.rows_by_plural[spec.through[0]]
        assert isinstance(edge, Edge)
        ends = {route_of.parent.column: request.ids[parameter], edge.other(route_of.parent).column: row}
        backend.rows.make(edge.name, owner.id, ends)
        return request
    stored = backend.rows.read(route_of.row.table, row) or {}
    return request.with_ids(**{parameter: str(stored.get(route_of.parent.column))})


def _ids(backend: Backend, request: Request, reader: Actor) -> tuple[Exchange, set[str]]:
    """Return the answer to the first page, and the ids on the first pages."""
    found: set[str] = set()
    separator = "&" if request.query else "?"
    page = replace(request, query=f"{request.query}{separator}limit=100")
    first = answer = page.send(backend, reader)
    for _ in range(PAGES):
        items, following = answer.field("items"), answer.field("next")
        found |= {str(item.get("id")) for item in items} if isinstance(items, list) else set()
        if not isinstance(following, str):
            break
        answer = replace(page, query=f"{page.query}&after={quote(following)}").send(backend, reader)
    return first, found


OTHERS_IN_LISTS = Probe("P16", Group.ATTACKS, "no list shows what its reader may not read", others_in_lists)


def admin_routes(lab: Lab) -> Iterator[Case]:
    """P17: what only a role may do is refused to everybody else, and does not happen.

    Give a case for each route that only a role may use, as somebody without one.
    """
    auth = lab.subject.design.auth
    routes = [route for route in project_routes(lab.subject) if _is_for_a_role(route)]
    if auth is None or not routes:
        yield skipped("routes for a role alone", NO_ACCOUNTS if auth is None else "no route is for a role alone")
        return
    backend = lab.backend
    insider, user = backend.person("insider", *auth.roles), backend.person("user")
    for route in routes:
        request = valid_request(backend, route, insider)
        before = state_of(backend, route, request)
        answer = request.send(backend, user)
        held = answer.status in {403, 404} and state_of(backend, route, request) == before
        yield answer.case(f"{route.title} without a role", expected="403 or 404, nothing changed", held=held)


def _is_for_a_role(route: ProjectRoute) -> bool:
    return route.refuses("stranger") and route.refuses("owner") and not route.refuses("moderator")


ADMIN_ROUTES = Probe("P17", Group.ATTACKS, "what only a role may do is refused to all others", admin_routes)
