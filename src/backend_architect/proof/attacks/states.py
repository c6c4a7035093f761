"""States that the rows of a request may be in: one value of one field, of the row itself or one that it points at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_architect.design.model import Edge, Entity, Field, FieldType, Row
from backend_architect.postgres import Refused
from backend_architect.proof.access.expected import expected_answer
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.attacks.lost_update import roles_of
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.routes import ProjectRoute, Request, valid_request

DEPTH = 3
LONG_AGO = "- interval '20 years'"


@dataclass(frozen=True, slots=True)
class State:
    """What the row at the end of a path is changed to: `assignment` is SQL; `said` tells it."""

    path: tuple[Field, ...]
    table: str
    assignment: str
    said: str


def states_of(backend: Backend, route: ProjectRoute) -> Iterator[State]:
    """Give each state of the rows that a route is about."""
    assert route.design is not None
    row = route.design.row
    if route.kind not in {"create", "put_edge"}:
        yield from _of(row, ())
    is_there = route.kind in {"update", "read", "delete"}
    pending: list[tuple[tuple[Field, ...], Entity]] = [
        ((item,), backend.design.entities[item.to or ""])
        for item in row.references
        if item.set != "me" and not (is_there and item.optional)
    ]
    while pending:
        path, target = pending.pop(0)
        if target is backend.design.account:
            continue
        yield from _of(target, path)
        if len(path) < DEPTH:
            pending += [((*path, item), backend.design.entities[item.to or ""]) for item in target.references]


def _of(row: Row, path: tuple[Field, ...]) -> Iterator[State]:
    where = ".".join((*(item.name for item in path), ""))
    for item in row.fields.values():
        choices = item.choices if item.type is FieldType.ONE_OF else ()
        for choice in (other for other in choices if other != item.default):
            yield State(path, row.table, f"\"{item.column}\" = '{choice}'", f"{where}{item.name} {choice}")
        if item.type is FieldType.BOOLEAN:
            yield State(path, row.table, f'"{item.column}" = NOT "{item.column}"', f"{where}{item.name} turned")
    times = [item.column for item in row.fields.values() if item.type is FieldType.TIMESTAMP]
    if times:
        moved = ", ".join(f'"{column}" = "{column}" {LONG_AGO}' for column in times)
        yield State(path, row.table, moved, f"{where}{' and '.join(times)} long ago")


def state_that_lets_in(backend: Backend, route: ProjectRoute, caller: Persona) -> State | None:
    """Return a state in which the rules let somebody in where usual rows are not enough, None where there is none."""
    judge, by_rule = Judge(backend), replace(route, table=replace(route.table, answers={}))
    for state in states_of(backend, route):
        request = in_state(backend, route, state, caller.actor)
        if request and min(expected_answer(judge, by_rule, caller, request).statuses) < 300:
            return state
    return None


def let_in(backend: Backend, route: ProjectRoute, person: Actor) -> Request:
    """Return a request about usual rows, or about such in a state in which the rules let `somebody` of the route in."""
    usual = valid_request(
        backend, route, person, others=route.design is not None and isinstance(route.design.row, Edge)
    )
    caller = Persona("owner", person, roles_of(backend, route))
    by_rule = replace(route, table=replace(route.table, answers={}))
    if min(expected_answer(Judge(backend), by_rule, caller, usual).statuses) < 300:
        return usual
    state = state_that_lets_in(backend, route, caller)
    return (in_state(backend, route, state, person) if state else None) or usual


def in_state(backend: Backend, route: ProjectRoute, state: State, owner: Actor) -> Request | None:
    """Return a request about new rows of the owner in that state, None where the database does not let them be so."""
    assert route.design is not None
    request = valid_request(backend, route, owner, others=isinstance(route.design.row, Edge))
    request = _naming(backend, route, state, request, owner.id)
    identity = _identity(backend, route, state, request)
    if not identity:
        return None
    try:
        backend.database.run(
            f'UPDATE "{state.table}" SET {state.assignment} WHERE id = $1::text::uuid',
            identity,
        )
    except Refused:
        return None
    return request


def _naming(backend: Backend, route: ProjectRoute, state: State, request: Request, owner: str) -> Request:
    """Return the request with an optional relation that the state is about."""
    first = state.path[0] if state.path else None
    if route.kind != "create" or first is None or not first.optional or not isinstance(request.body, dict):
        return request
    return request.with_body({**request.body, first.column: backend.rows.make(first.to or "", owner)})


def _identity(backend: Backend, route: ProjectRoute, state: State, request: Request) -> str:
    """Return the id of the row that the state is of."""
    assert route.design is not None
    row, own = route.design.row, request.ids.get(f"{route.design.row.name}_id", "")
    if not state.path:
        return own
    first = state.path[0]
    body = request.body if isinstance(request.body, dict) else {}
    if route.kind in {"create", "put_edge"}:
        found = body.get(first.column) or request.ids.get(first.column) or request.ids.get(f"{first.to}_id")
    else:
        found = (backend.rows.read(row.table, own) or {}).get(first.column)
    for before, item in zip(state.path, state.path[1:], strict=False):
        table = backend.design.entities[before.to or ""].table
        found = (backend.rows.read(table, str(found)) or {}).get(item.column) if found else None
    return str(found) if found else ""
