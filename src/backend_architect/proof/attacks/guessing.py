"""P33: guessing passwords runs into a limit, and keeps nobody out of their own account."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

GUESSES = 30
PATIENCE = 15


def guessing(lab: Lab) -> Iterator[Case]:
    """Give cases for guesses from one address, for guesses from many, and for the owner during and after both."""
    if lab.subject.design.auth is None:
        yield skipped(f"{GUESSES} wrong passwords", NO_ACCOUNTS)
        return
    backend = lab.backend
    victim, other = backend.person("owner"), backend.person("owner")
    refused = stopped(backend, [replace(victim, address="172.16.0.1")] * GUESSES)
    limited_at = time.monotonic()
    yield told(refused, f"{GUESSES} wrong passwords from one address")
    yield sign_in(backend, victim).answers("meanwhile the owner signs in from elsewhere", 200)
    everywhere = [replace(other, address=f"172.17.{number}.1") for number in range(GUESSES + 1)]
    yield told(stopped(backend, everywhere), f"{GUESSES + 1} wrong passwords for one account from as many networks")
    yield sign_in(backend, other).answers("meanwhile the owner signs in from where they have been", 200)
    wait = retry_after(refused)
    if wait > PATIENCE:
        yield skipped("the right password after the wait", f"the backend asks for {wait} s: more than a proof waits")
        return
    time.sleep(max(0.0, limited_at + wait - time.monotonic()))
    yield sign_in(backend, replace(victim, address="172.16.0.1")).answers("the right password after the wait", 200)


def stopped(backend: Backend, guesses: Sequence[Actor]) -> Exchange:
    """Return the first answer that is not 401 to sign-ins with a wrong password, or the last one."""
    for number, guess in enumerate(guesses):
        answer = sign_in(backend, replace(guess, password=f"guess number {number}"))
        if answer.status != 401:
            break
    return answer


def told(answer: Exchange, title: str) -> Case:
    """Return a case that holds when the guesses were stopped, and the answer says for how long."""
    return answer.case(title, expected="429 with Retry-After", held=answer.status == 429 and retry_after(answer) > 0)


def retry_after(answer: Exchange) -> int:
    """Return for how many seconds the answer asks to wait, 0 where it does not say."""
    said = answer.headers.get("retry-after", "")
    return int(said) if said.isdigit() else 0


PROBE = Probe("P33", Group.ATTACKS, "guessing passwords runs into a limit, the owner does not", guessing)
