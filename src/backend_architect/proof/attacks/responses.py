"""P42 to P51 and P65: what answers look like, and which methods and addresses get one."""

import re
from collections.abc import Iterator, Mapping

from backend_architect.proof.attacks.addresses import address, filled, routes_with_bodies
from backend_architect.proof.attacks.insiders import insiders
from backend_architect.proof.attacks.missing_table import without_table
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import provider_routes

EXPECTED = "application/problem+json with type, title and this status"
MAX_REQUESTS = 2_000  # requests until some limit must have been reached


def problem_details(lab: Lab) -> Iterator[Case]:
    """P42 and P43: every error is a problem document (RFC 9457), whatever went wrong.

    Give a case for an error of each kind.
    """
    for status, title, answer in _errors(lab):
        held = answer.status == status and _is_problem(answer)
        yield answer.case(f"{status}: {title}", expected=f"{status}, {EXPECTED}", held=held)


def _errors(lab: Lab) -> Iterator[tuple[int, str, Exchange]]:
    backend, design = lab.backend, lab.subject.design
    ask, nobody = backend.client.ask, backend.anonymous()
    json = {"content-type": "application/json"}
    yield 400, "a host of somebody else", ask(nobody, "GET", "/v1/me", headers={"host": "evil.example"})
    yield 404, "no such address", ask(nobody, "GET", "/v1/no-such-thing")
    yield 413, "too large", ask(nobody, "POST", "/v1/anything", content=b" " * 2_000_000, headers=json)
    yield 415, "no JSON", ask(nobody, "POST", "/v1/anything", content=b"{}", headers={"content-type": "text/plain"})
    yield 429, "too often", _too_often(lab)
    if design.auth is not None:
        yield 401, "nobody has signed in", ask(nobody, "GET", "/v1/me")
        yield 405, "a method that the address does not have", ask(nobody, "DELETE", "/v1/me")
    for route in routes_with_bodies(lab.subject)[:1]:
        caller = backend.insider()
        yield 400, "half of a JSON text", ask(caller, route.method, address(route), content=b'{"a":', headers=json)
        yield 422, "a wrong field", ask(caller, route.method, address(route), json_body={"no_such_field": 1})
    for route in [each for each in lab.subject.routes if each.kind == "read"][:1]:
        caller = backend.insider()
        with without_table(backend, route.row.table):
            yield 500, "a table that is not there", ask(caller, "GET", address(route))


def _too_often(lab: Lab) -> Exchange:
    """Return the last of many requests from one address, up to the first that a limit refuses."""
    path = "/v1/auth/sign-in" if lab.subject.design.auth else "/v1/anything"
    client, nobody = lab.backend.client, lab.backend.anonymous()
    answer = client.ask(nobody, "POST", path, json_body={})
    for _ in range(MAX_REQUESTS):
        if answer.status == 429:
            break
        answer = client.ask(nobody, "POST", path, json_body={})
    return answer


def _is_problem(answer: Exchange) -> bool:
    kind = answer.headers.get("content-type", "").split(";")[0]
    texts = [answer.field("type"), answer.field("title")]
    all_texts = all(isinstance(text, str) and text for text in texts)
    return kind == "application/problem+json" and all_texts and answer.field("status") == answer.status


PROBLEM_DETAILS = Probe("P42-P43", Group.ATTACKS, "every error is a problem document", problem_details)


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
IMPLIED = frozenset({"HEAD", "OPTIONS"})
POSTED = ("register", "sign-in", "refresh", "password", "sign-out", "sign-out-everywhere")
SIGN_IN = {"/v1/me": {"GET"}, **{f"/v1/auth/{name}": {"POST"} for name in POSTED}}


def trace(lab: Lab) -> Iterator[Case]:
    """Give a case for each address: TRACE would show a page the headers that its browser sent."""
    for path in ("/healthz", *declared_methods(lab)):
        caller = lab.backend.anonymous()
        answer = lab.backend.client.ask(caller, "TRACE", filled(path), headers={"x-secret": "told-to-nobody"})
        held = answer.status in {405, 501} and b"told-to-nobody" not in answer.body
        yield answer.case(f"TRACE {path}", expected="405 or 501", held=held)


def undeclared(lab: Lab) -> Iterator[Case]:
    """Give a case for each address and each method that it does not have."""
    caller = lab.backend.insider()
    for path, declared in declared_methods(lab).items():
        for method in METHODS:
            if method not in declared:
                answer = lab.backend.client.ask(caller, method, filled(path))
                allow = {name.strip() for name in answer.headers.get("allow", "").split(",")} - IMPLIED
                expected = f"405, Allow: {', '.join(sorted(declared))}"
                case = answer.case(f"{method} {path}", expected=expected, held=False)
                held = answer.status == 405 and allow == declared
                yield answer.case(case.title, expected=expected, held=held, advice=f"it said Allow: {sorted(allow)}")


def declared_methods(lab: Lab) -> dict[str, set[str]]:
    """Return the methods of every address that an access table names, and of those that sign people in."""
    methods = {path: set(names) for path, names in SIGN_IN.items()} if lab.subject.design.auth else {}
    for path, names in provider_routes(lab.subject.design).items():
        methods.setdefault(path, set()).update(names)
    for row in lab.subject.access:
        methods.setdefault(row.path, set()).add(row.method)
    return methods


TRACE = Probe("P44", Group.ATTACKS, "TRACE is refused", trace)
UNDECLARED = Probe("P45", Group.ATTACKS, "an undeclared method is refused, and the declared ones are named", undeclared)


ENDS = ("%0a", "%0d%0a", "%00", "/", "%2f")
ADVICE = "compare whole addresses (\\Z where $ allows a line feed), and answer 404 to control characters in them"
ROUTES_EACH = 20


def near_addresses(lab: Lab) -> Iterator[Case]:
    """P65: an address that is nearly one of the application's is none: no second spelling goes past a limit or a proxy.

    Give a case for each declared address and method, with something at its end or its slashes written otherwise.
    """
    callers = insiders(lab.backend, ROUTES_EACH)
    for path, methods in declared_methods(lab).items():
        whole = filled(path)
        near = [*(whole + end for end in ENDS), whole.replace("/v1/", "/v1//"), whole.replace("/v1/", "/v1%2f")]
        for method in sorted(methods):
            caller = next(callers)
            for each in near:
                answer = lab.backend.client.ask(caller, method, each, json_body={})
                yield answer.answers(f"{method} {each.replace(whole, path)}", 404, advice=ADVICE)


NEAR_ADDRESSES = Probe(
    "P65", Group.ATTACKS, "an address that is nearly one of the application's is not found", near_addresses
)


YEAR = 31_536_000
PRODUCTS = re.compile(r"uvicorn|granian|starlette|fastapi|python|gunicorn|\d+\.\d+", re.IGNORECASE)


def answer_headers(lab: Lab) -> Iterator[Case]:
    """P46 to P49: every answer tells browsers what not to do with it, and nobody what it was made with.

    Give a case for an answer of each kind: found, not found, refused, wrong.
    """
    backend = lab.backend
    nobody = backend.anonymous()
    for method, path in (("GET", "/healthz"), ("GET", "/v1/no-such-thing"), ("GET", "/v1/me"), ("TRACE", "/healthz")):
        answer = backend.client.ask(nobody, method, path)
        wrong = "; ".join(_wrong(answer.headers))
        yield answer.case(
            f"{method} {path}", expected="nosniff, HSTS of a year, no product", held=not wrong, advice=wrong
        )
    if lab.subject.design.auth is not None:
        yield _not_stored(backend.client.ask(backend.person("reader"), "GET", "/v1/me"))


def _wrong(headers: Mapping[str, str]) -> Iterator[str]:
    if headers.get("x-content-type-options") != "nosniff":
        yield "X-Content-Type-Options is not nosniff"
    hsts = headers.get("strict-transport-security", "")
    age = re.search(r"max-age=(\d+)", hsts)
    if age is None or int(age[1]) < YEAR or "includesubdomains" not in hsts.lower():
        yield "Strict-Transport-Security is missing or shorter than a year"
    for name in ("server", "x-powered-by", "via"):
        if PRODUCTS.search(headers.get(name, "")):
            yield f"the header {name} names a product"


def _not_stored(answer: Exchange) -> Case:
    held = "no-store" in answer.headers.get("cache-control", "")
    return answer.case("GET /v1/me, signed in", expected="Cache-Control: no-store", held=held)


ANSWER_HEADERS = Probe("P46-P49", Group.ATTACKS, "every answer carries the security headers", answer_headers)


PATHS = ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect", "/v1/docs", "/v1/openapi.json", "/metrics")


def documentation(lab: Lab) -> Iterator[Case]:
    """P51: in production nobody is shown the documentation of every route.

    Give a case for each address where frameworks put it, and for the metrics, which are shown to nobody either.
    """
    for path in PATHS:
        yield lab.backend.client.ask(lab.backend.anonymous(), "GET", path).answers(f"GET {path}", 404)


DOCUMENTATION = Probe("P51", Group.ATTACKS, "in production there is no documentation to read", documentation)
