"""P71: what the design says is there once is there once, however many send it at once; an edge made twice is one."""

from collections.abc import Iterator
from uuid import uuid4

from backend_architect.design.model import Edge, Entity, Field, FieldType
from backend_architect.postgres import Refused
from backend_architect.proof.attacks.concurrent_requests import at_once, statuses
from backend_architect.proof.attacks.lost_update import somebody
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.attacks.states import let_in
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import REGISTER, new_account
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

AT_ONCE = 6
TAKEN = "23505"
"""What PostgreSQL says of a value that must be there once."""
SAME_FAMILY = """
INSERT INTO auth_sessions (user_id, family, secret, expires_at)
SELECT user_id, family, sha256(secret), expires_at FROM auth_sessions LIMIT 1
"""
ADVICE = "a unique constraint: a look before the write does not see what another is writing"


def taken_values(lab: Lab) -> Iterator[Case]:
    """Give a case for each set of unique fields, for each edge, and for unique fields of an account."""
    backend, tried = lab.backend, False
    for route in project_routes(lab.subject):
        row = route.design.row if route.design else None
        cases: Iterator[Case] = iter(())
        if route.kind == "create" and isinstance(row, Entity):
            cases = _creations(backend, route, row)
        elif route.kind == "put_edge" and isinstance(row, Edge):
            cases = _edge(backend, route, row)
        for case in cases:
            tried = True
            yield case
    if backend.design.account and backend.design.auth:
        for item in _unique_of(backend.design.account):
            tried = True
            yield _accounts(backend, item)
    if backend.design.auth:
        tried = True
        yield _sessions(backend)
    if not tried:
        yield skipped("unique values", "the design asks for none")


def _creations(backend: Backend, route: ProjectRoute, entity: Entity) -> Iterator[Case]:
    groups = [*((item.name,) for item in _unique_of(entity)), *entity.unique]
    for group in groups:
        if all(entity.fields[name] in entity.accepted("create") for name in group):
            person = somebody(backend, route)
            request = let_in(backend, route, person)
            if isinstance(request.body, dict):
                for name in group:
                    if not entity.fields[name].is_reference and name not in request.body:
                        return
            before = backend.rows.count(entity.table)
            answers = at_once(backend, [(_apart(request, entity, group), person) for _ in range(AT_ONCE)])
            made = backend.rows.count(entity.table) - before
            if any(answer.status in {403, 404} for answer in answers):
                continue
            held = made == 1 and sum(answer.status == 201 for answer in answers) == 1
            actual = f"{statuses(answers)}; {made} rows"
            title = f"{route.title}, {AT_ONCE} at once with the same {' and '.join(group)}"
            yield Case(title, verdict(held), "one 201 and one row", actual, answers[0].curl, ADVICE)


def _apart(request: Request, entity: Entity, group: tuple[str, ...]) -> Request:
    """Return the request with other texts where they may differ, so that only the unique fields clash."""
    body = dict(request.body) if isinstance(request.body, dict) else {}
    for item in entity.accepted("create"):
        if item.name not in group and item.unique and item.type is FieldType.TEXT and item.column in body:
            body[item.column] = uuid4().hex[: int(item.max or 32)]
    return request.with_body(body)


def _edge(backend: Backend, route: ProjectRoute, edge: Edge) -> Iterator[Case]:
    person = backend.insider()
    request = valid_request(backend, route, person, others=True)
    before = backend.rows.count(edge.table)
    answers = at_once(backend, [(request, person)] * AT_ONCE)
    again = request.send(backend, person)
    made = backend.rows.count(edge.table) - before
    if any(answer.status in {403, 404} for answer in answers):
        return
    held = made == 1 and again.status == 204 and all(answer.status in {204, 409} for answer in answers)
    actual = f"{statuses(answers)}, then {again.status}; {made} rows"
    yield Case(f"{route.title}, {AT_ONCE} at once and once more", verdict(held), "one row, 204", actual,
               answers[0].curl, ADVICE)  # fmt: skip


def _accounts(backend: Backend, item: Field) -> Case:
    """Return the case of accounts with the same value of a unique field, registered at once."""
    assert backend.design.account is not None
    table = backend.design.account.table
    body = {name: value for name, value in new_account(backend, backend.newcomer("twin")).items() if name != "email"}
    value = body.get(item.column)
    requests: list[tuple[Request, Actor]] = []
    for _ in range(AT_ONCE):
        twin = backend.newcomer("twin")
        sent = {**body, "email": twin.email}
        requests.append((Request("POST", REGISTER, {}, sent), twin))
    answers = at_once(backend, requests)
    made = backend.database.value(f'SELECT count(*) FROM "{table}" WHERE "{item.column}"::text = $1', str(value))
    title = f"{AT_ONCE} registrations at once with the same {item.name}"
    actual = f"{statuses(answers)}; {made} rows"
    return Case(title, verdict(made == 1), "one row", actual, answers[0].curl, ADVICE)


def _sessions(backend: Backend) -> Case:
    """Return the case of a second session with the refresh token of one that is there, in a transaction undone."""
    backend.insider()
    title, actual = "two sessions of one refresh token", "stored"
    backend.database.run("BEGIN")
    try:
        backend.database.run(SAME_FAMILY)
    except Refused as error:
        actual = str(getattr(error, "sqlstate", None) or error)
    finally:
        backend.database.run("ROLLBACK")
    return Case(
        title, verdict(actual == TAKEN), f"{TAKEN}: it is taken", actual, "", "a unique constraint on its family"
    )


def _unique_of(entity: Entity) -> list[Field]:
    return [item for item in entity.fields.values() if item.unique]


PROBE = Probe("P71", Group.ATTACKS, "what is there once is there once, also when many send it at once", taken_values)
