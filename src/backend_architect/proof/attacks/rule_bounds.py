"""P76: a rule or constraint that compares holds at its edge: at the very value, one below it and one above it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from backend_architect.design.model import Entity, Field, FieldType
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.attacks.compared_values import lengths_in
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

DEPTH = 2
COMPARED = {
    FieldType.INTEGER: "number",
    FieldType.MONEY: "number",
    FieldType.TIMESTAMP: "time",
    FieldType.DATE: "date",
}
STEPS = (-1, 0, 1)
ADVICE = "compare in the statement as the design does: <= takes the bound in, < does not"

Values = Mapping[str, object]


def rule_bounds(lab: Lab) -> Iterator[Case]:
    """Give a case for each field that a creation takes, at and around each value that it may be compared with."""
    backend, tried = lab.backend, False
    judge = Judge(backend)
    for route in project_routes(lab.subject):
        entity = route.design.row if route.design else None
        if route.kind == "create" and isinstance(entity, Entity) and _compares(entity):
            for item in entity.accepted("create"):
                for case in _around(judge, backend, route, item) if item.type in COMPARED else ():
                    tried = True
                    yield case
    if not tried:
        yield skipped("bounds of rules", "no creation is compared with a bound")


def _compares(entity: Entity) -> bool:
    if any(item.type in COMPARED and (item.min, item.max) != (None, None) for item in entity.accepted("create")):
        return True
    texts = [entity.allow.get("create", ""), *entity.constraints.values()]
    return any(sign in text for text in texts for sign in ("<", ">", " between "))


def _around(judge: Judge, backend: Backend, route: ProjectRoute, item: Field) -> Iterator[Case]:
    """Give a case for each value around those of the rows that the request is about, and of its other fields."""
    assert route.design is not None and isinstance(route.design.row, Entity)
    entity, person = route.design.row, somebody(backend, route)
    roles = frozenset() if route.lets_in("owner") or not backend.design.auth else frozenset(backend.design.auth.roles)
    caller = Persona("owner", person, roles)
    names = [name for name, _ in _bounds(backend, route, valid_request(backend, route, person), item)]
    for name in names:
        for step in _steps(entity, item, name):
            request = valid_request(backend, route, person)
            bound = dict(_bounds(backend, route, request, item)).get(name)
            value = _moved(bound, item, step)
            if value is None or not isinstance(request.body, dict):
                continue
            body = {**request.body, item.column: value}
            allowed = _is_within(item, value) and _is_allowed(judge, route, caller, request.with_body(body))
            answer = request.with_body(body).send(backend, person)
            if answer.status == 429:
                return
            held = (answer.status == 201) if allowed else 400 <= answer.status < 500
            title = f"{route.title} with {item.name} {_step_name(step)} {name}"
            yield answer.case(title, expected="201" if allowed else "4xx", held=held, advice=ADVICE)


def _bounds(backend: Backend, route: ProjectRoute, request: Request, item: Field) -> list[tuple[str, object]]:
    """Return the values of the same kind, by name: of the body's other fields, and of the rows that it is about."""
    assert route.design is not None
    row = route.design.row
    body = request.body if isinstance(request.body, dict) else {}
    found = [
        (other.name, body[other.column])
        for other in row.fields.values()
        if other is not item and other.column in body and COMPARED.get(other.type) == COMPARED[item.type]
    ]
    found += [(name, bound) for name, bound in (("its least", item.min), ("its most", item.max)) if bound is not None]
    pending = [
        (other.name, other, body.get(other.column) or request.ids.get(f"{other.to}_id"), 1) for other in row.references
    ]
    while pending:
        name, relation, identity, depth = pending.pop(0)
        target = backend.design.entities.get(relation.to or "")
        stored = backend.rows.read(target.table, str(identity)) if target and identity else None
        if target is None or stored is None or target is backend.design.account:
            continue
        same = [each for each in target.fields.values() if COMPARED.get(each.type) == COMPARED[item.type]]
        found += [(f"{name}.{each.name}", stored[each.column]) for each in same if stored.get(each.column) is not None]
        if depth < DEPTH:
            pending += [(f"{name}.{each.name}", each, stored.get(each.column), depth + 1) for each in target.references]
    return found


def _steps(entity: Entity, item: Field, name: str) -> list[int]:
    """Return how far from a bound is tried: one step, and for times of one row each length that a constraint names."""
    lengths: list[int] = []
    if COMPARED[item.type] == "time" and name in entity.fields:
        lengths = [length for text in entity.constraints.values() for length in lengths_in(text)]
    return [*STEPS, *(step for length in lengths for step in (length, length + 1))]


def _step_name(step: int) -> str:
    words = {-1: "one below", 0: "at", 1: "one above"}
    return words.get(step, f"{step} s above")


def _moved(bound: object, item: Field, step: int) -> object:
    """Return a value one step from a bound: a unit, a second or a day."""
    if isinstance(bound, int):
        return bound + step
    if isinstance(bound, str) and item.type is FieldType.TIMESTAMP:
        return (datetime.fromisoformat(bound) + timedelta(seconds=step)).isoformat()
    if isinstance(bound, str) and item.type is FieldType.DATE:
        return (date.fromisoformat(bound) + timedelta(days=step)).isoformat()
    return None


def _is_within(item: Field, value: object) -> bool:
    """Return whether the field takes the value at all."""
    if not isinstance(value, int):
        return True
    return (item.min is None or value >= item.min) and (item.max is None or value <= item.max)


def _is_allowed(judge: Judge, route: ProjectRoute, caller: Persona, request: Request) -> bool:
    """Return whether the design lets the row in: its rule, and each constraint."""
    assert route.design is not None and isinstance(route.design.row, Entity)
    entity = route.design.row
    values: dict[str, object] = dict(request.body) if isinstance(request.body, dict) else {}
    if route.design.parent:
        values[route.design.parent.column] = next(iter(request.ids.values()))
    rules = [entity.allow.get("create", "nobody"), *entity.constraints.values()]
    return all(judge.may_make(caller, replace(entity, allow={"create": rule}), values) for rule in rules)


PROBE = Probe("P76", Group.ATTACKS, "what a rule compares holds at its edge", rule_bounds)
