"""What authentication keeps while the process runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request

from app.auth.passwords import Passwords
from app.auth.revocations import Revocations
from app.auth.tokens import AccessTokens
from app.core.database import Database
from app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Auth:
    """The parts that routes and dependencies share."""

    tokens: AccessTokens
    passwords: Passwords
    revocations: Revocations


@asynccontextmanager
async def running_auth(settings: Settings, db: Database) -> AsyncIterator[Auth]:
    """Yield the parts, listening for revocations until the end."""
    tokens = AccessTokens(settings.jwt_secret, settings.jwt_previous_secret)
    auth = Auth(tokens, Passwords(), Revocations(db, settings.database_url))
    watching = asyncio.create_task(auth.revocations.watch())
    try:
        yield auth
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        auth.passwords.close()


def auth_of(request: Request) -> Auth:
    """Return the parts of the application that this request came to."""
    auth: Auth = request.app.state.auth
    return auth
