"""P18 to P20 and P41: fields that clients add change nothing, and answers hold no secrets."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http import HTTPStatus

from backend_architect.design.model import NUMERIC, Design, Entity, Field, FieldType
from backend_architect.design.samples import sample
from backend_architect.proof.attacks.forged_tokens import ME, NO_ACCOUNTS
from backend_architect.proof.attacks.insiders import insiders, is_refused
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import REGISTER, new_account, register, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, account_requests, project_routes, valid_request

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
ASSIGNMENT_ADVICE = "list what a client may send, and refuse every other field"

Values = dict[str, object]


def mass_assignment(lab: Lab) -> Iterator[Case]:
    """P18 and P19: what clients send beside the fields of a form changes nothing: no role, owner, id or counter.

    Give a case for each field too many, at registration and on every route that makes or changes a row.
    """
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
    return answer.case(f"registration with {name}", expected=EXPECTED, held=held, advice=ASSIGNMENT_ADVICE)


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
    return answer.case(f"{route.title} with {extra[0]}", expected=EXPECTED, held=held, advice=ASSIGNMENT_ADVICE)


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


MASS_ASSIGNMENT = Probe("P18-P19", Group.ATTACKS, "fields beside the form change nothing", mass_assignment)


NAMES = re.compile(r"(^|_)(password|passwd|hash|secret|salt|otp|token|api_?key)s?($|_)", re.IGNORECASE)
VALUES = re.compile(r"\$(argon2|2[abxy]\$|scrypt|pbkdf2)|\beyJ[\w-]+\.[\w-]+\.[\w-]+")
TOKENS = frozenset({"access_token", "refresh_token", "token_type", "expires_in"})
SECRETS_ADVICE = "answer with the fields that clients need, never with the row as it is stored"


def answered_secrets(lab: Lab) -> Iterator[Case]:
    """P20: no answer of any route has a hash, a secret or a token; and none but one's own account an e-mail address.

    Give a case for each route that lets somebody in, and for sign-up and sign-in.
    """
    design = lab.subject.design
    if design.auth is None:
        yield skipped("what answers contain", NO_ACCOUNTS)
        return
    backend = lab.backend
    newcomer = backend.newcomer("new")
    yield _secrets_case(register(backend, newcomer), "registration", design)
    session = sign_in(backend, newcomer)
    wrong = set(found_in(session.json(), design)) - TOKENS
    yield session.case("sign-in", expected="the two tokens and nothing else", held=not wrong, advice=", ".join(wrong))
    owner, insider = backend.person("owner"), backend.person("insider", *design.auth.roles)
    for request in account_requests(design)[:-3]:
        yield _secrets_case(request.send(backend, owner), f"{request.method} {request.template}", design)
    for route in project_routes(lab.subject):
        request = valid_request(backend, route, owner, others=route.kind.endswith("edge"))
        for person, title in ((owner, route.title), (insider, f"{route.title} with a role")):
            answer = request.send(backend, person)
            if answer.status < 300 and answer.body:
                yield _secrets_case(
                    answer, title, design, () if _shows_addresses(design) else (owner.email, insider.email)
                )


def found_in(body: object, design: Design) -> Iterator[str]:
    """Give each name in a JSON body that tells of a secret, and that the design has not; and each value that is one."""
    waiting = [("", body)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
            yield from (key for key in value if NAMES.search(key) and key not in _declared(design))
        elif isinstance(value, list):
            waiting += [(name, item) for item in value]
        elif isinstance(value, str) and VALUES.search(value):
            yield name


def _secrets_case(answer: Exchange, title: str, design: Design, addresses: Sequence[str] = ()) -> Case:
    """Return a case that holds when the answer has no secret, and none of the e-mail addresses."""
    wrong = [*found_in(answer.json(), design), *(each for each in addresses if each.encode() in answer.body)]
    expected = "no hash, secret or token" + (", nobody's e-mail address" if addresses else "")
    return answer.case(title, expected=expected, held=not wrong, advice=f"{', '.join(wrong)}: {SECRETS_ADVICE}")


def _shows_addresses(design: Design) -> bool:
    """Return whether accounts have an e-mail address that the design's own rules are for."""
    return any(item.type is FieldType.EMAIL for item in (design.account.fields.values() if design.account else ()))


def _declared(design: Design) -> set[str]:
    return {item.column for row in design.rows_by_plural.values() for item in row.fields.values()}


ANSWERED_SECRETS = Probe("P20", Group.ATTACKS, "no answer has a hash, a secret or a token", answered_secrets)


UNKNOWN = "no_such_field"


def unknown_field(lab: Lab) -> Iterator[Case]:
    """P41: a field that a route does not know is refused, so that nothing is taken for something else.

    Give a case for each route that takes a body, and one for the sign-in.
    """
    callers = insiders(lab.backend, 50)
    tried = False
    for route in project_routes(lab.subject):
        caller = next(callers)
        request = valid_request(lab.backend, route, caller)
        if isinstance(request.body, dict):
            tried = True
            answer = request.with_body({**request.body, UNKNOWN: 1}).send(lab.backend, caller)
            held = answer.status == 422 and UNKNOWN.encode() in answer.body
            yield answer.case(route.title, expected="422 that names the field", held=held)
    if lab.subject.design.auth is not None:
        body = {"email": "ada@example.com", "password": "correct horse battery", UNKNOWN: 1}
        yield lab.backend.client.ask(lab.backend.anonymous(), "POST", "/v1/auth/sign-in", json_body=body).answers(
            "POST /v1/auth/sign-in", 422
        )
    elif not tried:
        yield skipped("an unknown field", "no route takes a body")


UNKNOWN_FIELD = Probe("P41", Group.ATTACKS, "an unknown field is refused", unknown_field)
