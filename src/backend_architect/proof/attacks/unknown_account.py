"""P29: sign-in does not tell which addresses have an account, not even to whoever tries again and again."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks.alike import alike
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

TURNS = 12
WRONG = "not the right one"


def unknown_account(lab: Lab) -> Iterator[Case]:
    """Give a case for the first answer, and one for the answers when the limit is reached."""
    if lab.subject.design.auth is None:
        yield skipped("sign-in with an unknown address", NO_ACCOUNTS)
        return
    backend = lab.backend
    wrong = backend.moved(replace(backend.person("owner"), password=WRONG))
    unknown = backend.newcomer("unknown", WRONG)
    for turn in range(TURNS):
        case = alike(sign_in(backend, unknown), sign_in(backend, wrong), "an unknown address, a wrong password")
        if turn in {0, TURNS - 1}:
            yield replace(case, title=f"{case.title}, try {turn + 1}")


PROBE = Probe("P29", Group.ATTACKS, "sign-in does not tell who has an account", unknown_account)
