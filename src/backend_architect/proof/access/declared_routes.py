"""Every route that the application has stands in an access table, and every row of a table is a route."""

from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import mail_routes, provider_routes

HEALTH = frozenset({("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")})
OWN_ACCOUNT = frozenset(
    {
        ("POST", "/v1/auth/register"),
        ("POST", "/v1/auth/sign-in"),
        ("POST", "/v1/auth/refresh"),
        ("POST", "/v1/auth/password"),
        ("POST", "/v1/auth/sign-out"),
        ("POST", "/v1/auth/sign-out-everywhere"),
        ("GET", "/v1/auth/sessions"),
        ("GET", "/v1/me"),
        ("POST", "/v1/files"),
    }
)
"""What everybody may ask about the own account: no table is needed, and the attacks try them."""
WITHOUT_BODY = "HEAD"


def declared_routes(lab: Lab) -> Iterator[Case]:
    """Give a case for each route of the application, and for each row of a table that is none."""
    routes = {(method, path) for method, path in lab.application.routes if method != WITHOUT_BODY}
    tables = {(row.method, row.path): f"{row.file}:{row.line}" for row in lab.subject.access}
    providers = {(m, path) for path, methods in provider_routes(lab.subject.design).items() for m in methods}
    mail = {("POST", path) for path in mail_routes(lab.subject.design)}
    for method, path in sorted(routes - HEALTH - OWN_ACCOUNT - providers - mail):
        yield _declared(method, path, tables.get((method, path), ""))
    for method, path in sorted(set(tables) - routes):
        actual = f"{tables[method, path]} names a route that the application does not have"
        advice = "take the row out of the table, or include the router in app/main.py"
        yield Case(f"{method} {path} exists", Verdict.FAILED, "a route of the application", actual, advice=advice)


def _declared(method: str, path: str, where: str) -> Case:
    title = f"{method} {path} is declared"
    if where:
        return Case(title, Verdict.HELD, "a row of an access table", where)
    advice = f'add Access("{method} {path}", "the rule", …) to the access.py beside the route'
    return Case(title, Verdict.FAILED, "a row of an access table", "a route nobody declared", advice=advice)


PROBE = Probe(
    "declared", Group.ACCESS, "every route stands in an access table, and no row without a route", declared_routes
)
