"""Access tokens: only an untouched one of ours, in its time and for its purpose, is accepted."""

import base64
import json
import time
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from app.auth.tokens import CACHED, AccessTokens, InvalidToken
from app.core.settings import Settings
from tests.auth.conftest import Person, browser
from tests.conftest import running

pytestmark = pytest.mark.anyio

HEADER = {"alg": "HS256", "typ": "at+jwt"}


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def forged(settings: Settings, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    key = OctKey.import_key(settings.jwt_secret)
    return jwt.encode(header or HEADER, claims, key, algorithms=["HS256", "HS512"])


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join([*parts, ""])


async def status_with(app: FastAPI, token: str) -> int:
    async with browser(app) as client:
        response = await client.get("/v1/me", headers={b"Authorization": f"Bearer {token}".encode("latin-1")})
    if response.status_code == 401:
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert response.headers["content-type"] == "application/problem+json"
    return response.status_code


async def test_without_a_token_it_is_401(app: FastAPI) -> None:
    async with browser(app) as client:
        response = await client.get("/v1/me")
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_in_the_query_string_does_not_count(app: FastAPI, ada: Person) -> None:
    token = ada.tokens["access_token"]
    async with browser(app) as client:
        response = await client.get("/v1/me", params={"access_token": token, "token": token})
    assert response.status_code == 401


async def test_a_token_has_all_claims_and_a_short_life(ada: Person) -> None:
    claims = claims_of(ada.tokens["access_token"])
    assert set(claims) == {"iss", "aud", "sub", "sid", "roles", "iat", "nbf", "exp", "jti"}
    assert 0 < claims["exp"] - claims["iat"] <= 15 * 60


async def test_what_we_forge_correctly_is_accepted(app: FastAPI, ada: Person, settings: Settings) -> None:
    assert await status_with(app, forged(settings, claims_of(ada.tokens["access_token"]))) == 200


async def test_every_claim_is_required(app: FastAPI, ada: Person, settings: Settings) -> None:
    claims = claims_of(ada.tokens["access_token"])
    for missing in claims:
        rest = {name: value for name, value in claims.items() if name != missing}
        assert await status_with(app, forged(settings, rest)) == 401, missing


async def test_a_wrong_claim_is_refused(app: FastAPI, ada: Person, settings: Settings) -> None:
    claims = claims_of(ada.tokens["access_token"])
    wrong: dict[str, Any]
    for wrong in (
        {"exp": time.time() - 31},
        {"exp": "never"},
        {"exp": True},
        {"exp": 10**400},
        {"nbf": time.time() + 3600},
        {"iat": time.time() + 3600},
        {"iss": "somebody-else"},
        {"aud": "somebody-else"},
        {"aud": ["a", "b"]},
        {"sub": "not-a-uuid"},
        {"sub": None},
        {"sub": 7},
        {"sub": ["x"]},
        {"sid": "../.."},
        {"sid": {}},
        {"roles": 5},
        {"roles": "moderator"},
        {"roles": [["moderator"]]},
        {"jti": 1},
    ):
        assert await status_with(app, forged(settings, claims | wrong)) == 401, wrong


async def test_a_tampered_token_is_refused(app: FastAPI, ada: Person) -> None:
    head, body, signature = ada.tokens["access_token"].split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims_of(f"{head}.{body}.") | {"roles": ["moderator"]}).encode())
    for tampered in (
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{other.rstrip(b'=').decode()}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{body}.{signature}.{signature}",
        "..",
        "",
        "\x80\xff",
        "a" * 5000,
    ):
        assert await status_with(app, tampered) == 401


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS384", "RS256"])
async def test_an_unsigned_token_is_refused(app: FastAPI, ada: Person, algorithm: str) -> None:
    claims = claims_of(ada.tokens["access_token"])
    assert await status_with(app, unsigned(HEADER | {"alg": algorithm}, claims)) == 401


async def test_another_key_or_algorithm_is_refused(app: FastAPI, ada: Person, settings: Settings) -> None:
    claims = claims_of(ada.tokens["access_token"])
    other = jwt.encode(HEADER, claims, OctKey.import_key("x" * 40), algorithms=["HS256"])
    private = RSAKey.import_key(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    by_rsa = jwt.encode(HEADER | {"alg": "RS256"}, claims, private, algorithms=["RS256"])
    stronger = forged(settings, claims, HEADER | {"alg": "HS512"})
    for token in (other, by_rsa, stronger):
        assert await status_with(app, token) == 401


@pytest.mark.parametrize("kind", ["JWT", "refresh+jwt", "id+jwt", ""])
async def test_a_token_of_another_kind_is_refused(app: FastAPI, ada: Person, settings: Settings, kind: str) -> None:
    token = forged(settings, claims_of(ada.tokens["access_token"]), {"alg": "HS256", "typ": kind})
    assert await status_with(app, token) == 401


async def test_a_refresh_token_is_no_access_token_and_the_other_way_round(app: FastAPI, ada: Person) -> None:
    assert await status_with(app, ada.tokens["refresh_token"]) == 401
    async with browser(app) as client:
        response = await client.post("/v1/auth/refresh", json={"refresh_token": ada.tokens["access_token"][:200]})
    assert response.status_code == 401
    assert await status_with(app, ada.tokens["access_token"]) == 200


async def test_deeply_nested_json_is_refused(app: FastAPI) -> None:
    deep = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":' + b"[" * 1400).rstrip(b"=").decode()
    assert await status_with(app, f"{deep}.e30.AAAA") == 401


async def test_other_schemes_are_refused(app: FastAPI, ada: Person) -> None:
    async with browser(app) as client:
        for value in ("Basic YTpi", "Bearer", "Bearer ", ada.tokens["access_token"], "Token x"):
            assert (await client.get("/v1/me", headers={"Authorization": value})).status_code == 401


async def test_keys_rotate_without_signing_anybody_out(ada: Person, settings: Settings) -> None:
    rotated = settings.model_copy(update={"jwt_secret": "n" * 40, "jwt_previous_secret": settings.jwt_secret})
    async with running(rotated) as app:
        assert await status_with(app, ada.tokens["access_token"]) == 200
    forgotten = settings.model_copy(update={"jwt_secret": "n" * 40})
    async with running(forgotten) as app:
        assert await status_with(app, ada.tokens["access_token"]) == 401


def test_remembered_tokens_are_bounded_and_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = AccessTokens("s" * 40)
    token = tokens.issue(uuid4(), uuid4(), [])
    assert tokens.verify(token) is tokens.verify(token)
    assert tokens._remembered.cache_info().maxsize == CACHED
    later = time.time() + 15 * 60 + 31
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(InvalidToken):
        tokens.verify(token)
