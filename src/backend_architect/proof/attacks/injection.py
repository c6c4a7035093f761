"""P52 and P61: SQL in a request is plain text, and addresses in a request are never fetched."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

from backend_architect.design.model import Field, FieldType
from backend_architect.proof.attacks.addresses import fields_of
from backend_architect.proof.attacks.creations import creations
from backend_architect.proof.attacks.insiders import insiders
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes, valid_request

SLEEP = 3
SLEEP_SECONDS = 2.5
NOBODY_SAYS = "zxqvkjw"
SQL = (
    "' OR 1=1 --",
    f"'; SELECT pg_sleep({SLEEP}); --",
    f"' || (SELECT pg_sleep({SLEEP})::text) || '",
    f"1) OR (SELECT pg_sleep({SLEEP})) IS NULL --",
    f'" OR pg_sleep({SLEEP}) IS NULL --',
    f"\\' OR pg_sleep({SLEEP}) IS NULL --",
)
Look = Callable[[Lab, ProjectRoute, Request, Actor], Iterator[Case]]
TABLES = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
ROUTES_EACH = 4  # of one person, who may ask so often


def injection(lab: Lab) -> Iterator[Case]:
    """P52: SQL in an id, a search, a filter or a field is text like any other.

    Give a case for each place where a route takes text: the worst of what came back for each piece of SQL.
    """
    tables = lab.backend.database.value(TABLES)
    cases = [case for look in (_in_address, _in_body) for case in _everywhere(lab, look)]
    cases += [*_in_sign_in(lab), *_in_keys(lab)]
    yield from cases or [skipped("SQL in a text", "no route takes text")]
    left = lab.backend.database.value(TABLES)
    answer = lab.backend.client.ask(lab.backend.anonymous(), "GET", "/readyz")
    yield answer.case("the database afterwards", expected="every table is there", held=left == tables)


def _everywhere(lab: Lab, look: Look) -> Iterator[Case]:
    callers = insiders(lab.backend, ROUTES_EACH)
    for route in project_routes(lab.subject):
        caller = next(callers)
        yield from look(lab, route, valid_request(lab.backend, route, caller), caller)


def _in_address(lab: Lab, route: ProjectRoute, request: Request, caller: Actor) -> Iterator[Case]:
    for name in request.ids:
        answers = [request.with_ids(**{name: quote(sql, safe="")}).send(lab.backend, caller) for sql in SQL]
        yield _case(f"{route.title}: {name}", answers, most=0)
    if not (route.design and route.design.list):
        return
    spec = route.design.list
    for name in [*(["q"] if spec.match else []), *spec.filters, "after", "sort"]:
        needed = f"q={NOBODY_SAYS}&" if spec.match and name != "q" else ""
        bare = f"{request.path.partition('?')[0]}?{needed}{name}="
        usual = lab.backend.client.ask(caller, "GET", bare + NOBODY_SAYS)
        answers = [lab.backend.client.ask(caller, "GET", bare + quote(sql, safe="")) for sql in SQL]
        yield _case(f"{route.title}: {name}", answers, most=_items(usual))


def _in_body(lab: Lab, route: ProjectRoute, request: Request, caller: Actor) -> Iterator[Case]:
    for item in fields_of(route.design) if route.design else ():
        if item.type is not FieldType.TEXT:
            continue
        body = {**request.body} if isinstance(request.body, dict) else {}
        answers = [request.with_body(body | {item.column: sql}).send(lab.backend, caller) for sql in SQL]
        yield _case(f"{route.title}: {item.column}", answers, most=0)
        kept = [answer for answer in answers if answer.status < 300]
        stored_values = [answer.field(item.column) for answer in kept]
        if kept:
            held = all(text in SQL for text in stored_values)
            yield kept[0].case(f"{route.title}: {item.column} as kept", expected="the text that was sent", held=held)


def _in_sign_in(lab: Lab) -> Iterator[Case]:
    """Give a case for a sign-in without the password, from an address of its own for each try."""
    if lab.subject.design.auth is None:
        return
    person = lab.backend.person("known")
    tries = [replace(person, password=sql) for sql in SQL]
    tries += [replace(person, email=f"{sql}@example.com") for sql in ("'OR'1'='1", "'||pg_sleep'||'")]
    answers = [sign_in(lab.backend, replace(lab.backend.moved(each), token="")) for each in tries]
    best = min(answers, key=lambda answer: answer.status)
    yield best.case("a sign-in with SQL", expected="401 or 422", held={each.status for each in answers} <= {401, 422})
    yield _case("how long it took", answers, most=0)


def _in_keys(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that makes something: its Idempotency-Key is a text, too."""
    for creation in creations(lab)[0]:
        keys = [{"idempotency-key": sql} for sql in SQL]
        answers = [creation.request(lab).send(lab.backend, creation.maker, key) for key in keys]
        yield _case(f"{creation.route.title}: Idempotency-Key", answers, most=0)


def _case(title: str, answers: list[Exchange], *, most: int) -> Case:
    """Return a case for all answers, told by the worst: one that failed, came late, or has more rows than usual.

    A limit may stop some of the requests: then most of them must have been tried.
    """
    tried = [answer for answer in answers if answer.status != 429]
    worst = max(
        tried or answers, key=lambda answer: (answer.status >= 500, answer.seconds > SLEEP_SECONDS, _items(answer))
    )
    held = (
        worst.status < 500 and worst.seconds < SLEEP_SECONDS and _items(worst) <= most and 2 * len(tried) > len(answers)
    )
    expected = f"no failure, no delay, at most {most} rows"
    advice = f"{len(tried)} of {len(answers)} tried; {worst.seconds:.1f} s, {_items(worst)} rows"
    return worst.case(title, expected=expected, held=held, advice=advice)


def _items(answer: Exchange) -> int:
    items = answer.field("items")
    return len(items) if isinstance(items, list) else 0


INJECTION = Probe("P52", Group.ATTACKS, "SQL in a text is text", injection)


WAIT = 0.5
PLACES = ("http://127.0.0.1:{port}/inside", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/")
INSIDE = ("http://169.254.169.254/latest/meta-data/", "http://[::1]/", "file:///etc/passwd")


def fetched_addresses(lab: Lab) -> Iterator[Case]:
    """P61: an address that a client sends is kept, and never asked.

    Give a case for each field that takes an address: what a listener hears after each is sent.
    """
    callers = insiders(lab.backend, 20)
    found = False
    for route in project_routes(lab.subject):
        fields = [item for item in (fields_of(route.design) if route.design else ()) if _is_address(item)]
        for item in fields:
            found, caller = True, next(callers)
            request = valid_request(lab.backend, route, caller)
            body = {**request.body} if isinstance(request.body, dict) else {}
            with _listener() as (port, received):
                for place in (*(place.format(port=port) for place in PLACES), *INSIDE):
                    value = [place] if item.type is FieldType.LIST else place
                    answer = request.with_body(body | {item.column: value}).send(lab.backend, caller)
                asked = received()
            held = not asked and answer.status < 500
            yield answer.case(f"{route.title}: {item.column}", expected="no address is asked", held=held)
    if not found:
        yield skipped("addresses of others", "no field of the design takes an address, so there is none to ask")


def _is_address(item: Field) -> bool:
    return FieldType.URL in {item.type, item.item}


@contextmanager
def _listener() -> "Iterator[tuple[int, ReceivedRequest]]":
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT)
        yield server.getsockname()[1], ReceivedRequest(server)


class ReceivedRequest:
    """Whether somebody connects to a listener within a while."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server

    def __call__(self) -> bool:
        try:
            self._server.accept()[0].close()
        except TimeoutError:
            return False
        return True


FETCHED_ADDRESSES = Probe("P61", Group.ATTACKS, "an address that a client sends is never asked", fetched_addresses)
