"""P21 to P27: which passwords are accepted, and what a changed one ends."""

import time
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from backend_architect.postgres import Refused
from backend_architect.proof.attacks.forged_tokens import ME, NO_ACCOUNTS
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import PASSWORD, change_password, refresh, register, sign_in
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, project_routes, valid_request

SHORT = "x7!kQ2z"
REFUSED = (400, 422)


def short_password(lab: Lab) -> Iterator[Case]:
    """P21: a password of seven characters is refused, at registration and at a change.

    Give a case for a new account and one for a changed password.
    """
    if lab.subject.design.auth is None:
        yield skipped("a password of 7 characters", NO_ACCOUNTS)
        return
    backend = lab.backend
    new = register(backend, backend.newcomer("short", SHORT))
    yield new.answers("7 characters at registration", *REFUSED)
    person = backend.moved(backend.person("owner"))
    yield change_password(backend, person, person.password, SHORT).answers("7 characters at a change", *REFUSED)


SHORT_PASSWORD = Probe("P21", Group.ATTACKS, "a password of seven characters is refused", short_password)


PHRASES = ("correct horse battery staple, and then the same horse once more!", "d\u00e9j\u00e0 vu \u2713 " * 6 + "abcd")


def long_password(lab: Lab) -> Iterator[Case]:
    """P22: a passphrase of 64 characters is taken whole, whatever characters it has.

    Give a case for the registration and the sign-in with each phrase.
    """
    if lab.subject.design.auth is None:
        yield skipped("a password of 64 characters", NO_ACCOUNTS)
        return
    for phrase in PHRASES:
        person = lab.backend.newcomer("long", phrase)
        title = f"{len(phrase)} characters: {phrase[:12]}…"
        yield register(lab.backend, person).answers(f"registration with {title}", 200, 201, 202, 204)
        yield sign_in(lab.backend, person).answers(f"sign-in with {title}", 200)


LONG_PASSWORD = Probe("P22", Group.ATTACKS, "a passphrase of 64 characters is taken", long_password)


COMMON = (
    "password", "12345678", "123456789", "1234567890", "qwertyuiop", "password1", "iloveyou", "sunshine", "princess",
    "football", "baseball", "superman", "trustno1", "whatever", "starwars", "computer", "1q2w3e4r", "passw0rd",
    "jennifer", "11111111",
)  # fmt: skip


def common_passwords(lab: Lab) -> Iterator[Case]:
    """P23: passwords that everybody tries first are refused, however long they are.

    Give a case for each of 20 passwords at registration, one in capitals, and one at a change.
    """
    if lab.subject.design.auth is None:
        yield skipped("common passwords", NO_ACCOUNTS)
        return
    backend = lab.backend
    for password in (*COMMON, COMMON[0].upper()):
        answer = register(backend, backend.newcomer("common", password))
        yield answer.answers(f"registration with {password}", *REFUSED)
    person = backend.moved(backend.person("owner"))
    yield change_password(backend, person, person.password, COMMON[0]).answers(f"change to {COMMON[0]}", *REFUSED)


COMMON_PASSWORDS = Probe("P23", Group.ATTACKS, "the most common passwords are refused", common_passwords)


BEGINNING = "kd83-zq1!" * 8  # 72 bytes


def password_end(lab: Lab) -> Iterator[Case]:
    """P24: every character of a password counts, also after byte 72, where bcrypt stops reading.

    Give a case for the right password, for one that differs at its end, and for one cut off at byte 72.
    """
    if lab.subject.design.auth is None:
        yield skipped("passwords that differ after byte 72", NO_ACCOUNTS)
        return
    backend = lab.backend
    person = backend.newcomer("end", BEGINNING + "right")
    register(backend, person)
    for password, status in ((person.password, 200), (BEGINNING + "wrong", 401), (BEGINNING, 401)):
        answer = sign_in(backend, replace(person, password=password))
        yield answer.answers(f"sign-in with …{password[-8:]}, {len(password)} characters", status)


PASSWORD_END = Probe("P24", Group.ATTACKS, "every character of a password counts", password_end)


NEW = "an entirely new passphrase"
WRONG_PASSWORD_STATUSES = (400, 401, 403, 422)


def changed_password(lab: Lab) -> Iterator[Case]:
    """P25: whoever has only a session cannot change the password: that takes the current one.

    Give a case for no current password and for wrong ones, and one that shows that nothing changed.
    """
    if lab.subject.design.auth is None:
        yield skipped("a change of password", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    tries: dict[str, dict[str, object]] = {
        "no current password": {"new_password": NEW},
        "null as the current password": {"current_password": None, "new_password": NEW},
        "an empty current password": {"current_password": "", "new_password": NEW},
        "a wrong current password": {"current_password": NEW, "new_password": NEW},
    }
    for title, body in tries.items():
        answer = backend.client.ask(backend.moved(person), "POST", PASSWORD, json_body=body)
        yield answer.answers(title, *WRONG_PASSWORD_STATUSES)
    yield sign_in(backend, backend.moved(person)).answers("the old password still signs in", 200)


CHANGED_PASSWORD = Probe("P25", Group.ATTACKS, "a change of password takes the current one", changed_password)


def sessions_after_change(lab: Lab) -> Iterator[Case]:
    """P26: a new password ends every session that the old one opened.

    Give a case for the session that changed it, another one, its refresh token, and the old password.
    """
    if lab.subject.design.auth is None:
        yield skipped("the sessions before a change of password", NO_ACCOUNTS)
        return
    backend, person = lab.backend, lab.backend.person("owner")
    phone = sign_in(backend, person)
    on_phone = replace(person, token=str(phone.field("access_token")))
    changed = change_password(backend, backend.moved(person), person.password, NEW)
    yield changed.answers("the change", 200, 204)
    ask = backend.client.ask
    yield ask(person, "GET", ME).answers("the token that changed it", 401)
    yield ask(on_phone, "GET", ME).answers("the token of another session", 401)
    yield refresh(backend, person, phone).answers("the refresh token of another session", 401)
    yield sign_in(backend, backend.moved(person)).answers("the old password", 401)
    yield sign_in(backend, backend.moved(replace(person, password=NEW))).answers("the new password", 200)


SESSIONS_AFTER_CHANGE = Probe("P26", Group.ATTACKS, "a new password ends every session", sessions_after_change)


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
    """P27: whoever is deleted, or loses a role, is not let in by a token from before, and no table remembers them.

    Give the cases of an account deleted by its owner, of one deleted in the database, and of a role taken away.
    """
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
    actual = f"in {', '.join(left)}" if left else "in no table"
    title = "the id and the address of somebody who made things, once the account is deleted"
    yield Case(title, Verdict.FAILED if left else Verdict.HELD, "in no table", actual)


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


DELETED_ACCOUNT = Probe("P27", Group.ATTACKS, "the token of a deleted account is refused", deleted_account)
