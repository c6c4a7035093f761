"""P17: what only a role may do is refused to everybody else, and does not happen."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.attacks.others_objects import state_of
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, project_routes, valid_request


def admin_routes(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that only a role may use, as somebody without one."""
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


PROBE = Probe("P17", Group.ATTACKS, "what only a role may do is refused to all others", admin_routes)
