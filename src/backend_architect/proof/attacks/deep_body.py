"""P38: JSON that is nested a hundred thousand times is refused, wherever it stands."""

from collections.abc import Iterator

from backend_architect.proof.attacks.addresses import address, fields_of, routes_with_bodies
from backend_architect.proof.attacks.callers import is_refused
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

DEPTH = 100_000
LISTS = b"[" * DEPTH + b"]" * DEPTH
OBJECTS = b'{"a":' * DEPTH + b"0" + b"}" * DEPTH
ESCAPED = b"[" * DEPTH + b'"\\u0041"' + b"]" * DEPTH  # an escape makes some look inside before they parse


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
            headers = {"content-type": "application/json"}
            answer = lab.backend.client.ask(caller, route.method, address(route), content=content, headers=headers)
            yield answer.case(f"{route.statement}: {name}", expected="4xx", held=is_refused(answer))


PROBE = Probe("P38", Group.ATTACKS, "JSON nested a hundred thousand times is refused", deep_body)
