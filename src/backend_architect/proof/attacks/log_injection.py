"""P63: whatever a client sends, each request is one line of JSON in the log, and nobody forges another."""

from collections.abc import Iterator

from backend_architect.proof.attacks.log_lines import Listening, parsed
from backend_architect.proof.attacks.sockets import send, told, verdict
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

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
    """Give a case for each place where a line break can be hidden."""
    for title, request in RAW.items():
        log = Listening(lab.backend)
        answer, _ = send(lab.backend.port, [request.encode()])
        yield _case(lab, log, title, told(answer), f"printf '%b' {request!r} | nc 127.0.0.1 {lab.backend.port}")
    if lab.subject.design.auth is None:
        return
    for field in ("email", "password"):
        body = {"email": "ada@example.com", "password": "x", field: f"ada\r\n{FORGED}@example.com"}
        log = Listening(lab.backend)
        sent = lab.backend.client.ask(lab.backend.anonymous(), "POST", "/v1/auth/sign-in", json_body=body)
        yield _case(lab, log, f"a line break in the {field}", sent.told, sent.curl)


def _case(lab: Lab, log: Listening, title: str, came: str, repeat: str) -> Case:
    """A last request, known by its id, ends what belongs to the one before it."""
    mark = "the-end-of-it-0001"
    lab.backend.client.ask(lab.backend.anonymous(), "GET", "/v1/me", headers={"x-request-id": mark})
    lines = log.until(lambda lines: any(mark in line for line in lines))
    own = [line for line in lines if mark not in line]
    requests = [line for line in own if "path" in parsed(line)]  # and not what the backend tells of itself
    forged = any("forged" in parsed(line) for line in own)
    held = len(lines) > len(own) and len(requests) <= 1 and all(map(parsed, lines)) and not forged
    shown = f"{came}; the log: {own}"
    return Case(title, verdict(held), "at most one line in the log, in JSON, and none forged", shown[:600], repeat)


PROBE = Probe("P63", Group.ATTACKS, "each request is one line of JSON in the log", log_injection)
