"""Accounts made the way a client makes them: registered, signed in, with an access token."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from backend_architect.design.distinguishing_fields import distinct_fields
from backend_architect.design.model import FieldType
from backend_architect.design.samples import sample
from backend_architect.errors import FolderError, Problem
from backend_architect.proof.client import Actor, Exchange
from backend_architect.running import CONFIRM_ADDRESS

if TYPE_CHECKING:
    from backend_architect.proof.backend import Backend

NOBODY = "anonymous"
UNIQUE = 20
PASSWORD = "/v1/auth/password"  # noqa: S105 - an address
REGISTER = "/v1/auth/register"
SIGN_IN = "/v1/auth/sign-in"
REFRESH = "/v1/auth/refresh"
GIVE_ROLES = "UPDATE auth_accounts SET roles = $2 WHERE lower(email) = lower($1)"
CONFIRMED = "SELECT NOT 'unconfirmed' = ANY(roles) FROM auth_accounts WHERE lower(email) = lower($1)"


def join(backend: "Backend", actor: Actor, roles: Sequence[str]) -> Actor:
    """Return the actor registered and signed in, with an id and a token; raise FolderError where that is refused."""
    registered = register(backend, actor)
    if registered.status != 202:
        raise _refused("register", registered)
    if roles:
        backend.database.run(GIVE_ROLES, actor.email, list(roles))
    session = sign_in(backend, actor)
    token = session.field("access_token")
    if not isinstance(token, str):
        raise _refused("sign in", session)
    me = backend.client.ask(replace(actor, token=token), "GET", "/v1/me")
    return replace(actor, token=token, id=str(me.field("id")))


def register(backend: "Backend", actor: Actor) -> Exchange:
    """Return the answer to the registration of the actor's address and password; the address is confirmed then."""
    answer = backend.client.ask(replace(actor, token=""), "POST", REGISTER, json_body=new_account(backend, actor))
    if backend.design.has_mail:
        backend.database.run(CONFIRM_ADDRESS, actor.email)
    return answer


def sign_in(backend: "Backend", actor: Actor) -> Exchange:
    """Return the answer to the actor's address and password."""
    credentials = {"email": actor.email, "password": actor.password}
    return backend.client.ask(replace(actor, token=""), "POST", SIGN_IN, json_body=credentials)


def refresh(backend: "Backend", actor: Actor, session: Exchange) -> Exchange:
    """Return the answer to the refresh token that an earlier answer gave."""
    body = {"refresh_token": session.field("refresh_token")}
    return backend.client.ask(replace(actor, token=""), "POST", REFRESH, json_body=body)


def change_password(backend: "Backend", actor: Actor, current: str, new: str) -> Exchange:
    """Return the answer to a change of the actor's password."""
    body = {"current_password": current, "new_password": new}
    return backend.client.ask(actor, "POST", PASSWORD, json_body=body)


def new_account(backend: "Backend", actor: Actor) -> dict[str, object]:
    """Return the body of a registration: the account's own required fields, the address and the password."""
    account = backend.design.account
    assert account is not None
    body: dict[str, object] = {}
    unique = actor.email.partition("@")[0][-UNIQUE:].lstrip("-_")
    apart = distinct_fields(account)
    for item in account.accepted("create"):
        if item.name != "email" and not item.optional and item.default is None:
            body[item.column] = unique if item.name in apart and item.type is not FieldType.INTEGER else sample(item)
    return {**body, "email": actor.email, "password": actor.password}


def _refused(what: str, answer: Exchange) -> FolderError:
    fix = "repeat it: " + answer.curl
    return FolderError(
        Problem("account-refused", f"the backend does not let a new account {what}: {answer.description}", fix)
    )
