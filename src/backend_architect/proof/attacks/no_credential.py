"""P01: a request without a credential is refused, and told what is missing."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import Request, account_requests, project_routes, valid_request


def no_credential(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that asks for a caller, and one for the caller's own account."""
    if lab.subject.design.auth is None:
        yield skipped("GET /v1/me", NO_ACCOUNTS)
        return
    for request in account_requests(lab.subject.design):
        yield _refused(lab, request, f"{request.method} {request.template}")
    owner = lab.backend.person("owner")
    for route in project_routes(lab.subject):
        if route.table.answers.get("anonymous") == 401:
            request = valid_request(lab.backend, route, owner, others=route.kind.endswith("edge"))
            yield _refused(lab, request, route.title)


def _refused(lab: Lab, request: Request, title: str) -> Case:
    answer = request.send(lab.backend, lab.backend.anonymous())
    held = answer.status == 401 and "www-authenticate" in answer.headers
    return answer.case(title, expected="401 with WWW-Authenticate", held=held)


PROBE = Probe("P01", Group.ATTACKS, "a request without a credential is refused", no_credential)
