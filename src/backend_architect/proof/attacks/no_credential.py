"""P01: a request without a credential is refused, and told what is missing."""

from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe


def no_credential(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that asks for a caller, and one for the caller's own account."""
    if lab.subject.design.auth is None:
        yield skipped("GET /v1/me", "the design has no accounts")
        return
    nobody = lab.backend.anonymous()
    answer = lab.backend.client.ask(nobody, "GET", "/v1/me")
    held = answer.status == 401 and "www-authenticate" in answer.headers
    yield answer.case("GET /v1/me", expected="401 with WWW-Authenticate", held=held)


PROBE = Probe("P01", Group.ATTACKS, "a request without a credential is refused", no_credential)
