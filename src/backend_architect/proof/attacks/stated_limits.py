"""P73: each rate limit of the design holds at its number: so many are answered, and the next is one too many."""

from collections.abc import Iterator

from backend_architect.design.model import Limit
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

MOST = 400
"""More requests than these are not sent for a limit."""
SLACK = 1.2
"""While they are sent, some of the time passes, and with it some room comes back."""
EVERYTHING = "everything"
SIGN_IN = "sign_in"  # P33 tries it


def stated_limits(lab: Lab) -> Iterator[Case]:
    """Give a case for each limit that a route of the design, or all of them together, have."""
    backend, routes = lab.backend, project_routes(lab.subject)
    limits = [limit for limit in lab.subject.design.limits if limit.target != SIGN_IN]
    if not limits:
        yield skipped("limits", "the design states none but that of sign-in")
    for limit in limits:
        if limit.target == EVERYTHING:
            yield _case(backend, limit, Request("GET", "/v1/me"), None)
            continue
        route = next((r for r in routes if _is_of(limit, r)), None)
        if route is None:
            continue
        person = somebody(backend, route)
        yield _case(backend, limit, valid_request(backend, route, person), route)


def _is_of(limit: Limit, route: ProjectRoute) -> bool:
    if route.design is None:
        return False
    spec = route.design.list
    return limit.target == route.design.statement or (spec is not None and spec.name == limit.target)


def _case(backend: Backend, limit: Limit, request: Request, route: ProjectRoute | None) -> Case:
    title = f"{limit.target}: {limit.count} in {limit.seconds} s"
    if limit.count > MOST:
        return skipped(title, "it would take too many requests")
    person = somebody(backend, route) if route else backend.insider()
    most = int(limit.count * SLACK) + 2
    number, answer = 0, request.send(backend, person)
    while answer.status != 429 and number < most:
        number, answer = number + 1, request.send(backend, person)
    expected = f"429 with Retry-After after {limit.count} to {most}"
    held = answer.status == 429 and number >= limit.count - 2 and "retry-after" in answer.headers
    return answer.case(f"{title}, the request number {number + 1}", expected=expected, held=held,
                       advice="the limit of the design belongs into app/core/rate_limits.py")  # fmt: skip


PROBE = Probe("P73", Group.ATTACKS, "each limit of the design holds at its number", stated_limits)
