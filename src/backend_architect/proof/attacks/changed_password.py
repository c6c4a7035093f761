"""P25: whoever has only a session cannot change the password: that takes the current one."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import PASSWORD, sign_in
from backend_architect.proof.probe import Probe

NEW = "an entirely new passphrase"
REFUSED = (400, 401, 403, 422)


def changed_password(lab: Lab) -> Iterator[Case]:
    """Give a case for no current password and for wrong ones, and one that shows that nothing changed."""
    if lab.subject.design.auth is None:
        yield skipped("a change of password", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    tries: dict[str, dict[str, object]] = {
        "no current password": {"new_password": NEW},
        "null as the current password": {"current_password": None, "new_password": NEW},
        "an empty current password": {"current_password": "", "new_password": NEW},
        "a wrong current password": {"current_password": NEW, "new_password": NEW},
    }
    for title, body in tries.items():
        answer = backend.client.ask(backend.moved(person), "POST", PASSWORD, json_body=body)
        yield answer.answers(title, *REFUSED)
    yield sign_in(backend, backend.moved(person)).answers("the old password still signs in", 200)


PROBE = Probe("P25", Group.ATTACKS, "a change of password takes the current one", changed_password)
