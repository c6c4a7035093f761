"""P46 to P49: every answer tells browsers what not to do with it, and nobody what it was made with."""

import re
from collections.abc import Iterator, Mapping

from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

YEAR = 31_536_000
PRODUCTS = re.compile(r"uvicorn|granian|starlette|fastapi|python|gunicorn|\d+\.\d+", re.IGNORECASE)


def answer_headers(lab: Lab) -> Iterator[Case]:
    """Give a case for an answer of each kind: found, not found, refused, wrong."""
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


PROBE = Probe("P46-P49", Group.ATTACKS, "every answer carries the security headers", answer_headers)
