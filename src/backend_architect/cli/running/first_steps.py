"""A developer's account with a token, and requests to begin with."""

import http.client
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.model import Design, Field, FieldType
from backend_architect.design.routes import Route, routes_of
from backend_architect.design.rule_evaluation import persona_facts, truth
from backend_architect.postgres import Session
from backend_architect.running import CONFIRM_ADDRESS

EMAIL = "developer@example.com"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What an API said."""

    status: int
    body: dict[str, object]


def ask(port: int, method: str, path: str, body: object = None, token: str = "") -> HttpAnswer:
    """Return the answer of a server on this machine."""
    headers = {"Accept": "application/json"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        return HttpAnswer(response.status, json.loads(content) if content[:1] == b"{" else {})
    finally:
        connection.close()


def developer_token(port: int, design: Design, path: Path, database_url: str) -> str:
    """Return an access token of the developer's account, which is made at the first run; empty without accounts.

    Its password is kept at `path`.
    """
    if design.account is None or design.auth is None or "password" not in design.auth.sign_in:
        return ""
    token = _signed_in(port, path.read_text()) if path.exists() else ""
    if token:
        return token
    password = _new_password(path)
    ask(port, "POST", "/v1/auth/register", new_account(design, EMAIL, password, "developer"))
    if design.has_mail:
        with Session(database_url) as session:
            session.run(CONFIRM_ADDRESS, EMAIL)
    return _signed_in(port, password)


def _signed_in(port: int, password: str) -> str:
    """Return a token, or an empty text when the database does not know the account."""
    answer = ask(port, "POST", "/v1/auth/sign-in", {"email": EMAIL, "password": password})
    return str(answer.body.get("access_token", ""))


def new_account(design: Design, email: str, password: str, name: str) -> dict[str, object]:
    """Return the body that registers an account called `name`."""
    assert design.account is not None
    fields = [field for field in design.account.accepted("create") if not field.optional and field.default is None]
    own = {field.column: sample(field, name) for field in fields if field.name != "email"}
    return {**own, "email": email, "password": password}


def sample(field: Field, text: str) -> object:
    """Return a value that the field accepts."""
    low, high = field.length if field.type in {FieldType.TEXT, FieldType.SLUG} else (0, 0)
    fixed: dict[FieldType, object] = {
        FieldType.ONE_OF: field.choices[0] if field.choices else "",
        FieldType.EMAIL: f"{text}@example.com",
        FieldType.URL: "https://example.com/",
        FieldType.INTEGER: field.min or 1,
        FieldType.MONEY: field.min or 100,
        FieldType.DECIMAL: str(field.min or 1),
        FieldType.BOOLEAN: False,
        FieldType.DATE: "2030-01-01",
        FieldType.TIMESTAMP: "2030-01-01T10:00:00Z",
        FieldType.DURATION: "PT1H",
        FieldType.JSON: {},
        FieldType.LIST: [],
    }
    return fixed.get(field.type, text.ljust(low, "x")[:high])


def curl_lines(port: int, design: Design, *, signed_in: bool) -> list[str]:
    """Return three requests that work as they are, with the token in the shell's variable TOKEN."""
    routes = routes_of(design)
    base = f"http://127.0.0.1:{port}"
    own = ' -H "Authorization: Bearer $TOKEN"' if signed_in else ""
    lines = [f"curl {base}/v1/me{own}"] if signed_in else []
    lines += [f"curl '{base}/v1{route.path}?limit=3'{own}" for route in routes if _plain_list(design, route)][:1]
    lines += [_create_line(base, route, own) for route in routes if signed_in and _simple_create(design, route)][:1]
    lines += [f"curl {base}/readyz", f"curl {base}/openapi.json"]
    return lines[:3]


def _plain_list(design: Design, route: Route) -> bool:
    if route.list is None or "{" in route.path or route.list.match:
        return False
    facts = persona_facts(design, route.row, "stranger", route.row.table)
    return truth(resolve_rule(design, None, route.list.allow), facts) == {True}


def _simple_create(design: Design, route: Route) -> bool:
    """Return whether anybody who has signed in may make such a row, out of nothing else."""
    if route.kind != "create" or "{" in route.path or _required_references(route):
        return False
    facts = persona_facts(design, route.row, "stranger", "new", is_new=True)
    return truth(resolve_rule(design, route.row, route.row.allow["create"], alias="new"), facts) == {True}


def _required_references(route: Route) -> list[Field]:
    fields = route.row.accepted("create") if hasattr(route.row, "accepted") else ()
    return [field for field in fields if field.is_reference and not field.optional]


def _create_line(base: str, route: Route, own: str) -> str:
    fields = [f for f in route.row.accepted("create") if not f.optional and f.default is None]  # type: ignore[union-attr]
    body = json.dumps({field.column: sample(field, "hello") for field in fields})
    return f"curl -X POST {base}/v1{route.path}{own} -H 'Content-Type: application/json' -d '{body}'"


def _new_password(path: Path) -> str:
    """Return a password that only this checkout knows; the kept one is tried again when the database was emptied."""
    password = path.read_text() if path.exists() else secrets.token_urlsafe(18)
    path.touch(mode=0o600)
    path.write_text(password)
    return password
