"""P21: a password of seven characters is refused, at registration and at a change."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import change_password, register
from backend_architect.proof.probe import Probe

SHORT = "x7!kQ2z"
REFUSED = (400, 422)


def short_password(lab: Lab) -> Iterator[Case]:
    """Give a case for a new account and one for a changed password."""
    if lab.subject.design.auth is None:
        yield skipped("a password of 7 characters", NO_ACCOUNTS)
        return
    backend = lab.backend
    new = register(backend, backend.newcomer("short", SHORT))
    yield new.answers("7 characters at registration", *REFUSED)
    person = backend.moved(backend.person("owner"))
    yield change_password(backend, person, person.password, SHORT).answers("7 characters at a change", *REFUSED)


PROBE = Probe("P21", Group.ATTACKS, "a password of seven characters is refused", short_password)
