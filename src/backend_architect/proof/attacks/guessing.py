"""P33: guessing passwords runs into a limit, and keeps nobody out of their own account."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import SIGN_IN, sign_in
from backend_architect.proof.probe import Probe

GUESSES = 30
PATIENCE = 15
ATTACKER = "172.16.0.1"
SPELLINGS = (
    *(SIGN_IN + end for end in ("?again", "/", "%0a", "%20")),
    SIGN_IN.replace("-", "%2D"),
    SIGN_IN.replace("v1", "V1"),
    SIGN_IN.replace("/auth", "//auth"),
    SIGN_IN.replace("/auth", "%2Fauth"),
)


def guessing(lab: Lab) -> Iterator[Case]:
    """Give cases for guesses from one address, for guesses from many, and for the owner during and after both."""
    if lab.subject.design.auth is None:
        yield skipped(f"{GUESSES} wrong passwords", NO_ACCOUNTS)
        return
    backend = lab.backend
    victim, other = backend.person("owner"), backend.person("owner")
    sprayed = stopped(backend, [replace(backend.newcomer("victim"), address=ATTACKER) for _ in range(GUESSES)])
    limited_at = time.monotonic()
    spread = stopped(backend, _everywhere(other))
    cases = [
        told(sprayed, f"{GUESSES} wrong passwords from one address, each for another account"),
        told(spread, f"{GUESSES + 1} wrong passwords for one account, each from another network"),
        sign_in(backend, other).answers("meanwhile the owner signs in from where they have been", 200),
    ]
    cases += [_asked(backend, path) for path in SPELLINGS]
    yield from cases
    wait = retry_after(sprayed)
    if any(case.verdict is Verdict.FAILED for case in cases) or wait > PATIENCE:
        yield skipped("the right password after the wait", f"not tried: the backend asks for {wait} s")
        return
    time.sleep(max(0.0, limited_at + wait - time.monotonic()))
    yield sign_in(backend, replace(victim, address=ATTACKER)).answers("the right password after the wait", 200)


def _asked(backend: Backend, path: str) -> Case:
    """Return the case of one more guess, at another spelling of the address."""
    guess = replace(backend.newcomer("victim"), address=ATTACKER)
    body = {"email": guess.email, "password": guess.password}
    answer = backend.client.ask(guess, "POST", path, json_body=body)
    return answer.answers(f"and one more at {path}", 429, 404, 405)


def _everywhere(victim: Actor) -> list[Actor]:
    """Return somebody who guesses at one account from many networks."""
    return [replace(victim, address=f"172.17.{number}.1") for number in range(GUESSES + 1)]


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
