"""P72: a write leaves the work that the design says, one job for each, and a refused write leaves none."""

from collections.abc import Iterator

from backend_architect.design.model import Entity, Event
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.attacks.states import let_in
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes

QUEUED = "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1"
HAS_QUEUE = "SELECT to_regclass('pgqueuer') IS NOT NULL"
ADVICE = "put the job into the queue in the transaction of the write"


def queued_work(lab: Lab) -> Iterator[Case]:
    """Give for each event a case for a write that is done, and one for a write that is refused."""
    backend = lab.backend
    events = lab.subject.design.events if backend.database.value(HAS_QUEUE) else ()
    if not events:
        yield skipped("events", "no write leaves work in a queue of the database")
    for event in events:
        for route in project_routes(lab.subject):
            if route.design and route.design.slice == event.plural and route.kind == event.action:
                yield from _tried(backend, event, route)


def _tried(backend: Backend, event: Event, route: ProjectRoute) -> Iterator[Case]:
    person = somebody(backend, route)
    request = _changing(route, let_in(backend, route, person))
    for who in (backend.anonymous(), person):
        before = _queued(backend, event)
        answer = request.send(backend, who)
        left = _queued(backend, event) - before
        title = f"{route.title} as {who.name}: {event.run}"
        if who is person and answer.status >= 400:
            yield skipped(title, f"a usual row is not enough for this route: {answer.status}")
            continue
        expected = 1 if answer.status < 300 else 0
        yield Case(title, verdict(left == expected), f"{expected} jobs", f"{answer.status}; {left} jobs", answer.curl,
                   ADVICE)  # fmt: skip


def _changing(route: ProjectRoute, request: Request) -> Request:
    """Return the request with a value that usual rows do not have: a change that changes nothing leaves no work."""
    if route.kind != "update" or route.design is None or not isinstance(route.design.row, Entity):
        return request
    for item in route.design.row.accepted("update"):
        other = next((choice for choice in item.choices if choice != item.default), None)
        if other:
            return request.with_body({item.column: other})
    return request


def _queued(backend: Backend, event: Event) -> int:
    return int(backend.database.value(QUEUED, event.run))


PROBE = Probe("P72", Group.ATTACKS, "each write leaves the work that the design says, once", queued_work)
