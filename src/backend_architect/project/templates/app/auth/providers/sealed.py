"""What a sign-in needs to know when the browser comes back, signed, and kept by the browser or the app itself.

Nothing is stored for somebody who has not signed in yet. What is sealed as one kind is not opened as another, and is no
access token: the type in the header says which it is (RFC 8725).
"""

import secrets
import time
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

ALGORITHM = "HS256"
MAX_LENGTH = 4096


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was started: `state` binds the answer to the browser, `verifier` and `nonce` to the provider's.

    `user` and `session` are those of the caller who links an identity.
    """

    provider: str
    redirect_uri: str
    state: str
    nonce: str
    verifier: str
    next: str
    user: UUID | None = None
    session: UUID | None = None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whom a provider has confirmed, and who has no account yet."""

    provider: str
    issuer: str
    subject: str
    email: str
    name: str | None
    next: str


LIFETIMES: dict[type, int] = {Attempt: 600, Newcomer: 900}  # seconds
T = TypeVar("T", Attempt, Newcomer)


def new_attempt(provider: str, redirect_uri: str, target: str, user: UUID | None, session: UUID | None) -> Attempt:
    """Return an attempt with secrets of its own, 256 bits each."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Attempt(provider, redirect_uri, state, nonce, verifier, target, user, session)


class Seal:
    """Signs attempts and newcomers with the key of the access tokens, and opens what it has signed."""

    def __init__(self, secret: str, previous_secret: str | None = None) -> None:
        self._keys = [OctKey.import_key(s) for s in (secret, previous_secret) if s]

    def close(self, value: Attempt | Newcomer) -> str:
        """Return the value, signed."""
        kind = type(value)
        claims = {"exp": int(time.time()) + LIFETIMES[kind], "value": msgspec.to_builtins(value)}
        return jwt.encode({"alg": ALGORITHM, "typ": _type(kind)}, claims, self._keys[0], algorithms=[ALGORITHM])

    def open(self, kind: type[T], sealed: str | None) -> T | None:
        """Return the value, or None where this is not of that kind, not ours, or too old."""
        if sealed is None or len(sealed) > MAX_LENGTH:
            return None
        for key in self._keys:
            try:
                opened = jwt.decode(sealed, key, algorithms=[ALGORITHM])
                if opened.header.get("typ") == _type(kind) and opened.claims["exp"] > time.time():
                    return msgspec.convert(opened.claims["value"], kind)
            except (JoseError, ValueError, TypeError, KeyError):
                continue
        return None


def _type(kind: type) -> str:
    return f"{kind.__name__.lower()}+jwt"
