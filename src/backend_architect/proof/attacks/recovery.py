"""P32: recovery of a password does not tell which addresses have an account."""

from collections.abc import Iterator

from backend_architect.proof.attacks.alike import alike
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

NAMES = ("recover", "recovery", "forgot-password", "password-reset", "reset-password", "password/reset", "magic-link")
PLACES = ("/v1/auth/", "/v1/", "/auth/")


def recovery(lab: Lab) -> Iterator[Case]:
    """Give a case for each usual address that answers, and one where none does."""
    backend = lab.backend
    tried = [backend.client.ask(backend.anonymous(), "POST", place + name) for place in PLACES for name in NAMES]
    found = [answer.path for answer in tried if answer.status not in {404, 405}]
    if lab.subject.design.auth is None or not found:
        yield skipped("recovery for an unknown address", "there is no recovery of passwords")
        return
    owner, unknown = backend.person("owner"), backend.newcomer("unknown")
    for path in found:
        known, other = (
            backend.client.ask(backend.anonymous(), "POST", path, json_body={"email": someone.email})
            for someone in (owner, unknown)
        )
        yield other.answers(f"POST {path} for an unknown address", 200, 202, 204)
        yield alike(other, known, f"POST {path} for an unknown address and a known one")


PROBE = Probe("P32", Group.ATTACKS, "recovery does not tell who has an account", recovery)
