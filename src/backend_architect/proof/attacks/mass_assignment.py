"""P18 and P19: what clients send beside the fields of a form changes nothing: no role, owner, id or counter."""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

from backend_architect.design.model import NUMERIC, Entity, Field, FieldType
from backend_architect.design.samples import sample
from backend_architect.proof.attacks.callers import is_refused
from backend_architect.proof.attacks.forging import ME, NO_ACCOUNTS
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import REGISTER, new_account, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, project_routes, valid_request

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
TIME = "2000-01-01T00:00:00+00:00"
OF_ACCOUNTS: dict[str, object] = {
    "roles": ["admin"],
    "role": "admin",
    "is_superuser": True,
    "is_admin": True,
    "email_verified": True,
}
EXPECTED = "4xx, or no effect"
ADVICE = "list what a client may send, and refuse every other field"

Values = dict[str, object]


def mass_assignment(lab: Lab) -> Iterator[Case]:
    """Give a case for each field too many, at registration and on every route that makes or changes a row."""
    design = lab.subject.design
    if design.auth is None:
        yield skipped("fields too many", NO_ACCOUNTS)
        return
    roles = {"roles": [*design.auth.roles]} if design.auth.roles else {}
    for name, value in {**OF_ACCOUNTS, **roles, "id": ID, "created_at": TIME, "password_hash": "x"}.items():
        yield _registered(lab.backend, name, value)
    for route in project_routes(lab.subject):
        if route.kind in {"create", "update"}:
            yield from _sent(lab.backend, route)


def _registered(backend: Backend, name: str, value: object) -> Case:
    newcomer = backend.newcomer("greedy")
    body = {**new_account(backend, newcomer), name: value}
    answer = backend.client.ask(newcomer, "POST", REGISTER, json_body=body)
    held = 400 <= answer.status < 500
    if answer.status < 300:
        token = sign_in(backend, newcomer).field("access_token")
        me = backend.client.ask(replace(newcomer, token=str(token)), "GET", ME)
        held = me.status == 200 and not _took(me.json(), name, value)
    return answer.case(f"registration with {name}", expected=EXPECTED, held=held, advice=ADVICE)


def _sent(backend: Backend, route: ProjectRoute) -> Iterator[Case]:
    """Give a case for each field too many on one route, or say why a valid request is not let in."""
    person = _somebody(backend, route)
    usual = valid_request(backend, route, person).send(backend, person)
    if usual.status >= 300:
        yield skipped(route.title, f"a usual row is not enough for this route: {usual.status}")
        return
    for name, value in fields_too_many(backend, route).items():
        yield _one(backend, route, person, (name, value))


def _one(backend: Backend, route: ProjectRoute, person: Actor, extra: tuple[str, object]) -> Case:
    assert route.design is not None
    answer = _asked(backend, route, person, extra)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:  # which says nothing about the field
        person = _somebody(backend, route)
        answer = _asked(backend, route, person, extra)
    held = is_refused(answer)
    if answer.status < 300:
        stored = backend.rows.read(route.design.row.table, str(answer.field("id")))
        me = backend.client.ask(person, "GET", ME).json() if route.design.row is backend.design.account else None
        held = stored is not None and not _took(stored, *extra) and not _took(me, *extra)
    return answer.case(f"{route.title} with {extra[0]}", expected=EXPECTED, held=held, advice=ADVICE)


def _somebody(backend: Backend, route: ProjectRoute) -> Actor:
    """Return somebody new whom the route lets in."""
    roles = backend.design.auth.roles if backend.design.auth else ()
    return backend.person("greedy", *(() if route.lets_in("owner") else roles))


def _asked(backend: Backend, route: ProjectRoute, person: Actor, extra: tuple[str, object]) -> Exchange:
    """Return the answer to a usual request with one field more."""
    request = valid_request(backend, route, person)
    body = request.body if isinstance(request.body, dict) else {}
    return request.with_body({**body, extra[0]: extra[1]}).send(backend, person)


def fields_too_many(backend: Backend, route: ProjectRoute) -> Values:
    """Return the fields that the route's form has not, with values that the server would not give them."""
    assert route.design is not None
    row, victim = route.design.row, backend.rows.identity()
    fields: Values = {"id": ID, "created_at": TIME, "owner_id": victim, "user_id": victim}
    if row is backend.design.account:
        fields |= OF_ACCOUNTS
    if isinstance(row, Entity):
        form = set(row.accepted("create" if route.kind == "create" else "update")) - {route.design.parent}
        fields |= {item.column: _other(backend, item) for item in row.fields.values() if item not in form}
        fields |= dict.fromkeys((*row.counts, *row.computed), 999)
    return fields


def _other(backend: Backend, item: Field) -> object:
    """Return a valid value of a field that its rows do not have of themselves; what it points at is somebody else's."""
    if item.is_reference:
        account = backend.design.account
        victim = backend.rows.make(account.name, "") if account else ""
        return victim if account and item.to == account.name else backend.rows.make(item.to or "", victim)
    if item.type is FieldType.ONE_OF:
        return next((choice for choice in item.choices if choice != item.default), item.choices[0])
    if item.type is FieldType.BOOLEAN:
        return not item.default
    return 7 if item.type in NUMERIC else sample(item)


def _took(stored: object, name: str, value: object) -> bool:
    """Return whether what is stored has the value that was sent."""
    return isinstance(stored, dict) and name in stored and stored[name] == value


PROBE = Probe("P18-P19", Group.ATTACKS, "fields beside the form change nothing", mass_assignment)
