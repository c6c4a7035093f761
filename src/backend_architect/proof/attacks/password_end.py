"""P24: every character of a password counts, also after byte 72, where bcrypt stops reading."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import register, sign_in
from backend_architect.proof.probe import Probe

BEGINNING = "kd83-zq1!" * 8  # 72 bytes


def password_end(lab: Lab) -> Iterator[Case]:
    """Give a case for the right password, for one that differs at its end, and for one cut off at byte 72."""
    if lab.subject.design.auth is None:
        yield skipped("passwords that differ after byte 72", NO_ACCOUNTS)
        return
    backend = lab.backend
    person = backend.newcomer("end", BEGINNING + "right")
    register(backend, person)
    for password, status in ((person.password, 200), (BEGINNING + "wrong", 401), (BEGINNING, 401)):
        answer = sign_in(backend, replace(person, password=password))
        yield answer.answers(f"sign-in with …{password[-8:]}, {len(password)} characters", status)


PROBE = Probe("P24", Group.ATTACKS, "every character of a password counts", password_end)
