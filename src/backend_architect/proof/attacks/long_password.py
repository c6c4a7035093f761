"""P22: a passphrase of 64 characters is taken whole, whatever characters it has."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import register, sign_in
from backend_architect.proof.probe import Probe

PHRASES = ("correct horse battery staple, and then the same horse once more!", "d\u00e9j\u00e0 vu \u2713 " * 6 + "abcd")


def long_password(lab: Lab) -> Iterator[Case]:
    """Give a case for the registration and the sign-in with each phrase."""
    if lab.subject.design.auth is None:
        yield skipped("a password of 64 characters", NO_ACCOUNTS)
        return
    for phrase in PHRASES:
        person = lab.backend.newcomer("long", phrase)
        title = f"{len(phrase)} characters: {phrase[:12]}…"
        yield register(lab.backend, person).answers(f"registration with {title}", 200, 201, 202, 204)
        yield sign_in(lab.backend, person).answers(f"sign-in with {title}", 200)


PROBE = Probe("P22", Group.ATTACKS, "a passphrase of 64 characters is taken", long_password)
