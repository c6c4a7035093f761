"""P11: an access token lives for an hour at most; the refresh token that gets the next one works once."""

from collections.abc import Iterator

from backend_architect.proof.attacks.forging import NO_ACCOUNTS, read_token
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import refresh, sign_in
from backend_architect.proof.probe import Probe

MOST = 3_600


def token_lifetime(lab: Lab) -> Iterator[Case]:
    """Give a case for the lifetime that the token states, and for a refresh token used twice."""
    if lab.subject.design.auth is None:
        yield skipped("the lifetime of an access token", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    session = sign_in(backend, backend.moved(person))
    token = read_token(str(session.field("access_token")), lab.secret)
    if token is not None:
        lives = float(str(token.claims.get("exp"))) - float(str(token.claims.get("iat")))
        yield session.case(f"exp - iat is {lives:.0f} s", expected=f"at most {MOST} s", held=0 < lives <= MOST)
    yield from _rotated(backend, person, session)


def _rotated(backend: Backend, person: Actor, session: Exchange) -> Iterator[Case]:
    first = refresh(backend, person, session)
    held = first.field("refresh_token") not in {None, session.field("refresh_token")}
    yield first.case("a refresh gives the next refresh token", expected="200 with another token", held=held)
    again = refresh(backend, person, session)
    same = again.field("refresh_token") == first.field("refresh_token")
    expected = "401, 409, or the same next token: two tabs, or an answer that was lost"
    yield again.case("the refresh token again, at once", expected=expected, held=again.status in {401, 409} or same)
    last = first if again.status == 401 else refresh(backend, person, first)
    yield refresh(backend, person, session).answers("the refresh token again, after later ones", 401)
    yield refresh(backend, person, last).answers("the last one: the theft ended the session", 401)


PROBE = Probe("P11", Group.ATTACKS, "access tokens are short-lived, refresh tokens work once", token_lifetime)
