"""P23: passwords that everybody tries first are refused, however long they are."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import change_password, register
from backend_architect.proof.probe import Probe

COMMON = (
    "password", "12345678", "123456789", "1234567890", "qwertyuiop", "password1", "iloveyou", "sunshine", "princess",
    "football", "baseball", "superman", "trustno1", "whatever", "starwars", "computer", "1q2w3e4r", "passw0rd",
    "jennifer", "11111111",
)  # fmt: skip
REFUSED = (400, 422)


def common_passwords(lab: Lab) -> Iterator[Case]:
    """Give a case for each of 20 passwords at registration, one in capitals, and one at a change."""
    if lab.subject.design.auth is None:
        yield skipped("common passwords", NO_ACCOUNTS)
        return
    backend = lab.backend
    for password in (*COMMON, COMMON[0].upper()):
        answer = register(backend, backend.newcomer("common", password))
        yield answer.answers(f"registration with {password}", *REFUSED)
    person = backend.moved(backend.person("owner"))
    yield change_password(backend, person, person.password, COMMON[0]).answers(f"change to {COMMON[0]}", *REFUSED)


PROBE = Probe("P23", Group.ATTACKS, "the most common passwords are refused", common_passwords)
