"""Changes with If-Match: who may not write gets the same 404 for the current version as for an old one, never a 412."""

from collections.abc import Iterator, Sequence

from backend_architect.design.model import Entity
from backend_architect.proof.access.expected import Expected
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.client import Exchange
from backend_architect.proof.routes import ProjectRoute, Request

STALE = '"1"'
CHANGED = 412


def versions_of(
    asking: Asking, routes: Sequence[ProjectRoute], route: ProjectRoute, request: Request, persona: Persona
) -> tuple[str, ...]:
    """Return the ETags to send: an old one, and the current one where the caller may read the row."""
    entity = route.design.row if route.design else None
    if route.kind not in {"update", "delete"} or not isinstance(entity, Entity):
        return ()
    reads = [each for each in routes if each.kind == "read" and each.design and each.design.row is entity]
    answers = [asking.send(Request("GET", each.path, request.ids), persona) for each in reads]
    return (STALE, *(answer.headers["etag"] for answer in answers if answer.status == 200 and "etag" in answer.headers))


def wrong_versions(
    asking: Asking,
    judge: Judge,
    route: ProjectRoute,
    sent: tuple[Request, Persona, Expected],
    versions: tuple[str, ...],
) -> Iterator[tuple[Exchange, str]]:
    """Give each answer to a version that is wrong, and what was expected; a version that would do is not sent."""
    request, persona, expected = sent
    allowed = any(status < 300 for status in expected.statuses)
    for version in versions if expected.statuses else ():  # none holds where table and design differ
        if allowed and version != STALE:
            continue
        answer = asking.send(request, persona, {"if-match": version})
        statuses = _stale(judge, route, persona, request) if allowed else expected.statuses
        if answer.status not in statuses:
            which = "an old version" if version == STALE else "the current version"
            yield answer, f"{' or '.join(map(str, sorted(statuses)))} with {which}"


def _stale(judge: Judge, route: ProjectRoute, persona: Persona, request: Request) -> frozenset[int]:
    """Return what an old version is answered with for somebody who may write: 404 where they cannot see the row."""
    assert route.design is not None
    row = route.design.row
    sees = judge.may(persona, row, "read", request.ids[f"{row.name}_id"])
    return frozenset({CHANGED}) if sees else frozenset({CHANGED, 404})
