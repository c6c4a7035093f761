"""P30: the time of a refused sign-in does not tell which addresses have an account."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.alike import as_slow
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

WRONG = "not the right one"


def sign_in_time(lab: Lab) -> Iterator[Case]:
    """Give one case: an unknown address and a wrong password take the same time."""
    if lab.subject.design.auth is None:
        yield skipped("the time of a refused sign-in", NO_ACCOUNTS)
        return
    backend = lab.backend
    known, unknown = backend.person("owner"), backend.newcomer("unknown")

    def refused(actor: Actor) -> Exchange:
        return sign_in(backend, backend.moved(replace(actor, password=WRONG)))

    yield as_slow("an unknown address and a wrong password", lambda: refused(unknown), lambda: refused(known))


PROBE = Probe("P30", Group.ATTACKS, "the time of a sign-in does not tell who has an account", sign_in_time)
