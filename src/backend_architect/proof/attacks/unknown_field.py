"""P41: a field that a route does not know is refused, so that nothing is taken for something else."""

from collections.abc import Iterator

from backend_architect.proof.attacks.callers import insiders
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import project_routes, valid_request

UNKNOWN = "no_such_field"


def unknown_field(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that takes a body, and one for the sign-in."""
    callers = insiders(lab.backend, 50)
    tried = False
    for route in project_routes(lab.subject):
        caller = next(callers)
        request = valid_request(lab.backend, route, caller)
        if isinstance(request.body, dict):
            tried = True
            answer = request.with_body({**request.body, UNKNOWN: 1}).send(lab.backend, caller)
            held = answer.status == 422 and UNKNOWN.encode() in answer.body
            yield answer.case(route.title, expected="422 that names the field", held=held)
    if lab.subject.design.auth is not None:
        body = {"email": "ada@example.com", "password": "correct horse battery", UNKNOWN: 1}
        yield lab.backend.client.ask(lab.backend.anonymous(), "POST", "/v1/auth/sign-in", json_body=body).answers(
            "POST /v1/auth/sign-in", 422
        )
    elif not tried:
        yield skipped("an unknown field", "no route takes a body")


PROBE = Probe("P41", Group.ATTACKS, "an unknown field is refused", unknown_field)
