"""Many signed-in people at once: one registers, the others are copies of that account, so that limits are not met."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor

JOIN = """
WITH account AS (
    INSERT INTO auth_accounts
    SELECT (jsonb_populate_record(a, jsonb_build_object('user_id', $2::text, 'email', $3::text))).*
    FROM auth_accounts a WHERE a.user_id = $1::text::uuid RETURNING user_id
)
INSERT INTO auth_sessions
SELECT (jsonb_populate_record(s, jsonb_build_object(
    'id', $4::text, 'user_id', account.user_id, 'family', '\\x' || md5($4::text)))).*
FROM account, auth_sessions s WHERE s.user_id = $1::text::uuid LIMIT 1
"""


def gather(backend: Backend, secret: str, number: int) -> tuple[Actor, ...]:
    """Return so many people, each with an account, a session and a token signed with the backend's own secret."""
    first = backend.person("writer")
    return (first, *copies(backend, first, secret, number - 1))


def copies(backend: Backend, first: Actor, secret: str, number: int) -> tuple[Actor, ...]:
    """Return so many more people, made like the first."""
    return tuple(_copy(backend, first, secret) for _ in range(number))


def _copy(backend: Backend, first: Actor, secret: str) -> Actor:
    account = backend.design.account
    assert account is not None
    person, session = backend.rows.make(account.name, first.id), str(uuid4())
    email = f"writer-{session}@people.example"
    backend.database.run(JOIN, first.id, person, email, session)
    token = signed(secret, {**claims_of(first.token), "sub": person, "sid": session, "jti": uuid4().hex}, first.token)
    return replace(first, id=person, token=token, email=email, address=backend.anonymous().address)


def claims_of(token: str) -> dict[str, Any]:
    """Return what an access token says."""
    claims: dict[str, Any] = json.loads(_decode(token.split(".")[1]))
    return claims


def signed(secret: str, claims: Mapping[str, object], like: str) -> str:
    """Return an access token with other claims, its header as that of the token `like`."""
    header, body = like.split(".", maxsplit=1)[0], _encode(json.dumps(claims).encode())
    signature = hmac.digest(secret.encode(), f"{header}.{body}".encode(), hashlib.sha256)
    return f"{header}.{body}.{_encode(signature)}"


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
