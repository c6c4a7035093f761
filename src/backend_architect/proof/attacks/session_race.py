"""P75: a sign-in with the old password opens no session once that password is changed, also in the same moment."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from backend_architect.postgres import Session
from backend_architect.proof.attacks.at_once import statuses
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import change_password, sign_in
from backend_architect.proof.probe import Probe

CHANGE = "UPDATE auth_accounts SET password_hash = password_hash || '0' WHERE lower(email) = lower($1)"
WAITS = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
PATIENCE = 3.0
AT_ONCE = 4


def session_race(lab: Lab) -> Iterator[Case]:
    """Give the case of a sign-in that begins while a change of the password is not yet committed."""
    if lab.subject.design.auth is None:
        yield skipped("a sign-in while the password changes", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    with Session(backend.place.environment["DATABASE_URL"]) as session, ThreadPoolExecutor(1) as pool:
        session.run("BEGIN")
        session.run(CHANGE, person.email)
        sent = pool.submit(sign_in, backend, backend.moved(person))
        until = time.monotonic() + PATIENCE
        while not sent.done() and time.monotonic() < until and not backend.database.value(WAITS):
            time.sleep(0.02)
        session.run("COMMIT")
        answer = sent.result()
    yield answer.answers("a sign-in while the password changes", 401, advice="read the account FOR SHARE")
    yield _changed_at_once(backend)


def _changed_at_once(backend: Backend) -> Case:
    """Return the case of several changes of one password at once, each with the password that was current."""
    person = backend.person("owner")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(
            pool.map(
                lambda number: change_password(
                    backend, backend.moved(person), person.password, f"an entirely new passphrase {number}"
                ),
                range(AT_ONCE),
            )
        )
    done = sum(answer.status < 300 for answer in answers)
    held = done == 1 and all(answer.status < 500 for answer in answers)
    return Case(f"{AT_ONCE} changes of a password at once", verdict(held), "one of them is done", statuses(answers),
                answers[0].curl, "change the hash only where it is the one that was checked")  # fmt: skip


PROBE = Probe("P75", Group.ATTACKS, "no session begins with a password that is being changed", session_race)
