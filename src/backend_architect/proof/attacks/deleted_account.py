"""P27: whoever is deleted, or loses a role, is not let in by a token from before, and no table remembers them."""

import time
from collections.abc import Iterator
from uuid import UUID

from backend_architect.postgres import Refused
from backend_architect.proof.attacks.forging import ME, NO_ACCOUNTS
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import refresh, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, project_routes, valid_request

SOON = 5.0
TABLES = """
SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'pgqueuer%'
"""
HOLDS = "SELECT count(*) FROM {table} AS each WHERE each::text ILIKE ANY($1)"
DELETE_IF_POSSIBLE = """
DO $$ BEGIN
    DELETE FROM "{table}" WHERE id = '{identity}';
EXCEPTION WHEN integrity_constraint_violation THEN NULL;
END $$
"""
STAYS = "it can be deleted, and its password, address and sessions with it"
ADVICE = "ON DELETE CASCADE in the migration of accounts"
TAKE_ROLES = "UPDATE auth_accounts SET roles = '{}' WHERE lower(email) = lower($1)"


def deleted_account(lab: Lab) -> Iterator[Case]:
    """Give the cases of an account deleted by its owner, of one deleted in the database, and of a role taken away."""
    account = lab.subject.design.account
    if account is None or lab.subject.design.auth is None:
        yield skipped("the token of a deleted account", NO_ACCOUNTS)
        return
    backend = lab.backend
    for route in project_routes(lab.subject):
        if route.design and route.kind == "delete" and route.design.row is account and route.lets_in("owner"):
            yield from _by_owner(backend, route)
    yield from _forgotten(lab)
    person = backend.person("deleted")
    session = sign_in(backend, person)
    try:
        backend.database.run(f'DELETE FROM "{account.table}" WHERE id = $1::text::uuid', person.id)
    except Refused as error:
        yield Case("an account deleted in the database", verdict(False), STAYS, str(error), "", ADVICE)
        return
    yield from _gone(backend, person, session, "deleted in the database")
    if lab.subject.design.auth.roles:
        former = backend.person("former", *lab.subject.design.auth.roles)
        backend.database.run(TAKE_ROLES, former.email)
        yield _refused_soon(backend, former).answers("the token with a role that was taken away", 401)


def _by_owner(backend: Backend, route: ProjectRoute) -> Iterator[Case]:
    person = backend.person("leaver")
    session = sign_in(backend, person)
    path = route.path.partition("{")[0] + person.id
    yield backend.client.ask(person, "DELETE", path).answers(route.title, 204, 200)
    yield backend.client.ask(person, "GET", ME).answers("the token, at once", 401)
    yield from _gone(backend, person, session, "deleted by its owner")


def _forgotten(lab: Lab) -> Iterator[Case]:
    """Give a case for what the tables still hold of somebody who made something, and whose account was deleted."""
    account, backend = lab.subject.design.account, lab.backend
    assert account is not None
    author = backend.person("author")
    for route in project_routes(lab.subject):
        if route.kind == "create" and route.design and route.design.row is not account and route.lets_in("owner"):
            valid_request(backend, route, author).send(backend, author, {"idempotency-key": "before-leaving"})
    backend.database.run(DELETE_IF_POSSIBLE.format(table=account.table, identity=UUID(author.id)))
    if backend.database.value(f'SELECT true FROM "{account.table}" WHERE id = $1::text::uuid', author.id):
        yield skipped("what is left of a deleted account", "other rows keep it: on_delete restrict")
        return
    known = [f"%{text}%" for word in (author.id, author.email) for text in (word, word.encode().hex())]
    tables = [str(row["name"]) for row in backend.database.fetch(TABLES)]
    left = [name for name in tables if backend.database.value(HOLDS.format(table=name), known)]
    came = f"in {', '.join(left)}" if left else "in no table"
    title = "the id and the address of somebody who made things, once the account is deleted"
    yield Case(title, Verdict.FAILED if left else Verdict.HELD, "in no table", came)


def _gone(backend: Backend, person: Actor, session: Exchange, how: str) -> Iterator[Case]:
    yield _refused_soon(backend, person).answers(f"the token of an account {how}", 401)
    yield refresh(backend, person, session).answers(f"the refresh token of an account {how}", 401)
    yield sign_in(backend, backend.moved(person)).answers(f"the password of an account {how}", 401)


def _refused_soon(backend: Backend, person: Actor) -> Exchange:
    """Return the answer to the token once it is refused, or the last one when the time is over."""
    until = time.monotonic() + SOON
    answer = backend.client.ask(person, "GET", ME)
    while answer.status != 401 and time.monotonic() < until:
        time.sleep(0.05)
        answer = backend.client.ask(person, "GET", ME)
    return answer


PROBE = Probe("P27", Group.ATTACKS, "the token of a deleted account is refused", deleted_account)
