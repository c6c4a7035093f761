"""Sessions and their refresh tokens.

A refresh token is 384 random bits: the family (128), which stays for the whole session, and a secret (256), which
every refresh replaces. Only SHA-256 of both is stored. A known family with another secret is a token used before:
thief or owner, the session is revoked. There is no grace for two refreshes at once, since a thief could use it too:
a client refreshes one at a time (in browsers, navigator.locks).
"""

import secrets
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

from fastapi import Request

from app.auth import queries
from app.auth.lifespan import auth_of
from app.auth.networks import network_of
from app.auth.queries import Account
from app.auth.schemas import Tokens
from app.auth.tokens import LIFETIME
from app.auth.viewer import Caller
from app.database import Database, Executor
from app.errors import Unauthorized

FAMILY_BYTES = 16
SECRET_BYTES = 32


async def open_session(request: Request, db: Executor, account: Account) -> Tokens:
    """Return the tokens of a new session; 401 when the password was changed since it was checked."""
    token = secrets.token_bytes(FAMILY_BYTES + SECRET_BYTES)
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))[:200] or None
    opened = await queries.open_session(db, account, _hashes(token), agent=agent, network=network_of(request))
    if opened is None:
        raise Unauthorized("The password was changed at the same time.")
    return _tokens(request, opened, token)


async def refresh(request: Request, db: Database, presented: str) -> Tokens:
    """Return new tokens for the session, or answer 401; a refresh token that was used before ends its session."""
    token = _decoded(presented)
    if token:
        family, secret = _hashes(token)
        renewed = token[:FAMILY_BYTES] + secrets.token_bytes(SECRET_BYTES)
        opened = await queries.rotate(db, family, secret, _hashes(renewed)[1])
        if opened:
            return _tokens(request, opened, renewed)
        await _revoke(request, db, family)
    raise Unauthorized("The refresh token is not valid.")


async def end_session(request: Request, db: Database, me: Caller, session: UUID) -> bool:
    """Return whether this was a session of the caller; it is none any more."""
    ended = await queries.revoke_session(db, session, me.id)
    if ended:
        auth_of(request).revocations.add(session)
    return ended


async def end_all_sessions(request: Request, db: Database, me: Caller) -> None:
    """Revoke every session of the caller."""
    for session in await queries.revoke_all_sessions(db, me.id):
        auth_of(request).revocations.add(session)


async def end_session_of(request: Request, db: Database, presented: str) -> None:
    """Revoke the session that a refresh token belongs to."""
    token = _decoded(presented)
    if token:
        await _revoke(request, db, _hashes(token)[0])


async def _revoke(request: Request, db: Database, family: bytes) -> None:
    revoked = await queries.revoke_family(db, family)
    if revoked:
        auth_of(request).revocations.add(revoked)


def _tokens(request: Request, opened: queries.Opened, refresh_token: bytes) -> Tokens:
    return Tokens(
        access_token=auth_of(request).tokens.issue(opened.user, opened.session, opened.roles),
        refresh_token=urlsafe_b64encode(refresh_token).decode(),
        expires_in=LIFETIME,
    )


def _hashes(token: bytes) -> tuple[bytes, bytes]:
    return sha256(token[:FAMILY_BYTES]).digest(), sha256(token[FAMILY_BYTES:]).digest()


def _decoded(presented: str) -> bytes | None:
    try:
        token = b64decode(presented, altchars=b"-_", validate=True)
    except ValueError:
        return None
    return token if len(token) == FAMILY_BYTES + SECRET_BYTES else None
