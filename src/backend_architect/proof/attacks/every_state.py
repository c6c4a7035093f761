"""P77: each route answers as the design says in every state of the rows that it is about, for everybody.

A state is one value of one field, of the row itself or of a row that it points at: each other choice, a time long gone,
nothing. What must come is the oracle's answer for the rows as they are then.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_architect.design.model import Edge, Entity, Field, FieldType, Row
from backend_architect.postgres import Refused
from backend_architect.proof.access.expected import expected_answer, with_own_files
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona, named, personas
from backend_architect.proof.access.tenancy import let_members_in
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

KINDS = ("read", "create", "update", "delete", "put_edge")
DEPTH = 3
GONE = "- interval '20 years'"
ADVICE = "the rule belongs whole into the statement: every part of an AND, every half of an OR"


@dataclass(frozen=True, slots=True)
class State:
    """What the row at the end of a path is changed to: `assignment` is SQL; `said` tells it."""

    path: tuple[Field, ...]
    table: str
    assignment: str
    said: str


def every_state(lab: Lab) -> Iterator[Case]:
    """Give a case for each route, state and kind of caller, told only where there is a state."""
    backend, tried = lab.backend, False
    if backend.design.auth is None:
        yield skipped("states of rows", NO_ACCOUNTS)
        return
    judge, people = Judge(backend), personas(backend, new=True)
    for route in project_routes(lab.subject):
        if route.design is None or route.kind not in KINDS or route.design.row is backend.design.account:
            continue
        by_rule = replace(route, table=replace(route.table, answers={}))
        for state in _states(backend, route):
            for case in _in_state(judge, backend, by_rule, state, people):
                tried = True
                yield case
    if not tried:
        yield skipped("states of rows", "no row has a field with a few values")


def _states(backend: Backend, route: ProjectRoute) -> Iterator[State]:
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
        moved = ", ".join(f'"{column}" = "{column}" {GONE}' for column in times)
        yield State(path, row.table, moved, f"{where}{' and '.join(times)} long ago")


def _in_state(
    judge: Judge, backend: Backend, route: ProjectRoute, state: State, people: tuple[Persona, ...]
) -> Iterator[Case]:
    request = None
    for persona in people:
        request = request or _prepared(backend, route, state, people)
        if request is None:
            return
        sent = with_own_files(route, request, persona)
        expected = expected_answer(judge, route, persona, sent)
        answer = sent.send(backend, persona.actor)
        if answer.status == 429:
            continue
        held = answer.status in expected.statuses or (answer.status in {409, 422} and 201 in expected.statuses)
        title = f"{route.title} as {persona.name}, {state.said}"
        yield answer.case(title, expected=expected.told, held=held, advice=f"{ADVICE} ({expected.source})")
        request = request if route.kind == "read" or answer.status >= 400 else None


def _prepared(backend: Backend, route: ProjectRoute, state: State, people: tuple[Persona, ...]) -> Request | None:
    """Return a request about new rows of the owner in that state, None where the database does not let them be so."""
    assert route.design is not None
    owner = named(people, "owner").actor
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
    let_members_in(backend, people)
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


PROBE = Probe("P77", Group.ATTACKS, "routes answer as the design says, whatever state their rows are in", every_state)
