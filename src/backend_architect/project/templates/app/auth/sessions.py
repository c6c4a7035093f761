"""Sessions and their refresh tokens.

A refresh token is the family (128 random bits), which stays for the whole session, and a secret (256), which every
refresh replaces. Only SHA-256 of both is stored. A known family with another secret is a token used before: thief or
owner, the session is revoked. But two tabs refresh at once, and phones lose answers: for `AGAIN` seconds the token that
was used last gives the same next one again. So the next secret is made of the last and of the server's own, by HMAC.
"""

import secrets
from hashlib import sha256
from ipaddress import ip_address, ip_network
from uuid import UUID

from asyncpg import Record
from fastapi import Request

from app.auth.accounts import Account
from app.auth.lifespan import auth_of
from app.auth.schemas import Tokens
from app.auth.tokens import LIFETIME
from app.core.database import Database, Executor
from app.core.errors import Unauthorized
from app.core.rate_limits import client_address

FAMILY = 22  # characters of urlsafe Base64, for 128 bits
AGAIN = 10  # seconds

OPEN = """
WITH /* auth.open_session */ expired AS (
    DELETE FROM auth_sessions WHERE user_id = :user AND expires_at < now()
), account AS (
    SELECT user_id, roles FROM auth_accounts WHERE user_id = :user AND password_hash = :password_hash FOR SHARE
), opened AS (
    INSERT INTO auth_sessions (user_id, family, secret, expires_at, network)
    SELECT user_id, :family, :secret, now() + interval '30 days', :network FROM account RETURNING id
)
SELECT opened.id, account.user_id, account.roles FROM opened, account
"""


async def open_session(request: Request, db: Executor, account: Account) -> Tokens:
    """Return the tokens of a new session; 401 when the password was changed since it was checked."""
    tokens = await open_by(request, db, OPEN, user=account.user_id, password_hash=account.password_hash)
    if tokens is None:
        raise Unauthorized("The password was changed at the same time.")
    return tokens


async def open_by(request: Request, db: Executor, statement: str, **who: object) -> Tokens | None:
    """Return the tokens of the session that `statement` opens for `who`, if it opens one."""
    token = secrets.token_urlsafe(16) + secrets.token_urlsafe(32)
    family, secret = _hashes(token)
    opened = await db.fetchrow(statement, **who, family=family, secret=secret, network=network_of(request))
    return None if opened is None else _tokens(request, opened, token)


ROTATE = """
UPDATE /* auth.rotate */ auth_sessions s
SET secret = :renewed, last_used_at = CASE WHEN s.secret = :secret THEN now() ELSE s.last_used_at END
FROM auth_accounts a
WHERE s.family = :family AND a.user_id = s.user_id AND s.revoked_at IS NULL
    AND (s.secret = :secret OR s.secret = :renewed AND s.last_used_at > now() - make_interval(secs => :again))
    AND s.expires_at > now() AND s.last_used_at > now() - interval '14 days'
RETURNING s.id, s.user_id, a.roles
"""


async def refresh(request: Request, db: Database, presented: str) -> Tokens:
    """Return new tokens for the session, or answer 401; a refresh token that was used long before ends its session."""
    renewed = presented[:FAMILY] + auth_of(request).tokens.successor(presented)
    family, secret = _hashes(presented)
    rotated = await db.fetchrow(ROTATE, family=family, secret=secret, renewed=_hashes(renewed)[1], again=AGAIN)
    if rotated is None:
        await end_sessions(request, db, refresh_token=presented)
        raise Unauthorized("The refresh token is not valid.")
    return _tokens(request, rotated, renewed)


REVOKE = """
UPDATE /* auth.revoke */ auth_sessions SET revoked_at = now()
WHERE (id = :session OR user_id = :user OR family = :family) AND revoked_at IS NULL RETURNING id
"""


async def end_sessions(
    request: Request, db: Executor, *, session: UUID | None = None, user: UUID | None = None, refresh_token: str = ""
) -> None:
    """Revoke a session, all of a user, or the one of a refresh token, used or not; here they are refused at once."""
    family, _ = _hashes(refresh_token)
    for revoked in await db.fetch(REVOKE, session=session, user=user, family=family):
        auth_of(request).revocations.add(revoked["id"])


def network_of(request: Request) -> str | None:
    """Return the /24 or /48 around the caller's address: coarse enough to outlive a new one from the same provider."""
    try:
        address = ip_address(client_address(request.scope))
    except ValueError:  # the server has no address to show
        return None
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def _tokens(request: Request, session: Record, refresh_token: str) -> Tokens:
    return Tokens(
        access_token=auth_of(request).tokens.issue(session["user_id"], session["id"], session["roles"]),
        refresh_token=refresh_token,
        expires_in=LIFETIME,
    )


def _hashes(token: str) -> tuple[bytes, bytes]:
    return sha256(token[:FAMILY].encode()).digest(), sha256(token[FAMILY:].encode()).digest()
