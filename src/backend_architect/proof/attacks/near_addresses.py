"""P65: an address that is nearly one of the application's is none: no second spelling goes past a limit or a proxy."""

from collections.abc import Iterator

from backend_architect.proof.attacks.addresses import filled
from backend_architect.proof.attacks.callers import insiders
from backend_architect.proof.attacks.methods import declared_methods
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

ENDS = ("%0a", "%0d%0a", "%00", "/", "%2f")
ADVICE = "compare whole addresses (\\Z where $ allows a line feed), and answer 404 to control characters in them"
ROUTES_EACH = 20


def near_addresses(lab: Lab) -> Iterator[Case]:
    """Give a case for each declared address and method, with something at its end or its slashes written otherwise."""
    callers = insiders(lab.backend, ROUTES_EACH)
    for path, methods in declared_methods(lab).items():
        whole = filled(path)
        near = [*(whole + end for end in ENDS), whole.replace("/v1/", "/v1//"), whole.replace("/v1/", "/v1%2f")]
        for method in sorted(methods):
            caller = next(callers)
            for each in near:
                answer = lab.backend.client.ask(caller, method, each, json_body={})
                yield answer.answers(f"{method} {each.replace(whole, path)}", 404, advice=ADVICE)


PROBE = Probe("P65", Group.ATTACKS, "an address that is nearly one of the application's is not found", near_addresses)
