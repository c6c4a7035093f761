"""S03: no session can be guessed from others."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from backend_architect.proof.attacks.browser import NO_BROWSERS, has_browsers
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

SESSIONS, RENEWALS = 40, 4
EACH = 20  # sign-ins of one account: more in a row are refused
NEEDED_BITS = 128


def session_randomness(lab: Lab) -> Iterator[Case]:
    """Give cases for the refresh tokens of many sessions: how varied they are, and what they have in common."""
    if not has_browsers(lab.subject.design):
        yield skipped("the tokens of many sessions", NO_BROWSERS)
        return
    sessions = _sessions(lab)
    tokens = [token for session in sessions for token in session]
    wanted = SESSIONS * (RENEWALS + 1)
    bits = sum(_entropy([token[place] for token in tokens]) for place in range(min(map(len, tokens), default=0)))
    came = f"at least {bits:.0f} bits"
    yield Case(f"{len(tokens)} tokens", verdict(bits >= NEEDED_BITS), f"at least {NEEDED_BITS} bits", came)
    different = len(set(tokens))
    expected = f"{wanted} different ones"
    yield Case("repeats", verdict(different == len(tokens) == wanted), expected, f"{different} of {len(tokens)}")
    often = max(Counter(session[0][:8] for session in sessions if session).values(), default=0)
    yield Case("what they begin with", verdict(often == 1), "no two sessions alike", f"{often} sessions begin alike")


def _sessions(lab: Lab) -> list[list[str]]:
    """Return the refresh tokens of many sessions, each signed in from an address of its own and renewed."""
    people = [lab.backend.person("returning") for _ in range(SESSIONS // EACH)]
    actors = [replace(each, token="", address=lab.backend.anonymous().address) for each in people * EACH]
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda actor: list(_tokens(lab, actor)), actors))


def _tokens(lab: Lab, actor: Actor) -> Iterator[str]:
    answer = sign_in(lab.backend, actor)
    for _ in range(RENEWALS + 1):
        token = answer.field("refresh_token")
        if not isinstance(token, str):
            return
        yield token
        answer = lab.backend.client.ask(actor, "POST", "/v1/auth/refresh", json_body={"refresh_token": token})


def _entropy(characters: Sequence[str]) -> float:
    """Return the bits that one place of the tokens carries, as far as so many samples can show."""
    counts = Counter(characters).values()
    return -sum(count / len(characters) * math.log2(count / len(characters)) for count in counts)


PROBE = Probe("S03", Group.ATTACKS, "no session can be guessed from others", session_randomness)
