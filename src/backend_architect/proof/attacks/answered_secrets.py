"""P20: no answer of any route has a hash, a secret or a token; and none but one's own account an e-mail address."""

import re
from collections.abc import Iterator, Sequence

from backend_architect.design.model import Design, FieldType
from backend_architect.proof.attacks.forging import NO_ACCOUNTS
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import register, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import account_requests, project_routes, valid_request

NAMES = re.compile(r"(^|_)(password|passwd|hash|secret|salt|otp|token|api_?key)s?($|_)", re.IGNORECASE)
VALUES = re.compile(r"\$(argon2|2[abxy]\$|scrypt|pbkdf2)|\beyJ[\w-]+\.[\w-]+\.[\w-]+")
TOKENS = frozenset({"access_token", "refresh_token", "token_type", "expires_in"})
ADVICE = "answer with the fields that clients need, never with the row as it is stored"


def answered_secrets(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that lets somebody in, and for sign-up and sign-in."""
    design = lab.subject.design
    if design.auth is None:
        yield skipped("what answers contain", NO_ACCOUNTS)
        return
    backend = lab.backend
    newcomer = backend.newcomer("new")
    yield _told(register(backend, newcomer), "registration", design)
    session = sign_in(backend, newcomer)
    wrong = set(found_in(session.json(), design)) - TOKENS
    yield session.case("sign-in", expected="the two tokens and nothing else", held=not wrong, advice=", ".join(wrong))
    owner, insider = backend.person("owner"), backend.person("insider", *design.auth.roles)
    for request in account_requests(design)[:-3]:
        yield _told(request.send(backend, owner), f"{request.method} {request.template}", design)
    for route in project_routes(lab.subject):
        request = valid_request(backend, route, owner, others=route.kind.endswith("edge"))
        for person, title in ((owner, route.title), (insider, f"{route.title} with a role")):
            answer = request.send(backend, person)
            if answer.status < 300 and answer.body:
                yield _told(answer, title, design, () if _shows_addresses(design) else (owner.email, insider.email))


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


def _told(answer: Exchange, title: str, design: Design, addresses: Sequence[str] = ()) -> Case:
    """Return a case that holds when the answer has no secret, and none of the e-mail addresses."""
    wrong = [*found_in(answer.json(), design), *(each for each in addresses if each.encode() in answer.body)]
    expected = "no hash, secret or token" + (", nobody's e-mail address" if addresses else "")
    return answer.case(title, expected=expected, held=not wrong, advice=f"{', '.join(wrong)}: {ADVICE}")


def _shows_addresses(design: Design) -> bool:
    """Return whether accounts have an e-mail address that the design's own rules are for."""
    return any(item.type is FieldType.EMAIL for item in (design.account.fields.values() if design.account else ()))


def _declared(design: Design) -> set[str]:
    return {item.column for row in design.rows_by_plural.values() for item in row.fields.values()}


PROBE = Probe("P20", Group.ATTACKS, "no answer has a hash, a secret or a token", answered_secrets)
