"""P66: what a rule reads stands still until the row that it lets in is there: a change of it is waited for."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from backend_architect.design.model import Edge, Entity, Field, FieldType
from backend_architect.postgres import Session
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

HELD_SECONDS = 0.4
DEPTH = 2
WHOLE = frozenset({FieldType.INTEGER, FieldType.MONEY})
ADVICE = "the rule's subquery needs FOR SHARE, or FOR NO KEY UPDATE where the row is updated later"
EXPECTED = "the request waits for the change, and is refused after it"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A change of one row that takes away what a request depends on."""

    table: str
    identity: str
    column: str
    value: object

    def run(self, session: Session) -> None:
        """Make the change."""
        sql = f'UPDATE "{self.table}" SET "{self.column}" = (jsonb_populate_record(NULL::"{self.table}", $2)).'
        record = json.dumps({self.column: self.value})
        session.run(f'{sql}"{self.column}" WHERE id = $1::text::uuid', self.identity, record)


@dataclass(frozen=True, slots=True)
class Step:
    """A number that becomes another one, so much more or less than it is."""

    by: int

    def __str__(self) -> str:
        return "one more" if self.by > 0 else "one less"


STEPS = (Step(-1), Step(1))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A request on a route while the field of a row at the end of a path becomes `value`; `owner` has all rows."""

    route: ProjectRoute
    path: tuple[Field, ...]
    field: Field
    value: object
    person: Actor
    owner: Actor


def standing_still(lab: Lab) -> Iterator[Case]:
    """Give a case for each change of a row that a request depends on, made while the request is under way."""
    backend, tried = lab.backend, False
    for route in project_routes(lab.subject):
        if route.kind not in {"create", "put_edge", "delete"} or route.design is None:
            continue
        for path, field in _paths(backend, route):
            for value in _choices(field) or STEPS:
                for case in _cases(backend, route, path, (field, value)):
                    tried = True
                    yield case
    if not tried:
        yield skipped("what a rule reads", "no request depends on a choice of a row that it points at")


def _cases(
    backend: Backend, route: ProjectRoute, path: tuple[Field, ...], becomes: tuple[Field, object]
) -> Iterator[Case]:
    """Give the case of a change: of a row of the person's own, else of somebody else's; none where it is no matter."""
    person, other = (
        backend.person(name) if backend.design.auth else backend.anonymous() for name in ("owner", "other")
    )
    for owner in (person, other):
        change = FieldChange(route, path, *becomes, person, owner)
        if _depends(backend, change):
            yield _case(backend, change)
            return


def _paths(backend: Backend, route: ProjectRoute) -> Iterator[tuple[tuple[Field, ...], Field]]:
    """Give each way to a row that the route's rule names, with each field of that row that has a few values."""
    assert route.design is not None
    row = route.design.row
    rule = row.allow.get("create" if route.kind in {"create", "put_edge"} else "delete", "")
    pending: list[tuple[tuple[Field, ...], Entity]] = []
    for item in row.references:
        target = backend.design.entities.get(item.to or "")
        if target is not None and f"{item.name}." in rule:
            pending.append(((item,), target))
    while pending:
        path, entity = pending.pop()
        yield from ((path, field) for field in entity.fields.values() if _choices(field))
        yield from ((path, field) for field in _numbers(entity, rule))
        for item in entity.references if len(path) < DEPTH else ():
            target = backend.design.entities.get(item.to or "")
            if target is not None and target is not backend.design.account:
                pending.append(((*path, item), target))


def _numbers(entity: Entity, rule: str) -> list[Field]:
    """Return the numbers that a rule compares and that a client may change: what nobody changes needs no lock."""
    changed = entity.accepted("update") if "update" in entity.allow else ()
    return [item for item in changed if item.type in WHOLE and re.search(rf"\.{item.name}\b", rule)]


def _choices(field: Field) -> tuple[object, ...]:
    if field.type is FieldType.BOOLEAN:
        return (not field.default,)
    return tuple(choice for choice in field.choices if choice != field.default) if field.choices else ()


def _case(backend: Backend, change: FieldChange) -> Case:
    request, withdrawn = _prepared(backend, change)
    assert withdrawn is not None
    answer, early = _meanwhile(backend, request, change.person, withdrawn)
    held = not early and 400 <= answer.status < 500
    title = f"{change.route.title} while {withdrawn.table}.{withdrawn.column} becomes {change.value}"
    case = answer.case(title, expected=EXPECTED, held=held, advice=ADVICE)
    return replace(case, actual=f"{case.actual}; {'it did not wait' if early else 'it waited'}")


def _depends(backend: Backend, change: FieldChange) -> bool:
    """Return whether the person is let in before the change, and not after it."""
    usual, _ = _prepared(backend, change)
    if usual.send(backend, change.person).status >= 300:
        return False
    request, withdrawn = _prepared(backend, change)
    if withdrawn is None:
        return False
    withdrawn.run(backend.database)
    return 400 <= request.send(backend, change.person).status < 500


def _prepared(backend: Backend, change: FieldChange) -> tuple[Request, Withdrawal | None]:
    """Return a request about new rows, and the change of the row at the end of the path."""
    assert change.route.design is not None
    others = isinstance(change.route.design.row, Edge)
    request = valid_request(backend, change.route, change.owner, others=others)
    first = change.path[0]
    if change.route.kind == "create" and isinstance(request.body, dict) and first.optional:
        named = backend.rows.make(first.to or "", change.owner.id)
        request = request.with_body({**request.body, first.column: named})
    identity = _first(backend, change.route, request, change.path[0])
    for before, item in zip(change.path, change.path[1:], strict=False):
        table = backend.design.entities[before.to or ""].table
        identity = str((backend.rows.read(table, identity) or {}).get(item.column, "")) if identity else ""
    table = backend.design.entities[change.path[-1].to or ""].table
    if not identity or identity == "None":
        return request, None
    value = change.value
    if isinstance(value, Step):
        bound = _during(change.field)
        Withdrawal(table, identity, change.field.column, bound).run(backend.database)
        request, value = _at(change.route, request, bound), bound + value.by
    return request, Withdrawal(table, identity, change.field.column, value)


def _during(field: Field) -> int:
    """Return a number that has others below and above it."""
    low = 0 if field.min is None else int(field.min)
    return low + 5 if field.max is None else (low + int(field.max)) // 2


def _at(route: ProjectRoute, request: Request, bound: int) -> Request:
    """Return the request with each number that its rule names at a bound: a step of that one decides then."""
    assert route.design is not None
    row = route.design.row
    rule = row.allow.get("create", "")
    if route.kind != "create" or not isinstance(row, Entity) or not isinstance(request.body, dict):
        return request
    compared = [item for item in row.accepted("create") if item.type in WHOLE and re.search(rf"\b{item.name}\b", rule)]
    return request.with_body({**request.body, **dict.fromkeys([item.column for item in compared], bound)})


def _first(backend: Backend, route: ProjectRoute, request: Request, item: Field) -> str:
    """Return the id of the row that the request names for a relation."""
    assert route.design is not None
    body = request.body if isinstance(request.body, dict) else {}
    if route.kind == "delete":
        own = request.ids.get(f"{route.design.row.name}_id", "")
        return str((backend.rows.read(route.design.row.table, own) or {}).get(item.column, "")) if own else ""
    return str(body.get(item.column) or request.ids.get(item.column) or request.ids.get(f"{item.to}_id") or "")


def _meanwhile(backend: Backend, request: Request, person: Actor, changed: Withdrawal) -> tuple[Exchange, bool]:
    """Return the answer to a request that begins while the change is not committed, and whether it came before that."""
    with Session(backend.place.environment["DATABASE_URL"]) as session, ThreadPoolExecutor(1) as pool:
        session.run("BEGIN")
        changed.run(session)
        sent = pool.submit(request.send, backend, person)
        until = time.monotonic() + HELD_SECONDS
        while not sent.done() and time.monotonic() < until and not waits(backend):
            time.sleep(0.02)
        early = sent.done() and sent.result().status < 300
        session.run("COMMIT")
        return sent.result(), early


def waits(backend: Backend) -> bool:
    """Return whether a session waits for a lock of another one."""
    sql = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
    return bool(backend.database.value(sql))


PROBE = Probe("P66", Group.ATTACKS, "what a rule reads stands still until what it lets in is there", standing_still)
