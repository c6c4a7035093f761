"""Every route as every kind of caller: the status of the access table, or of the design's rule where it is silent."""

from collections.abc import Iterator

from backend_architect.design.model import Edge
from backend_architect.proof.access.expected import Expected, expected_answer, with_own_files
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona, let_members_in, named, personas, renewed
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

ADVICE = "the rule belongs into the statement of the route, and the status into the access table"
KEPT = "the refused request left its mark: refuse before anything is written"


def matrix(lab: Lab) -> Iterator[Case]:
    """Give a case for each route and each kind of caller; a refused request must also leave every table as it was."""
    backend = lab.backend
    people, judge = personas(backend), Judge(backend)
    for route in project_routes(lab.subject):
        request = None
        for name in [persona.name for persona in people]:
            if _ends_an_account(backend, route):
                people, request = renewed(backend, people, "owner"), None
            request = request or _request(backend, route, people)
            case, done = _tried(backend, judge, route, request, named(people, name))
            request = None if done else request
            yield case


def _request(backend: Backend, route: ProjectRoute, people: tuple[Persona, ...]) -> Request:
    """Return a request about new rows of the owner, which every member may see as their rule says."""
    others = route.design is not None and isinstance(route.design.row, Edge)
    request = valid_request(backend, route, named(people, "owner").actor, others=others)
    let_members_in(backend, people)
    return request


def _tried(
    backend: Backend, judge: Judge, route: ProjectRoute, request: Request, persona: Persona
) -> tuple[Case, bool]:
    """Return the case, and whether the request changed anything, so that the next one needs rows of its own."""
    request = with_own_files(route, request, persona)
    expected = expected_answer(judge, route, persona, request)
    reads = route.method == "GET"
    before = "" if reads else _state(backend)
    answer = request.send(backend, persona.actor)
    changed = not reads and before != _state(backend)
    title = f"{route.title} as {persona.name}"
    if changed and answer.status >= 400:
        return answer.case(title, expected="nothing is changed", held=False, advice=KEPT), True
    held = answer.status in expected.statuses
    return answer.case(title, expected=expected.told, held=held, advice=_advice(expected)), changed


def _advice(expected: Expected) -> str:
    return f"{ADVICE} ({expected.source})"


def _ends_an_account(backend: Backend, route: ProjectRoute) -> bool:
    return route.kind == "delete" and route.design is not None and route.design.row is backend.design.account


def _state(backend: Backend) -> str:
    """Return a digest of all rows of the design's tables."""
    digests = [
        f'SELECT count(*)::text || coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS d FROM "{row.table}" t'
        for row in backend.design.rows_by_plural.values()
    ]
    return str(backend.database.value(f"SELECT string_agg(d, ' ') FROM ({' UNION ALL '.join(digests)}) AS each"))


PROBE = Probe("routes", Group.ACCESS, "every route gives everybody the answer that its access table promises", matrix)
