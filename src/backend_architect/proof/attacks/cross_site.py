"""S04: what a page of another site makes a browser send changes nothing, whatever cookies come along."""

from collections.abc import Iterator, Mapping

from backend_architect.proof.attacks.addresses import filled
from backend_architect.proof.attacks.browser import NO_BROWSERS, ask, cookies_of, has_browsers, jar, sign_in
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.probe import Probe

FOREIGN: Mapping[str, Mapping[str, str]] = {
    "no origin": {},
    "Origin: https://evil.example": {"origin": "https://evil.example"},
    "Origin: null": {"origin": "null"},
    "an origin that begins alike": {"origin": f"{ALLOWED_ORIGIN}.evil.example"},
    "Sec-Fetch-Site: cross-site": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "Sec-Fetch-Site: same-site": {"origin": "https://evil.example.com", "sec-fetch-site": "same-site"},
}


def cross_site(lab: Lab) -> Iterator[Case]:
    """Give cases for each route that changes something, for the session itself, and for a page of our own."""
    backend = lab.backend
    if not has_browsers(lab.subject.design):
        yield skipped("requests of other sites", NO_BROWSERS)
        return
    victim = backend.person("victim", *(backend.design.auth.roles if backend.design.auth else ()))
    cookies = jar(sign_in(backend, victim))
    for row in lab.subject.access:
        if row.method != "GET":
            headers = FOREIGN["Origin: https://evil.example"]
            answer = ask(backend, victim, row.method, filled(row.path), cookies, headers=headers, json_body={})
            yield answer.answers(f"{row.method} {row.path} from another site", 403)
    yield from _session(lab, victim, cookies)


def _session(lab: Lab, victim: Actor, cookies: str) -> Iterator[Case]:
    backend = lab.backend
    for title, headers in FOREIGN.items():
        for path in ("/v1/auth/sign-out-everywhere", "/v1/auth/refresh"):
            answer = ask(backend, victim, "POST", path, cookies, headers=headers, json_body={})
            yield answer.answers(f"POST {path} with {title}", 403)
    yield ask(backend, victim, "GET", "/v1/me", cookies).answers("the session after all that", 200)
    forced = sign_in(backend, victim, origin="https://evil.example")
    held = forced.status == 403 and not cookies_of(forced)
    yield forced.case("a sign-in that another site forces on a browser", expected="403, no cookie", held=held)
    own = {"origin": ALLOWED_ORIGIN}
    answer = ask(backend, victim, "POST", "/v1/auth/sign-out", cookies, headers=own, json_body={})
    yield answer.answers("the same from an allowed page", 200, 204)


PROBE = Probe("S04", Group.ATTACKS, "other sites change nothing through a browser's cookies", cross_site)
