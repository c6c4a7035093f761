"""P39: text that PostgreSQL cannot store is refused before it gets there."""

import json
from collections.abc import Iterator, Mapping

from backend_architect.design.model import TEXTUAL, Field, FieldType
from backend_architect.proof.attacks.addresses import fields_of
from backend_architect.proof.attacks.callers import insiders, is_refused
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import REGISTER, new_account
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

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
    """Give cases for each text in a body, for the ids in paths and for what a list is searched and filtered by."""
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


PROBE = Probe("P39", Group.ATTACKS, "text that cannot be stored is refused", unstorable_text)
