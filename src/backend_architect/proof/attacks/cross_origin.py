"""P50, S04 and S05: pages of other origins read nothing and change nothing."""

from collections.abc import Iterator, Mapping

from backend_architect.postgres import Session
from backend_architect.proof.attacks.addresses import filled
from backend_architect.proof.attacks.browser import NO_BROWSERS, ask, cookies_of, has_browsers, jar, sign_in
from backend_architect.proof.attacks.insiders import insiders
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import ALLOWED_ORIGIN, Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import project_routes, valid_request

HOST = ALLOWED_ORIGIN.removeprefix("https://")
FOREIGN_ORIGINS = (
    "https://evil.example",
    "null",
    f"http://{HOST}",
    f"{ALLOWED_ORIGIN}.evil.example",
    f"https://evil{HOST}",
    f"https://evil.example#{ALLOWED_ORIGIN}",
    f"{ALLOWED_ORIGIN}:8443",
    f"https://sub.{HOST}",
)
ALLOW = "access-control-allow-origin"


def cross_origin(lab: Lab) -> Iterator[Case]:
    """P50: pages of other origins may not read answers, however much their origin looks like an allowed one.

    Give for each foreign origin a case for a request and one for what a browser asks beforehand.
    """
    for origin in FOREIGN_ORIGINS:
        for method in ("GET", "OPTIONS"):
            answer = _ask(lab, method, origin)
            held = answer.headers.get(ALLOW) not in {origin, "*"}
            yield answer.case(f"{method} from {origin}", expected="no Access-Control-Allow-Origin for it", held=held)
    answer = _ask(lab, "GET", ALLOWED_ORIGIN)
    held = answer.headers.get(ALLOW) == ALLOWED_ORIGIN and "origin" in answer.headers.get("vary", "").lower()
    yield answer.case("GET from the allowed origin", expected="it alone is named, and Vary: Origin", held=held)


def _ask(lab: Lab, method: str, origin: str) -> Exchange:
    headers = {"origin": origin} | ({"access-control-request-method": "POST"} if method == "OPTIONS" else {})
    return lab.backend.client.ask(lab.backend.anonymous(), method, "/v1/me", headers=headers)


CROSS_ORIGIN = Probe("P50", Group.ATTACKS, "pages of other origins may not read answers", cross_origin)


FOREIGN_SITE: Mapping[str, Mapping[str, str]] = {
    "no origin": {},
    "Origin: https://evil.example": {"origin": "https://evil.example"},
    "Origin: null": {"origin": "null"},
    "an origin that begins alike": {"origin": f"{ALLOWED_ORIGIN}.evil.example"},
    "Sec-Fetch-Site: cross-site": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    "Sec-Fetch-Site: same-site": {"origin": "https://evil.example.com", "sec-fetch-site": "same-site"},
}


def cross_site(lab: Lab) -> Iterator[Case]:
    """S04: what a page of another site makes a browser send changes nothing, whatever cookies come along.

    Give cases for each route that changes something, for the session itself, and for a page of our own.
    """
    backend = lab.backend
    if not has_browsers(lab.subject.design):
        yield skipped("requests of other sites", NO_BROWSERS)
        return
    victim = backend.person("victim", *(backend.design.auth.roles if backend.design.auth else ()))
    cookies = jar(sign_in(backend, victim))
    for row in lab.subject.access:
        if row.method != "GET":
            headers = FOREIGN_SITE["Origin: https://evil.example"]
            answer = ask(backend, victim, row.method, filled(row.path), cookies, headers=headers, json_body={})
            yield answer.answers(f"{row.method} {row.path} from another site", 403)
    yield from _session(lab, victim, cookies)


def _session(lab: Lab, victim: Actor, cookies: str) -> Iterator[Case]:
    backend = lab.backend
    for title, headers in FOREIGN_SITE.items():
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


CROSS_SITE = Probe("S04", Group.ATTACKS, "other sites change nothing through a browser's cookies", cross_site)


TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
DIGEST = "SELECT md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM \"{table}\" t"


def safe_methods(lab: Lab) -> Iterator[Case]:
    """S05: to read something changes nothing.

    Give a case for each route that answers GET: every row of every table before it and after it.
    """
    callers = insiders(lab.backend, 50)
    for route in project_routes(lab.subject):
        if route.method != "GET":
            continue
        caller = next(callers)
        request = valid_request(lab.backend, route, caller)
        before = _state(lab.backend.database)
        answer = request.send(lab.backend, caller)
        lab.backend.client.ask(caller, "HEAD", request.path)
        after = _state(lab.backend.database)
        changed = [table for table in after if after[table] != before.get(table)]
        title, advice = route.title, f"it changed {', '.join(changed)}"
        yield answer.case(title, expected="not one row is different", held=not changed, advice=advice)


def _state(database: Session) -> dict[str, str]:
    names = [str(row["relname"]) for row in database.fetch(TABLES)]
    return {name: str(database.value(DIGEST.format(table=name))) for name in names}


SAFE_METHODS = Probe("S05", Group.ATTACKS, "to read something changes nothing", safe_methods)
