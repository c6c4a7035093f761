"""P16: no list shows a row to somebody who may not read it."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from backend_architect.design.model import Edge
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.attacks.hidden_rows import is_hidden, kinds_of
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

PAGES = 5


def others_in_lists(lab: Lab) -> Iterator[Case]:
    """Give a case for each list and each kind of row that a stranger cannot read."""
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


PROBE = Probe("P16", Group.ATTACKS, "no list shows what its reader may not read", others_in_lists)
