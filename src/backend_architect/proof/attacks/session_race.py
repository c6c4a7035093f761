"""P75: a sign-in with the old password opens no session once that password is changed, also in the same moment."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from backend_architect.postgres import Session
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

CHANGE = "UPDATE auth_accounts SET password_hash = password_hash || '0' WHERE lower(email) = lower($1)"
WAITS = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
PATIENCE = 3.0


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


PROBE = Probe("P75", Group.ATTACKS, "no session begins with a password that is being changed", session_race)
