"""P37 to P40: bodies that are too large, too deep, unstorable or not JSON are refused."""

import json
from collections.abc import Iterator, Mapping

from backend_architect.design.model import TEXTUAL, Field, FieldType
from backend_architect.proof.attacks.addresses import address, fields_of, routes_with_bodies
from backend_architect.proof.attacks.creations import Creation, creations
from backend_architect.proof.attacks.insiders import insiders, is_refused
from backend_architect.proof.attacks.sockets import response_text, send, status_of, verdict
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import REGISTER, new_account
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

SIZE = 20_000_000
PIECE = b" " * 65_536
HEAD = "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{how}\r\n\r\n"
REPEAT = (
    "head -c 20000000 /dev/zero | curl -i -H 'Content-Type: application/json' {how} --data-binary @- \"$API{path}\""
)


def large_body(lab: Lab) -> Iterator[Case]:
    """P37: a body that is too large is refused before it has been read.

    Give a case for a size that is told, and one for a body in chunks, which tells none.
    """
    path = "/v1/auth/sign-in" if lab.subject.design.auth else "/v1/anything"
    stated_size = HEAD.format(path=path, how=f"Content-Length: {SIZE}").encode()
    in_chunks = HEAD.format(path=path, how="Transfer-Encoding: chunked").encode()
    yield _case(lab, "20 MB, told in Content-Length", [stated_size, PIECE], REPEAT.format(how="", path=path))
    how = "-H 'Transfer-Encoding: chunked'"
    yield _case(lab, "20 MB in chunks", _chunks(in_chunks), REPEAT.format(how=how, path=path))


def _case(lab: Lab, title: str, pieces: "list[bytes] | Iterator[bytes]", repeat: str) -> Case:
    answer, sent = send(lab.backend.port, pieces)
    held = status_of(answer) == 413 and sent < SIZE
    actual = f"{response_text(answer)}, after {sent:,} bytes"
    return Case(title, verdict(held), "413 before all of it was sent", actual, repeat)


def _chunks(head: bytes) -> Iterator[bytes]:
    yield head
    for _ in range(SIZE // len(PIECE) + 1):
        yield b"%x\r\n%s\r\n" % (len(PIECE), PIECE)


LARGE_BODY = Probe("P37", Group.ATTACKS, "a body that is too large is refused before it has been read", large_body)


DEPTH = 100_000
LISTS = b"[" * DEPTH + b"]" * DEPTH
OBJECTS = b'{"a":' * DEPTH + b"0" + b"}" * DEPTH
ESCAPED = b"[" * DEPTH + b'"\\u0041"' + b"]" * DEPTH  # an escape makes some look inside before they parse
JSON = {"content-type": "application/json"}
ALMOST = (50, 200, *range(920, 1_000))  # as deep as some parsers go, and others do not


def deep_body(lab: Lab) -> Iterator[Case]:
    """P38: JSON that is nested a hundred thousand times is refused, wherever it stands.

    Give for each route that takes a body a case for lists, for objects, and for each of its fields.
    """
    routes = routes_with_bodies(lab.subject)
    if not routes:
        yield skipped("nested JSON", "no route takes a body")
    for route in routes:
        bodies = {"lists": LISTS, "objects": OBJECTS, "lists with an escape": ESCAPED}
        bodies |= {item.column: b'{"%s":%s}' % (item.column.encode(), LISTS) for item in fields_of(route)}
        caller = lab.backend.insider()
        for name, content in bodies.items():
            answer = lab.backend.client.ask(caller, route.method, address(route), content=content, headers=JSON)
            yield answer.case(f"{route.statement}: {name}", expected="4xx", held=is_refused(answer))
    kept = [item for route in routes for item in fields_of(route) if item.type is FieldType.JSON]
    for creation in creations(lab)[0] if kept else ():
        for item in creation.entity.accepted("create"):
            if item in kept:
                yield _kept(lab, creation, item)


def _kept(lab: Lab, creation: Creation, item: Field) -> Case:
    """Store JSON as deep as it is taken: what cannot be read again would break every list that it is in."""
    answers = []
    for depth in ALMOST:
        request = creation.request(lab)
        body = {**request.body} if isinstance(request.body, dict) else {}
        content = json.dumps(body | {item.column: "PLACE"}).replace('"PLACE"', '{"a":' * depth + "1" + "}" * depth)
        ask = lab.backend.client.ask
        made = ask(creation.maker, request.method, request.path, content=content.encode(), headers=JSON)
        answers += [made, ask(creation.maker, "GET", made.headers["location"])] if made.status == 201 else [made]
    worst = max(answers, key=lambda answer: answer.status)
    title, expected = f"{creation.route.title}: {item.column}, less deep", "refused, or stored and read again"
    return worst.case(title, expected=expected, held=worst.status < 500)


DEEP_BODY = Probe("P38", Group.ATTACKS, "JSON nested a hundred thousand times is refused", deep_body)


IN_JSON: Mapping[str, bytes] = {
    "U+0000": b'"a\\u0000b"',
    "half of a surrogate pair": b'"a\\ud800b"',
    "the other half": b'"a\\udc00b"',
    "a NUL byte": b'"a\0b"',
    "bytes that are no UTF-8": b'"a\xed\xa0\x80\xffb"',
}
IN_ADDRESS = ("%00", "a%00b")
PLACE = b'"PLACE"'
ROUTES_EACH = 4  # of one person, who may ask so often


def unstorable_text(lab: Lab) -> Iterator[Case]:
    """P39: text that PostgreSQL cannot store is refused before it gets there.

    Give cases for each text in a body, for the ids in paths and for what a list is searched and filtered by.
    """
    callers = insiders(lab.backend, ROUTES_EACH)
    cases: list[Case] = []
    for route in project_routes(lab.subject):
        caller = next(callers)
        request = valid_request(lab.backend, route, caller)
        cases += [*_in_body(lab, route, request, caller), *_in_address(lab, route, request, caller)]
    if lab.subject.design.auth is not None:
        cases += _in_accounts(lab)
    yield from cases or [skipped("text that cannot be stored", "no route takes text")]


def _in_body(lab: Lab, route: ProjectRoute, request: Request, caller: Actor) -> Iterator[Case]:
    fields = fields_of(route.design) if route.design else ()
    for item in fields:
        if not _is_text(item):
            continue
        body = {**request.body} if isinstance(request.body, dict) else {}
        for name, text in IN_JSON.items():
            content = json.dumps(body | {item.column: _around(item)}).encode().replace(PLACE, text)
            answer = _send(lab, caller, request, content)
            yield answer.case(f"{route.title}: {name} in {item.column}", expected="4xx", held=is_refused(answer))


def _in_accounts(lab: Lab) -> Iterator[Case]:
    """Give cases for each text of a registration, from an address of its own each: there are limits per address."""
    newcomer = lab.backend.newcomer("newcomer")
    body = new_account(lab.backend, newcomer)
    for name in [name for name, value in body.items() if isinstance(value, str)]:
        for what, text in IN_JSON.items():
            content = json.dumps(body | {name: "PLACE"}).encode().replace(PLACE, text)
            answer = _send(lab, lab.backend.moved(newcomer), Request("POST", REGISTER), content)
            yield answer.case(f"POST {REGISTER}: {what} in {name}", expected="4xx", held=is_refused(answer))


def _in_address(lab: Lab, route: ProjectRoute, request: Request, caller: Actor) -> Iterator[Case]:
    for name in request.ids:
        for text in IN_ADDRESS:
            answer = request.with_ids(**{name: text}).send(lab.backend, caller)
            yield answer.case(f"{route.title}: {text} as {name}", expected="4xx", held=is_refused(answer))
    for name in _parameters(route):
        for text in IN_ADDRESS:
            needed = "&q=hello" if "?q=" in request.query and name != "q" else ""
            address = f"{request.path.partition('?')[0]}?{name}={text}{needed}"
            answer = lab.backend.client.ask(caller, "GET", address)
            yield answer.case(f"{route.title}: {text} as {name}", expected="4xx", held=is_refused(answer))


def _parameters(route: ProjectRoute) -> list[str]:
    spec = route.design.list if route.design else None
    return [*(["q"] if spec.match else []), *spec.filters, "after"] if spec else []


def _is_text(item: Field) -> bool:
    return item.type in TEXTUAL | {FieldType.JSON, FieldType.FILE} or item.item in TEXTUAL


def _around(item: Field) -> object:
    """Return a value of the field with a text in it that stands for another."""
    if item.type is FieldType.LIST:
        return ["PLACE"]
    return {"key": "PLACE"} if item.type is FieldType.JSON else "PLACE"


def _send(lab: Lab, caller: Actor, request: Request, content: bytes) -> Exchange:
    headers = {"content-type": "application/json"}
    return lab.backend.client.ask(caller, request.method, request.path, content=content, headers=headers)


UNSTORABLE_TEXT = Probe("P39", Group.ATTACKS, "text that cannot be stored is refused", unstorable_text)


KINDS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "")


def media_type(lab: Lab) -> Iterator[Case]:
    """P40: a body that does not say that it is JSON is refused: pages of other sites can send those without asking.

    Give for each route that takes a body a case for each kind that is not JSON, and for none.
    """
    design = lab.subject.design
    targets = [(route.method, route.path, address(route)) for route in routes_with_bodies(lab.subject)]
    if design.auth is not None:
        targets += [("POST", path, f"/v1{path}") for path in ("/auth/sign-in", "/auth/register", "/auth/refresh")]
    if not targets:
        yield skipped("JSON as text/plain", "no route takes a body")
        return
    insider = lab.backend.insider()
    for method, name, path in targets:
        for kind in KINDS:
            caller = lab.backend.anonymous() if "/auth/" in path else insider
            headers = {"content-type": kind} if kind else {}
            answer = lab.backend.client.ask(caller, method, path, content=b'{"a": 1}', headers=headers)
            yield answer.answers(f"{method} {name} as {kind or 'nothing in particular'}", 415)


MEDIA_TYPE = Probe("P40", Group.ATTACKS, "a body that does not say that it is JSON is refused", media_type)
