"""Checking a password, without telling which addresses have an account and without locking their owners out."""

from hashlib import sha256

from fastapi import Request

from app.auth import accounts, sessions
from app.auth.accounts import Account
from app.auth.lifespan import auth_of
from app.auth.passwords import Passwords, weakness
from app.auth.schemas import PERSONAL, Credentials, NewPassword, Tokens
from app.auth.viewer import Caller
from app.core.database import Database
from app.core.errors import FieldError, Invalid, Unauthorized
from app.core.rate_limits import charge

GUESSES = 30
GUESSES_SECONDS = 3600


async def check_password(request: Request, db: Database, data: Credentials) -> Account:
    """Return the account that the address and the password belong to, or answer 401.

    An unknown address costs the same hash as a wrong password. Guesses at one account share a limit wherever they come
    from, except that each network where the account has had a session this month has one of its own: whoever guesses
    from elsewhere does not keep the owner out.
    """
    network = sessions.network_of(request)
    account = await accounts.find(db, data.email, network)
    await _charge_guess(request, f"{data.email.lower()} {network if account and account.familiar else 'elsewhere'}")
    password = data.password.get_secret_value()
    passwords = auth_of(request).passwords
    checked = await _matching(passwords, account, password)
    if not passwords.is_outdated(checked.password_hash):
        return checked
    renewed = await accounts.change_hash(db, checked, await passwords.hash(password))
    # Another sign-in may have renewed it first, or somebody has changed the password: what is stored now decides.
    return renewed or await _matching(passwords, await accounts.find(db, data.email, network), password)


async def change_password(request: Request, db: Database, me: Caller, data: NewPassword) -> Tokens:
    """Return the tokens of a new session, after every other one was ended and the new password stored."""
    owner = await accounts.read_me(db, me.id)
    account = await accounts.find(db, owner.email)
    await _charge_guess(request, str(me.id))
    passwords = auth_of(request).passwords
    password = data.current_password.get_secret_value()
    matches = await passwords.matches(account.password_hash if account else None, password)
    if account is None or not matches:
        raise _invalid("current_password", "This is not the current password.", "wrong_password")
    new_password = data.new_password.get_secret_value()
    wrong = weakness(new_password, [getattr(owner, name) or "" for name in PERSONAL])
    if wrong:
        raise _invalid("new_password", wrong, "weak_password")
    new_hash = await passwords.hash(new_password)
    async with db.transaction() as tx:
        changed = await accounts.change_hash(tx, account, new_hash)
        if changed is None:
            raise Unauthorized("The password was changed at the same time.")
        await sessions.end_sessions(request, tx, user=me.id)
        return await sessions.open_session(request, tx, changed)


async def _matching(passwords: Passwords, account: Account | None, password: str) -> Account:
    """Return the account if the password is its own, or answer 401; with or without one, it costs the same."""
    matches = await passwords.matches(account.password_hash if account else None, password)
    if account is None or not matches:
        raise Unauthorized("The e-mail address or the password is wrong.")
    return account


async def _charge_guess(request: Request, whose: str) -> None:
    key = sha256(whose.encode()).hexdigest()
    await charge(request, "guesses", key, count=GUESSES, seconds=GUESSES_SECONDS)


def _invalid(field: str, message: str, code: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field, message, code)])
