"""P70: whoever read a row that has changed since does not overwrite or delete it: If-Match holds, also at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from backend_architect.design.model import Entity
from backend_architect.proof.attacks.at_once import statuses
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_change, valid_request

AT_ONCE = 6
OLD = '"1"'
ADVICE = "the version belongs into the WHERE of the statement that writes"


def lost_update(lab: Lab) -> Iterator[Case]:
    """Give cases for an old version, for the current one, and for many who read the same one."""
    backend, tried = lab.backend, False
    routes = project_routes(lab.subject)
    for route in routes:
        if route.kind in {"update", "delete"} and route.design and isinstance(route.design.row, Entity):
            for case in _tried(backend, routes, route, route.design.row):
                tried = True
                yield case
    if not tried:
        yield skipped("If-Match", "no route changes or deletes a row that can be read")


def _tried(backend: Backend, routes: tuple[ProjectRoute, ...], route: ProjectRoute, entity: Entity) -> Iterator[Case]:
    reading = next((r for r in routes if r.kind == "read" and r.design and r.design.row is entity), None)
    person = somebody(backend, route)
    request = _request(backend, route, entity, person)
    if reading is None or (isinstance(request.body, dict) and not request.body):
        return
    etag = Request("GET", reading.path, request.ids).send(backend, person).headers.get("etag", "")
    if not etag:
        return
    old = request.send(backend, person, {"if-match": OLD})
    if old.status in {403, 404}:
        return  # a usual row is not enough for this route
    unchanged = Request("GET", reading.path, request.ids).send(backend, person).headers.get("etag") == etag
    yield old.case(f"{route.title} with an old If-Match", expected="412, nothing changed",
                   held=old.status == 412 and unchanged, advice=ADVICE)  # fmt: skip
    if route.kind == "update":
        yield _many(backend, request, person, etag, route.title)
    else:
        done = request.send(backend, person, {"if-match": etag})
        yield done.case(f"{route.title} with the current If-Match", expected="204", held=done.status == 204)


def _many(backend: Backend, request: Request, person: Actor, etag: str, title: str) -> Case:
    """Return the case of many changes of the version that all have read."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers: list[Exchange] = list(
            pool.map(lambda _: request.send(backend, person, {"if-match": etag}), range(AT_ONCE))
        )
    done = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status in {409, 412}]
    held = len(done) == 1 and len(refused) == AT_ONCE - 1
    expected = f"one 200, {AT_ONCE - 1} x 412"
    return Case(f"{title}, {AT_ONCE} at once with one If-Match", verdict(held), expected, statuses(answers),
                answers[0].curl, ADVICE)  # fmt: skip


def somebody(backend: Backend, route: ProjectRoute) -> Actor:
    """Return somebody new whom the route lets in: with roles only where an owner alone is turned away."""
    return backend.person("owner", *held_roles(backend, route)) if backend.design.auth else backend.anonymous()


def held_roles(backend: Backend, route: ProjectRoute) -> frozenset[str]:
    """Return the roles that `somebody` of a route holds."""
    auth = backend.design.auth
    return frozenset() if auth is None or route.lets_in("owner") else frozenset(auth.roles)


def _request(backend: Backend, route: ProjectRoute, entity: Entity, person: Actor) -> Request:
    request = valid_request(backend, route, person)
    return request.with_body(valid_change(entity)) if route.kind == "update" else request


PROBE = Probe("P70", Group.ATTACKS, "nobody overwrites or deletes what changed since they read it", lost_update)
