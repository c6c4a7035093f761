"""P28, P75, P78 and S01 to S06: cookies and sessions, from sign-in to their end."""

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from backend_architect.postgres import Session
from backend_architect.proof.attacks import browser
from backend_architect.proof.attacks.browser import NO_BROWSERS, Cookie, ask, cookies_of, has_browsers, jar
from backend_architect.proof.attacks.concurrent_requests import statuses
from backend_architect.proof.attacks.forged_tokens import ME, NO_ACCOUNTS
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.people import REFRESH, change_password, refresh, sign_in
from backend_architect.proof.probe import Probe

SIGN_OUT = "/v1/auth/sign-out"


def signed_out(lab: Lab) -> Iterator[Case]:
    """P28: what a session had is worth nothing once somebody has signed out.

    Give a case for the token, the refresh token and the cookie after sign-out, and for sign-out everywhere.
    """
    if lab.subject.design.auth is None:
        yield skipped("a token after sign-out", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    session = sign_in(backend, backend.moved(person))
    here = replace(person, token=str(session.field("access_token")))
    yield from _ended(backend, here, SIGN_OUT)
    yield refresh(backend, person, session).answers("the refresh token", 401)
    yield backend.client.ask(person, "GET", ME).answers("another session goes on", 200)
    if browser.has_browsers(lab.subject.design):
        yield from _cookies(backend, person)
    yield from _ended(backend, person, f"{SIGN_OUT}-everywhere")


def _ended(backend: Backend, person: Actor, path: str) -> Iterator[Case]:
    yield backend.client.ask(person, "GET", ME).answers(f"the token before {path}", 200)
    yield backend.client.ask(person, "POST", path).answers(f"POST {path}", 204, 200)
    yield backend.client.ask(person, "GET", ME).answers(f"the token after {path}", 401)


def _cookies(backend: Backend, person: Actor) -> Iterator[Case]:
    cookies = browser.jar(browser.sign_in(backend, backend.moved(person)))
    origin = {"origin": ALLOWED_ORIGIN}

    def ask(method: str, path: str, body: object = None) -> Exchange:
        return browser.ask(backend, person, method, path, cookies, headers=origin, json_body=body)

    yield ask("GET", ME).answers("the cookie before sign-out", 200)
    yield ask("POST", SIGN_OUT).answers(f"POST {SIGN_OUT} by cookie", 204, 200)
    yield ask("GET", ME).answers("the cookie after sign-out", 401)
    yield ask("POST", REFRESH, {}).answers("the refresh cookie after sign-out", 401)
    yield from _without_access(backend, person)


def _without_access(backend: Backend, person: Actor) -> Iterator[Case]:
    """Give cases for a browser that was left alone until its access cookie was over."""
    cookies = browser.jar(browser.sign_in(backend, backend.moved(person)), but=browser.ACCESS_COOKIE)
    origin, other = {"origin": ALLOWED_ORIGIN}, {"origin": "https://evil.example"}
    refused = browser.ask(backend, person, "POST", SIGN_OUT, cookies, headers=other)
    yield refused.answers(f"POST {SIGN_OUT} by refresh cookie from another site", 403)
    ended = browser.ask(backend, person, "POST", SIGN_OUT, cookies, headers=origin)
    yield ended.answers(f"POST {SIGN_OUT} once the access cookie is over", 204, 200)
    after = browser.ask(backend, person, "POST", REFRESH, cookies, headers=origin, json_body={})
    yield after.answers("the refresh cookie after that", 401)


SIGNED_OUT = Probe("P28", Group.ATTACKS, "a session is over once signed out", signed_out)


CHANGE = "UPDATE auth_accounts SET password_hash = password_hash || '0' WHERE lower(email) = lower($1)"
WAITS = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
RACE_PATIENCE = 3.0
AT_ONCE = 4


def session_race(lab: Lab) -> Iterator[Case]:
    """P75: a sign-in with the old password opens no session once that password is changed, also in the same moment.

    Give the case of a sign-in that begins while a change of the password is not yet committed.
    """
    if lab.subject.design.auth is None:
        yield skipped("a sign-in while the password changes", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    with Session(backend.place.environment["DATABASE_URL"]) as session, ThreadPoolExecutor(1) as pool:
        session.run("BEGIN")
        session.run(CHANGE, person.email)
        sent = pool.submit(sign_in, backend, backend.moved(person))
        until = time.monotonic() + RACE_PATIENCE
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


SESSION_RACE = Probe("P75", Group.ATTACKS, "no session begins with a password that is being changed", session_race)


KEPT = "SELECT to_regclass('auth_revocations') IS NOT NULL"
LISTENS = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'auth_revocations'
)
"""
REVOKE = "UPDATE auth_sessions SET revoked_at = now() WHERE user_id = $1::text::uuid AND revoked_at IS NULL"
HIDE = "ALTER TABLE auth_revocations RENAME TO auth_revocations_hidden"
SHOW = "ALTER TABLE auth_revocations_hidden RENAME TO auth_revocations"
NOTE = "INSERT INTO auth_revocations SELECT id FROM auth_sessions WHERE user_id = $1::text::uuid"
SIGNED_OUT_AT_ONCE = 3
REVOCATION_PATIENCE = 6.0
SETTLE_SECONDS = 2.0


def unheard_revocations(lab: Lab) -> Iterator[Case]:
    """P78: a session that ends while the server reads of nothing is over all the same, then and once it reads again.

    Give cases for sign-outs, asked before the server can have read of them, for a session that was ended in the
    database, and for one that ends while the list of revocations cannot be read.
    """
    if lab.subject.design.auth is None:
        yield skipped("a session that ends unheard", NO_ACCOUNTS)
        return
    backend = lab.backend
    if not backend.database.value(KEPT) or backend.database.value(LISTENS):
        yield skipped("a session that ends unheard", "the server does not read the list auth_revocations")
        return
    for _ in range(SIGNED_OUT_AT_ONCE):
        leaver = backend.person("owner")
        backend.client.ask(leaver, "POST", SIGN_OUT)
        yield _ask(backend, leaver, "the token right after its sign-out", 401)
    elsewhere, unheard, other = (backend.person("owner") for _ in range(3))
    backend.database.run(REVOKE, elsewhere.id)
    yield _soon(backend, elsewhere, "the token of a session that was ended in the database", 401)
    with Session(backend.place.environment["DATABASE_URL"]) as session:
        session.run("SET session_replication_role = replica")  # the trigger cannot write what it would
        session.run(HIDE)
        try:
            session.run(REVOKE, unheard.id)
            yield _soon(backend, unheard, "the token of one that ended while the list cannot be read", 401)
            yield _ask(backend, other, "somebody else's token meanwhile", 200)
        finally:
            session.run(SHOW)
        session.run(NOTE, unheard.id)
    time.sleep(SETTLE_SECONDS)
    yield _ask(backend, unheard, "its token, once the list is read again", 401)
    yield _ask(backend, other, "somebody else's token after that", 200)


def _soon(backend: Backend, who: Actor, title: str, status: int) -> Case:
    """Return the answer once it is the right one: the server reads the list now and then."""
    until = time.monotonic() + REVOCATION_PATIENCE
    case = _ask(backend, who, title, status)
    while case.verdict is not Verdict.HELD and time.monotonic() < until:
        time.sleep(0.1)
        case = _ask(backend, who, title, status)
    return case


def _ask(backend: Backend, who: Actor, title: str, status: int) -> Case:
    advice = "ask the database while the list cannot be read, and catch up when it can"
    return backend.client.ask(who, "GET", ME).answers(title, status, advice=advice)


UNHEARD_REVOCATIONS = Probe(
    "P78", Group.ATTACKS, "a session that ends unheard is over all the same", unheard_revocations
)


EXPECTED = "__Host-, Secure, HttpOnly, SameSite=Lax or Strict, Path=/, no Domain"


def cookie_attributes(lab: Lab) -> Iterator[Case]:
    """S01: the cookies of a session are kept from scripts, from other hosts, and from requests of other sites.

    Give a case for each cookie that a sign-in sets, and one for the answer's body.
    """
    if not has_browsers(lab.subject.design):
        yield skipped("cookies", NO_BROWSERS)
        return
    answer = browser.sign_in(lab.backend, lab.backend.person("browser"))
    cookies = cookies_of(answer)
    yield answer.case("a sign-in in a browser", expected="2xx with cookies", held=answer.status < 300 and bool(cookies))
    for cookie in cookies:
        shown = "; ".join([f"{cookie.name}=…", *(f"{key}={value}" for key, value in cookie.attributes.items())])
        yield Case(cookie.name, verdict(_is_kept(cookie)), EXPECTED, shown, answer.curl)
    held = not any(cookie.value.encode() in answer.body for cookie in cookies)
    yield answer.case("what scripts can read", expected="no token in the body", held=held)


def _is_kept(cookie: Cookie) -> bool:
    attributes = cookie.attributes
    flags = {"secure", "httponly"} <= attributes.keys() and "domain" not in attributes
    same_site = attributes.get("samesite", "").lower() in {"lax", "strict"}
    return cookie.name.startswith("__Host-") and flags and same_site and attributes.get("path") == "/"


COOKIE_ATTRIBUTES = Probe(
    "S01", Group.ATTACKS, "cookies are kept from scripts, other hosts and other sites", cookie_attributes
)


MADE_UP = "chosen-by-somebody-else-0123456789"


def session_fixation(lab: Lab) -> Iterator[Case]:
    """S02: who signs in gets a new session; one that was there before is of no use any more.

    Give cases for a session that a browser had before its sign-in: of its own, and made up.
    """
    backend = lab.backend
    if not has_browsers(lab.subject.design):
        yield skipped("a session before the sign-in", NO_BROWSERS)
        return
    victim = backend.person("victim")
    before = browser.sign_in(backend, victim)
    again = browser.sign_in(backend, victim, jar(before))
    old, new = ({cookie.value for cookie in cookies_of(answer)} for answer in (before, again))
    yield again.case("a second sign-in", expected="other cookies than before", held=bool(new) and not old & new)
    yield ask(backend, victim, "GET", "/v1/me", jar(again)).answers("the new session", 200)
    yield ask(backend, victim, "GET", "/v1/me", jar(before)).answers("the session from before", 401)
    own = {"origin": ALLOWED_ORIGIN}
    answer = ask(backend, victim, "POST", "/v1/auth/refresh", jar(before), headers=own, json_body={})
    yield answer.answers("renewing the session from before", 401)
    planted = "; ".join(f"{cookie.name}={MADE_UP}" for cookie in cookies_of(before))
    after = browser.sign_in(backend, victim, planted)
    held = after.status < 300 and MADE_UP not in jar(after)
    yield after.case("a sign-in with a session that somebody made up", expected="a session of its own", held=held)
    yield ask(backend, victim, "GET", "/v1/me", planted).answers("the session that was made up", 401)


SESSION_FIXATION = Probe("S02", Group.ATTACKS, "who signs in gets a new session", session_fixation)


SESSIONS, RENEWALS = 40, 4
EACH = 20  # sign-ins of one account: more in a row are refused
NEEDED_BITS = 128


def session_randomness(lab: Lab) -> Iterator[Case]:
    """S03: no session can be guessed from others.

    Give cases for the refresh tokens of many sessions: how varied they are, and what they have in common.
    """
    if not has_browsers(lab.subject.design):
        yield skipped("the tokens of many sessions", NO_BROWSERS)
        return
    sessions = _sessions(lab)
    tokens = [token for session in sessions for token in session]
    wanted = SESSIONS * (RENEWALS + 1)
    bits = sum(_entropy([token[place] for token in tokens]) for place in range(min(map(len, tokens), default=0)))
    actual = f"at least {bits:.0f} bits"
    yield Case(f"{len(tokens)} tokens", verdict(bits >= NEEDED_BITS), f"at least {NEEDED_BITS} bits", actual)
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


SESSION_RANDOMNESS = Probe("S03", Group.ATTACKS, "no session can be guessed from others", session_randomness)


AGE = """
UPDATE auth_sessions SET last_used_at = last_used_at - $2::text::interval, created_at = created_at - $2::text::interval
WHERE user_id = $1::text::uuid
"""
END = "UPDATE auth_sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1::text::uuid"


def idle_session(lab: Lab) -> Iterator[Case]:
    """S06: a session that nobody has used for long has ended.

    Give cases for a session used a day ago, one used two months ago, and one whose whole time is over.
    """
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
    cookies = jar(browser.sign_in(backend, person))
    if age:
        backend.database.run(AGE, person.id, age)
    else:
        backend.database.run(END, person.id)
    own = {"origin": ALLOWED_ORIGIN}
    return ask(backend, person, "POST", "/v1/auth/refresh", cookies, headers=own, json_body={})


IDLE_SESSION = Probe("S06", Group.ATTACKS, "a session that nobody has used for long has ended", idle_session)
