"""S06: a session that nobody has used for long has ended."""

from collections.abc import Iterator

from backend_architect.proof.attacks.browser import NO_BROWSERS, ask, has_browsers, jar, sign_in
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.probe import Probe

AGE = """
UPDATE auth_sessions SET last_used_at = last_used_at - $2::text::interval, created_at = created_at - $2::text::interval
WHERE user_id = $1::text::uuid
"""
END = "UPDATE auth_sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1::text::uuid"


def idle_session(lab: Lab) -> Iterator[Case]:
    """Give cases for a session used a day ago, one used two months ago, and one whose whole time is over."""
    if not has_browsers(lab.subject.design):
        yield skipped("a session that nobody uses", NO_BROWSERS)
        return
    yield _renewed(lab, "1 day").answers("a session used a day ago", 204)
    yield _renewed(lab, "60 days").answers("a session used sixty days ago", 401)
    yield _renewed(lab, "").answers("a session whose whole time is over", 401)


def _renewed(lab: Lab, age: str) -> Exchange:
    """Return the answer to a session's renewal, its last use set back by `age`; without one, its end is set back."""
    backend: Backend = lab.backend
    person: Actor = backend.person("forgetful")
    cookies = jar(sign_in(backend, person))
    if age:
        backend.database.run(AGE, person.id, age)
    else:
        backend.database.run(END, person.id)
    own = {"origin": ALLOWED_ORIGIN}
    return ask(backend, person, "POST", "/v1/auth/refresh", cookies, headers=own, json_body={})


PROBE = Probe("S06", Group.ATTACKS, "a session that nobody has used for long has ended", idle_session)
