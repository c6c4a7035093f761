"""P42 and P43: every error is a problem document (RFC 9457), whatever went wrong."""

from collections.abc import Iterator

from backend_architect.proof.attacks.addresses import address, routes_with_bodies
from backend_architect.proof.attacks.broken import without_table
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

EXPECTED = "application/problem+json with type, title and this status"
MOST = 2_000  # requests until some limit must have been reached


def problem_details(lab: Lab) -> Iterator[Case]:
    """Give a case for an error of each kind."""
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
    for route in routes_with_bodies(design)[:1]:
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
    for _ in range(MOST):
        if answer.status == 429:
            break
        answer = client.ask(nobody, "POST", path, json_body={})
    return answer


def _is_problem(answer: Exchange) -> bool:
    kind = answer.headers.get("content-type", "").split(";")[0]
    texts = [answer.field("type"), answer.field("title")]
    told = all(isinstance(text, str) and text for text in texts)
    return kind == "application/problem+json" and told and answer.field("status") == answer.status


PROBE = Probe("P42-P43", Group.ATTACKS, "every error is a problem document", problem_details)
