"""P28: what a session had is worth nothing once somebody has signed out."""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.attacks import browser
from backend_architect.proof.attacks.forging import ME, NO_ACCOUNTS
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.people import REFRESH, refresh, sign_in
from backend_architect.proof.probe import Probe

SIGN_OUT = "/v1/auth/sign-out"


def signed_out(lab: Lab) -> Iterator[Case]:
    """Give a case for the token, the refresh token and the cookie after sign-out, and for sign-out everywhere."""
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


PROBE = Probe("P28", Group.ATTACKS, "a session is over once signed out", signed_out)
