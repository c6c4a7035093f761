"""P58, P60, P63 and P64: what is in the log, what is not, and what only the log says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from backend_architect.design.routes import Route
from backend_architect.proof.attacks.addresses import address
from backend_architect.proof.attacks.log_lines import Listening, parsed
from backend_architect.proof.attacks.missing_table import without_table
from backend_architect.proof.attacks.sockets import response_text, send, verdict
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Measure, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

NAME = "x-request-id"
SAFE = re.compile(r"[A-Za-z0-9._-]{8,128}")
UNSAFE = ("x", "a" * 5_000, '"}{"forged": "line', "<script>alert(1)</script>", "'; DROP TABLE users; --")


def request_ids(lab: Lab) -> Iterator[Case]:
    """P58: every answer carries the id under which the log tells of its request.

    Give a case for an id that the client sends, for one that it does not, and for each that is not safe.
    """
    sent = "proof-of-request-0001"
    yield _logged(lab, "an id of the client's own", {NAME: sent}, sent)
    first, second = (lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me").headers.get(NAME) for _ in "ab")
    yield _logged(lab, "no id", {}, "")
    answer = lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/no-such-thing")
    held = len({first, second, answer.headers.get(NAME)}) == 3
    yield answer.case("three requests without an id", expected="three different ids", held=held)
    for unsafe in UNSAFE:
        answer = lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me", headers={NAME: unsafe})
        held = bool(SAFE.fullmatch(answer.headers.get(NAME, "")))
        yield answer.case(f"an id like {unsafe[:25]}", expected="an id of the backend's own, or a refusal", held=held)


def _logged(lab: Lab, title: str, headers: dict[str, str], expected: str) -> Case:
    log = Listening(lab.backend)
    answer: Exchange = lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me", headers=headers)
    name = answer.headers.get(NAME, "")
    matching = log.until(lambda lines: any(name in line for line in lines)) if name else []
    held = bool(SAFE.fullmatch(name)) and name == (expected or name) and any(name in line for line in matching)
    wanted = f"X-Request-ID: {expected or 'a new one'}, and a line of the log with it"
    return answer.case(title, expected=wanted, held=held, advice=f"the answer had {name or 'none'}")


REQUEST_IDS = Probe("P58", Group.ATTACKS, "the log tells of each request under the id in its answer", request_ids)


INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|asyncpg|pydantic|sqlalchemy|\bSELECT\b|\bINSERT\b|\bFROM\b|relation \"|column \""
    r"|does not exist|_taken_away|site-packages|/app/|Error\b",
)


def failure_details(lab: Lab) -> Iterator[Case]:
    """P60: what went wrong inside is told to the log, not to the client.

    Give a case for each route that reads, while its table is away.
    """
    routes = [route for route in lab.subject.routes if route.method == "GET" and not _is_cached(route)]
    if not routes:
        yield skipped("a forced failure", "no route reads a table")
        return
    caller = lab.backend.insider()
    log = Listening(lab.backend)
    for route in routes:
        query = "?q=hello" if route.list and route.list.match else ""
        with without_table(lab.backend, route.row.table):
            answer = lab.backend.client.ask(caller, "GET", address(route) + query)
        held = answer.status == 500 and not _tells(answer.body, answer.headers)
        yield answer.case(f"{route.statement} without its table", expected="500 that tells nothing", held=held)
    matching = [line for line in log.until(_tell_why) if "does not exist" in line]
    yield Case("the log", verdict(bool(matching)), "the error itself", "".join(matching[:1])[:600] or "nothing of it")


def _tell_why(lines: Sequence[str]) -> bool:
    return any("does not exist" in line for line in lines)


def _is_cached(route: Route) -> bool:
    return bool(route.list and route.list.cache_seconds)


def _tells(body: bytes, headers: Mapping[str, str]) -> bool:
    return bool(INSIDE.search(body.decode(errors="replace") + " ".join(headers.values())))


FAILURE_DETAILS = Probe("P60", Group.ATTACKS, "a failure tells the client nothing of what is inside", failure_details)


FORGED = '{"level": "info", "forged": true}'
ESCAPED = "%0d%0a%7B%22forged%22%3A%20true%7D"
HEAD = "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n\r\n"
RAW = {
    "a line break in the path": HEAD.format(path=f"/v1/me{ESCAPED}", more="Accept: */*"),
    "a line break in the query": HEAD.format(path=f"/v1/me?q={ESCAPED}", more="Accept: */*"),
    "a folded X-Request-ID": HEAD.format(path="/v1/me", more=f"X-Request-ID: abcdefgh\r\n {FORGED}"),
    "a bare line feed in X-Request-ID": HEAD.format(path="/v1/me", more=f"X-Request-ID: abcdefgh\n{FORGED}"),
    "a bare carriage return in User-Agent": HEAD.format(path="/v1/me", more=f"User-Agent: a\r{FORGED}"),
    "a line break in the method": HEAD.format(path="/v1/me", more="Accept: */*").replace("GET", "GE\nT"),
    "a token of quotes": HEAD.format(path="/v1/me", more=f'Authorization: Bearer "}}{FORGED}'),
}


def log_injection(lab: Lab) -> Iterator[Case]:
    """P63: whatever a client sends, each request is one line of JSON in the log, and nobody forges another.

    Give a case for each place where a line break can be hidden.
    """
    for title, request in RAW.items():
        log = Listening(lab.backend)
        answer, _ = send(lab.backend.port, [request.encode()])
        yield _case(
            lab, log, title, response_text(answer), f"printf '%b' {request!r} | nc 127.0.0.1 {lab.backend.port}"
        )
    if lab.subject.design.auth is None:
        return
    for field in ("email", "password"):
        body = {"email": "ada@example.com", "password": "x", field: f"ada\r\n{FORGED}@example.com"}
        log = Listening(lab.backend)
        sent = lab.backend.client.ask(lab.backend.anonymous(), "POST", "/v1/auth/sign-in", json_body=body)
        yield _case(lab, log, f"a line break in the {field}", sent.description, sent.curl)


def _case(lab: Lab, log: Listening, title: str, actual: str, repeat: str) -> Case:
    """A last request, known by its id, ends what belongs to the one before it."""
    mark = "the-end-of-it-0001"
    lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me", headers={"x-request-id": mark})
    lines = log.until(lambda lines: any(mark in line for line in lines))
    own = [line for line in lines if mark not in line]
    requests = [line for line in own if "path" in parsed(line)]  # and not what the backend tells of itself
    forged = any("forged" in parsed(line) for line in own)
    held = len(lines) > len(own) and len(requests) <= 1 and all(map(parsed, lines)) and not forged
    shown = f"{actual}; the log: {own}"
    return Case(title, verdict(held), "at most one line in the log, in JSON, and none forged", shown[:600], repeat)


LOG_INJECTION = Probe("P63", Group.ATTACKS, "each request is one line of JSON in the log", log_injection)


WRONG = "a-password-that-is-wrong-0001"
MADE_UP = "a-token-that-is-made-up-0001"


def secrets_in_logs(lab: Lab) -> Iterator[Case]:
    """P64: after all that was tried, no password, token or cookie is in the log. It runs last among the attacks.

    Give a case for the log of the shared backend, after some more requests that fail with secrets in them.
    """
    backend = lab.backend
    log = Listening(backend)
    if lab.subject.design.auth is not None:
        _fail_with_secrets(lab, backend.person("careless"))
    backend.client.ask(backend.anonymous(), "GET", "/v1/me", headers={"x-request-id": "the-last-of-all"})
    log.until(lambda lines: any("the-last-of-all" in line for line in lines))
    secrets = {lab.secret, *backend.client.secrets}
    lines = backend.log.read_text(errors="replace").splitlines()
    matching = [line for line in lines if any(secret in line for secret in secrets)]
    actual = f"{len(matching)} of {len(lines):,} lines have one" + "".join(
        f", such as: {line[:200]}" for line in matching[:1]
    )
    measures = (Measure("secrets", len(secrets)), Measure("lines of the log", len(lines)))
    title = f"{len(secrets):,} passwords, tokens and cookies"
    yield Case(title, verdict(not matching and bool(lines)), "in no line of the log", actual, measures=measures)
    other = [line for line in lines if not parsed(line)]
    yield Case("the form of the log", verdict(not other), "JSON, every line", "".join(other[:1])[:300] or "JSON")


def _fail_with_secrets(lab: Lab, person: Actor) -> None:
    """Send secrets where they are wrong, and where something breaks while they are used."""
    backend = lab.backend
    ask = backend.client.ask
    sign_in(backend, replace(person, token="", password=WRONG, address=backend.anonymous().address))
    ask(backend.anonymous(), "GET", f"/v1/me?access_token={person.token}")
    ask(backend.anonymous(), "GET", "/v1/me", headers={"authorization": f"Bearer {MADE_UP}"})
    ask(backend.anonymous(), "GET", "/v1/me", headers={"cookie": f"__Host-access={MADE_UP}; session={MADE_UP}"})
    ask(backend.anonymous(), "POST", "/v1/auth/refresh", json_body={"refresh_token": MADE_UP})
    with without_table(backend, "auth_accounts"):
        sign_in(backend, replace(person, token="", address=backend.anonymous().address))
        ask(person, "POST", "/v1/auth/password", json_body={"current_password": person.password, "new_password": WRONG})
        ask(person, "GET", "/v1/me")


SECRETS_IN_LOGS = Probe("P64", Group.ATTACKS, "no password, token or cookie is in the log", secrets_in_logs)
