"""P38: JSON that is nested a hundred thousand times is refused, wherever it stands."""

import json
from collections.abc import Iterator

from backend_architect.design.model import Field, FieldType
from backend_architect.proof.attacks.addresses import address, fields_of, routes_with_bodies
from backend_architect.proof.attacks.callers import is_refused
from backend_architect.proof.attacks.creations import Creation, creations
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

DEPTH = 100_000
LISTS = b"[" * DEPTH + b"]" * DEPTH
OBJECTS = b'{"a":' * DEPTH + b"0" + b"}" * DEPTH
ESCAPED = b"[" * DEPTH + b'"\\u0041"' + b"]" * DEPTH  # an escape makes some look inside before they parse
JSON = {"content-type": "application/json"}
ALMOST = (50, 200, *range(920, 1_000))  # as deep as some parsers go, and others do not


def deep_body(lab: Lab) -> Iterator[Case]:
    """Give for each route that takes a body a case for lists, for objects, and for each of its fields."""
    routes = routes_with_bodies(lab.subject.design)
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


PROBE = Probe("P38", Group.ATTACKS, "JSON nested a hundred thousand times is refused", deep_body)
