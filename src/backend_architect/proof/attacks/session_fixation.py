"""S02: who signs in gets a new session; one that was there before is of no use any more."""

from collections.abc import Iterator

from backend_architect.proof.attacks.browser import NO_BROWSERS, ask, cookies_of, has_browsers, jar, sign_in
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.probe import Probe

MADE_UP = "chosen-by-somebody-else-0123456789"


def session_fixation(lab: Lab) -> Iterator[Case]:
    """Give cases for a session that a browser had before its sign-in: of its own, and made up."""
    backend = lab.backend
    if not has_browsers(lab.subject.design):
        yield skipped("a session before the sign-in", NO_BROWSERS)
        return
    victim = backend.person("victim")
    before = sign_in(backend, victim)
    again = sign_in(backend, victim, jar(before))
    old, new = ({cookie.value for cookie in cookies_of(answer)} for answer in (before, again))
    yield again.case("a second sign-in", expected="other cookies than before", held=bool(new) and not old & new)
    yield ask(backend, victim, "GET", "/v1/me", jar(again)).answers("the new session", 200)
    yield ask(backend, victim, "GET", "/v1/me", jar(before)).answers("the session from before", 401)
    own = {"origin": ALLOWED_ORIGIN}
    answer = ask(backend, victim, "POST", "/v1/auth/refresh", jar(before), headers=own, json_body={})
    yield answer.answers("renewing the session from before", 401)
    planted = "; ".join(f"{cookie.name}={MADE_UP}" for cookie in cookies_of(before))
    after = sign_in(backend, victim, planted)
    held = after.status < 300 and MADE_UP not in jar(after)
    yield after.case("a sign-in with a session that somebody made up", expected="a session of its own", held=held)
    yield ask(backend, victim, "GET", "/v1/me", planted).answers("the session that was made up", 401)


PROBE = Probe("S02", Group.ATTACKS, "who signs in gets a new session", session_fixation)
