"""P78: a session that ends while the server hears of nothing is over all the same, then and once it hears again."""

import os
import signal
import time
from collections.abc import Iterator

from backend_architect.proof.attacks.forging import ME, NO_ACCOUNTS
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

LISTENERS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'auth_revocations'"
)
LISTENING = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'auth_revocations')"
)
LISTENER = (
    "SELECT pid FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'auth_revocations' AND state = 'idle' LIMIT 1"
)
REVOKE = "UPDATE auth_sessions SET revoked_at = now() WHERE user_id = $1::text::uuid AND revoked_at IS NULL"
PATIENCE = 15.0
SETTLED = 1.0


def unheard_revocations(lab: Lab) -> Iterator[Case]:
    """Give cases for a token whose session ended unheard: at once, and when the server listens again."""
    if lab.subject.design.auth is None:
        yield skipped("a session that ends unheard", NO_ACCOUNTS)
        return
    backend = lab.backend
    yield from _silent(backend)
    person, other, third = (backend.person("owner") for _ in range(3))
    if not backend.database.value(LISTENERS):
        yield skipped("a session that ends unheard", "the server does not listen for revocations")
        return
    backend.database.run(REVOKE, person.id)
    yield _soon(backend, person, "its token while nobody listens", 401)
    yield _ask(backend, other, "somebody else's token meanwhile", 200)
    backend.database.run(REVOKE, third.id)
    until = time.monotonic() + PATIENCE
    while not backend.database.value(LISTENING) and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(SETTLED)
    yield _ask(backend, third, "the token of one that ended meanwhile, once it listens again", 401)
    yield _ask(backend, other, "somebody else's token after that", 200)


def _soon(backend: Backend, who: Actor, title: str, status: int) -> Case:
    """Return the answer once it is the right one: a busy process sees a moment later that its line was cut."""
    until = time.monotonic() + SETTLED
    case = _ask(backend, who, title, status)
    while case.verdict is not Verdict.HELD and time.monotonic() < until:
        time.sleep(0.05)
        case = _ask(backend, who, title, status)
    return case


def _silent(backend: Backend) -> Iterator[Case]:
    """Give the case of a sign-out while the line is up and brings nothing: the process that answers it knows itself."""
    title = "the token after its sign-out, while the line brings nothing"
    person, listener = backend.person("owner"), backend.database.value(LISTENER)
    try:
        os.kill(int(listener), signal.SIGSTOP)
    except (TypeError, OSError) as error:
        yield skipped(title, f"the line cannot be held up: {error}")
        return
    try:
        backend.client.ask(person, "POST", "/v1/auth/sign-out")
        case = _ask(backend, person, title, 401)
    finally:
        os.kill(int(listener), signal.SIGCONT)
    yield case


def _ask(backend: Backend, who: Actor, title: str, status: int) -> Case:
    advice = "ask the database while the line is down, and catch up when it is back"
    return backend.client.ask(who, "GET", ME).answers(title, status, advice=advice)


PROBE = Probe("P78", Group.ATTACKS, "a session that ends unheard is over all the same", unheard_revocations)
